package work_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// shown is what everybody saw at a moment.
type shown struct {
	at        models.Instant
	after     string
	companies map[string]shownCompany
	alerts    map[string]models.AlertLine
}

type shownCompany struct {
	sub     models.Subject
	payload string
}

// history is a random life of a few companies that are tied to each other.
type history struct {
	w       *world.World
	r       *rand.Rand
	n       int
	loaded  []models.Provenance
	numbers int
}

// Any index, level, profile and alert that was shown can be computed again, later, from what was known then: after random histories of
// facts, late facts, retractions, suppressions, new rule versions, dismissals and scans of what changed or of all, on both stores.
func TestAsOfEqualsWhatWasShown(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		for seed := range uint64(2) {
			h := &history{w: w, r: rand.New(rand.NewPCG(seed, 7)), n: 6}
			var past []shown
			for step := range 24 {
				w.Clock.Pass(time.Minute)
				what := h.step(t, step)
				w.Clock.Pass(time.Second)
				if _, err := w.Desk.Scan(t.Context(), models.System("scan"), work.ScanOptions{All: what == "rules" || step%7 == 6}); err != nil {
					t.Fatal(err)
				}
				past = append(past, h.look(t, what))
			}
			w.Clock.Pass(24 * time.Hour)
			for i, s := range past {
				h.compare(t, i, s)
			}
		}
	})
}

func (h *history) key(i int) string { return fmt.Sprintf("ASOF-%d", i) }

// step lets one thing happen and names it.
func (h *history) step(t *testing.T, step int) string {
	t.Helper()
	if step == 12 {
		h.rules(t)
		return "rules"
	}
	switch n := h.r.IntN(10); {
	case n == 0 && len(h.loaded) > 0:
		return h.retract(t)
	case n == 1:
		return h.suppress(t)
	case n == 2:
		return h.dismiss(t)
	default:
		h.load(t)
		return "facts"
	}
}

