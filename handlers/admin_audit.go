package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

type auditListForm struct {
	Actor  string `form:"actor"`
	Object string `form:"object"`
	Action string `form:"action"`
	After  string `form:"after"`
}

func (f auditListForm) query() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"actor": f.Actor, "object": f.Object, "action": f.Action} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func (a *App) auditList(c *gin.Context) error { return a.showAudit(c, nil) }

// showAudit renders a page of the trail; reading it is an entry of the trail itself.
func (a *App) showAudit(c *gin.Context, check *views.AuditCheck) error {
	var f auditListForm
	if err := c.ShouldBindQuery(&f); err != nil {
		return &models.Error{Kind: models.KindInvalid, Key: "error.form", Err: err}
	}
	f.Actor, f.Object, f.Action = strings.TrimSpace(f.Actor), strings.TrimSpace(f.Object), strings.TrimSpace(f.Action)
	ctx, actor := a.Context(c), ActorOf(c)
	var key pageKey
	if _, err := readCursor(f.After, &key); err != nil {
		return err
	}
	if err := a.Store.NoteRead(ctx, actor, "audit.read", "audit", models.Place{}, map[string]any{"actor": f.Actor, "object": f.Object, "action": f.Action, "before": key.ID}); err != nil {
		return err
	}
	list, more, err := a.Store.AuditEntries(ctx, actor, models.AuditFilter{Actor: f.Actor, Object: f.Object, Action: f.Action, Before: key.ID, Limit: pageRows})
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.audit"))
	if err != nil {
		return err
	}
	p := newAuditListPage(ctx, f, list, more)
	p.Frame, p.Check = frame, check
	return a.render(c, http.StatusOK, views.AuditList(p))
}

func newAuditListPage(ctx context.Context, f auditListForm, list []models.AuditEntry, more bool) views.AuditListPage {
	p := views.AuditListPage{Actor: f.Actor, Object: f.Object, Action: f.Action, Filtered: len(f.query()) > 0, Pager: ui.Pager{Shown: len(list)}}
	for _, e := range list {
		p.Rows = append(p.Rows, newAuditRow(ctx, e))
	}
	v := f.query()
	if f.After != "" {
		p.Pager.First = "/admin/audit?" + v.Encode()
	}
	if more {
		v.Set("after", cursor(pageKey{lastID(list, func(e models.AuditEntry) int64 { return e.Seq })}))
		p.Pager.Next = "/admin/audit?" + v.Encode()
	}
	return p
}

func newAuditRow(ctx context.Context, e models.AuditEntry) views.AuditRow {
	r := views.AuditRow{Seq: i18n.Integer(ctx, e.Seq), Actor: e.Actor, Code: e.Action, Action: e.Action, Object: auditObject(e.Object), IP: e.IP, Request: e.RequestID,
		At: whenMinute(e.At), Refused: e.Outcome == models.OutcomeRefused, Outcome: i18n.T(ctx, "admin.outcome."+e.Outcome), Hash: e.Hash, Prev: e.PrevHash}
	if key := "admin.action." + e.Action; i18n.Has(ctx, key) {
		r.Action = i18n.T(ctx, key)
	}
	r.At.Short = i18n.Exact(e.At.Time())
	if e.DivisionCode != "" {
		r.Place = shortPlace(ctx, e.DivisionCode)
	}
	for _, to := range []*string{&r.Place, &r.IP, &r.Request, &r.Prev} {
		if *to == "" {
			*to = i18n.Unknown
		}
	}
	r.Detail, r.Withheld = auditDetail(ctx, e)
	return r
}

// auditObject writes what an entry is about; of people and bank accounts no more than the end of the number is shown.
func auditObject(object string) string {
	kind, id, ok := strings.Cut(object, ":")
	if !ok || kind != "person" && kind != "account" {
		return object
	}
	r := []rune(id)
	return kind + ":***" + string(r[max(0, len(r)-min(4, len(r)/2)):])
}

// businessWords begin the actions whose details say something of a company, an alert, a case or a referral: administrators see that
// they are recorded, and not what they say.
var businessWords = []string{"alert.", "case.", "referral.", "company.", "person.", "account."}

// auditDetail lists what an entry says beside its columns.
func auditDetail(ctx context.Context, e models.AuditEntry) (list []views.Pair, withheld string) {
	var detail map[string]any
	if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil || len(detail) == 0 {
		return nil, ""
	}
	if slices.ContainsFunc(businessWords, func(w string) bool { return strings.HasPrefix(e.Action, w) }) {
		return nil, i18n.T(ctx, "admin.detail.withheld", "names", strings.Join(sortedKeys(detail), i18n.T(ctx, "punct.list")))
	}
	for _, k := range sortedKeys(detail) {
		list = append(list, views.Pair{Name: k, Value: fmt.Sprint(detail[k])})
	}
	return list, ""
}

// auditVerify recomputes the whole trail and shows what it found above the list.
func (a *App) auditVerify(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	if a.VerifyAudit == nil {
		return &models.Error{Kind: models.KindUnavailable, Key: "error.unavailable", Err: fmt.Errorf("no check of the audit trail is wired")}
	}
	patient(c)
	rep, err := a.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if err := a.Store.NoteRead(ctx, actor, "audit.verify", "audit", models.Place{}, map[string]any{"entries": rep.Entries, "broken": len(rep.Broken)}); err != nil {
		return err
	}
	check := newAuditCheck(ctx, rep, a.Store.Now())
	return a.showAudit(c, &check)
}

// brokenShown bounds the broken places that a page lists.
const brokenShown = 100

func newAuditCheck(ctx context.Context, rep models.AuditReport, now models.Instant) views.AuditCheck {
	k := views.AuditCheck{Sound: len(rep.Broken) == 0, Verdict: i18n.T(ctx, "admin.check.sound")}
	if !k.Sound {
		k.Verdict = i18n.N(ctx, "admin.check.broken", int64(len(rep.Broken)))
	}
	k.Facts = []views.Pair{{Name: i18n.T(ctx, "admin.check.entries"), Value: i18n.Integer(ctx, rep.Entries)}, {Name: i18n.T(ctx, "admin.check.last"), Value: i18n.Integer(ctx, rep.LastSeq)},
		{Name: i18n.T(ctx, "admin.check.heads"), Value: i18n.Integer(ctx, int64(rep.Heads))}, {Name: i18n.T(ctx, "admin.check.at"), Value: i18n.Exact(now.Time())}}
	for _, b := range rep.Broken[:min(len(rep.Broken), brokenShown)] {
		k.Broken = append(k.Broken, brokenText(ctx, b))
	}
	return k
}

var brokenForms = []struct {
	key  string
	form *regexp.Regexp
}{
	{"missing", regexp.MustCompile(`^entry (\d+) is missing$`)},
	{"changed", regexp.MustCompile(`^entry (\d+) was changed$`)},
	{"head_differs", regexp.MustCompile(`^entry (\d+) differs from the signed head$`)},
	{"cut", regexp.MustCompile(`^the trail ends at (\d+), a signed head knows (\d+): the tail was cut$`)},
	{"head_wrong", regexp.MustCompile(`^the head says (\d+), the trail ends at (\d+)$`)},
}

// brokenText words a broken place of the trail in the reader's language; one of an unknown form stays as it is.
func brokenText(ctx context.Context, b string) string {
	for _, f := range brokenForms {
		m := f.form.FindStringSubmatch(b)
		if m == nil {
			continue
		}
		m = append(m, "", "")
		return i18n.T(ctx, "admin.broken."+f.key, "a", m[1], "b", m[2])
	}
	return b
}
