package models_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

// steward may do what a data steward may, everywhere.
func steward() models.Actor {
	all := models.ScopeOf("000000")
	return models.Actor{Name: "steward", Permits: map[models.Action]models.Scope{models.ActCompanyRead: all, models.ActFactRead: all, models.ActFactRetract: all, models.ActBatchRead: all,
		models.ActSourceRead: all, models.ActSourceChange: all, models.ActConnectorChange: all, models.ActAccountRead: all}}
}

func company(name, address, source string, at models.Instant) models.Row {
	return models.Row{Table: models.TableCompanies, Source: source, ObservedAt: at, Company: &models.CompanyRow{USCC: "Q1", Name: name, Address: address, DivisionCode: "440304"}}
}

func read(t testing.TB, s *models.Store, asOf models.AsOf) (models.Subject, *models.CompanyFacts) {
	t.Helper()
	c, f, err := s.Company(t.Context(), steward(), "Q1", asOf)
	if err != nil {
		t.Fatal(err)
	}
	return c, f
}

// The source of record wins over a newer one; among equals the newer observation; what contradicts it is listed; the name in
// lists is the same one whichever came first.
func TestRegisteredBySourceThenTime(t *testing.T) {
	day := func(n int) models.Instant { return models.At(factBase.AddDate(0, 0, n-30)) }
	rows := []models.Row{company("N-old", "A-old", "SAMR", day(1)), company("N", "", "SAMR", day(2)), company("N-web", "A-web", "WEB", day(9)), company("N-grid", "A-grid", "GRID", day(8))}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
			if err := s.RegisterSources(t.Context(), models.System("test"), []models.Source{{Code: "SAMR", Standing: 10}}); err != nil {
				t.Fatal(err)
			}
			for _, i := range order {
				load(t, s, rows[i:i+1])
			}
			c, f := read(t, s, models.AsOf{})
			r := f.Registered()
			if c.Name != "N" || r.Name != "N" || r.Address != "A-old" {
				t.Errorf("order %v: in lists %q, registered %q at %q", order, c.Name, r.Name, r.Address)
			}
			i := slices.IndexFunc(r.Conflicts, func(k models.ColumnConflict) bool { return k.Column == "name" })
			if i < 0 || len(r.Conflicts[i].Claims) != 3 || r.Conflicts[i].Claims[0].Source != "SAMR" || r.Conflicts[i].Claims[1].Value != "N-web" {
				t.Errorf("conflicts: %+v", r.Conflicts)
			}
		})
	}
}

// A withdrawn fact counts nowhere from then on, stays visible to a look back, is named with who and why, and comes back when its
// source says it again. Withdrawing twice, without a reason, without the right or out of scope fails and changes nothing.
func TestRetractFact(t *testing.T) {
	now := factBase
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		now = factBase
		ctx := t.Context()
		at := models.At(factBase.AddDate(0, 0, -3))
		load(t, s, []models.Row{company("Right", "A1", "SAMR", at), company("Wrong", "A2", "SAMR", at.Add(time.Hour))})
		c, f := read(t, s, models.AsOf{})
		if c.Name != "Wrong" || len(f.Registry) != 2 {
			t.Fatalf("%q with %d facts", c.Name, len(f.Registry))
		}
		bad := f.Registry[1]
		before := s.Now()
		now = now.Add(time.Minute)
		reader := steward()
		reader.Permits = map[models.Action]models.Scope{models.ActFactRead: models.ScopeOf("440000")}
		stranger := steward()
		stranger.Permits = map[models.Action]models.Scope{models.ActFactRead: models.ScopeOf("430000"), models.ActFactRetract: models.ScopeOf("430000")}
		for _, x := range []struct {
			who    models.Actor
			reason string
			kind   models.Kind
		}{{reader, "why", models.KindForbidden}, {stranger, "why", models.KindNotFound}, {steward(), " ", models.KindInvalid}} {
			world.IsKind(t, "withdraw", s.RetractFact(ctx, x.who, bad.BatchRef, bad.Hash, x.reason), x.kind)
		}
		if _, err := s.Fact(ctx, stranger, bad.BatchRef, bad.Hash); models.KindOf(err) != models.KindNotFound {
			t.Errorf("a stranger follows a fact: %v", err)
		}
		if err := s.RetractFact(ctx, steward(), bad.BatchRef, bad.Hash, "corrected in writing"); err != nil {
			t.Fatal(err)
		}
		world.IsKind(t, "withdraw again", s.RetractFact(ctx, steward(), bad.BatchRef, bad.Hash, "again"), models.KindConflict)
		c, f = read(t, s, models.AsOf{})
		if c.Name != "Right" || len(f.Registry) != 1 || c.NewestFactID <= c.AssessedFactID {
			t.Errorf("after: %q with %d facts, marked %v", c.Name, len(f.Registry), c.NewestFactID > c.AssessedFactID)
		}
		if _, f := read(t, s, models.AsOf{RecordedBy: before}); len(f.Registry) != 2 {
			t.Errorf("a look back shows %d facts", len(f.Registry))
		}
		l, err := s.Fact(ctx, steward(), bad.BatchRef, bad.Hash)
		if err != nil || l.Withdrawn.By != "steward" || l.Withdrawn.Reason != "corrected in writing" || len(l.Others) != 2 {
			t.Errorf("lineage: %+v %v", l, err)
		}
		now = now.Add(time.Minute)
		if got := load(t, s, []models.Row{company("Wrong", "A2", "SAMR", at.Add(time.Hour))}); got.accepted != 1 {
			t.Errorf("said again: %+v", got)
		}
		if c, _ := read(t, s, models.AsOf{}); c.Name != "Wrong" {
			t.Errorf("said again: %q", c.Name)
		}
	})
}

