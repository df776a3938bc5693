package work_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// ledger writes files of a small bank: everyday dealings of many, and a ring of idle accounts that gather for a company.
type ledger struct {
	t    *testing.T
	dir  string
	next int
}

func (l *ledger) file(name, header string, rows []string) string {
	l.t.Helper()
	l.next++
	path := filepath.Join(l.dir, fmt.Sprintf("%s.%d.csv", name, l.next))
	if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return path
}

var ledgerStart = time.Date(2026, 3, 1, 9, 0, 0, 0, models.China)

func (l *ledger) everyday() []string {
	var rows []string
	for p := range 120 {
		for week := range 24 {
			at := ledgerStart.AddDate(0, 0, 7*week+p%5)
			rows = append(rows, fmt.Sprintf("D-%d-%d,E%d,SHOP%d,%d.00,%s", p, week, p, p%9, 20+(p*7+week*13)%180, at.Format(time.RFC3339)))
			if week%4 == 0 {
				rows = append(rows, fmt.Sprintf("W-%d-%d,FIRM%d,E%d,%d.00,%s", p, week, p%3, p, 5000+p*11, at.Add(time.Hour).Format(time.RFC3339)))
			}
		}
	}
	return rows
}

func gather(from, to int) []string {
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, fmt.Sprintf("G-%d,IDLE%d,HUB1,%d.00,%s", i, i, 30000+1000*i, ledgerStart.AddDate(0, 0, 150).Add(time.Duration(i)*time.Hour).Format(time.RFC3339)))
	}
	return rows
}

const transferHeader = "id,from_account,to_account,amount,at"

func (l *ledger) load(s *models.Store, d *work.Desk, paths ...string) {
	l.t.Helper()
	rep, err := d.Ingest(l.t.Context(), models.System("test"), work.IngestOptions{Paths: paths, Source: "BANK-A", Division: "440300"})
	if err != nil || rep.Refused() {
		l.t.Fatalf("%+v %v", rep, err)
	}
}

// A scheme raises one alert that names its members and its company; scanning again changes nothing; new transfers grow the same
// alert; a dismissal holds; the company's fund-flow dimension has the scheme.
func TestSchemeAlertsLive(t *testing.T) {
	modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
		l, d, ctx, actor := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context(), models.System("test")
		l.load(s, d, l.file("companies", "uscc,name,division_code", []string{"C-1,Gather Ltd,440305"}),
			l.file("accounts", "number,institution_code,holder,class,division_code", []string{"HUB1,B1,company:C-1,corporate,440305"}),
			l.file("transfers", transferHeader, append(l.everyday(), gather(0, 8)...)))
		first, err := d.Scan(ctx, actor, work.ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		al := theAlert(t, s)
		if al.SubjectKind != models.KindCompany || al.SubjectKey != "C-1" || al.DivisionCode != "440305" || al.Level != "orange" || !al.SingleSource {
			t.Fatalf("%+v of scan %+v", al, first)
		}
		if n := acting(t, s, al.ID); n != 9 {
			t.Fatalf("%d accounts act", n)
		}
		sub, facts, err := s.Company(ctx, reader(), "C-1", models.AsOf{})
		if err != nil || len(facts.Schemes) != 1 || facts.Schemes[0].Role != "collector" || sub.Idx < 30 {
			t.Fatalf("company at %.1f: %+v %v", sub.Idx, facts.Schemes, err)
		}
		again, err := d.Scan(ctx, actor, work.ScanOptions{All: true})
		if err != nil || again.Alerts.Raised != 0 || again.Alerts.Updated != 0 {
			t.Fatalf("scanned again: %+v %v", again, err)
		}
		if more, err := s.HasUnscanned(ctx); err != nil || more {
			t.Fatalf("something is left to scan: %v", err)
		}
		l.load(s, d, l.file("transfers", transferHeader, gather(8, 12)))
		if more, err := s.HasUnscanned(ctx); err != nil || !more {
			t.Fatalf("new transfers are not noticed: %v", err)
		}
		grown, err := d.Scan(ctx, actor, work.ScanOptions{})
		if err != nil || grown.Alerts.Raised != 0 || grown.Alerts.Updated == 0 {
			t.Fatalf("%+v %v", grown, err)
		}
		if grown.Money.Accounts >= first.Money.Accounts {
			t.Errorf("a few new transfers made the scan look at %d accounts of %d", grown.Money.Accounts, first.Money.Accounts)
		}
		now := theAlert(t, s)
		if now.Ref != al.Ref || acting(t, s, now.ID) != 13 || now.Idx < al.Idx {
			t.Fatalf("%s grew to %s with %d accounts at %.1f after %.1f", al.Ref, now.Ref, acting(t, s, now.ID), now.Idx, al.Idx)
		}
		if err := s.DismissAlert(ctx, reader(), now.Ref, "false_positive", "", 0); err != nil {
			t.Fatal(err)
		}
		held, err := d.Scan(ctx, actor, work.ScanOptions{All: true})
		if err != nil || held.Alerts.Raised != 0 {
			t.Fatalf("a dismissed scheme came back: %+v %v", held, err)
		}
		audit, err := s.VerifyAudit(ctx, nil)
		if err != nil || len(audit.Broken) > 0 {
			t.Errorf("audit: %+v %v", audit, err)
		}
	})
}

