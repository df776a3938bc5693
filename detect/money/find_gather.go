package money

import (
	"sort"

	"xiezhi/graph"
)

// gatherScatters finds accounts that collect from several new payers and then spread to several new payees.
func (f *finder) gatherScatters() []Scheme {
	var out []Scheme
	for h := range graph.Account(f.Ledger.Accounts()) {
		ins, outs := f.contacts.in[h], f.contacts.out[h]
		g := f.rules.Gather
		if len(ins) < g.Side || len(outs) < g.Side || len(ins)+len(outs) < g.Least || len(ins)+len(outs) > g.HubMax {
			continue
		}
		if s, ok := f.gatherScatter(h, ins, outs); ok {
			out = append(out, s)
		}
	}
	return out
}

// gathered is a run of payers and the run of payees after it.
type gathered struct {
	ins, outs []uint32
	chance    float64
	quietIn   int
	quietOut  int
}

func (f *finder) gatherScatter(h graph.Account, ins, outs []uint32) (Scheme, bool) {
	best, both := gathered{}, f.sides(ins, outs)
	for i := range ins {
		for j := i + f.rules.Gather.Side - 1; j < len(ins); j++ {
			g, ok := f.gathered(both, i, j)
			if !ok {
				break
			}
			if g.chance < best.chance {
				best = g
			}
		}
	}
	width := f.rules.Window.Days
	s := Scheme{Typology: GatherScatter, Subject: h, Surprise: surprise(best.chance, float64(f.pop.Accounts)*max(1, f.pop.Days/width))}
	if best.chance == 0 || s.Surprise < f.rules.Least {
		return s, false
	}
	s.Members = []Member{{Account: h, Role: RoleCollector}}
	var proof []uint32
	sumIn, sumOut := int64(0), int64(0)
	for _, k := range best.ins {
		proof = f.proofOf(proof, k)
		sumIn += f.contacts.list[k].fen
		s.Members = append(s.Members, f.payer(k, f.rules.Gather.Victims, len(best.ins)))
	}
	most := f.rules.Ring
	if f.rules.Gather.Payees > 0 {
		most = f.rules.Gather.Payees
	}
	for _, k := range best.outs {
		proof = f.proofOf(proof, k)
		sumOut += f.contacts.list[k].fen
		s.Members = append(s.Members, Member{Account: f.contacts.list[k].to, Role: RolePayee, Aside: len(best.outs) > most})
	}
	s.Members = once(s.Members)
	n := len(best.ins) + len(best.outs)
	share := float64(best.quietIn+best.quietOut) / float64(n)
	odd := 0
	for _, k := range best.ins {
		if f.odd(k, f.contacts.list[k].from) {
			odd++
		}
	}
	for _, k := range best.outs {
		if f.odd(k, f.contacts.list[k].to) {
			odd++
		}
	}
	ease := oddness(odd, n)
	return s, f.finish(&s, proof,
		f.part("gathered", ease*f.rare(s.Surprise), float64(n), float64(f.rules.Gather.Least)),
		f.part("single_purpose", share, share, 0),
		f.keeps(whole(sumIn, sumOut), 1))
}

// payer is one of many who paid a collector. Where the rules tell victims apart, one with a life of its own stands beside: it gave its own
// money, as far as anybody can see. Others act, unless they are more than a ring would hire.
func (f *finder) payer(k uint32, victims bool, many int) Member {
	m := Member{Account: f.contacts.list[k].from, Role: RolePayer, Aside: many > f.rules.Ring}
	if victims && !f.quiet(m.Account) {
		m.Role, m.Aside = RoleVictim, true
	}
	return m
}

// sides are an account's passing contacts with running counts of quiet ends.
type sides struct {
	ins, outs           []uint32
	quietIns, quietOuts []int
}

func (f *finder) sides(ins, outs []uint32) sides {
	s := sides{ins: ins, outs: outs, quietIns: make([]int, len(ins)+1), quietOuts: make([]int, len(outs)+1)}
	for i, k := range ins {
		s.quietIns[i+1] = s.quietIns[i] + one(f.quiet(f.contacts.list[k].from))
	}
	for i, k := range outs {
		s.quietOuts[i+1] = s.quietOuts[i] + one(f.quiet(f.contacts.list[k].to))
	}
	return s
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// gathered measures the payers i to j and the payees from the last of them on, within one window; false where the window ends.
func (f *finder) gathered(s sides, i, j int) (gathered, bool) {
	start, turn := f.At(f.contacts.list[s.ins[i]].first), f.At(f.contacts.list[s.ins[j]].first)
	width := int64(f.rules.Window.Days * float64(day))
	if turn-start > width {
		return gathered{}, false
	}
	from := sort.Search(len(s.outs), func(k int) bool { return f.At(f.contacts.list[s.outs[k]].first) >= turn })
	to := sort.Search(len(s.outs), func(k int) bool { return f.At(f.contacts.list[s.outs[k]].first) > start+width })
	g := gathered{ins: s.ins[i : j+1]}
	if to-from < f.rules.Gather.Side || len(g.ins)+to-from < f.rules.Gather.Least {
		return g, true
	}
	g.outs = s.outs[from:to]
	end := f.At(f.contacts.list[g.outs[len(g.outs)-1]].first)
	few := f.rules.Fan.Margin * f.usual(len(s.ins)-len(g.ins), turn-start, end-start)
	fewer := f.rules.Fan.Margin * f.usual(len(s.outs)-len(g.outs), end-turn, end-start)
	g.quietIn, g.quietOut = s.quietIns[j+1]-s.quietIns[i], s.quietOuts[to]-s.quietOuts[from]
	if float64(len(g.ins)) <= few && float64(len(g.outs)) <= fewer && g.quietIn+g.quietOut == 0 {
		return g, true // nothing out of the usual
	}
	g.chance = together(poissonTail(len(g.ins), few), poissonTail(len(g.outs), fewer),
		binomialTail(g.quietIn, len(g.ins), f.pop.QuietPayer), binomialTail(g.quietOut, len(g.outs), f.pop.QuietPayee))
	return g, true
}

// usual is how many passing contacts an account would have in a width, at the rate of its own other contacts; a month of the
// population's rate is mixed in, so that an account with no past is held against the others. No width counts for less than a
// day, since many ledgers know only the day.
func (f *finder) usual(others int, width, apart int64) float64 {
	const prior = 30.0
	rate := float64(f.pop.Passing) / float64(max(1, f.pop.Accounts)) / f.pop.Days
	days := max(0, f.pop.Days-float64(apart)/float64(day))
	return (float64(others) + rate*prior) / (days + prior) * max(1, float64(width)/float64(day))
}

// whole counts a sum that goes on nearly undiminished.
func whole(in, out int64) int {
	if conserved(in, out) {
		return 1
	}
	return 0
}

// once keeps the first mention of each account.
func once(list []Member) []Member {
	seen := map[graph.Account]bool{}
	out := list[:0]
	for _, m := range list {
		if !seen[m.Account] {
			seen[m.Account] = true
			out = append(out, m)
		}
	}
	return out
}