// Facts of limited purpose reach no page of a company, no paper and no list of facts; on pages of accounts and persons those
// against fraud reach who may use them, and what is confidential reaches nobody.
func TestPurposeOfSources(t *testing.T) {
	modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
		ctx := t.Context()
		at := models.At(factBase.AddDate(0, 0, -3))
		if err := s.RegisterSources(ctx, models.System("test"), []models.Source{{Code: "FRAUD", Purpose: models.PurposeAntiFraudOnly}, {Code: "STR", Purpose: models.PurposeSTR}}); err != nil {
			t.Fatal(err)
		}
		rows := []models.Row{company("N", "A", "SAMR", at)}
		for _, source := range []string{"SAMR", "FRAUD", "STR"} {
			rows = append(rows, models.Row{Table: models.TableSignals, Source: source, Signal: &models.SignalRow{Subject: "company:Q1", Kind: "opinion", At: at, Text: "said by " + source}})
		}
		load(t, s, rows)
		_, f := read(t, s, models.AsOf{})
		if len(f.Signals) != 1 || f.Signals[0].Source != "SAMR" {
			t.Fatalf("a page shows %+v", f.Signals)
		}
		all, err := s.CompanyFactsBy(ctx, []models.Subject{{ID: 1}}, nil, models.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		for _, facts := range all {
			for _, sig := range facts.Signals {
				if sig.Source != "SAMR" {
					t.Errorf("a scan counts %s", sig.Source)
				}
			}
		}
		for _, source := range []string{"FRAUD", "STR"} {
			_, f, err := s.Company(ctx, steward(), "Q1", models.AsOf{Purposes: []models.Purpose{models.PurposeAntiFraudOnly, models.PurposeSTR}})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(f.Signals, func(x models.Fact[models.SignalRow]) bool { return x.Source == source })
			if i < 0 {
				t.Fatalf("%s is not stored", source)
			}
			if _, err := s.Fact(ctx, steward(), f.Signals[i].BatchRef, f.Signals[i].Hash); models.KindOf(err) != models.KindNotFound {
				t.Errorf("a fact of %s can be followed: %v", source, err)
			}
		}
	})
}

// Transfers and facts of an account come from sources whose purpose the reader may use.
func TestPurposeOnAccounts(t *testing.T) {
	modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
		ctx := t.Context()
		at := models.At(factBase.AddDate(0, 0, -3))
		if err := s.RegisterSources(ctx, models.System("test"), []models.Source{{Code: "FRAUD", Purpose: models.PurposeAntiFraudOnly}, {Code: "STR", Purpose: models.PurposeSTR}}); err != nil {
			t.Fatal(err)
		}
		var rows []models.Row
		for i, source := range []string{"BANK", "FRAUD", "STR"} {
			rows = append(rows, models.Row{Table: models.TableTransfers, Source: source, Line: int64(i + 1), Transfer: &models.TransferRow{ID: "t" + source, FromAccount: "P", ToAccount: "R", AmountFen: 100, At: at}})
		}
		if _, err := world.Load(ctx, s, "T", "440300", rows...); err != nil {
			t.Fatal(err)
		}
		refs, err := s.Names(ctx, models.Within(models.ScopeOf("000000")), []models.SubjectRef{{Kind: models.KindAccount, ID: "P"}})
		if err != nil || len(refs) != 1 {
			t.Fatal(refs, err)
		}
		var ref string
		for _, sub := range refs {
			ref = *sub.Ref
		}
		officer := steward()
		officer.Permits[models.ActFactAntiFraud] = models.ScopeOf("440000")
		for want, who := range map[string]models.Actor{"BANK": steward(), "BANK FRAUD": officer} {
			file, err := s.AccountFile(ctx, who, ref)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tr := range file.Transfers {
				got = append(got, tr.Source)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("transfers of %v, want %s", got, want)
			}
		}
	})
}