// load brings one to three facts of random companies, some observed long before they are told.
func (h *history) load(t *testing.T) {
	t.Helper()
	for range 1 + h.r.IntN(3) {
		h.numbers++
		key := h.key(h.r.IntN(h.n))
		seen := h.w.Store.Now().Add(-time.Duration(h.r.IntN(40*24)) * time.Hour)
		b, err := world.Load(t.Context(), h.w.Store, []string{"WEB", "SAMR", "12345"}[h.r.IntN(3)], "440304", h.row(key, seen))
		if err != nil {
			t.Fatal(err)
		}
		_, facts, err := h.w.Store.Company(t.Context(), world.Everywhere(), key, models.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range facts.Products {
			if p.BatchRef == b.Ref {
				h.loaded = append(h.loaded, p.Provenance)
			}
		}
	}
}

func (h *history) row(key string, seen models.Instant) models.Row {
	rate, count := float64(2+h.r.IntN(20))/100, int64(20+h.r.IntN(900))
	switch h.r.IntN(5) {
	case 0:
		return models.Row{Table: models.TableCompanies, ObservedAt: seen, Company: &models.CompanyRow{USCC: key, Name: "N" + key, DivisionCode: "440304",
			Phone: fmt.Sprintf("0755-%d", h.r.IntN(2)), Address: fmt.Sprintf("A%d", h.r.IntN(3)), Status: "active"}}
	case 1:
		return models.Row{Table: models.TableRelations, ObservedAt: seen, Relation: &models.RelationRow{From: fmt.Sprintf("person:HAND-%d", h.r.IntN(2)), To: "company:" + key, Kind: "legal_representative"}}
	case 2:
		return models.Row{Table: models.TableSignals, ObservedAt: seen, Signal: &models.SignalRow{Subject: "company:" + key, Kind: []string{"complaint", "penalty"}[h.r.IntN(2)], At: seen, Count: &count, Ref: fmt.Sprint("S", h.numbers)}}
	default:
		return models.Row{Table: models.TableProducts, ObservedAt: seen, Product: &models.ProductRow{ID: "P-" + key, Company: key, Name: "x", Area: "WLTH", PromisedYield: &rate, YieldPeriod: "year", Investors: &count}}
	}
}

// anybody is somebody with a name who may do everything: this test is not about who may.
func (h *history) anybody(t *testing.T) models.Actor {
	t.Helper()
	a := world.Everywhere()
	a.UserID = h.w.Actor(t, "supervisor_own").UserID
	return a
}

func (h *history) retract(t *testing.T) string {
	t.Helper()
	i := h.r.IntN(len(h.loaded))
	p := h.loaded[i]
	h.loaded = append(h.loaded[:i], h.loaded[i+1:]...)
	if err := h.w.Store.RetractFact(t.Context(), h.anybody(t), p.BatchRef, p.Hash, "wrong"); err != nil {
		t.Fatal(err)
	}
	return "retraction"
}

func (h *history) someAlert(t *testing.T) (models.AlertLine, bool) {
	t.Helper()
	list, _, err := h.w.Store.Alerts(t.Context(), world.Everywhere(), models.AlertFilter{Status: "open", Text: "NASOF", Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return models.AlertLine{}, false
	}
	return list[h.r.IntN(len(list))], true
}

func (h *history) suppress(t *testing.T) string {
	t.Helper()
	al, ok := h.someAlert(t)
	if !ok {
		return "nothing"
	}
	_, err := h.w.Store.Suppress(t.Context(), h.anybody(t), models.NewSuppression{Alert: al.Ref, Indicator: al.TopReasons()[0].Indicator,
		Until: h.w.Store.Now().Add(time.Hour), Reason: world.Word("reason")})
	if err != nil && models.KindOf(err) != models.KindInvalid {
		t.Fatal(err)
	}
	return "suppression"
}

func (h *history) dismiss(t *testing.T) string {
	t.Helper()
	al, ok := h.someAlert(t)
	if !ok {
		return "nothing"
	}
	if err := h.w.Store.DismissAlert(t.Context(), h.anybody(t), al.Ref, "false_positive", world.Word("reason"), 0); err != nil {
		t.Fatal(err)
	}
	return "dismissal"
}

// rules puts a version with lower bands into force.
func (h *history) rules(t *testing.T) {
	t.Helper()
	r, err := h.w.Desk.RulesNow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Bands.Orange--
	r.Bands.Yellow -= 3
	v := save(t, h.w, "analyst_own", r)
	replay(t, h.w, "analyst_own", v.Number)
	d, other := decision(t), h.w.Actor(t, "analyst_parent")
	d.VolumeFactor = 1000
	if err := h.w.Store.ApproveRules(t.Context(), other, v.Number, d); err != nil {
		t.Fatal(err)
	}
	if err := h.w.Store.EnforceRules(t.Context(), other, v.Number, d); err != nil {
		t.Fatal(err)
	}
}

// look writes down what is shown now.
func (h *history) look(t *testing.T, after string) shown {
	t.Helper()
	s := shown{at: h.w.Store.Now(), after: after, companies: map[string]shownCompany{}, alerts: map[string]models.AlertLine{}}
	for i := range h.n {
		sub, _, err := h.w.Store.Company(t.Context(), world.Everywhere(), h.key(i), models.AsOf{})
		if models.KindOf(err) == models.KindNotFound {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		as, err := h.w.Store.AssessmentByID(t.Context(), sub.AssessmentID)
		if err != nil {
			t.Fatal(err)
		}
		s.companies[h.key(i)] = shownCompany{sub, as.Payload}
		list, err := h.w.Store.AlertsOf(t.Context(), world.Everywhere(), sub.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, al := range list {
			s.alerts[al.Ref] = al
		}
	}
	return s
}

// compare computes what was shown from what was known then.
func (h *history) compare(t *testing.T, step int, s shown) {
	t.Helper()
	ctx := t.Context()
	rules, err := h.w.Desk.RulesAt(ctx, s.at)
	if err != nil {
		t.Fatal(err)
	}
	peers, err := h.w.Desk.PeersAt(ctx, s.at)
	if err != nil {
		t.Fatal(err)
	}
	for key, was := range s.companies {
		_, facts, err := h.w.Store.Company(ctx, world.Everywhere(), key, models.AsOf{RecordedBy: s.at, ObservedBy: s.at})
		if err != nil {
			t.Fatal(err)
		}
		as := detect.Assess(*facts, peers, rules, s.at)
		if string(as.Level) != was.sub.Level || diff(as.Index, was.sub.Idx) {
			t.Errorf("step %d (%s), %s: shown %s %.6f, computed %s %.6f", step, s.after, key, was.sub.Level, was.sub.Idx, as.Level, as.Index)
			continue
		}
		as.AsOf = models.Instant{}
		if text, err := json.Marshal(as); err != nil || was.payload != "" && string(text) != was.payload {
			i := 0
			for i < len(text) && i < len(was.payload) && text[i] == was.payload[i] {
				i++
			}
			t.Errorf("step %d (%s), %s: shown\n...%s\ncomputed\n...%s (%v)", step, s.after, key, was.payload[max(0, i-80):], text[max(0, i-80):], err)
		}
	}
	for ref, was := range s.alerts {
		al, _, as, err := h.w.Store.AlertAt(ctx, world.Everywhere(), ref, s.at)
		if err != nil {
			t.Fatal(err)
		}
		if al.Level != was.Level || diff(al.Idx, was.Idx) || al.Status != was.Status || al.Open != was.Open || as.ID != was.AssessmentID {
			t.Errorf("step %d (%s), alert %s: shown %s %.4f %s by %d, computed %s %.4f %s by %d", step, s.after, ref, was.Level, was.Idx, was.Status, was.AssessmentID, al.Level, al.Idx, al.Status, as.ID)
		}
	}
}

func diff(a, b float64) bool { return a-b > 1e-9 || b-a > 1e-9 }
