package money

import (
	"cmp"
	"slices"

	"xiezhi/graph"
)

// headCounts finds accounts that many pay the same fee and that pay some of the payers fixed parts of it again and again: a fee for
// joining, and rewards for those who bring others.
func (f *finder) headCounts() []Scheme {
	r := &f.rules.HeadCount
	if r.Payers <= 0 {
		return nil
	}
	var out []Scheme
	for a := range graph.Account(f.Ledger.Accounts()) {
		if len(f.In(a)) < r.Payers || len(f.Out(a)) < 2*r.Paid {
			continue
		}
		if s, ok := f.headCount(a); ok {
			out = append(out, s)
		}
	}
	return out
}

func (f *finder) headCount(a graph.Account) (Scheme, bool) {
	r := &f.rules.HeadCount
	payers, in, _ := f.books(a)
	fee, same := f.commonFee(payers)
	equal := float64(same) / float64(max(1, len(payers)))
	if len(payers) < r.Payers || equal < r.Equal {
		return Scheme{}, false
	}
	paid, fixed, all := 0, 0, 0
	parts := map[int64]int{}
	for _, s := range payers {
		if len(s.payouts) == 0 {
			continue
		}
		paid++
		for _, share := range s.payouts {
			parts[int64(share*float64(s.principal)*100/float64(fee)+.5)]++ // hundredths of the fee
			all++
		}
	}
	for _, n := range mostOf(parts, r.Parts) {
		fixed += n
	}
	if paid < r.Paid || paid == len(payers) || float64(fixed) < r.Fixed*float64(all) || all < 2*paid {
		return Scheme{}, false // wages have no fee, refunds come once, dividends go to everybody
	}
	s := Scheme{Typology: HeadCount, Subject: a, Members: []Member{{Account: a, Role: RoleCollector}}}
	var proof []uint32
	for _, list := range [][]uint32{f.In(a), f.Out(a)} {
		for _, t := range list {
			if payers[f.From(t)] != nil || payers[f.To(t)] != nil {
				proof = append(proof, t)
			}
		}
	}
	for _, t := range f.takers(a, payers, in) {
		proof = append(proof, t)
		s.Members = append(s.Members, Member{Account: f.To(t), Role: RoleInsider})
	}
	for p, st := range payers {
		m := Member{Account: p, Role: RoleVictim, Aside: true}
		if st.paid > st.principal {
			m.Role, m.Aside = RoleInsider, false // he lives of those he brought
		}
		s.Members = append(s.Members, m)
	}
	slices.SortStableFunc(s.Members[1:], func(x, y Member) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(btoi(x.Aside), btoi(y.Aside)))
	})
	s.Members = once(s.Members)
	return s, f.finish(&s, proof,
		f.part("equal_fee", equal, equal, r.Equal),
		f.part("fixed_parts", float64(fixed)/float64(all), float64(fixed)/float64(all), r.Fixed))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// commonFee gives the first payment that most payers made, and how many made it.
func (f *finder) commonFee(payers map[graph.Account]*stakes) (fee int64, n int) {
	count := map[int64]int{}
	for _, s := range payers {
		count[f.Fen(s.first)]++
	}
	for fen, k := range count {
		if k > n || k == n && fen > fee {
			fee, n = fen, k
		}
	}
	return fee, n
}

// mostOf gives the highest counts.
func mostOf(count map[int64]int, most int) []int {
	list := make([]int, 0, len(count))
	for _, n := range count {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	return list[:min(most, len(list))]
}
