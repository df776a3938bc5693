package money

import (
	"math"
	"testing"
	"time"

	"xiezhi/graph"
)

// bigBook makes a power-law ledger of n transfers over 90 days among n/20 accounts.
func bigBook(n int) *Book {
	list := make([]Transfer, 0, n)
	state := uint64(42)
	next := func() float64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return float64(state>>11) / (1 << 53)
	}
	accounts := float64(n / 20)
	pick := func() int64 { return int64(accounts * math.Pow(next(), 2.5)) }
	for i := range n {
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(i), From: pick(), To: pick(), Fen: int64(100 * math.Exp(4+6*next())), At: int64(next() * float64(90*day))}})
	}
	return NewBook(list, nil)
}

// kernel is the plain work that any scan of a ledger must do for every account: sums both ways, distinct other ends in and out
// within a day, and what passes on within a day.
func kernel(b *Book) (found int) {
	stamp := make([]int32, b.Ledger.Accounts())
	mark := int32(0)
	for a := range graph.Account(b.Ledger.Accounts()) {
		ins, outs := b.In(a), b.Out(a)
		var in, out int64
		for side, list := range [2][]uint32{ins, outs} {
			from := 0
			mark++
			n := 0
			for to, i := range list {
				if side == 0 {
					in += b.Fen(i)
				} else {
					out += b.Fen(i)
				}
				for b.At(i)-b.At(list[from]) > day {
					from++
					mark++
					n = 0
				}
				other := b.From(i)
				if side == 1 {
					other = b.To(i)
				}
				if stamp[other] != mark {
					stamp[other] = mark
					n++
				}
				if n >= 10 {
					found++
				}
				_ = to
			}
		}
		o := 0
		for _, i := range ins {
			for o < len(outs) && b.At(outs[o]) < b.At(i) {
				o++
			}
			sum := int64(0)
			for k := o; k < len(outs) && b.At(outs[k])-b.At(i) <= day; k++ {
				sum += b.Fen(outs[k])
			}
			if 10*sum >= 9*b.Fen(i) {
				found++
			}
		}
	}
	return found
}

// BenchmarkSigns measures all signs of all accounts of a million transfers against the plain kernel in the same run.
func BenchmarkSigns(bench *testing.B) {
	b, r := bigBook(1_000_000), testRules(bench)
	var signs, plain time.Duration
	for bench.Loop() {
		start := time.Now()
		kernel(b)
		plain += time.Since(start)
		start = time.Now()
		Signs(b, r)
		signs += time.Since(start)
	}
	bench.ReportMetric(float64(signs)/float64(plain), "x-kernel")
	bench.ReportMetric(float64(plain.Milliseconds())/float64(bench.N), "kernel-ms")
}

// BenchmarkFind measures the whole search for schemes in a million transfers.
func BenchmarkFind(bench *testing.B) {
	b, r := bigBook(1_000_000), testRules(bench)
	n := 0
	for bench.Loop() {
		list, _ := Find(b, r, nil)
		n = len(list)
	}
	bench.ReportMetric(float64(b.Len())/1e6*float64(bench.N)/bench.Elapsed().Seconds(), "M-transfers/s")
	bench.ReportMetric(float64(n), "schemes")
}
