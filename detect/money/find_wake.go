package money

import "xiezhi/graph"

// wakes finds accounts that were silent for long and then move much within days.
func (f *finder) wakes() []Scheme {
	var out []Scheme
	for a := range graph.Account(f.Ledger.Accounts()) {
		if f.busy(a) < 2 {
			continue
		}
		if s, ok := f.wake(a); ok {
			out = append(out, s)
		}
	}
	return out
}

// events gives the transfers of an account in both directions by time.
func (f *finder) events(a graph.Account) []uint32 {
	ins, outs := f.In(a), f.Out(a)
	list := make([]uint32, 0, len(ins)+len(outs))
	for len(ins) > 0 || len(outs) > 0 {
		if len(outs) == 0 || len(ins) > 0 && ins[0] <= outs[0] {
			list, ins = append(list, ins[0]), ins[1:]
			continue
		}
		list, outs = append(list, outs[0]), outs[1:]
	}
	return list
}

func (f *finder) wake(a graph.Account) (Scheme, bool) {
	r := f.rules.Wake
	silent, stretch := int64(r.SilentDays*float64(day)), int64(r.Days*float64(day))
	list := f.events(a)
	before := f.Accounts[a].OpenedAt
	if before != 0 {
		before = max(before, f.from) // silence before the ledger begins is not known
	}
	for i, t := range list {
		gap := f.At(t) - before
		known := before != 0
		before = f.At(t)
		if !known || gap < silent {
			continue
		}
		to, in, out := i, int64(0), int64(0)
		for to < len(list) && f.At(list[to])-f.At(t) <= stretch {
			if f.To(list[to]) == a {
				in += f.Fen(list[to])
			} else {
				out += f.Fen(list[to])
			}
			to++
		}
		if to-i < r.Transfers && (in+out < r.FenMin || to-i < r.Least) {
			continue
		}
		return f.woken(a, list[i:to], gap, in, out)
	}
	return Scheme{}, false
}

func (f *finder) woken(a graph.Account, list []uint32, gap, in, out int64) (Scheme, bool) {
	s := Scheme{Typology: Dormant, Subject: a, Members: []Member{{Account: a, Role: RoleCollector}}}
	passed := 0.0
	if in > 0 && float64(out) >= f.rules.Pass.Share*0.9*float64(in) && float64(out) <= 1.1*float64(in) {
		passed = 1
	}
	fresh := 0
	for _, i := range list {
		other, role := f.From(i), RoleCustomer
		if other == a {
			other = f.To(i)
		}
		if f.isPassing(i) {
			fresh++
		}
		s.Members = append(s.Members, Member{Account: other, Role: role, Aside: true})
	}
	s.Members = once(s.Members)
	strange := float64(fresh) / float64(len(list))
	return s, f.finish(&s, list,
		f.part("silent", 1, float64(gap)/float64(day), f.rules.Wake.SilentDays),
		f.part("woken", strange, float64(in+out)/100, float64(f.rules.Wake.FenMin)/100),
		f.part("drained", passed*strange, float64(out)/float64(max(1, in)), f.rules.Pass.Share))
}
