package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/graph"
	"xiezhi/models"
	"xiezhi/work"
)

// arriveSize is what questions are asked of while transfers arrive.
type arriveSize struct {
	transfers, accounts, companies, relations, rate, memory int
	during                                                  time.Duration
}

func benchArrive() *cobra.Command {
	var s arriveSize
	var db string
	cmd := &cobra.Command{Use: "arrive", Short: "questions of the graph while transfers arrive: through the store, and in memory alone", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := os.MkdirTemp("", "xiezhi-bench-")
			if err != nil {
				return err
			}
			defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
			if db == "" {
				db = filepath.Join(dir, "bench.db")
			}
			p, err := openPortal(cmd.Context(), config{DB: db, DataDir: dir, SecretFile: filepath.Join(dir, "secret"), Division: "000000"}, schemaForward)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			benchHead(out, 1)
			err = errors.Join(arriveInStore(cmd.Context(), out, p, s), p.close())
			if err == nil {
				arriveInMemory(cmd.Context(), out, s)
			}
			return err
		}}
	cmd.Flags().IntVar(&s.transfers, "transfers", 500_000, "transfers in the store before")
	cmd.Flags().IntVar(&s.accounts, "accounts", 25_000, "accounts")
	cmd.Flags().IntVar(&s.companies, "companies", 20_000, "companies")
	cmd.Flags().IntVar(&s.relations, "relations", 43_000, "relations")
	cmd.Flags().IntVar(&s.rate, "rate", 20_000, "transfers that arrive a second")
	cmd.Flags().IntVar(&s.memory, "memory", 10_000_000, "transfers in memory before, in the second part")
	cmd.Flags().DurationVar(&s.during, "during", 15*time.Second, "how long each part is asked")
	cmd.Flags().StringVar(&db, "db", "", "an empty database, else a file in a temporary folder")
	return cmd
}

// arrived is what was seen while transfers arrived.
type arrived struct {
	rate        float64
	quiet, busy map[string]measured
	stale       measured // from the commit of a transfer to the first trace that holds it
}

// arriveInStore measures through the store.
func arriveInStore(ctx context.Context, out io.Writer, p *portal, s arriveSize) error {
	a, err := watchArrivals(ctx, p, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "store %s: %d transfers, %d relations before; %.0f of %d transfers a second arrived, durable\n", p.store.Dialect(), s.transfers, s.relations, a.rate, s.rate)
	for _, name := range arriveNames() {
		tellRatio(out, name, a.quiet[name], a.busy[name])
	}
	fmt.Fprintf(out, "from the commit of a transfer to a trace that holds it: %v, worst %v\n", a.stale, a.stale.at(1).Round(time.Millisecond))
	return nil
}

func tellRatio(out io.Writer, name string, quiet, busy measured) {
	fmt.Fprintf(out, "%-26s quiet %v; busy %v; p99 ratio %.2f\n", name, quiet, busy, busy.at(.99).Seconds()/quiet.at(.99).Seconds())
}

func arriveNames() []string {
	return []string{"trace, engine", "chain, engine", "neighbourhood, engine", "controllers, engine", "trace, answer", "chain, answer", "neighbourhood, answer", "controllers, answer"}
}

// watchArrivals loads what is there before, asks in quiet, then asks while transfers arrive.
func watchArrivals(ctx context.Context, p *portal, s arriveSize) (arrived, error) {
	a := arrived{}
	if err := p.benchWorld(ctx, s); err != nil {
		return a, err
	}
	stream, err := newBenchLoad(ctx, p.store, "arriving", models.TableTransfers, s.accounts)
	if err != nil {
		return a, err
	}
	stream.committed = make(chan arrival) // told only while somebody waits
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	beside.Go(func() { p.desk.Graph.Keep(ctx, 250*time.Millisecond) })
	w := &watcher{p: p, size: s, by: work.GraphAsk{Sight: models.Within(models.ScopeOf("000000")), Name: p.plainNames}, seed: 5}
	if _, err = w.ask(ctx, 2*time.Second); err == nil { // warm
		a.quiet, err = w.ask(ctx, s.during)
	}
	if err != nil {
		return a, err
	}
	loading, enough := context.WithCancel(ctx)
	defer enough()
	var failed error
	var brought sync.WaitGroup
	brought.Go(func() {
		a.rate, failed = stream.run(loading, 1<<40, s.rate, stream.transfer(models.At(p.store.Now().Time()), time.Millisecond))
	})
	brought.Go(func() { a.stale = w.watch(loading, stream.committed) })
	sleepFor(ctx, time.Second)
	a.busy, err = w.ask(ctx, s.during)
	enough()
	brought.Wait()
	return a, errors.Join(err, failed)
}

