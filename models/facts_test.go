package models_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

var factBase = time.Date(2026, 11, 2, 9, 0, 0, 0, models.China)

// drawRows invents rows about one company, each with a time of its own, so that no two of one identity contradict each other.
// The company's ID is a placeholder.
func drawRows(r *rapid.T) []models.Row {
	var rows []models.Row
	n := rapid.IntRange(1, 14).Draw(r, "rows")
	for i := range n {
		at := models.At(factBase.AddDate(0, 0, -400+i)).Add(time.Duration(rapid.IntRange(0, 3).Draw(r, "hour")) * time.Hour)
		row := models.Row{Source: rapid.SampledFrom([]string{"", "SAMR", "WEB"}).Draw(r, "source"), ObservedAt: at}
		count := int64(rapid.IntRange(1, 3).Draw(r, "count"))
		pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(r, name) }
		switch pick("table", "companies", "products", "licences", "relations", "signals") {
		case "companies":
			row.Table, row.Company = models.TableCompanies, &models.CompanyRow{USCC: "@", Name: pick("name", "N1", "N2", "N3"),
				DivisionCode: pick("division", "440304", "440305", "440103"), InsuredStaff: &count}
		case "products":
			row.Table, row.Product = models.TableProducts, &models.ProductRow{ID: "@-" + pick("product", "p1", "p2"), Company: "@", Name: "P", Investors: &count}
		case "licences":
			row.Table, row.Licence = models.TableLicences, &models.LicenceRow{Company: "@", Kind: "payment", Number: pick("number", "1", "2"), IssuedBy: pick("by", "A", "B")}
		case "relations":
			row.Table, row.Relation = models.TableRelations, &models.RelationRow{From: "company:@", To: "person:@-" + pick("person", "a", "b"), Kind: "director"}
		default:
			row.Table, row.Signal = models.TableSignals, &models.SignalRow{Subject: pick("subject", "company:@", "product:@-p1"), Kind: "complaint", At: at,
				Ref: pick("ref", "", "r1@", "r2@"), Count: &count}
		}
		rows = append(rows, row)
	}
	return rows
}

// about puts an ID in the place of the placeholder.
func about(t testing.TB, rows []models.Row, id string) []models.Row {
	t.Helper()
	b, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	var out []models.Row
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(b), "@", id)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

type tally struct{ accepted, unchanged, refused int64 }

func load(t testing.TB, s *models.Store, rows []models.Row) tally {
	t.Helper()
	b, err := world.Load(t.Context(), s, "T", "440300", rows...)
	if err != nil {
		t.Fatal(err)
	}
	return tally{b.Accepted, b.Unchanged, b.Refused}
}

func (a tally) plus(b tally) tally {
	return tally{a.accepted + b.accepted, a.unchanged + b.unchanged, a.refused + b.refused}
}

// known writes what is known of a company, without numbers, batches and times of recording, in an order that does not depend on them.
func known(t testing.TB, s *models.Store, id string, asOf models.AsOf) []string {
	t.Helper()
	c, f, err := s.Company(t.Context(), world.Everywhere(), id, asOf)
	if models.KindOf(err) == models.KindNotFound {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	list := []string{"name " + c.Name + " " + c.DivisionCode + " " + f.DivisionCode + fmt.Sprint(" stub ", c.Stub)}
	add := func(kind string, p models.Provenance, row any) {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s %s %s %s", kind, p.ObservedAt, p.Source, b, p.Hash))
	}
	for _, x := range f.Registry {
		add("registry", x.Provenance, x.Row)
	}
	for _, x := range f.Products {
		add("product", x.Provenance, x.Row)
	}
	for _, x := range f.Licences {
		add("licence", x.Provenance, x.Row)
	}
	for _, x := range f.Relations {
		add("relation", x.Provenance, x.Row)
	}
	for _, x := range f.Signals {
		add("signal", x.Provenance, x.Row)
	}
	slices.Sort(list)
	for i := range list {
		// The hash is of content that holds the ID, and so is the content itself.
		list[i] = strings.ReplaceAll(list[i], id, "@")
		list[i] = list[i][:max(0, strings.LastIndex(list[i], " "))]
	}
	return list
}

// The same rows give the same facts in any order, cut into any loads, with any repeated; each row that states its own time is
// accepted once and unchanged ever after.
func TestFactsDoNotDependOnOrder(t *testing.T) {
	modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			n++
			rows := drawRows(r)
			one, two := fmt.Sprintf("A%d", n), fmt.Sprintf("B%d", n)
			first := load(t, s, about(t, rows, one))
			again := load(t, s, about(t, rows, one))
			if again.accepted != 0 || again.unchanged != int64(len(rows)) {
				r.Fatalf("loaded again: %+v of %d rows", again, len(rows))
			}
			mixed := append(slices.Clone(rows), rows[:rapid.IntRange(0, len(rows)).Draw(r, "repeated")]...)
			mixed = rapid.Permutation(mixed).Draw(r, "order")
			var sum tally
			for len(mixed) > 0 {
				cut := rapid.IntRange(1, len(mixed)).Draw(r, "cut")
				sum = sum.plus(load(t, s, about(t, mixed[:cut], two)))
				mixed = mixed[cut:]
			}
			if sum.accepted != first.accepted || sum.refused != 0 {
				r.Fatalf("in one load %+v, mixed %+v", first, sum)
			}
			if diff := cmp.Diff(known(t, s, one, models.AsOf{}), known(t, s, two, models.AsOf{})); diff != "" {
				r.Fatalf("in one load against mixed: %s", diff)
			}
		})
	})
}

