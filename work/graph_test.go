package work_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// plain asks on behalf of an actor and writes subjects with their own IDs, those of the actor's scope alone.
func plain(s *models.Store, scope models.Scope) work.GraphAsk {
	return work.GraphAsk{Sight: models.Within(scope), Say: func(r graph.Reason) string { return r.Key }, Name: func(ctx context.Context, ids []int64) (map[int64]string, error) {
		list, err := s.SubjectsByID(ctx, models.Within(scope), ids)
		out := map[int64]string{}
		for id, sub := range list {
			out[id] = sub.Written().String()
		}
		return out, err
	}}
}

func holds(from, to string, ratio float64, at models.Instant) models.Row {
	return models.Row{Table: models.TableRelations, Source: "SAMR", ObservedAt: at, Relation: &models.RelationRow{From: from, To: to, Kind: "shareholder", Ratio: &ratio}}
}

func company(key, division string) models.Row {
	return models.Row{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: key, Name: "N-" + key, DivisionCode: division}}
}

func person(key, division string) models.Row {
	return models.Row{Table: models.TablePersons, Source: "SAMR", Person: &models.PersonRow{ID: key, Name: "N-" + key, DivisionCode: division}}
}

func load(t *testing.T, w *world.World, rows ...models.Row) models.Batch {
	t.Helper()
	b, err := world.Load(t.Context(), w.Store, "TEST", "440300", rows...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pathLength(t *testing.T, w *world.World, by work.GraphAsk, from, to string) int {
	t.Helper()
	a, err := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: from, To: to, Max: 70, K: 1})
	if err != nil {
		t.Fatal(err)
	}
	return a.Length
}

// What is loaded stands in the graph at once, a newer observation replaces an older one, a withdrawn one gives way to it again, and a
// look back shows what was known then.
func TestGraphFollowsTheStore(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		by := plain(w.Store, models.ScopeOf("000000"))
		at := w.Store.Now()
		load(t, w, company("GA", "440304"), company("GB", "440304"), person("GP", "440304"))
		if n := pathLength(t, w, by, "company:GA", "company:GB"); n != -1 {
			t.Errorf("a chain of %d before there is any", n)
		}
		first := load(t, w, holds("person:GP", "company:GA", 0.3, at.Add(-2*time.Hour)), holds("company:GA", "company:GB", 1, at))
		w.Clock.Pass(time.Minute)
		wait()
		if n := pathLength(t, w, by, "person:GP", "company:GB"); n != 2 {
			t.Errorf("a chain of %d, want 2", n)
		}
		share := func(want float64) {
			t.Helper()
			wait()
			a, err := w.Desk.Graph.Controllers(t.Context(), by, "company:GB", 0)
			i := slices.IndexFunc(a.Controllers, func(c work.GraphController) bool { return c.Subject == "person:GP" })
			if err != nil || i < 0 || a.Controllers[i].Share != want || a.Controllers[i].ByControl != (want > 0.5) {
				t.Errorf("%+v %v, want a share of %v", a, err, want)
			}
		}
		share(0.3)
		before := w.Store.Now()
		w.Clock.Pass(time.Hour)
		second := load(t, w, holds("person:GP", "company:GA", 0.8, at.Add(-time.Hour)))
		share(0.8)
		retract(t, w, second, 0.8)
		share(0.3)
		retract(t, w, first, 0.3)
		wait()
		if n := pathLength(t, w, by, "person:GP", "company:GB"); n != -1 {
			t.Errorf("a chain of %d after its relation was withdrawn", n)
		}
		by.RecordedBy, by.ObservedBy = before, before
		share(0.3)
	})
}

// wait lets the time pass for which an answer may be old.
func wait() { time.Sleep(450 * time.Millisecond) }

func retract(t *testing.T, w *world.World, b models.Batch, ratio float64) {
	t.Helper()
	facts, err := w.Store.PersonFile(t.Context(), world.Everywhere(), refOf(t, w, "GP"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts.Relations {
		if f.BatchRef == b.Ref && f.Row.Ratio != nil && *f.Row.Ratio == ratio {
			if err := w.Store.RetractFact(t.Context(), world.Everywhere(), b.Ref, f.Hash, world.Word("reason")); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no relation of %v in %s", ratio, b.Ref)
}

func refOf(t *testing.T, w *world.World, key string) string {
	t.Helper()
	s, err := w.Store.SubjectNamed(t.Context(), models.Within(models.ScopeOf("000000")), models.SubjectRef{Kind: models.KindPerson, ID: key})
	if err != nil {
		t.Fatal(err)
	}
	return *s.Ref
}

// Somebody outside the jurisdiction stands in a chain without a name, and cannot be asked about.
func TestGraphMasksWhatIsOutside(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		load(t, w, company("IN1", "440304"), company("IN2", "440304"), company("OUT", "430104"), holds("company:OUT", "company:IN1", 0.6, models.Instant{}), holds("company:OUT", "company:IN2", 0.7, models.Instant{}))
		by := plain(w.Store, models.ScopeOf("440300"))
		a, err := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "company:IN1", To: "company:IN2", Max: 70, K: 1})
		if err != nil || a.Length != 2 || a.Steps[0].To != "outside:1" || a.Steps[1].From != "outside:1" {
			t.Errorf("%+v %v", a, err)
		}
		_, err = w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "company:IN1", To: "company:OUT", Max: 70, K: 1})
		_, absent := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "company:IN1", To: "company:NOBODY", Max: 70, K: 1})
		if models.KindOf(err) != models.KindNotFound || fmt.Sprint(err) != fmt.Sprint(absent) {
			t.Errorf("outside: %v, absent: %v", err, absent)
		}
	})
}

