// Package peer_test holds questions of the graph against PostgreSQL with its best plan, in one run on one machine.
package peer_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"xiezhi/graph"
	"xiezhi/models/modelstest"
)

const month = int64(30 * 86400 * 1_000_000)

// peer is a PostgreSQL with the same data under covering indexes, analysed and warm.
type peer struct {
	*pgx.Conn
	t *testing.T
}

// TestAgainstPostgres asks trace, chain and neighbourhood of both, XIEZHI_PEER transfers and .43 as many relations, and prints times and
// ratios. The trace is asked in one recursive query and by a frontier that the client drives, and the faster of both counts; the chain by a
// frontier from both ends; the neighbourhood in one query. Whoever is reached must be the same.
func TestAgainstPostgres(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("XIEZHI_PEER"))
	if err != nil || n < 1000 {
		t.Skip("a measurement: set XIEZHI_PEER to the number of transfers")
	}
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, modelstest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	p := &peer{conn, t}
	accounts, subjects, relations := n/20, n/5, n*43/100
	transfers := slices.Collect(graph.MadeTransfers(1, n, accounts))
	flow := graph.NewFlow().With(slices.Values(transfers))
	rel := graph.RelationsOf(graph.MadeSubjects(subjects), graph.MadeRelations(1, relations, subjects))
	p.fill(transfers, slices.Collect(graph.MadeRelations(1, relations, subjects)))
	const asks = 300
	p.traces(flow, accounts, 5*asks)
	p.chains(rel, subjects, asks)
	p.around(rel, subjects, asks)
}

func (p *peer) exec(sql string) {
	p.t.Helper()
	if _, err := p.Exec(p.t.Context(), sql); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) fill(transfers []graph.Transfer, relations []graph.Relation) {
	p.exec(`CREATE TABLE pt (id bigint, a bigint, b bigint, fen bigint, at bigint); CREATE TABLE pr (a bigint, b bigint)`)
	_, err := p.CopyFrom(p.t.Context(), pgx.Identifier{"pt"}, []string{"id", "a", "b", "fen", "at"}, pgx.CopyFromSlice(len(transfers), func(i int) ([]any, error) {
		x := transfers[i]
		return []any{x.ID, x.From, x.To, x.Fen, x.At}, nil
	}))
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = p.CopyFrom(p.t.Context(), pgx.Identifier{"pr"}, []string{"a", "b"}, pgx.CopyFromSlice(2*len(relations), func(i int) ([]any, error) {
		x := relations[i/2]
		if i%2 == 1 {
			return []any{x.To, x.From}, nil
		}
		return []any{x.From, x.To}, nil
	}))
	if err != nil {
		p.t.Fatal(err)
	}
	p.exec(`CREATE INDEX ON pt (a, at) INCLUDE (b, fen, id)`)
	p.exec(`CREATE INDEX ON pr (a) INCLUDE (b)`)
	p.exec(`VACUUM ANALYZE pt`)
	p.exec(`VACUUM ANALYZE pr`)
}

func timed(n int, ask func(i int)) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		began := time.Now()
		ask(i)
		list[i] = time.Since(began)
	}
	slices.Sort(list)
	return list
}

func at(list []time.Duration, part float64) time.Duration {
	return list[int(part*float64(len(list)-1))]
}

func (p *peer) tell(what string, ours, theirs []time.Duration) {
	p.t.Logf("%s: ours p50 %v, p95 %v, p99 %v; PostgreSQL p50 %v, p95 %v, p99 %v; p95 ratio %.0f", what, at(ours, .5), at(ours, .95), at(ours, .99), at(theirs, .5), at(theirs, .95), at(theirs, .99),
		at(theirs, .95).Seconds()/at(ours, .95).Seconds())
}

