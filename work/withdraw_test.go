package work_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// manager may load, follow and withdraw, everywhere.
func manager() models.Actor {
	actor := reader()
	all := models.ScopeOf("000000")
	for _, action := range []models.Action{models.ActBatchRead, models.ActFactRead, models.ActFactRetract, models.ActAccountRead, models.ActCompanyRead} {
		actor.Permits[action] = all
	}
	return actor
}

func (l *ledger) batch(s *models.Store, d *work.Desk, paths ...string) string {
	l.t.Helper()
	rep, err := d.Ingest(l.t.Context(), models.System("test"), work.IngestOptions{Paths: paths, Source: "BANK-A", Division: "440300"})
	if err != nil || rep.Refused() {
		l.t.Fatalf("%+v %v", rep, err)
	}
	return rep.Batch
}

func schemesOf(t *testing.T, s *models.Store, asOf models.AsOf) int {
	t.Helper()
	_, facts, err := s.Company(t.Context(), manager(), "C-1", asOf)
	if err != nil {
		t.Fatal(err)
	}
	return len(facts.Schemes)
}

// reached counts the accounts that money of an account reaches.
func reached(t *testing.T, d *work.Desk, s *models.Store, account string, asOf models.Instant) int {
	t.Helper()
	by := plain(s, models.ScopeOf("000000"))
	by.RecordedBy = asOf
	wait()
	a, err := d.Graph.Trace(t.Context(), by, work.MoneyAsk{Account: "account:" + account, Direction: work.Forward, Method: work.ProRata, Hops: 2, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(a.Accounts)
}

// A load that is withdrawn counts nowhere from then on, in the ledger, the trace, the company's index and its scheme; a look back at a
// moment before shows all of it; loaded again it comes back as new, and the scheme stands again. Other loads are not touched.
func TestWithdrawBatch(t *testing.T) {
	now := time.Date(2026, 8, 20, 9, 0, 0, 0, models.China)
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		now = time.Date(2026, 8, 20, 9, 0, 0, 0, models.China)
		l, d, ctx := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context()
		d.Graph = &work.Graph{Store: s}
		l.load(s, d, l.file("companies", "uscc,name,division_code", []string{"C-1,Gather Ltd,440305"}), l.file("transfers", transferHeader, l.everyday()))
		wrong := []string{l.file("accounts", "number,institution_code,holder,class,division_code", []string{"HUB1,B1,company:C-1,corporate,440305"}),
			l.file("companies", "uscc,name,division_code", []string{"C-1,Renamed Ltd,440305", "C-2,Mistaken Ltd,440305"}), l.file("transfers", transferHeader, gather(0, 8))}
		now = now.Add(time.Minute)
		ref := l.batch(s, d, wrong...)
		scan := func() work.ScanReport {
			t.Helper()
			rep, err := d.Scan(ctx, models.System("test"), work.ScanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
		scan()
		al := theAlert(t, s)
		if n := schemesOf(t, s, models.AsOf{}); n != 1 {
			t.Fatalf("%d schemes", n)
		}
		if n := reached(t, d, s, "IDLE1", models.Instant{}); n != 2 {
			t.Fatalf("money reaches %d accounts", n)
		}
		before := s.Now()
		now = now.Add(time.Minute)
		b, err := s.Batch(ctx, manager(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if w, err := s.WithdrawalOf(ctx, b); err != nil || w.Facts != 3 || w.Transfers != 8 || w.Alerts != 2 { // of the scheme and of the company
			t.Errorf("would touch %+v %v", w, err)
		}
		if w, err := s.WithdrawBatch(ctx, manager(), ref, "sent by mistake"); err != nil || w.Facts != 3 || w.Transfers != 8 || w.Alerts != 2 { // of the scheme and of the company
			t.Fatalf("%+v %v", w, err)
		}
		if more, err := s.HasUnscanned(ctx); err != nil || !more {
			t.Fatalf("a withdrawal leaves nothing to look at: %v", err)
		}
		if d, err := s.SchemeDoubts(ctx, al.ID); err != nil || len(d) != 1 {
			t.Errorf("doubts %v %v", d, err)
		}
		scan()
		for i := range 2 {
			if n := schemesOf(t, s, models.AsOf{}); n != 0 {
				t.Errorf("%d schemes count after what proves them was withdrawn", n)
			}
			if n := schemesOf(t, s, models.AsOf{RecordedBy: before, ObservedBy: before}); n != 1 {
				t.Errorf("%d schemes at a moment before", n)
			}
			if n := reached(t, d, s, "IDLE1", models.Instant{}); n > 1 {
				t.Errorf("money still reaches %d accounts", n)
			}
			if n := reached(t, d, s, "IDLE1", before); n != 2 {
				t.Errorf("a look back reaches %d accounts", n)
			}
			if i == 0 {
				d.Graph = &work.Graph{Store: s} // a process that starts anew says the same
			}
		}
		if c, _, err := s.Company(ctx, manager(), "C-1", models.AsOf{}); err != nil || c.Name != "Gather Ltd" {
			t.Errorf("the company is called %q %v", c.Name, err)
		}
		if c, _, err := s.Company(ctx, manager(), "C-2", models.AsOf{}); err != nil || c.Name != "" || !c.Stub {
			t.Errorf("a company that nothing names any more is called %q %v", c.Name, err)
		}
		if list, err := s.AccountsOf(ctx, manager(), mustSubject(t, s, "C-1").ID); err != nil || len(list) != 0 {
			t.Errorf("the company still holds %d accounts %v", len(list), err)
		}
		_, err = s.WithdrawBatch(ctx, manager(), ref, "again")
		world.IsKind(t, "withdrawn twice", err, models.KindConflict)

		now = now.Add(time.Minute)
		l.batch(s, d, wrong...)
		scan()
		if n := schemesOf(t, s, models.AsOf{}); n != 1 {
			t.Errorf("%d schemes after the same was loaded again", n)
		}
		if left, err := s.SchemeDoubts(ctx, al.ID); err != nil || len(left) != 0 {
			t.Errorf("a scheme that was found again is doubted: %v %v", left, err)
		}
		if n := reached(t, d, s, "IDLE1", models.Instant{}); n != 2 {
			t.Errorf("money reaches %d accounts after the same was loaded again", n)
		}
		audit, err := s.VerifyAudit(ctx, nil)
		if err != nil || len(audit.Broken) > 0 {
			t.Errorf("audit: %+v %v", audit, err)
		}
	})
}

func mustSubject(t *testing.T, s *models.Store, key string) models.Subject {
	t.Helper()
	sub, err := s.SubjectNamed(t.Context(), models.Within(models.ScopeOf("000000")), models.SubjectRef{Kind: models.KindCompany, ID: key})
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// One transfer is withdrawn by its number, which then is free for what its source sends instead. Without a reason, the right or sight
// nothing happens.
func TestWithdrawTransfer(t *testing.T) {
	modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
		l, d, ctx := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context()
		row := func(amount string) string {
			return l.file("transfers", transferHeader, []string{fmt.Sprintf("T-1,A1,A2,%s,2026-08-01T10:00:00+08:00", amount)})
		}
		l.load(s, d, row("100.00"))
		rep, err := d.Ingest(ctx, models.System("test"), work.IngestOptions{Paths: []string{row("90.00")}, Source: "BANK-A", Division: "440300"})
		if err != nil || rep.Files[0].Refused != 1 {
			t.Fatalf("other content under the same number: %+v %v", rep.Files, err)
		}
		stranger := manager()
		stranger.Permits = map[models.Action]models.Scope{models.ActAccountRead: models.ScopeOf("430000"), models.ActBatchRead: models.ScopeOf("430000"), models.ActFactRetract: models.ScopeOf("430000")}
		looker := manager()
		looker.Permits = map[models.Action]models.Scope{models.ActAccountRead: models.ScopeOf("440000")}
		world.IsKind(t, "a stranger", s.WithdrawTransfer(ctx, stranger, "BANK-A", "T-1", "reason"), models.KindNotFound)
		world.IsKind(t, "without the right", s.WithdrawTransfer(ctx, looker, "BANK-A", "T-1", "reason"), models.KindForbidden)
		world.IsKind(t, "without a reason", s.WithdrawTransfer(ctx, manager(), "BANK-A", "T-1", " "), models.KindInvalid)
		if err := s.WithdrawTransfer(ctx, manager(), "BANK-A", "T-1", "wrong amount"); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "twice", s.WithdrawTransfer(ctx, manager(), "BANK-A", "T-1", "wrong amount"), models.KindConflict)
		was, err := s.Transfer(ctx, manager(), "BANK-A", "T-1")
		if err != nil || was.AmountFen != 10000 || was.Withdrawn.Reason != "wrong amount" || !strings.HasPrefix(was.File, "transfers") {
			t.Errorf("%+v %v", was, err)
		}
		l.load(s, d, row("90.00"))
		if is, err := s.Transfer(ctx, manager(), "BANK-A", "T-1"); err != nil || is.AmountFen != 9000 || !is.Withdrawn.At.IsZero() {
			t.Errorf("%+v %v", is, err)
		}
	})
}