// benchWorld stores what is there before.
func (p *portal) benchWorld(ctx context.Context, s arriveSize) error {
	if err := p.store.RegisterSources(ctx, byCommand, knownSources()); err != nil {
		return err
	}
	start := models.At(p.store.Now().Time().AddDate(-1, 0, 0))
	for _, part := range []struct {
		name  string
		table models.Table
		n     int
		row   func(l *benchLoad) func(n int64) models.Row
	}{
		{"companies", models.TableCompanies, s.companies, func(l *benchLoad) func(n int64) models.Row { return l.company }},
		{"relations", models.TableRelations, s.relations, func(l *benchLoad) func(n int64) models.Row { return l.relation(s.companies) }},
		{"transfers", models.TableTransfers, s.transfers, func(l *benchLoad) func(n int64) models.Row {
			return l.transfer(start, 360*24*time.Hour/time.Duration(max(s.transfers, 1)))
		}},
	} {
		l, err := newBenchLoad(ctx, p.store, part.name, part.table, s.accounts)
		if err != nil {
			return err
		}
		if _, err := l.run(ctx, int64(part.n), 0, part.row(l)); err != nil {
			return err
		}
	}
	return nil
}

// arriveInMemory measures traces while the flow alone is fed and folded as the portal does it, without a store.
func arriveInMemory(ctx context.Context, out io.Writer, s arriveSize) {
	accounts := max(s.memory/20, 100)
	var now atomic.Pointer[graph.Flow]
	now.Store(graph.NewFlow().With(graph.MadeTransfers(1, s.memory, accounts)))
	seed := graph.Seed(6)
	ask := func() measured {
		var took measured
		for began := time.Now(); time.Since(began) < s.during && ctx.Err() == nil; {
			at, first := time.Now(), 1_700_000_000_000_000+int64(seed.Below(23))*month
			f := now.Load()
			f.Trace(graph.TraceQuery{Start: []graph.Account{graph.Account(seed.Below(f.Accounts()))}, Hops: 3, First: first, Last: first + month, Limit: 20_000})
			d := time.Since(at)
			took = append(took, d)
			sleepFor(ctx, askEvery-d)
		}
		slices.Sort(took)
		return took
	}
	heap() // what the building left
	quiet := ask()
	feeding, stop := context.WithCancel(ctx)
	var mu sync.Mutex
	var beside sync.WaitGroup
	fed, most := 0, time.Duration(0)
	began := time.Now()
	beside.Go(func() {
		for feeding.Err() == nil {
			at := time.Now()
			chunk := s.rate / 4
			mu.Lock()
			now.Store(now.Load().With(movedOn(graph.MadeTransfers(uint64(fed+7), chunk, accounts), int64(s.memory+fed))))
			mu.Unlock()
			fed, most = fed+chunk, max(most, time.Since(at))
			sleepFor(feeding, 250*time.Millisecond-time.Since(at))
		}
	})
	beside.Go(func() {
		for feeding.Err() == nil {
			f := now.Load()
			if from, due := f.FoldFrom(); due {
				x := f.Fold(from)
				mu.Lock()
				if g, ok := now.Load().Take(x); ok {
					now.Store(g)
				}
				mu.Unlock()
			}
			sleepFor(feeding, 100*time.Millisecond)
		}
	})
	busy := ask()
	rate := float64(fed) / time.Since(began).Seconds()
	stop()
	beside.Wait()
	fmt.Fprintf(out, "memory alone: %d transfers before; %.0f of %d a second taken in, a quarter of a second's at once in at most %v\n", s.memory, rate, s.rate, most.Round(time.Millisecond))
	tellRatio(out, "trace", quiet, busy)
}

// movedOn numbers transfers on.
func movedOn(seq func(yield func(graph.Transfer) bool), by int64) func(yield func(graph.Transfer) bool) {
	return func(yield func(graph.Transfer) bool) {
		for t := range seq {
			t.ID += by
			if !yield(t) {
				return
			}
		}
	}
}