// Without a time of its own, content that returns is a newer fact: A, B, A are three, A again is unchanged. With one, a
// correction of the same moment is a newer fact too.
func TestContentThatReturns(t *testing.T) {
	now := factBase
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		row := func(name string, at models.Instant) models.Row {
			return models.Row{Table: models.TableCompanies, ObservedAt: at, Company: &models.CompanyRow{USCC: "C1", Name: name}}
		}
		var sum tally
		for _, name := range []string{"A", "A", "B", "A", "A"} {
			now = now.Add(time.Minute)
			sum = sum.plus(load(t, s, []models.Row{row(name, models.Instant{})}))
		}
		if sum != (tally{accepted: 3, unchanged: 2}) {
			t.Errorf("A A B A A: %+v", sum)
		}
		if sum := load(t, s, []models.Row{row("A", models.Instant{}), row("B", models.Instant{}), row("A", models.Instant{}), row("A", models.Instant{})}); sum != (tally{accepted: 2, unchanged: 2}) {
			t.Errorf("A B A A in one load: %+v", sum)
		}
		at := models.At(factBase.AddDate(0, 0, -1))
		sum = tally{}
		for _, name := range []string{"A", "B", "A", "A"} {
			sum = sum.plus(load(t, s, []models.Row{row(name, at)}))
		}
		if sum != (tally{accepted: 3, unchanged: 1}) {
			t.Errorf("A B A A of one moment: %+v", sum)
		}
		_, f, err := s.Company(t.Context(), world.Everywhere(), "C1", models.AsOf{})
		if err != nil || len(f.Registry) != 8 {
			t.Errorf("%d facts: %v", len(f.Registry), err)
		}
	})
}

// A transfer that comes again is unchanged, with other content it is refused, in one load, in another, and in two files of one batch.
func TestTransfersAreNotRewritten(t *testing.T) {
	modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
		row := func(id string, fen int64) models.Row {
			return models.Row{Table: models.TableTransfers, Transfer: &models.TransferRow{ID: id, FromAccount: "a", ToAccount: "b", AmountFen: fen, At: models.At(factBase)}}
		}
		if sum := load(t, s, []models.Row{row("1", 5), row("2", 5), row("1", 5), row("2", 6)}); sum != (tally{2, 1, 1}) {
			t.Errorf("first load: %+v", sum)
		}
		if sum := load(t, s, []models.Row{row("2", 5), row("1", 7), row("3", 1)}); sum != (tally{1, 1, 1}) {
			t.Errorf("second load: %+v", sum)
		}
		ctx, actor := t.Context(), models.System("test")
		b, err := s.BeginBatch(ctx, actor, models.BatchPlan{Source: "T", Division: "440300",
			Files: []models.BatchFile{{Name: "a", Table: models.TableTransfers}, {Name: "b", Table: models.TableTransfers}}})
		if err != nil {
			t.Fatal(err)
		}
		l := s.NewLoader(actor, &b)
		for i := range b.Files {
			rows := []models.Row{row("8", 5), row("9", 5)}
			rows[0].Line, rows[1].Line = 2, 3
			if _, err := l.Append(ctx, &b.Files[i], rows, nil, 3); err != nil {
				t.Fatal(err)
			}
		}
		if b.Files[0].Accepted != 2 || b.Files[1].Accepted != 0 || b.Files[1].Unchanged != 2 {
			t.Errorf("two files with the same lines: %+v", b.Files)
		}
		if _, err := l.Append(ctx, &models.BatchFile{ID: b.Files[0].ID, Table: models.TableTransfers}, []models.Row{row("10", 1)}, nil, 4); models.KindOf(err) != models.KindConflict {
			t.Errorf("a loader that was overtaken: %v", err)
		}
	})
}

