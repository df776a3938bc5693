package money

import (
	"slices"

	"xiezhi/graph"
)

// passScheme makes a scheme of a group of passes; sure tells how little chance explains it, 0 to 1.
func (f *finder) passScheme(list []pass, group []int, sure float64) (Scheme, bool) {
	if sure == 0 {
		return Scheme{}, false
	}
	s := Scheme{Typology: PassThrough}
	var proof []uint32
	mules := map[graph.Account]int64{}
	var order []graph.Account
	for _, i := range group {
		p := &list[i]
		if _, ok := mules[p.at]; !ok {
			order = append(order, p.at)
		}
		mules[p.at] += p.in
		proof = append(append(proof, p.ins...), p.outs...)
	}
	s.Subject = order[0]
	for _, a := range order {
		if mules[a] >= mules[s.Subject] { // of equals the later one is nearer to the exit
			s.Subject = a
		}
	}
	for _, a := range order {
		role := RoleMule
		if a == s.Subject {
			role = RoleCollector
		}
		s.Members = append(s.Members, Member{Account: a, Role: role})
	}
	if head, ok := f.headOf(list, group); ok {
		for i := range s.Members {
			s.Members[i].Role = RoleMule
		}
		s.Subject, s.Members = head, append([]Member{{Account: head, Role: RoleCollector}}, s.Members...)
	}
	ends := f.relayEnds(list, group)
	for _, i := range group {
		f.passEnds(&s, &list[i], ends)
	}
	s.Members = once(s.Members)
	return s, f.finish(&s, proof, f.passParts(list, group, len(order), sure)...)
}

// passEnds adds who paid and who got the money. A payer is a victim or an unknowing payer; an exit with a trade of its own
// only handled the money.
func (f *finder) passEnds(s *Scheme, p *pass, relayed map[graph.Account]bool) {
	for _, i := range p.ins {
		s.Members = append(s.Members, Member{Account: f.From(i), Role: RoleVictim, Aside: true})
	}
	for _, o := range p.outs {
		to := f.To(o)
		s.Members = append(s.Members, Member{Account: to, Role: RoleExit, Aside: f.Accounts[to].Merchant || !f.quiet(to) && !relayed[to]})
	}
}

// relayEnds are the persons to whom relays of a group lead.
func (f *finder) relayEnds(list []pass, group []int) map[graph.Account]bool {
	own := map[graph.Account][]pass{}
	for _, i := range group {
		own[list[i].at] = append(own[list[i].at], list[i])
	}
	out := map[graph.Account]bool{}
	for _, part := range own {
		for k := range f.relays(part) {
			out[f.contacts.list[k].to] = true
		}
	}
	return out
}

func (f *finder) passParts(list []pass, group []int, mules int, sure float64) []Part {
	in, out, fresh, first, cash, emptied, tested, alone := int64(0), int64(0), 0, 0, 0, 0, 0, 0
	for _, i := range group {
		p := &list[i]
		in, out = in+p.in, out+p.out
		if slices.ContainsFunc(p.ins, f.isPassing) {
			fresh++
		}
		if f.firstUse(p) {
			first++
		}
		if slices.ContainsFunc(p.outs, f.isExit) {
			cash++
		}
		if slices.ContainsFunc(p.ins, f.empties) {
			emptied++
		}
		if slices.ContainsFunc(p.ins, f.tests) {
			tested++
		}
		if f.noLife(p.at) {
			alone++
		}
	}
	n := float64(len(group))
	row, deep := "chain", sure*float64(mules-f.rules.Pass.Depth)/2
	if _, ok := f.headOf(list, group); ok {
		row, deep = "common_head", 0
	}
	some := func(k int) float64 { return float64(min(1, k)) }
	return []Part{
		f.part("drained", sure*(0.5+0.5*float64(fresh)/n), float64(out)/float64(in), f.rules.Pass.Share),
		f.part("no_life", float64(alone)/n, float64(alone)/n, 0),
		f.part("first_use", float64(first)/n, float64(first)/n, f.rules.Pass.FirstDays),
		f.part("cash_exit", float64(cash)/n, float64(cash)/n, 0),
		f.part(row, sure*float64(mules-1)/float64(f.rules.Pass.Depth-1), float64(mules), float64(f.rules.Pass.Depth)),
		f.part("deep", deep, float64(mules), float64(f.rules.Pass.Depth)),
		f.part("emptied", float64(emptied)/n, float64(emptied)/n, f.rules.Pass.Emptied),
		f.part("tested", some(tested), float64(tested), 0),
	}
}

func (f *finder) isPassing(i uint32) bool { return f.contacts.list[f.contacts.of[i]].passing }

func (f *finder) isExit(i uint32) bool {
	return f.Channel[i] == ChannelCashOut || f.Accounts[f.To(i)].Exit != ""
}

// firstUse says whether a pass lies in the account's first days: since it was opened, or where that is not known since it was
// first seen, when the ledger began well before.
func (f *finder) firstUse(p *pass) bool {
	start := f.Accounts[p.at].OpenedAt
	if start == 0 {
		start = f.At(f.In(p.at)[0])
		if o := f.Out(p.at); len(o) > 0 {
			start = min(start, f.At(o[0]))
		}
	}
	return f.At(p.ins[0])-start <= int64(f.rules.Pass.FirstDays*float64(day))
}

// noLife says whether an account neither buys, nor pays cash in, nor pays anyone regularly.
func (f *finder) noLife(a graph.Account) bool {
	for _, o := range f.Out(a) {
		if c := f.Channel[o]; c == ChannelPayment {
			return false
		}
		if !f.isPassing(o) && f.Channel[o] == ChannelTransfer {
			return false
		}
	}
	for _, i := range f.In(a) {
		if f.Channel[i] == ChannelCashIn {
			return false
		}
	}
	return true
}

// empties says whether a transfer takes nearly all that the ledger knows its payer to have. An account whose payments exceed its
// receipts has money that the ledger has not seen: nothing can be said.
func (f *finder) empties(i uint32) bool {
	a := f.From(i)
	balance := int64(0)
	ins, outs := f.In(a), f.Out(a)
	for _, t := range ins {
		if t < i {
			balance += f.Fen(t)
		}
	}
	for _, t := range outs {
		if t < i {
			balance -= f.Fen(t)
		}
	}
	return balance > 0 && float64(f.Fen(i)) >= f.rules.Pass.Emptied*float64(balance) && f.Fen(i) <= balance
}

// tests says whether a small payment between the same two, shortly before, tried the way for this one.
func (f *finder) tests(i uint32) bool {
	r := f.rules.Test
	for _, t := range f.Out(f.From(i)) {
		if t >= i {
			break
		}
		if f.To(t) == f.To(i) && f.Fen(t) <= r.FenMax && f.Fen(t) > 0 && f.Fen(i) >= r.Times*f.Fen(t) && float64(f.At(i)-f.At(t)) <= r.Minutes*60e6 {
			return true
		}
	}
	return false
}