// ids asks for a column of numbers.
func (p *peer) ids(sql string, args ...any) []int64 {
	rows, err := p.Query(p.t.Context(), sql, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

const recursiveTrace = `WITH RECURSIVE r(id, b, at, d) AS (SELECT id, b, at, 1 FROM pt WHERE a = $1 AND a <> b AND at BETWEEN $2 AND $3
	UNION SELECT x.id, x.b, x.at, r.d + 1 FROM r JOIN pt x ON x.a = r.b AND x.at >= r.at AND x.at <= $3 AND x.a <> x.b WHERE r.d < 3) SELECT DISTINCT id FROM r`

const frontierTrace = `SELECT x.id, x.b, x.at FROM unnest($1::bigint[], $2::bigint[]) f(a, after) JOIN LATERAL (SELECT id, b, at FROM pt WHERE pt.a = f.a AND pt.at >= f.after AND pt.at <= $3 AND pt.a <> pt.b) x ON true`

// frontier walks three hops, each account from its earliest arrival on; payments to oneself are left out, as the graph does.
func (p *peer) frontier(start, first, last int64) int {
	seen := map[int64]bool{}
	accounts, after := []int64{start}, []int64{first}
	for range 3 {
		rows, err := p.Query(p.t.Context(), frontierTrace, accounts, after, last)
		if err != nil {
			p.t.Fatal(err)
		}
		earliest := map[int64]int64{}
		var id, b, when int64
		if _, err := pgx.ForEachRow(rows, []any{&id, &b, &when}, func() error {
			seen[id] = true
			if e, ok := earliest[b]; !ok || when < e {
				earliest[b] = when
			}
			return nil
		}); err != nil {
			p.t.Fatal(err)
		}
		accounts, after = accounts[:0], after[:0]
		for a, e := range earliest {
			accounts, after = append(accounts, a), append(after, e)
		}
	}
	return len(seen)
}

func (p *peer) traces(flow *graph.Flow, accounts, asks int) {
	seed := graph.Seed(2)
	starts, firsts := make([]int64, asks), make([]int64, asks)
	for i := range starts {
		starts[i], firsts[i] = int64(1+seed.Below(accounts)), 1_700_000_000_000_000+int64(seed.Below(23))*month
	}
	counts := make([]int, asks)
	ours := timed(asks, func(i int) {
		if a, ok := flow.Find(starts[i]); ok {
			counts[i] = len(flow.Trace(graph.TraceQuery{Start: []graph.Account{a}, Hops: 3, First: firsts[i], Last: firsts[i] + month, Limit: 1_000_000}).Hops)
		}
	})
	differ := 0
	recursive := timed(asks, func(i int) {
		if n := len(p.ids(recursiveTrace, starts[i], firsts[i], firsts[i]+month)); n != counts[i] {
			p.t.Logf("trace %d from %d at %d: ours reaches %d payments, PostgreSQL %d", i, starts[i], firsts[i], counts[i], n)
			differ++
		}
	})
	client := timed(asks, func(i int) { p.frontier(starts[i], firsts[i], firsts[i]+month) })
	best := recursive
	if at(client, .95) < at(recursive, .95) {
		best = client
	}
	p.tell("trace, 3 hops, 30 days", ours, best)
	p.t.Logf("recursive p95 %v, frontier p95 %v; %d of %d traces differ in the payments reached", at(recursive, .95), at(client, .95), differ, asks)
}

func (p *peer) chains(rel *graph.Relations, subjects, asks int) {
	seed := graph.Seed(3)
	pairs := make([][2]int, asks)
	for i := range pairs {
		pairs[i] = [2]int{seed.Below(subjects), seed.Below(subjects)}
	}
	lengths := make([]int, asks)
	ours := timed(asks, func(i int) {
		lengths[i] = -1
		if c, ok := rel.Path(graph.Subject(pairs[i][0]), graph.Subject(pairs[i][1]), graph.MaxSteps, graph.Filter{}); ok {
			lengths[i] = len(c)
		}
	})
	few := min(asks, 60)
	theirs := timed(few, func(i int) {
		if d := p.chain(int64(pairs[i][0]+1), int64(pairs[i][1]+1)); d != lengths[i] {
			p.t.Errorf("chain %d: ours %d steps, PostgreSQL %d", i, lengths[i], d)
		}
	})
	p.tell("shortest chain of at most 70", ours, theirs)
}

// chain gives the steps between two subjects by frontiers from both ends, the smaller first; -1 where there is no way.
func (p *peer) chain(from, to int64) int {
	if from == to {
		return 0
	}
	seen := [2]map[int64]bool{{from: true}, {to: true}}
	edge := [2][]int64{{from}, {to}}
	for steps := 1; steps <= graph.MaxSteps; steps++ {
		side := 0
		if len(edge[1]) < len(edge[0]) {
			side = 1
		}
		var next []int64
		for _, id := range p.ids(`SELECT DISTINCT b FROM pr WHERE a = ANY($1)`, edge[side]) {
			if seen[1-side][id] {
				return steps
			}
			if !seen[side][id] {
				seen[side][id] = true
				next = append(next, id)
			}
		}
		if len(next) == 0 {
			return -1
		}
		edge[side] = next
	}
	return -1
}

func (p *peer) around(rel *graph.Relations, subjects, asks int) {
	seed := graph.Seed(4)
	list := make([]int, asks)
	for i := range list {
		list[i] = seed.Below(subjects)
	}
	ours := timed(asks, func(i int) { rel.Around(graph.Subject(list[i]), 2, 300, graph.Filter{}) })
	theirs := timed(asks, func(i int) {
		p.ids(`SELECT b FROM (SELECT b, 1 AS d FROM pr WHERE a = $1 UNION SELECT y.b, 2 FROM pr x JOIN pr y ON y.a = x.b WHERE x.a = $1) n GROUP BY b ORDER BY min(d) LIMIT 300`, int64(list[i]+1))
	})
	p.tell("neighbourhood, 2 steps, at most 300", ours, theirs)
}
