package finbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/graph"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// stage is one part of the data with the mappings that load it, in the order in which they are loaded.
type stage struct {
	name     string
	mappings []string
}

func (s *stage) holds(pattern string) bool {
	live := strings.HasPrefix(pattern, "Add") || strings.HasPrefix(pattern, "Delete")
	return live == (s.name == "increments")
}

func stages() []*stage {
	snapshot, increments := &stage{name: "snapshot"}, &stage{name: "increments"}
	for _, m := range []string{"accounts", "companies", "persons", "loans", "media", "person-accounts", "company-accounts", "person-loans", "company-loans", "loan-amounts", "loan-balances", "person-shares",
		"company-shares", "person-guarantees", "company-guarantees", "signins", "transfers", "withdrawals", "deposits", "repayments"} {
		snapshot.mappings = append(snapshot.mappings, "finbench-"+m)
	}
	for _, m := range []string{"new-loans", "new-media", "new-person-loans", "new-company-loans", "new-loan-amounts", "new-loan-balances", "new-person-shares", "new-company-shares", "new-person-guarantees",
		"new-company-guarantees", "new-signins", "new-transfers", "new-withdrawals", "new-deposits", "new-repayments", "closed-accounts"} {
		increments.mappings = append(increments.mappings, "finbench-"+m)
	}
	return []*stage{snapshot, increments}
}

// The complex reads of a small world from a seed, on both databases, before and after its increments.
func TestReadsOfASmallWorld(t *testing.T) {
	a := madeArchive(2026)
	file := a.write(t)
	modelstest.Each(t, func(t *testing.T, s *models.Store) { compare(t, s, a, file, 30) })
}

// The complex reads of the example data: XIEZHI_FINBENCH says how many sets of parameters of each read, 200 for the whole run.
func TestReadsOfTheExampleData(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("XIEZHI_FINBENCH"))
	if err != nil || n < 1 {
		t.Skip("XIEZHI_FINBENCH=200 runs the reads of the example data: some minutes")
	}
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("the evaluation data is not here (%s)", shared)
	}
	s := modelstest.Open(t, filepath.Join(t.TempDir(), "finbench.db"), time.Now)
	compare(t, s, readArchive(t, shared), shared, n)
}

// compare loads the stages one after another, asks the graph and SQL the same, and holds the rows against each other.
func compare(t *testing.T, s *models.Store, a archive, file string, n int) {
	t.Helper()
	rules, err := detect.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	d := &work.Desk{Store: s, Rules: rules, Graph: &work.Graph{Store: s}}
	p := newPlain(t)
	for _, part := range stages() {
		for _, m := range part.mappings {
			rep, err := d.Ingest(t.Context(), models.System("test"), work.IngestOptions{Paths: []string{file}, Mapping: m, Division: "000000"})
			if err != nil || rep.Refused() {
				t.Fatalf("%s: %+v %v", m, rep, err)
			}
		}
		p.load(a, part)
		e := newEngine(t, d)
		if moves := e.reads.Book.Flow.Len(); int64(moves) != p.next {
			t.Errorf("%s: %d payments in the graph, %d in the files", part.name, moves, p.next)
		}
		for read, list := range byRead(p.asks(n, 7)) {
			compareRead(t, part.name, read+1, list, e, p)
		}
	}
	t.Logf("%d payments stand twice in the files", p.twice)
}

func byRead(all []ask) [12][]ask {
	var by [12][]ask
	for _, q := range all {
		by[q.read-1] = append(by[q.read-1], q)
	}
	return by
}

func compareRead(t *testing.T, part string, read int, list []ask, e *engine, p *plain) {
	t.Helper()
	rows, filled, differ := 0, 0, 0
	var took, sqlTook []time.Duration
	for _, q := range list {
		began := time.Now()
		ours := e.ask(q)
		took = append(took, time.Since(began))
		got := e.write(ours)
		if read != 10 && read != 11 {
			p.cut(q.window)
		}
		began = time.Now()
		want := p.answer(q)
		sqlTook = append(sqlTook, time.Since(began))
		slices.Sort(got)
		slices.Sort(want)
		rows += len(want)
		if !blank(want) {
			filled++
		}
		if !slices.Equal(got, want) {
			if differ++; differ <= 3 {
				t.Errorf("%s, %s:\n graph %.500q\n SQL   %.500q", part, q, got, want)
			}
		}
	}
	slices.Sort(took)
	slices.Sort(sqlTook)
	t.Logf("%-10s read %2d: %d asked, %d with something to answer, %d rows compared, %d differ; graph p50 %v p99 %v, SQL p50 %v p99 %v", part, read, len(list), filled, rows, differ,
		at(took, 0.5), at(took, 0.99), at(sqlTook, 0.5), at(sqlTook, 0.99))
	if filled == 0 {
		t.Errorf("%s read %d: no set of parameters has anything to answer", part, read)
	}
}

func at(list []time.Duration, part float64) time.Duration {
	return list[int(part*float64(len(list)-1))].Round(100 * time.Nanosecond)
}