// Transfers stand in the flow as they arrive, each once.
func TestGraphFollowsTransfers(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		by := plain(w.Store, models.ScopeOf("000000"))
		pay := func(n int, from, to string, fen int64) models.Row {
			return models.Row{Table: models.TableTransfers, Source: "BANK", Transfer: &models.TransferRow{ID: fmt.Sprint("T", n), FromAccount: from, ToAccount: to, AmountFen: fen, At: w.Store.Now().Add(time.Duration(n) * time.Minute)}}
		}
		accounts := func(keys ...string) (rows []models.Row) {
			for _, k := range keys {
				rows = append(rows, models.Row{Table: models.TableAccounts, Source: "BANK", Account: &models.AccountRow{Number: k, InstitutionCode: "B-" + k, Holder: "person:H-" + k}})
			}
			return rows
		}
		load(t, w, append(accounts("A1", "A2", "A3"), pay(1, "A1", "A2", 1000))...)
		ask := work.MoneyAsk{Account: "account:A1", Direction: work.Forward, Method: work.ProRata, Hops: 3, Limit: 100, Sums: true}
		for n := 2; n < 6; n++ {
			load(t, w, pay(n, "A2", "A3", 200), pay(1, "A1", "A2", 1000))
			wait()
			a, err := w.Desk.Graph.Trace(t.Context(), by, ask)
			if err != nil || len(a.Hops) != n || a.Accounts[1].Institution != "B-A2" || a.Accounts[2].In != work.Yuan(200*(n-1)) {
				t.Fatalf("after %d payments: %+v %v", n, a, err)
			}
		}
		if n := pathLength(t, w, by, "person:H-A1", "account:A1"); n != 1 {
			t.Errorf("the holder is %d steps away", n)
		}
		w.Exec(t, "UPDATE sources SET purpose = 'anti_fraud_only' WHERE code = 'BANK'")
		wait()
		a, err := w.Desk.Graph.Trace(t.Context(), by, ask)
		if err != nil || len(a.Hops) != 0 {
			t.Errorf("a source of limited purpose: %+v %v", a, err)
		}
		p, err := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "person:H-A1", To: "account:A1", Max: 70, K: 1})
		by.AntiFraud = models.ScopeOf("440100")
		if r, err := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "person:H-A1", To: "account:A1", Max: 70, K: 1}); err != nil || r.Length != -1 {
			t.Errorf("against fraud, for those of another place: %+v %v", r, err)
		}
		by.AntiFraud = models.ScopeOf("440300")
		q, also := w.Desk.Graph.Path(t.Context(), by, work.PathAsk{From: "person:H-A1", To: "account:A1", Max: 70, K: 1})
		if err != nil || also != nil || p.Length != -1 || q.Length != 1 {
			t.Errorf("a source against fraud alone: %+v %v, for those who may: %+v %v", p, err, q, also)
		}
	})
}

// While rows arrive and others ask, every answer holds what was there when it was asked a second ago.
func TestGraphWhileRowsArrive(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		by := plain(w.Store, models.ScopeOf("000000"))
		load(t, w, company("C0", "440304"))
		done := make(chan error, 1)
		go func() {
			var err error
			for n := 1; n <= 12 && err == nil; n++ {
				_, err = world.Load(context.WithoutCancel(t.Context()), w.Store, "TEST", "440300", company(fmt.Sprint("C", n), "440304"), holds(fmt.Sprint("company:C", n-1), fmt.Sprint("company:C", n), 1, models.Instant{}))
			}
			done <- err
		}()
		var seen []int
		for len(seen) == 0 || seen[len(seen)-1] < 12 {
			a, err := w.Desk.Graph.Neighbours(t.Context(), by, work.NeighboursAsk{Of: "company:C0", Depth: 70, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, len(a.Neighbours))
			time.Sleep(20 * time.Millisecond)
		}
		if err := <-done; err != nil || !slices.IsSorted(seen) {
			t.Errorf("%v %v", seen, err)
		}
	})
}

// A stored picture is taken up with what arrived since; a damaged one, or one of another database, is built anew.
func TestGraphIsTakenUp(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		file := t.TempDir() + "/graph.xzg"
		by := plain(w.Store, models.ScopeOf("000000"))
		length := func(want int) {
			t.Helper()
			w.Desk.Graph = &work.Graph{Store: w.Store, File: file}
			if n := pathLength(t, w, by, "company:A", "company:B"); n != want {
				t.Errorf("a chain of %d, want %d", n, want)
			}
		}
		load(t, w, company("A", "440304"), company("B", "440304"), company("C", "440304"))
		length(-1)
		b := load(t, w, holds("company:A", "company:C", 1, models.Instant{}), holds("company:C", "company:B", 1, models.Instant{}))
		length(2)
		if err := w.Desk.Graph.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		load(t, w, holds("company:A", "company:B", 1, models.Instant{}))
		length(1)
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		length(1)
		if err := w.Desk.Graph.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Exec(t, "DELETE FROM facts WHERE batch_id > (SELECT id FROM batches WHERE ref = '"+b.Ref+"')")
		length(2) // another database: that of before
	})
}
