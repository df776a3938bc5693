package money

import (
	"slices"

	"xiezhi/graph"
)

// fans finds accounts that many new payers pay, or that pay many new payees: in a burst far above their own rate, or from
// accounts that do nothing else. What a stronger scheme proves already is left to it.
func (f *finder) fans(known []Scheme) []Scheme {
	claimed := map[uint32]bool{}
	for i := range known {
		for _, t := range known[i].Transfers {
			claimed[f.contacts.of[t]] = true
		}
	}
	var out []Scheme
	for a := range graph.Account(f.Ledger.Accounts()) {
		free := func(list []uint32) []uint32 {
			return slices.DeleteFunc(slices.Clone(list), func(k uint32) bool { return claimed[k] })
		}
		if s, ok := f.fan(a, free(f.contacts.in[a]), FanIn); ok {
			out = append(out, s)
		}
		if s, ok := f.fan(a, free(f.contacts.out[a]), FanOut); ok {
			out = append(out, s)
		}
	}
	return out
}

func (f *finder) other(k uint32, t Typology) graph.Account {
	if t == FanIn {
		return f.contacts.list[k].from
	}
	return f.contacts.list[k].to
}

// burst is a run of contacts that is denser than the account's rate.
type burst struct {
	list   []uint32
	quiet  int
	odd    int // quiet, or the largest payment that the other end ever made or got
	chance float64
	days   float64
}

func (f *finder) fan(a graph.Account, list []uint32, t Typology) (Scheme, bool) {
	if len(list) < f.rules.Fan.Least {
		return Scheme{}, false
	}
	base := f.pop.QuietPayer
	if t == FanOut {
		base = f.pop.QuietPayee
	}
	best := f.slow(list, t, base)
	for _, days := range f.rules.Window.Burst {
		if b := f.dense(list, t, base, days); b.chance < best.chance {
			best = b
		}
	}
	s := Scheme{Typology: t, Subject: a, Surprise: surprise(best.chance, float64(f.pop.Accounts)*float64(1+len(f.rules.Window.Burst)))}
	if s.Surprise < f.rules.Least || len(best.list) < f.rules.Fan.Least {
		return s, false
	}
	share := float64(best.quiet) / float64(len(best.list))
	for _, k := range best.list {
		if f.odd(k, f.other(k, t)) {
			best.odd++
		}
	}
	s.Members = f.fanMembers(a, best, t)
	var proof []uint32
	for _, k := range best.list {
		proof = f.proofOf(proof, k)
	}
	on := f.onwardOf(a, best, t)
	if on.held {
		s.Members, proof = f.onwardMembers(a, best, on), append(proof, on.outs...)
	}
	ease := 1.0
	if t == FanOut {
		ease = f.rules.Fan.OutFactor
	}
	if f.Accounts[a].Merchant {
		ease *= f.rules.Fan.OutFactor
	}
	// Many who live an ordinary life and pay ordinary sums are guests, neighbours, customers.
	ease *= oddness(best.odd, len(best.list))
	dense := 0.0
	if best.days > 0 {
		dense = 1
	}
	return s, f.finish(&s, proof,
		f.part("gathered", ease*f.rare(s.Surprise), float64(len(best.list)), float64(f.rules.Fan.Least)),
		f.part("single_purpose", ease*share, share, base),
		f.part("burst", ease*dense, best.days, 0),
		f.part("onward", ease*on.strength(), on.share, f.rules.Fan.OnwardShare))
}

func (f *finder) fanMembers(a graph.Account, b burst, t Typology) []Member {
	hub, end, aside := RoleCollector, RolePayer, RoleCustomer
	if t == FanOut {
		hub, end, aside = RoleSource, RolePayee, RoleCustomer
	}
	list := []Member{{Account: a, Role: hub}}
	crowd := len(b.list) > f.rules.Ring
	for _, k := range b.list {
		m := Member{Account: f.other(k, t), Role: end}
		if (crowd || t == FanIn && f.rules.Fan.Victims) && !f.quiet(m.Account) {
			m.Role, m.Aside = aside, true
		}
		list = append(list, m)
	}
	return once(list)
}

// slow takes all contacts whose other end does hardly anything else, over any time.
func (f *finder) slow(list []uint32, t Typology, base float64) burst {
	var b burst
	for _, k := range list {
		if f.quiet(f.other(k, t)) {
			b.list = append(b.list, k)
		}
	}
	b.quiet = len(b.list)
	b.chance = binomialTail(b.quiet, len(list), base)
	return b
}

// dense takes the window of some days with the most contacts.
func (f *finder) dense(list []uint32, t Typology, base, days float64) burst {
	width := int64(days * float64(day))
	b := burst{days: days}
	from := 0
	at, until := 0, 0
	for to := range list {
		for f.At(f.contacts.list[list[to]].first)-f.At(f.contacts.list[list[from]].first) >= width {
			from++
		}
		if to-from > until-at {
			at, until = from, to
		}
	}
	b.list = list[at : until+1]
	if len(b.list) < f.rules.Fan.Least {
		return b
	}
	for _, k := range b.list {
		if f.quiet(f.other(k, t)) {
			b.quiet++
		}
	}
	windows := max(1, f.pop.Days/days)
	p := poissonTail(len(b.list), f.rules.Fan.Margin*f.usual(len(list)-len(b.list), width, width))
	b.chance = together(min(0, p+logOf(windows)), binomialTail(b.quiet, len(b.list), base))
	return b
}

// odd says whether a contact is out of the ordinary for one of its ends: it does hardly anything else, or never paid or got as
// much in one payment.
func (f *finder) odd(k uint32, end graph.Account) bool {
	if f.quiet(end) {
		return true
	}
	e := &f.contacts.list[k]
	list := f.Out(end)
	if end == e.to {
		list = f.In(end)
	}
	for _, i := range list {
		if f.contacts.of[i] != k && f.Fen(i) >= e.fen {
			return false
		}
	}
	return true
}

// oddness is what a crowd weighs: all of it where half the ends or more are out of the ordinary, half where none is.
func oddness(odd, of int) float64 { return 0.5 + min(0.5, float64(odd)/float64(max(1, of))) }