// blank says whether an answer tells of nothing.
func blank(rows []string) bool {
	return len(rows) == 0 || len(rows) == 1 && strings.Trim(rows[0], "0- 1") == ""
}

// engine asks the graph. Which accounts are closed and which devices are barred are attributes of the store.
type engine struct {
	t     testing.TB
	reads *graph.Reads
	of    map[string]int64
	keys  map[int64]string
}

func newEngine(t testing.TB, d *work.Desk) *engine {
	t.Helper()
	ctx := context.Background()
	book, _, err := d.Graph.Book(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{t: t, of: map[string]int64{}, keys: map[int64]string{}}
	e.reads = graph.NewReads(book, graph.Channels{Transfer: "transfer", Withdrawal: "withdrawal", Deposit: "loan_deposit", Repayment: "loan_repayment"}, "FB-LENDER")
	var ids []int64
	err = d.Store.GraphSubjects(ctx, func(s models.GraphSubject) error {
		ids = append(ids, s.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Store.SubjectsByID(ctx, models.Within(models.ScopeOf("000000")), ids)
	if err != nil {
		t.Fatal(err)
	}
	for id, s := range list {
		e.keys[id] = s.Written().String()
		e.of[s.Written().String()] = id
	}
	mark, err := d.Store.GraphMark(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e.reads.Gone, e.reads.Blocked = map[int64]bool{}, map[int64]bool{}
	err = d.Store.GraphFacts(ctx, models.Span{UpTo: mark.Fact}, models.AsOf{}, models.EdgeFacts, func(f models.GraphFact) error {
		if f.Account != nil {
			e.reads.Gone[f.SubjectID] = f.Account.Status == "closed"
			e.reads.Blocked[f.SubjectID] = f.Account.Status == "blocked"
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (e *engine) account(key string) graph.Account {
	a, ok := e.reads.Book.Flow.Find(e.of[key])
	if !ok {
		e.t.Fatalf("no account %q", key)
	}
	return a
}

func (e *engine) subject(key string) graph.Subject {
	s, ok := e.reads.Book.Relations.Find(e.of[key])
	if !ok {
		e.t.Fatalf("no subject %q", key)
	}
	return s
}

// cell is a number or, with key set, what stands for the store's key.
type cell struct {
	n   int64
	key bool
}

func (e *engine) acct(a graph.Account) cell { return cell{e.reads.Book.Flow.Key(a), true} }

func num[T ~int | ~int64](n T) cell { return cell{n: int64(n)} }

// ask gives the rows of a read by the graph.
func (e *engine) ask(q ask) (out [][]cell) {
	r, s := e.reads, q.span()
	switch q.read {
	case 1:
		for _, x := range r.BarredDevices(e.account(q.a), s) {
			out = append(out, []cell{e.acct(x.Account), num(x.Distance), {r.Book.Relations.Key(x.Device), true}})
		}
	case 2:
		for _, x := range r.Borrowed(e.subject(q.a), s) {
			out = append(out, []cell{e.acct(x.Account), num(x.Granted), num(x.Owed)})
		}
	case 3:
		out = [][]cell{{num(r.Distance(e.account(q.a), e.account(q.b), s))}}
	case 4:
		for _, x := range r.Thirds(e.account(q.a), e.account(q.b), s) {
			out = append(out, []cell{e.acct(x.Account), num(x.Paid), num(x.PaidFen), num(x.PaidMost), num(x.Received), num(x.ReceivedFen), num(x.ReceivedMost)})
		}
	case 5:
		for _, way := range r.Traces(e.subject(q.a), s) {
			line := []cell{}
			for _, a := range way {
				line = append(line, e.acct(a))
			}
			out = append(out, line)
		}
	case 6:
		for _, x := range r.Pools(e.account(q.a), q.above, q.more, s) {
			out = append(out, []cell{e.acct(x.Account), num(x.Received), num(x.Drawn)})
		}
	case 7:
		x := r.Through(e.account(q.a), q.above, s)
		out = [][]cell{{num(x.Payers), num(x.Payees), num(x.PerMille)}}
	case 8:
		for _, x := range r.LoanTrace(e.account(q.a), q.above, s) {
			out = append(out, []cell{e.acct(x.Account), num(x.PerMille), num(x.Distance)})
		}
	case 9:
		x := r.LoanUse(e.account(q.a), q.above, s)
		out = [][]cell{{num(x.Repaid), num(x.PassedOn), num(x.InOut)}}
	case 10:
		out = [][]cell{{num(r.Alike(e.subject(q.a), e.subject(q.b), s))}}
	case 11:
		x := r.Guarantees(e.subject(q.a), s)
		out = [][]cell{{num(x.Fen), num(x.Loans)}}
	default:
		for _, x := range r.PaidCompanies(e.subject(q.a), s) {
			out = append(out, []cell{e.acct(x.Account), num(x.Fen)})
		}
	}
	return out
}

func (e *engine) write(list [][]cell) []string {
	var lines []string
	for _, line := range list {
		var cells []string
		for _, c := range line {
			if c.key {
				cells = append(cells, e.keys[c.n])
			} else {
				cells = append(cells, fmt.Sprint(c.n))
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return lines
}
