package handlers

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/work"
)

func (a *App) scanList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	var key pageKey
	if _, err := readCursor(c.Query("after"), &key); err != nil {
		return err
	}
	list, more, err := a.Store.Scans(ctx, actor, key.ID, pageRows)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.scans"))
	if err != nil {
		return err
	}
	p := newScanListPage(ctx, actor, list, a.Store.Now())
	p.Frame, p.Rules = frame, frame.Rules
	p.Pager = pageOf("/scans", c.Query("after"), len(list), more, lastID(list, func(sc models.Scan) int64 { return sc.ID }))
	return a.render(c, http.StatusOK, views.ScanList(p))
}

// nationwide says whether the actor's scope for scans is the whole country, whose sums alone a scan has.
func nationwide(actor models.Actor) bool {
	nation, ok := models.PlaceOf(reference.NationCode)
	return ok && actor.CanAt(models.ActScanRead, nation)
}

// newScanListPage shows of each scan what lies in the actor's scope: the number of companies with a level in the divisions it
// covers. The sums of the country are for a national scope alone.
func newScanListPage(ctx context.Context, actor models.Actor, list []models.Scan, now models.Instant) views.ScanListPage {
	p := views.ScanListPage{Nation: nationwide(actor), MayStart: actor.Can(models.ActScanStart), Where: i18n.T(ctx, "scan.where", "place", scopeText(ctx, actor))}
	for _, sc := range list {
		_, end := sc.Bounds()
		row := views.ScanRow{Ref: sc.Ref, Rules: sc.RuleVersion, Actor: sc.Actor, AsOf: whenMinute(end), Started: whenMinute(sc.StartedAt), Kind: i18n.T(ctx, scanKind(sc)),
			Status: scanStatus(ctx, sc.Status), Took: took(ctx, sc.FinishedAt.Sub(sc.StartedAt)), Found: i18n.Unknown}
		if sc.Status == "running" {
			row.Took = took(ctx, now.Sub(sc.StartedAt))
			p.Running = append(p.Running, scanProgress(ctx, sc, p.Nation, now))
		} else {
			row.Found, row.Places = scanFound(ctx, actor, sc)
		}
		if p.Nation {
			row.Subjects, row.Changed, row.Raised = i18n.Integer(ctx, sc.Subjects), i18n.Integer(ctx, sc.Changed), i18n.Integer(ctx, sc.Raised)
			row.Updated, row.Closed = i18n.Integer(ctx, sc.Updated), i18n.Integer(ctx, sc.Closed)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func scanKind(sc models.Scan) string {
	switch {
	case !sc.ValidAt.IsZero():
		return "scan.kind.history"
	case sc.ScopeAll:
		return "scan.kind.all"
	default:
		return "scan.kind.changed"
	}
}

func scanStatus(ctx context.Context, status string) views.BatchStatus {
	s := views.BatchStatus{Word: i18n.T(ctx, "scan.status."+status), Icon: "clock"}
	switch status {
	case "done":
		s.Icon, s.Done = "check", true
	case "failed":
		s.Icon = "ban"
	}
	return s
}

// scanProgress says how long a running scan has been at work and, for a national scope, how far it is and how fast.
func scanProgress(ctx context.Context, sc models.Scan, nation bool, now models.Instant) string {
	spent := now.Sub(sc.StartedAt)
	if !nation {
		return i18n.T(ctx, "scan.running", "ref", sc.Ref, "took", took(ctx, spent))
	}
	rate := float64(sc.Subjects) / max(spent.Seconds(), 1)
	return i18n.T(ctx, "scan.running_nation", "ref", sc.Ref, "took", took(ctx, spent), "n", i18n.Integer(ctx, sc.Subjects), "rate", i18n.Integer(ctx, int64(rate)))
}

// scanFound sums, over the divisions that the actor's scope covers, the companies that a scan gave a level.
func scanFound(ctx context.Context, actor models.Actor, sc models.Scan) (string, []views.ScanPlace) {
	var t work.Tallies
	if err := json.Unmarshal([]byte(sc.Tallies), &t); err != nil {
		return i18n.Unknown, nil
	}
	sum, places := inScope(ctx, actor, t.ByJurisdiction)
	return i18n.Integer(ctx, sum), places
}

// inScope keeps of counts by division those that the actor's scope for scans covers, the largest first.
func inScope(ctx context.Context, actor models.Actor, by map[string]int64) (int64, []views.ScanPlace) {
	var codes []string
	var sum int64
	for code, n := range by {
		if place, ok := models.PlaceOf(code); ok && n > 0 && actor.CanAt(models.ActScanRead, place) {
			codes = append(codes, code)
			sum += n
		}
	}
	slices.SortFunc(codes, func(a, b string) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
	var places []views.ScanPlace
	for _, code := range codes {
		places = append(places, views.ScanPlace{Name: placeOrNation(ctx, code), Count: i18n.Integer(ctx, by[code])})
	}
	return sum, places
}

// scopeText names the divisions in which the actor may read scans.
func scopeText(ctx context.Context, actor models.Actor) string {
	text := ""
	for _, code := range actorDivisions(actor) {
		place, ok := models.PlaceOf(code)
		if !ok || !actor.CanAt(models.ActScanRead, place) {
			continue
		}
		if text != "" {
			text += i18n.T(ctx, "punct.list")
		}
		text += placeOrNation(ctx, code)
	}
	return text
}

type scanStartForm struct {
	All bool `form:"all"`
}

// scanStart scans now and says what came of it. The request waits; whoever sent it may leave, the scan goes on.
func (a *App) scanStart(c *gin.Context) error {
	var f scanStartForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, actor := context.WithoutCancel(a.Context(c)), ActorOf(c)
	patient(c)
	rep, err := a.Desk.Scan(ctx, actor, work.ScanOptions{All: f.All})
	if err != nil {
		return err
	}
	text := scannedText(ctx, actor, rep)
	if rep.Notice != "" {
		newest, err := a.Store.NewestFactAt(ctx)
		if err != nil {
			return err
		}
		text += " " + i18n.T(ctx, "scan.stale", "on", i18n.Day(newest.Time()))
	}
	return a.done(c, "/scans", text, "")
}

func scannedText(ctx context.Context, actor models.Actor, rep work.ScanReport) string {
	seconds := i18n.Decimal(ctx, rep.Seconds, 1)
	found, _ := inScope(ctx, actor, rep.ByJurisdiction)
	if !nationwide(actor) {
		return i18n.T(ctx, "scan.done", "ref", rep.Scan, "found", i18n.Integer(ctx, found), "seconds", seconds)
	}
	return i18n.T(ctx, "scan.done_nation", "ref", rep.Scan, "subjects", i18n.Integer(ctx, rep.Subjects), "changed", i18n.Integer(ctx, rep.Changed),
		"raised", i18n.Integer(ctx, rep.Alerts.Raised), "updated", i18n.Integer(ctx, rep.Alerts.Updated), "found", i18n.Integer(ctx, found), "seconds", seconds)
}
