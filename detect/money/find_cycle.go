package money

import (
	"math"
	"slices"
	"sort"

	"xiezhi/graph"
)

// cycles finds money that comes back: rings of passing contacts within one window, whose payments need not follow each other
// in time.
func (f *finder) cycles() []Scheme {
	w := &ring{finder: f, near: make([]int32, f.Ledger.Accounts()), stamp: make([]int32, f.Ledger.Accounts())}
	for _, days := range append([]float64{f.rules.Window.Days}, f.rules.Cycle.Narrower...) {
		w.width = int64(days * float64(day))
		if f.onward(w.width) <= f.rules.Cycle.Onward {
			break
		}
	}
	var out []Scheme
	for k := range f.contacts.list {
		if !f.contacts.list[k].passing {
			continue
		}
		best := w.from(uint32(k))
		if best == nil {
			continue
		}
		if s, ok := w.scheme(best); ok {
			out = append(out, s)
		}
	}
	return out
}

// onward gives how many passing contacts follow or go before one at its payee within a width, on the average: where each is
// followed by more than one, money comes back by itself in a crowd of ways, and rings say nothing.
func (f *finder) onward(width int64) float64 {
	pairs := 0
	for a := range f.contacts.in {
		ins, outs := f.contacts.in[a], f.contacts.out[a]
		from := 0
		for _, i := range ins {
			t := f.At(f.contacts.list[i].first)
			for from < len(outs) && f.At(f.contacts.list[outs[from]].first) < t-width {
				from++
			}
			to := from
			for to < len(outs) && f.At(f.contacts.list[outs[to]].first) <= t+width {
				to++
			}
			if to-from <= f.rules.Cycle.Degree {
				pairs += to - from
			}
		}
	}
	return float64(pairs) / float64(max(1, f.contacts.passing))
}

// ring looks for the rings whose earliest contact is a given one.
type ring struct {
	*finder
	width      int64
	begin, end int64
	first      uint32
	near       []int32 // steps from an account to the payer of the first contact, where stamp is this turn's
	stamp      []int32
	turn       int32
	queue      []graph.Account
	crowds     map[int64]*crowd
}

// from gives the least likely ring that starts with a contact, nil where there is none.
func (w *ring) from(k uint32) []uint32 {
	e := &w.contacts.list[k]
	if len(w.contacts.in[e.from]) == 0 || len(w.contacts.out[e.to]) == 0 {
		return nil
	}
	w.first, w.begin = e.first, w.At(e.first)
	w.end = w.begin + w.width
	if !w.reach(e.from, e.to) {
		return nil
	}
	var best []uint32
	likely := math.Inf(1)
	path, steps := []uint32{k}, 0
	on := map[graph.Account]bool{e.from: true}
	var walk func(at graph.Account)
	walk = func(at graph.Account) {
		on[at] = true
		defer delete(on, at)
		for _, o := range w.within(w.contacts.out[at]) {
			if steps++; steps > w.rules.Cycle.Steps {
				return
			}
			next := w.contacts.list[o].to
			if next == e.from {
				if len(path) < 2 {
					continue
				}
				whole := append(path, o)
				if l := w.chance(whole); l < likely {
					likely, best = l, slices.Clone(whole)
				}
				continue
			}
			if !w.seen(next) || on[next] || len(path)+1+int(w.near[next]) > w.rules.Cycle.Length {
				continue
			}
			path = append(path, o)
			walk(next)
			path = path[:len(path)-1]
		}
	}
	walk(e.to)
	return best
}

// reach measures how far accounts are from the start, backwards, and says whether the other end is near enough.
func (w *ring) reach(start, other graph.Account) bool {
	w.turn++
	w.near[start], w.stamp[start] = 0, w.turn
	w.queue = append(w.queue[:0], start)
	steps := 0
	for next := 0; next < len(w.queue); next++ {
		a := w.queue[next]
		d := w.near[a]
		if int(d)+1 >= w.rules.Cycle.Length {
			continue
		}
		for _, i := range w.within(w.contacts.in[a]) {
			if steps++; steps > w.rules.Cycle.Steps {
				return w.seen(other)
			}
			from := w.contacts.list[i].from
			if !w.seen(from) {
				w.near[from], w.stamp[from] = d+1, w.turn
				w.queue = append(w.queue, from)
			}
		}
	}
	return w.seen(other)
}

func (w *ring) seen(a graph.Account) bool { return w.stamp[a] == w.turn }