// What was recorded later is unknown to a question as of before; what was observed later, to one of the world as it was.
func TestAsOf(t *testing.T) {
	now := factBase
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		rapid.Check(t, func(r *rapid.T) {
			now = now.Add(time.Hour)
			id := fmt.Sprintf("D%d", now.Unix())
			rows := drawRows(r)
			cut := rapid.IntRange(0, len(rows)).Draw(r, "cut")
			load(t, s, about(t, []models.Row{{Table: models.TableCompanies, ObservedAt: models.At(factBase.AddDate(-3, 0, 0)), Company: &models.CompanyRow{USCC: "@", Name: "N"}}}, id))
			load(t, s, about(t, rows[:cut], id))
			then := models.At(now)
			before := known(t, s, id, models.AsOf{})
			now = now.Add(time.Hour)
			load(t, s, about(t, rows[cut:], id))
			// The name stands on the subject and is always the present one.
			asOf := func(b models.AsOf) []string {
				return slices.DeleteFunc(known(t, s, id, b), func(l string) bool { return strings.HasPrefix(l, "name ") })
			}
			want := slices.DeleteFunc(before, func(l string) bool { return strings.HasPrefix(l, "name ") })
			if diff := cmp.Diff(want, asOf(models.AsOf{RecordedBy: then})); diff != "" {
				r.Fatalf("recorded by then: %s", diff)
			}
			if diff := cmp.Diff(want, asOf(models.AsOf{RecordedBy: then, ObservedBy: then})); diff != "" {
				r.Fatalf("recorded and observed by then: %s", diff)
			}
			all := asOf(models.AsOf{})
			day := models.At(factBase.AddDate(0, 0, -395))
			seen := slices.DeleteFunc(slices.Clone(all), func(l string) bool { return strings.Fields(l)[1] > day.String() })
			if diff := cmp.Diff(seen, asOf(models.AsOf{ObservedBy: day})); diff != "" {
				r.Fatalf("observed by a day: %s", diff)
			}
		})
	})
}

// A name, a place and an owner that arrive late and are older change nothing; a row without a place keeps the place that is known.
func TestLateOlderNames(t *testing.T) {
	modelstest.EachAt(t, func() time.Time { return factBase }, func(t *testing.T, s *models.Store) {
		day := func(n int) models.Instant { return models.At(factBase.AddDate(0, 0, n-100)) }
		company := func(n int, name, division string) models.Row {
			return models.Row{Table: models.TableCompanies, ObservedAt: day(n), Company: &models.CompanyRow{USCC: "C1", Name: name, DivisionCode: division}}
		}
		product := func(n int, owner string) models.Row {
			return models.Row{Table: models.TableProducts, ObservedAt: day(n), Product: &models.ProductRow{ID: "p1", Company: owner, Name: "P" + owner}}
		}
		is := func(when, name, division string) {
			t.Helper()
			c, _, err := s.Company(t.Context(), world.Everywhere(), "C1", models.AsOf{})
			if err != nil || c.Name != name || c.DivisionCode != division || c.Stub {
				t.Errorf("%s: %q in %s stub %t: %v", when, c.Name, c.DivisionCode, c.Stub, err)
			}
		}
		load(t, s, []models.Row{product(50, "C1"), product(50, "C2")}) // both are stubs, the last one wins
		load(t, s, []models.Row{product(60, "C1")})
		load(t, s, []models.Row{company(50, "new", "440304")})
		is("named", "new", "440304")
		load(t, s, []models.Row{company(40, "old", "440305")})
		is("late and older", "new", "440304")
		load(t, s, []models.Row{company(60, "newer", "")})
		is("newer without a place", "newer", "440304")
		load(t, s, []models.Row{company(90, "newest", ""), company(80, "mid", "440305"), company(70, "low", "440307")})
		is("one load", "newest", "440305")
		load(t, s, []models.Row{product(55, "C2")})
		load(t, s, []models.Row{{Table: models.TableSignals, Signal: &models.SignalRow{Subject: "product:p1", Kind: "complaint", At: day(70)}}})
		_, f, err := s.Company(t.Context(), world.Everywhere(), "C1", models.AsOf{})
		if err != nil || len(f.Signals) != 1 {
			t.Errorf("an older row took the product away: %d signals, %v", len(f.Signals), err)
		}
	})
}