// A look back at a scheme sees its score, its members and that nobody had dismissed it, as they were shown then.
func TestSchemeStatesOfThePast(t *testing.T) {
	now := time.Date(2026, 8, 20, 9, 0, 0, 0, models.China)
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		l, d, ctx := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context()
		type shown struct {
			at      models.Instant
			schemes []models.SchemeFact
		}
		var past []shown
		facts := func(asOf models.AsOf) []models.SchemeFact {
			_, f, err := s.Company(ctx, reader(), "C-1", asOf)
			if err != nil {
				t.Fatal(err)
			}
			return f.Schemes
		}
		look := func() {
			past = append(past, shown{s.Now(), facts(models.AsOf{})})
			now = now.Add(24 * time.Hour)
		}
		scan := func() {
			if _, err := d.Scan(ctx, models.System("test"), work.ScanOptions{}); err != nil {
				t.Fatal(err)
			}
			look()
		}
		l.load(s, d, l.file("companies", "uscc,name,division_code", []string{"C-1,Gather Ltd,440305"}),
			l.file("accounts", "number,institution_code,holder,class,division_code", []string{"HUB1,B1,company:C-1,corporate,440305"}),
			l.file("transfers", transferHeader, append(l.everyday(), gather(0, 8)...)))
		scan()
		l.load(s, d, l.file("transfers", transferHeader, gather(8, 12)))
		scan()
		ref := theAlert(t, s).Ref
		if err := s.DismissAlert(ctx, reader(), ref, "false_positive", "", 0); err != nil {
			t.Fatal(err)
		}
		look()
		if err := s.ReopenAlert(ctx, reader(), ref, 0); err != nil {
			t.Fatal(err)
		}
		look()
		for i, p := range past {
			if got := facts(models.AsOf{RecordedBy: p.at, ObservedBy: p.at}); !reflect.DeepEqual(got, p.schemes) {
				t.Errorf("of look %d at %v: %+v, shown then %+v", i, p.at, got, p.schemes)
			}
		}
		if len(past[0].schemes) != 1 || len(past[2].schemes) != 0 || reflect.DeepEqual(past[0].schemes, past[1].schemes) {
			t.Errorf("nothing changed between the looks: %+v", past)
		}
	})
}

// Transfers recorded or made after the moment of a scan as of the past do not count.
func TestSchemesAsOf(t *testing.T) {
	modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
		l, d, ctx, actor := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context(), models.System("test")
		l.load(s, d, l.file("transfers", transferHeader, append(l.everyday(), gather(0, 8)...)))
		before := models.At(ledgerStart.AddDate(0, 0, 149))
		rep, err := d.Scan(ctx, actor, work.ScanOptions{All: true, ValidAt: before})
		if err != nil || rep.Money.Schemes != 0 || rep.Money.Transfers == 0 {
			t.Fatalf("before it happened: %+v %v", rep.Money, err)
		}
		rep, err = d.Scan(ctx, actor, work.ScanOptions{All: true, AsOf: models.At(ledgerStart.AddDate(0, 0, 160))})
		if err != nil || rep.Money.Transfers != 0 {
			t.Fatalf("before it was recorded: %+v %v", rep.Money, err)
		}
		rep, err = d.Scan(ctx, actor, work.ScanOptions{All: true, ValidAt: models.At(ledgerStart.AddDate(2, 0, 0))})
		if err != nil || rep.Money.Schemes != 1 {
			t.Fatalf("long after: %+v %v", rep.Money, err)
		}
	})
}

func theAlert(t *testing.T, s *models.Store) models.AlertLine {
	t.Helper()
	list, _, err := s.Alerts(t.Context(), reader(), models.AlertFilter{Area: "FRAU", Limit: 5})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d alerts in the area: %v", len(list), err)
	}
	return list[0]
}

func acting(t *testing.T, s *models.Store, alert int64) int {
	t.Helper()
	list, more, err := s.AlertMembers(t.Context(), alert, 500)
	if err != nil || more {
		t.Fatal(err, more)
	}
	n := 0
	for _, m := range list {
		if !m.Aside {
			n++
		}
	}
	return n
}
