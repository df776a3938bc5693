package finbench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"xiezhi/graph"
)

// window is the span of a read: payments from first to last, in microseconds, the first most of an account in an order.
type window struct {
	first, last int64
	most        int
	order       int
}

func (w window) firstDay() int64 { return floorDay(w.first) }
func (w window) lastDay() int64  { return floorDay(w.last) }

func floorDay(micro int64) int64 {
	return int64(math.Floor(float64(micro) / 86_400_000_000))
}

func (w window) span() graph.ReadSpan {
	orders := []graph.Order{graph.NewestFirst, graph.OldestFirst, graph.LargestFirst, graph.SmallestFirst}
	return graph.ReadSpan{First: w.first, Last: w.last, FirstDay: int32(w.firstDay()), LastDay: int32(w.lastDay()), Most: w.most, Order: orders[w.order]}
}

// ask is one read with its parameters: above and more are amounts in fen, of the eighth read thousandths.
type ask struct {
	read        int
	a, b        string
	above, more int64
	window
}

func (q ask) String() string {
	return fmt.Sprintf("read %d of %s %s above %d %d, %d to %d, %d in order %d", q.read, q.a, q.b, q.above, q.more, q.first, q.last, q.most, q.order)
}

// windows gives spans over the time of the data: all of it, parts and the last weeks, whole lists and lists that are cut short.
func (p *plain) windows() []window {
	var first, last int64
	if err := p.db.QueryRow("SELECT MIN(at), MAX(at) FROM pay").Scan(&first, &last); err != nil {
		p.t.Fatal(err)
	}
	all := last - first
	return []window{{first, last, 0, 0}, {first, last, 100, 0}, {first, last, 5, 0}, {first, last, 20, 2}, {first + all/2, last, 500, 0}, {first + all/4, first + all*3/4, 10, 1},
		{last - 60*86_400_000_000, last, 0, 1}, {first + all/3, last, 4, 3}}
}

// asks curates n sets of parameters of each read from the data: those with most to answer and some by chance, over all windows.
func (p *plain) asks(n int, seed uint64) []ask {
	s := graph.Seed(seed)
	list := func(query string) []string { return p.query(1, query) }
	payers := list("SELECT src FROM pay WHERE kind = 't' GROUP BY src ORDER BY COUNT(*) DESC, src LIMIT 2000")
	through := list("SELECT src FROM pay WHERE kind = 't' AND src IN (SELECT dst FROM pay WHERE kind = 't') GROUP BY src ORDER BY COUNT(*) DESC, src LIMIT 1000")
	lent := list("SELECT dst FROM pay WHERE kind = 'd' AND dst IN (SELECT src FROM pay WHERE kind = 't') GROUP BY dst ORDER BY COUNT(*) DESC, dst LIMIT 800")
	loans := list("SELECT src FROM pay WHERE kind = 'd' GROUP BY src ORDER BY COUNT(*) DESC, src LIMIT 800")
	cards := list("SELECT dst FROM pay WHERE kind = 'w' GROUP BY dst ORDER BY COUNT(*) DESC, dst LIMIT 800")
	owners := list("SELECT b.src FROM bond b JOIN pay ON pay.src = b.dst AND pay.kind = 't' WHERE b.kind = 'own' GROUP BY b.src ORDER BY COUNT(*) DESC, b.src LIMIT 800")
	guarantors := list("SELECT src FROM bond WHERE kind = 'guarantee' GROUP BY src ORDER BY COUNT(*) DESC, src")
	paired := p.query(3, "SELECT DISTINCT src, dst FROM pay WHERE kind = 't' AND src <> dst ORDER BY id % 97, id LIMIT 4000")
	rings := p.query(3, `SELECT DISTINCT x.src, x.dst FROM pay x JOIN pay y ON y.kind = 't' AND y.src = x.dst JOIN pay z ON z.kind = 't' AND z.src = y.dst AND z.dst = x.src
		WHERE x.kind = 't' ORDER BY x.src, x.dst LIMIT 4000`)
	partners := p.query(3, "SELECT DISTINCT x.src, y.src FROM bond x JOIN bond y ON y.kind = 'invest' AND y.dst = x.dst AND y.src < x.src WHERE x.kind = 'invest' ORDER BY x.src, y.src LIMIT 8000")
	pick := func(from []string) string { return from[s.Skewed(len(from))] }
	two := func(from []string) (a, b string) {
		a, b, _ = strings.Cut(from[s.Below(len(from))], " ")
		return a, b
	}
	windows := p.windows()
	amounts := []int64{0, 10_000, 1_000_000, 100_000_000, 500_000_000}
	var out []ask
	for i := range n {
		w := windows[i%len(windows)]
		above := amounts[s.Below(len(amounts))]
		far, near := w, w
		far.first, near.first = windows[0].first, windows[0].first
		add := func(read int, a, b string, above, more int64, w window) {
			out = append(out, ask{read, a, b, above, more, w})
		}
		add(1, pick(payers), "", 0, 0, w)
		add(2, pick(owners), "", 0, 0, w)
		if i%3 == 0 {
			a, b := two(paired)
			add(3, a, b, 0, 0, w)
		} else {
			add(3, pick(payers), pick(through), 0, 0, w)
		}
		a, b := two(paired)
		if len(rings) > 0 && i%4 != 0 {
			a, b = two(rings)
		}
		add(4, a, b, 0, 0, w)
		add(5, pick(owners), "", 0, 0, w)
		add(6, pick(cards), "", amounts[i%3], amounts[i%4], w)
		add(7, pick(through), "", above, 0, w)
		add(8, pick(loans), "", []int64{0, 100, 500, 1000}[s.Below(4)], 0, w)
		add(9, pick(lent), "", above, 0, w)
		a, b = two(partners)
		if i%5 == 0 {
			a = pick(owners)
		}
		add(10, a, b, 0, 0, far)
		add(11, pick(guarantors), "", 0, 0, near)
		add(12, pick(owners), "", 0, 0, w)
	}
	slices.SortStableFunc(out, func(x, y ask) int { return x.read - y.read })
	return out
}
