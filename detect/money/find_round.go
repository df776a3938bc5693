package money

import (
	"sort"

	"xiezhi/graph"
)

// lap is one turn of money round a ring: transfers that follow each other, each nearly what came, the last to where the first began.
type lap struct{ list []uint32 }

// rounds finds money that is turned round again and again: laps in the order of time that keep the sum, which share payments between the
// same two accounts. Trade between the same parties goes round too, but never keeps the sum; one lap alone is chance or a loan repaid.
func (f *finder) rounds() []Scheme {
	r := &f.rules.Round
	if r.Laps <= 0 {
		return nil
	}
	var laps []lap
	used := map[uint32]bool{}
	for i := range uint32(f.Len()) {
		if f.Fen(i) < r.FenMin || used[i] || len(f.In(f.From(i))) == 0 {
			continue
		}
		path := []uint32{i}
		steps := 0
		if f.roundFrom(i, &path, &steps) {
			laps = append(laps, lap{path})
			for _, t := range path {
				used[t] = true
			}
		}
	}
	var out []Scheme
	for _, group := range f.sameRound(laps) {
		if len(group) < r.Laps {
			continue
		}
		if s, ok := f.roundScheme(laps, group); ok {
			out = append(out, s)
		}
	}
	return out
}

// roundFrom follows the last transfer of a path on, until it comes back to where the path began.
func (f *finder) roundFrom(first uint32, path *[]uint32, steps *int) bool {
	r := &f.rules.Round
	last := (*path)[len(*path)-1]
	at := f.To(last)
	outs := f.Out(at)
	from := sort.Search(len(outs), func(k int) bool { return outs[k] > last })
	for _, o := range outs[from:] {
		if f.At(o)-f.At(last) > int64(r.Hours*float64(hour)) || *steps >= f.rules.Cycle.Steps {
			return false
		}
		*steps++
		share := float64(f.Fen(o)) / float64(f.Fen(last))
		if share < r.Share || share > f.rules.Pass.Over || f.on(*path, f.To(o)) {
			continue
		}
		*path = append(*path, o)
		if f.To(o) == f.From(first) && len(*path) >= r.Least {
			return true
		}
		if len(*path) < r.Most && f.To(o) != f.From(first) && f.roundFrom(first, path, steps) {
			return true
		}
		*path = (*path)[:len(*path)-1]
	}
	return false
}

// on says whether a path passes an account after its start.
func (f *finder) on(path []uint32, a graph.Account) bool {
	for _, t := range path {
		if f.To(t) == a {
			return true
		}
	}
	return false
}

// sameRound groups laps that share a pair of payer and payee.
func (f *finder) sameRound(laps []lap) [][]int {
	u, first := newUnions(len(laps)), map[uint32]int{}
	for i := range laps {
		for _, t := range laps[i].list {
			k := f.contacts.of[t]
			if j, ok := first[k]; ok {
				u.join(i, j)
				continue
			}
			first[k] = i
		}
	}
	return u.groups()
}

// roundScheme makes a scheme of laps. Who is on half of them acts; the others had their own money turned round.
func (f *finder) roundScheme(laps []lap, group []int) (Scheme, bool) {
	s := Scheme{Typology: Cycle}
	count := map[graph.Account]int{}
	var order []graph.Account
	var proof []uint32
	days := map[int64]bool{}
	for _, i := range group {
		days[f.At(laps[i].list[0])/day] = true
		for _, t := range laps[i].list {
			proof = append(proof, t)
			if count[f.From(t)]++; count[f.From(t)] == 1 {
				order = append(order, f.From(t))
			}
		}
	}
	if len(days) < f.rules.Round.Laps {
		return s, false
	}
	s.Subject = order[0]
	for _, a := range order {
		if count[a] > count[s.Subject] {
			s.Subject = a
		}
	}
	for _, a := range order {
		m := Member{Account: a, Role: RoleMule}
		switch {
		case a == s.Subject:
			m.Role = RoleCollector
		case 2*count[a] < len(group):
			m.Role, m.Aside = RoleCustomer, true
		}
		s.Members = append(s.Members, m)
	}
	n := float64(len(group))
	return s, f.finish(&s, proof,
		f.part("laps", min(1, n/float64(2*f.rules.Round.Laps)), n, float64(f.rules.Round.Laps)),
		f.part("conserved", 1, 1, f.rules.Round.Share),
		f.part("in_order", 1, float64(len(laps[group[0]].list)), float64(len(laps[group[0]].list))))
}
