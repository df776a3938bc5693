package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"xiezhi/graph"
)

// took is how long something took by the clock, and of the processors of the machine.
type took struct{ clock, processor time.Duration }

func (t took) String() string {
	return fmt.Sprintf("%v (%v of processor time)", t.clock.Round(time.Millisecond), t.processor.Round(time.Millisecond))
}

func timed(do func()) took {
	began, before := time.Now(), cpuTime()
	do()
	return took{time.Since(began), cpuTime() - before}
}

// kernelRun is the least that questions about money need: the columns and the lists, without any of our types.
type kernelRun struct {
	out, in  kernelLists
	from, to []int32
	at, fen  []int64
}

// kernelLists lists the transfers of each account by time.
type kernelLists struct{ start, row []uint32 }

func (l kernelLists) of(a int32) []uint32 { return l.row[l.start[a]:l.start[a+1]] }

func plainKernel(list []graph.Transfer, accounts int) kernelRun {
	n := len(list)
	k := kernelRun{from: make([]int32, n), to: make([]int32, n), at: make([]int64, n), fen: make([]int64, n)}
	k.out, k.in = kernelLists{make([]uint32, accounts+2), make([]uint32, n)}, kernelLists{make([]uint32, accounts+2), make([]uint32, n)}
	for i, t := range list {
		k.from[i], k.to[i], k.at[i], k.fen[i] = int32(t.From), int32(t.To), t.At, t.Fen
		k.out.start[t.From]++
		k.in.start[t.To]++
	}
	a, b := uint32(0), uint32(0)
	for i := range k.out.start {
		k.out.start[i], a = a, a+k.out.start[i]
		k.in.start[i], b = b, b+k.in.start[i]
	}
	next, nextIn := slices.Clone(k.out.start), slices.Clone(k.in.start)
	for i := range n {
		k.out.row[next[k.from[i]]] = uint32(i)
		next[k.from[i]]++
		k.in.row[nextIn[k.to[i]]] = uint32(i)
		nextIn[k.to[i]]++
	}
	return k
}

// walk counts the payments of a trace by plain recursion, each way once more: no carried amounts, no layers.
func (k kernelRun) walk(a int32, first, last int64, hops int) int {
	if hops == 0 {
		return 0
	}
	n := 0
	list := k.out.of(a)
	lo, _ := slices.BinarySearchFunc(list, first, func(i uint32, at int64) int { return int(min(max(k.at[i]-at, -1), 1)) })
	for _, i := range list[lo:] {
		if k.at[i] > last {
			break
		}
		n += 1 + k.walk(k.to[i], k.at[i], last, hops-1)
	}
	return n
}

// kernelRings counts rings by plain recursion: who pays the first account within the window is marked, so that the last step but one looks
// at a mark alone. It knows no amounts, currencies or accounts asked for, and holds payments apart by their number.
type kernelRings struct {
	kernelRun
	passedOut, passedIn []uint32
	mark                []uint32
	on                  []bool
	end                 uint32
	length, found       int
}

func (k kernelRun) rings(length int, window int64) int {
	accounts := len(k.out.start)
	r := &kernelRings{kernelRun: k, passedOut: slices.Clone(k.out.start), passedIn: slices.Clone(k.in.start), mark: make([]uint32, accounts), on: make([]bool, accounts), length: length}
	for i := range uint32(len(k.from)) {
		u, v := k.from[i], k.to[i]
		r.passedOut[u]++
		r.passedIn[v]++
		for int(r.end) < len(k.at) && k.at[r.end] <= k.at[i]+window {
			r.end++
		}
		if u == v {
			continue
		}
		any := false
		for _, j := range k.in.row[r.passedIn[u]:k.in.start[u+1]] {
			if j >= r.end {
				break
			}
			r.mark[k.from[j]], any = i+1, true
		}
		if any {
			r.grow(i, i, 1)
		}
	}
	return r.found
}

func (r *kernelRings) grow(first, last uint32, depth int) {
	here := r.to[last]
	r.on[here] = true
	for _, j := range r.out.row[r.passedOut[here]:r.out.start[here+1]] {
		if j >= r.end {
			break
		}
		to := r.to[j]
		switch {
		case j <= last || r.on[to]:
		case to == r.from[first]:
			r.found++
		case depth+2 < r.length || depth+2 == r.length && r.mark[to] == first+1:
			r.grow(first, j, depth+1)
		}
	}
	r.on[here] = false
}

// hubs counts accounts, on either side, with at least so many others in a window, by plain sliding.
func (k kernelRun) hubs(least int, window int64) int {
	found, count := 0, make([]uint32, len(k.out.start))
	slide := func(a int32, list []uint32, end []int32) {
		lo, others, most := 0, 0, 0
		for _, i := range list {
			if o := end[i]; o != a {
				if count[o]++; count[o] == 1 {
					others++
				}
			}
			for ; k.at[i]-k.at[list[lo]] > window; lo++ {
				if o := end[list[lo]]; o != a {
					if count[o]--; count[o] == 0 {
						others--
					}
				}
			}
			most = max(most, others)
		}
		for _, i := range list[lo:] {
			count[end[i]] = 0
		}
		if most >= least {
			found++
		}
	}
	for a := range int32(len(k.out.start) - 1) {
		slide(a, k.in.of(a), k.from)
		slide(a, k.out.of(a), k.to)
	}
	return found
}

// benchPatterns looks for rings and hubs in everything, beside the plain kernels.
func benchPatterns(out io.Writer, s benchSize, flow *graph.Flow, kernel kernelRun) {
	const day = 86400 * 1_000_000
	var rings []graph.Cycle
	var hubs []graph.Hub
	var plainRings, plainHubs int
	ours := timed(func() {
		rings, _ = flow.Cycles(graph.CycleQuery{Length: 5, Window: 7 * day, Last: 1 << 62, Limit: 10_000_000})
	})
	plain := timed(func() { plainRings = kernel.rings(5, 7*day) })
	fmt.Fprintf(out, "rings of payments, at most 5 in 7 days: %d in %v; plain kernel %d in %v; %.2f times its processor time\n", len(rings), ours, plainRings, plain, ours.processor.Seconds()/plain.processor.Seconds())
	ours = timed(func() { hubs = flow.Hubs(graph.HubQuery{Window: day, Least: 10, Last: 1 << 62}) })
	plain = timed(func() { plainHubs = kernel.hubs(10, day) })
	fmt.Fprintf(out, "hubs of 10 others in a day, all accounts: %d in %v; plain kernel %d in %v; %.2f times its processor time\n", len(hubs), ours, plainHubs, plain, ours.processor.Seconds()/plain.processor.Seconds())
	grown := flow.With(graph.MadeTransfers(s.seed+11, 5000, s.accounts))
	fmt.Fprintf(out, "the first such question after 5000 more transfers joins all of them in %v\n", timed(func() { grown.Ledger() }))
}