// Every new fact makes its company due for a scan, whatever number the mark had: also those that arrive while a scan that
// began earlier goes on.
func TestNothingIsLeftUnscanned(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, actor := t.Context(), w.Store, models.System("test")
		due := func(when string, want bool) {
			t.Helper()
			if more, err := s.HasUnscanned(ctx); err != nil || more != want {
				t.Errorf("%s: due %t, %v", when, more, err)
			}
		}
		due("at first", false)
		if _, err := s.BeginScan(ctx, actor, models.ScanPlan{RuleVersion: w.Desk.Rules.Version}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(time.Minute)
		if _, err := world.Load(ctx, s, "T", "440304", world.RedRows("440304", 500, s.Now())...); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(time.Minute)
		if _, err := w.Desk.Scan(ctx, actor, scanNew); err != nil {
			t.Fatal(err)
		}
		due("after the scan that was taken up", false)
		w.AlertOf(t, world.USCC("440304", 500))
		// Another load with later numbers was committed and assessed first.
		w.Exec(t, "UPDATE subjects SET newest_fact_id = 900000, assessed_fact_id = 900000")
		if _, err := world.Load(ctx, s, "T", "440304", models.Row{Table: models.TableCompanies, Company: &models.CompanyRow{USCC: world.USCC("440304", 500), Name: "B"}}); err != nil {
			t.Fatal(err)
		}
		due("after a load with earlier numbers", true)
		if _, err := w.Desk.Scan(ctx, actor, scanNew); err != nil {
			t.Fatal(err)
		}
		due("at last", false)
	})
}

// A load that is rolled back leaves nothing behind, and its loader can go on.
func TestLoaderAfterFailure(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, actor := t.Context(), w.Store, models.System("test")
		b, err := s.BeginBatch(ctx, actor, models.BatchPlan{Source: "T", Division: "440300", Files: []models.BatchFile{{Name: "a", Table: models.TableCompanies}}})
		if err != nil {
			t.Fatal(err)
		}
		l, f := s.NewLoader(actor, &b), &b.Files[0]
		row := func(id, source string) []models.Row {
			return []models.Row{{Table: models.TableCompanies, Source: source, Line: 2, Company: &models.CompanyRow{USCC: id, Name: id}}}
		}
		w.Exec(t, "ALTER TABLE audit_head RENAME TO hidden_head")
		before := w.Hashes(t)
		_, err = l.Append(ctx, f, row("X1", "NEWSOURCE"), nil, 2)
		world.IsKind(t, "without audit", err, models.KindUnavailable)
		w.Unchanged(t, before, "a load that failed")
		w.Exec(t, "ALTER TABLE hidden_head RENAME TO audit_head")
		if _, err := l.Append(ctx, f, row("X1", "NEWSOURCE"), nil, 2); err != nil || f.Accepted != 1 {
			t.Fatalf("%+v %v", f, err)
		}
		sources, err := s.Sources(ctx)
		if err != nil || sources["NEWSOURCE"].Code == "" {
			t.Errorf("sources %v: %v", slices.Sorted(maps.Keys(sources)), err)
		}
		if n := len(known(t, s, "X1", models.AsOf{})); n != 2 {
			t.Errorf("%d facts", n)
		}
	})
}
