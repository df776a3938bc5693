package models_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"

	"xiezhi/models"
	"xiezhi/rel/world"
)

// flatPress prints nothing, fast: this test is about numbers.
type flatPress struct{}

func (flatPress) Number(_ models.Office, kind string, year int, n int64) string {
	return fmt.Sprintf("%s %d-%d", kind, year, n)
}

func (flatPress) Print(context.Context, models.Paper) ([]byte, int, error) {
	return []byte("%PDF-"), 1, nil
}

// Papers that are issued at once are numbered from 1 without a gap or a double, per office, kind and year. CI issues a sample;
// XIEZHI_NUMBERS=10000 issues as many.
func TestPaperNumbersAtOnce(t *testing.T) {
	n := 60
	if v, err := strconv.Atoi(os.Getenv("XIEZHI_NUMBERS")); err == nil {
		n = v
	}
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, press := t.Context(), flatPress{}
		cs := w.Case(t, w.Alert(t))
		handler, boss := w.Actor(t, "handler_own"), w.Actor(t, "supervisor_own")
		refs := make([]string, n)
		for i := range refs {
			var err error
			if refs[i], err = w.Store.DraftCasePaper(ctx, handler, cs, models.PaperRiskReminder, map[string]string{"facts": "f", "advice": "a"}, press); err != nil {
				t.Fatal(err)
			}
		}
		work := make(chan string)
		var wg sync.WaitGroup
		for range racers {
			wg.Go(func() {
				for ref := range work {
					if err := w.Store.IssueCasePaper(ctx, boss, ref, 0, press); err != nil {
						t.Errorf("issue %s: %v", ref, err)
					}
				}
			})
		}
		for _, ref := range refs {
			work <- ref
		}
		close(work)
		wg.Wait()
		if got := w.Count(t, "SELECT COUNT(DISTINCT number) FROM case_papers WHERE state = 'issued'"); got != n {
			t.Errorf("%d numbers for %d papers", got, n)
		}
		for _, number := range []int{1, n} {
			if got := w.Count(t, fmt.Sprintf("SELECT COUNT(*) FROM case_papers WHERE number = 'risk_reminder 2026-%d'", number)); got != 1 {
				t.Errorf("number %d stands %d times", number, got)
			}
		}
		if got := w.Count(t, "SELECT last FROM number_sequences WHERE kind = 'risk_reminder'"); got != n {
			t.Errorf("the last number is %d, of %d papers", got, n)
		}
		if err := w.Store.VerifyDocuments(ctx, func(c models.DocumentCheck) error {
			if c.Fault != "" {
				t.Errorf("%s: %s", c.Object, c.Fault)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		w.Sound(t)
	})
}

// What a bank replied is registered with the last four digits of an account, never the whole number.
func TestReplyIsMasked(t *testing.T) {
	w := world.New(t, "sqlite")
	ref := w.Case(t, w.Alert(t))
	reply := map[string]string{"institution": "a bank", "approved": "3", "reply_number": "17", "when": "2026-11-03", "accounts": "6222 0200 0000 0001", "result": "balance 12"}
	_, err := w.Store.DraftCasePaper(t.Context(), w.Actor(t, "handler_own"), ref, models.PaperAccountReply, reply, w.Press)
	world.IsKind(t, "a whole account number", err, models.KindInvalid)
	reply["accounts"] = "**** 0001"
	if _, err := w.Store.DraftCasePaper(t.Context(), w.Actor(t, "handler_own"), ref, models.PaperAccountReply, reply, w.Press); err != nil {
		t.Error(err)
	}
}

// A paper is issued by another than its drafter, with what it needs, by the role and appointment that its kind asks for; it takes no
// number where it is refused.
func TestPapersOfACase(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		cs := w.Case(t, w.Alert(t))
		handler, boss, principal := w.Actor(t, "handler_own"), w.Actor(t, "supervisor_own"), w.Actor(t, "principal_own")
		draft := func(actor models.Actor, kind string, fields map[string]string) string {
			t.Helper()
			ref, err := w.Store.DraftCasePaper(ctx, actor, cs, kind, fields, w.Press)
			if err != nil {
				t.Fatal(kind, err)
			}
			return ref
		}
		own := draft(boss, models.PaperRiskReminder, map[string]string{"facts": "f", "advice": "a"})
		world.IsKind(t, "one's own draft", w.Store.IssueCasePaper(ctx, boss, own, 0, w.Press), models.KindInvalid)
		empty := draft(handler, models.PaperRiskReminder, nil)
		world.IsKind(t, "an empty draft", w.Store.IssueCasePaper(ctx, boss, empty, 0, w.Press), models.KindInvalid)
		query := draft(handler, models.PaperAccountQuery, map[string]string{"institution": "i", "accounts": "a", "reason": "r", "period": "p"})
		world.IsKind(t, "a supervisor on the principal's paper", w.Store.IssueCasePaper(ctx, boss, query, 0, w.Press), models.KindForbidden)
		world.IsKind(t, "a principal without appointment", w.Store.IssueCasePaper(ctx, w.Actor(t, "principal_unappointed"), query, 0, w.Press), models.KindInvalid)
		world.IsKind(t, "a stranger", w.Store.IssueCasePaper(ctx, w.Actor(t, "principal_other"), query, 0, w.Press), models.KindNotFound)
		_, err := w.Store.DraftCasePaper(ctx, handler, cs, models.PaperRiskReminder, map[string]string{"facts": "\U0001F4A3", "advice": "a"}, w.Press)
		world.IsKind(t, "a character that no font has", err, models.KindInvalid)
		if n := w.Count(t, "SELECT COUNT(*) FROM number_sequences WHERE kind IN ('risk_reminder', 'account_query')"); n != 0 {
			t.Errorf("refused papers took %d numbers", n)
		}
		if err := w.Store.IssueCasePaper(ctx, principal, query, 0, w.Press); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "issued again", w.Store.IssueCasePaper(ctx, principal, query, 0, w.Press), models.KindNotAMove)
		world.IsKind(t, "changed after issue", w.Store.ChangeCasePaper(ctx, handler, query, nil, 0, w.Press), models.KindNotAMove)
		for _, spec := range models.PaperSpecs() {
			fields := map[string]string{}
			for _, f := range spec.Fields {
				fields[f.Name] = "x"
			}
			ref := draft(handler, spec.Kind, fields)
			if err := w.Store.IssueCasePaper(ctx, principal, ref, 0, w.Press); err != nil {
				t.Errorf("%s: %v", spec.Kind, err)
			}
			if c, err := w.Store.VerifyCasePaper(ctx, handler, ref); err != nil || c.Fault != "" || c.Number == "" {
				t.Errorf("%s: %q %q %v", spec.Kind, c.Fault, c.Number, err)
			}
		}
		w.Exec(t, "UPDATE case_papers SET number = 'x' WHERE kind = 'stop_order'")
		faults := 0
		if err := w.Store.VerifyDocuments(ctx, func(c models.DocumentCheck) error {
			if c.Fault != "" {
				faults++
			}
			return nil
		}); err != nil || faults != 1 {
			t.Errorf("%d faults %v", faults, err)
		}
		w.Sound(t)
	})
}
