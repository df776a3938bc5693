package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"xiezhi/graph"
)

// benchSize is what a measurement is taken on.
type benchSize struct {
	transfers, accounts, relations, subjects, asks int
	seed                                           uint64
}

func benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "measure on data made from a seed", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var s benchSize
	g := &cobra.Command{Use: "graph", Short: "build and questions of the graph", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return benchGraph(cmd, s) }}
	g.Flags().IntVar(&s.transfers, "transfers", 1_000_000, "transfers")
	g.Flags().IntVar(&s.accounts, "accounts", 50_000, "accounts")
	g.Flags().IntVar(&s.relations, "relations", 430_000, "relations")
	g.Flags().IntVar(&s.subjects, "subjects", 200_000, "subjects")
	g.Flags().IntVar(&s.asks, "asks", 2000, "questions of each kind")
	g.Flags().Uint64Var(&s.seed, "seed", 1, "seed")
	cmd.AddCommand(g, benchArrive(), benchMoneyCommand(), benchCompaniesCommand())
	return cmd
}

// measured is how long questions took, sorted.
type measured []time.Duration

func (m measured) at(part float64) time.Duration { return m[int(part*float64(len(m)-1))] }

func (m measured) String() string {
	return fmt.Sprintf("p50 %v, p95 %v, p99 %v", m.at(0.5).Round(100*time.Nanosecond), m.at(0.95).Round(100*time.Nanosecond), m.at(0.99).Round(100*time.Nanosecond))
}

func measure(n int, ask func(i int)) measured {
	list := make(measured, n)
	for i := range list {
		began := time.Now()
		ask(i)
		list[i] = time.Since(began)
	}
	slices.Sort(list)
	return list
}

func heap() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// benchHead says where and of what a measurement is.
func benchHead(out io.Writer, seed uint64) {
	info, ok := debug.ReadBuildInfo()
	commit := "unknown"
	for i := 0; ok && i < len(info.Settings); i++ {
		if info.Settings[i].Key == "vcs.revision" {
			commit = info.Settings[i].Value
		}
	}
	load, _ := os.ReadFile("/proc/loadavg") // elsewhere there is none
	fmt.Fprintf(out, "%s, %s/%s, %d cores, load %.14s, %s, commit %.12s, seed %d\n", time.Now().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load, runtime.Version(), commit, seed)
}

func benchGraph(cmd *cobra.Command, s benchSize) error {
	out := cmd.OutOrStdout()
	benchHead(out, s.seed)
	fmt.Fprintf(out, "%d transfers, %d accounts, %d relations, %d subjects, %d questions of each kind\n", s.transfers, s.accounts, s.relations, s.subjects, s.asks)
	list := slices.Collect(graph.MadeTransfers(s.seed, s.transfers, s.accounts))
	before := heap()
	var flow *graph.Flow
	built := timed(func() { flow = graph.NewFlow().WithAbout(len(list), slices.Values(list)) })
	size := heap() - before
	var kernel kernelRun
	plain := timed(func() { kernel = plainKernel(list, s.accounts) })
	fmt.Fprintf(out, "flow built in %v, %.1f M edges/s, %.1f B/edge; plain kernel on one core %v; ratio %.2f by the clock, %.2f by processor time\n", built, float64(s.transfers)/built.clock.Seconds()/1e6,
		float64(size)/float64(s.transfers), plain, plain.clock.Seconds()/built.clock.Seconds(), plain.processor.Seconds()/built.processor.Seconds())
	list = nil
	benchMoney(cmd, s, flow, kernel)
	before = heap()
	began := time.Now()
	rel := graph.RelationsOf(graph.MadeSubjects(s.subjects), graph.MadeRelations(s.seed, s.relations, s.subjects))
	fmt.Fprintf(out, "relations built in %v, %.1f B/edge\n", time.Since(began).Round(time.Millisecond), float64(heap()-before)/float64(s.relations))
	benchRelations(cmd, s, rel)
	return benchFile(cmd, &graph.Book{Relations: rel, Flow: flow})
}

const month = int64(30 * 86400 * 1_000_000)

func benchMoney(cmd *cobra.Command, s benchSize, flow *graph.Flow, kernel kernelRun) {
	out := cmd.OutOrStdout()
	seed := graph.Seed(s.seed + 1)
	starts := make([]int64, s.asks)
	firsts := make([]int64, s.asks)
	for i := range starts {
		starts[i], firsts[i] = int64(1+seed.Below(s.accounts)), 1_700_000_000_000_000+int64(seed.Below(23))*month
	}
	hops := 0
	ours := measure(s.asks, func(i int) {
		a, ok := flow.Find(starts[i])
		if !ok {
			return
		}
		hops += len(flow.Trace(graph.TraceQuery{Start: []graph.Account{a}, Hops: 3, First: firsts[i], Last: firsts[i] + month, Limit: 20_000}).Hops)
	})
	plain := measure(s.asks, func(i int) { hops += kernel.walk(int32(starts[i]), firsts[i], firsts[i]+month, 3) })
	fmt.Fprintf(out, "trace, 3 hops, 30 days, with carried amounts: %v; plain walk %v; p95 ratio %.1f\n", ours, plain, ours.at(0.95).Seconds()/plain.at(0.95).Seconds())
	benchPatterns(out, s, flow, kernel)
	began := time.Now()
	grown := flow.With(graph.MadeTransfers(s.seed+9, 5000, s.accounts))
	fmt.Fprintf(out, "5000 more transfers taken in, in %v (%d)\n", time.Since(began).Round(time.Microsecond), grown.Len())
}

func benchRelations(cmd *cobra.Command, s benchSize, rel *graph.Relations) {
	out := cmd.OutOrStdout()
	seed := graph.Seed(s.seed + 2)
	pick := func() graph.Subject { return graph.Subject(seed.Below(s.subjects)) }
	found := 0
	// A question of a reader asks for a day and hides sources.
	filter := graph.Filter{On: 19_700, Hidden: make([]bool, len(rel.Sources()))}
	fmt.Fprintf(out, "shortest chain of at most 70: %v\n", measure(s.asks, func(int) {
		if _, ok := rel.Path(pick(), pick(), graph.MaxSteps, filter); ok {
			found++
		}
	}))
	fmt.Fprintf(out, "neighbourhood, 2 steps, at most 300: %v\n", measure(s.asks, func(int) { rel.Around(pick(), 2, 300, filter) }))
	fmt.Fprintf(out, "controllers: %v\n", measure(s.asks, func(int) { rel.Controllers(pick(), filter, nil) }))
	_ = found
}

func benchFile(cmd *cobra.Command, b *graph.Book) error {
	out := cmd.OutOrStdout()
	name := fmt.Sprintf("%s/bench-%d.xzg", os.TempDir(), os.Getpid())
	began := time.Now()
	if err := graph.WriteBookFile(name, b, nil); err != nil {
		return err
	}
	wrote := time.Since(began)
	defer func() { _ = os.Remove(name) }() // a file in a temporary folder
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	read := timed(func() { _, _, err = graph.ReadBook(bytes.NewReader(raw)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "stored in %v, %d MB, taken up in %v\n", wrote.Round(time.Millisecond), len(raw)>>20, read)
	return nil
}