// within cuts a list of contacts to those after the first one and before the window ends; a crowd of them is no ring's.
func (w *ring) within(list []uint32) []uint32 {
	from := sort.Search(len(list), func(i int) bool { return w.contacts.list[list[i]].first > w.first })
	to := from
	for to < len(list) && w.At(w.contacts.list[list[to]].first) <= w.end {
		to++
	}
	if to-from > w.rules.Cycle.Degree {
		return nil
	}
	return list[from:to]
}

// crowd is how accounts stand in one window: the products of their passing contacts in and out, by rising product, summed up.
type crowd struct {
	product []float64
	sum     []float64
	edges   float64
}

// crowd measures the window that a moment lies in; windows begin each half width.
func (w *ring) crowd(at int64) *crowd {
	half := w.width / 2
	bucket := at / half
	if c, ok := w.crowds[bucket]; ok {
		return c
	}
	if w.crowds == nil {
		w.crowds = map[int64]*crowd{}
	}
	from, to := bucket*half, bucket*half+w.width+half
	c := &crowd{}
	for a := range w.contacts.in {
		in, out := w.count(w.contacts.in[a], from, to), w.count(w.contacts.out[a], from, to)
		c.edges += float64(in)
		if in*out > 0 {
			c.product = append(c.product, float64(in*out))
		}
	}
	sort.Float64s(c.product)
	c.sum = make([]float64, len(c.product))
	sum := 0.0
	for i, p := range c.product {
		sum += p
		c.sum[i] = sum
	}
	w.crowds[bucket] = c
	return c
}

func (w *ring) count(list []uint32, from, to int64) int {
	i := sort.Search(len(list), func(i int) bool { return w.At(w.contacts.list[list[i]].first) >= from })
	j := sort.Search(len(list), func(i int) bool { return w.At(w.contacts.list[list[i]].first) >= to })
	return j - i
}

// chance gives the logarithm of how many rings as unlikely as this one the window would hold if payments went anywhere: each
// account goes on by chance as often as the accounts no busier than it do.
func (w *ring) chance(path []uint32) float64 {
	c := w.crowd(w.begin)
	from := (w.begin / (w.width / 2)) * (w.width / 2)
	to := from + w.width + w.width/2
	on := make([]float64, len(path))
	for j, k := range path {
		a := w.contacts.list[k].from
		p := float64(w.count(w.contacts.in[a], from, to) * w.count(w.contacts.out[a], from, to))
		i := sort.SearchFloat64s(c.product, p+0.5) - 1
		if i >= 0 && c.edges > 0 {
			on[j] = min(0, math.Log(c.sum[i]/c.edges))
		}
	}
	return together(on...) - math.Log(float64(len(path)))
}

func (w *ring) scheme(path []uint32) (Scheme, bool) {
	var accounts []graph.Account
	var proof []uint32
	kept, inOrder, start := 0, 0, 0
	for i, k := range path {
		e, next := &w.contacts.list[k], &w.contacts.list[path[(i+1)%len(path)]]
		accounts = append(accounts, e.from)
		proof = w.proofOf(proof, k)
		if conserved(e.fen, next.fen) {
			kept++
		}
		if w.At(e.first) <= w.At(next.first) {
			inOrder++
		}
		if e.fen > w.contacts.list[path[start]].fen {
			start = i
		}
	}
	quiet := w.quietCount(accounts)
	ordered := inOrder >= len(path)-1
	order := 0.0
	if ordered {
		lg, _ := math.Lgamma(float64(len(path)))
		order = -lg
	}
	chance := together(min(0, w.chance(path)), binomialTail(quiet, len(path), w.pop.QuietPayer), binomialTail(kept, len(path)-1, w.pop.Conserved), order)
	s := Scheme{Typology: Cycle, Subject: w.contacts.list[path[start]].from, Surprise: surprise(chance, float64(w.rules.Cycle.Length)*max(1, w.pop.Days*float64(day)/float64(w.width)))}
	if s.Surprise < w.rules.Least {
		return s, false
	}
	for _, a := range accounts {
		role := RoleMule
		if a == s.Subject {
			role = RoleCollector
		}
		s.Members = append(s.Members, Member{Account: a, Role: role})
	}
	sequence := 0.0
	if ordered {
		sequence = 1
	}
	share := float64(quiet) / float64(len(path))
	return s, w.finish(&s, proof,
		w.part("returns", w.rare(s.Surprise), float64(len(path)), 3),
		w.part("single_purpose", share, share, 0),
		w.part("in_order", sequence, float64(inOrder), float64(len(path)-1)),
		w.keeps(kept, len(path)))
}
