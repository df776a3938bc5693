package money

import (
	"math"
	"slices"

	"xiezhi/graph"
)

// pass is money that reached an account and left it at once: the transfers that brought it and that took it away.
type pass struct {
	at      graph.Account
	ins     []uint32
	outs    []uint32
	in, out int64
	lived   bool // the account has a life of its own
	slow    bool // along a slow relay, see slowRelays
}

// passes finds accounts that live of passing money on with the chains that they make, and chains through accounts with a life
// of their own where so many coincidences in a row would be strange in this ledger.
func (f *finder) passes() []Scheme {
	var lives, all []pass
	receipts, chances := 0, 0
	for a := range graph.Account(f.Ledger.Accounts()) {
		if f.Accounts[a].Merchant || len(f.In(a)) == 0 || len(f.Out(a)) == 0 {
			continue
		}
		found := f.passesOf(a, pace{f.rules.Pass.Hours, f.rules.Pass.Share})
		if len(found) > 0 && f.livesOfIt(a, found) {
			lives = append(lives, found...)
			all = append(all, found...)
			continue
		}
		receipts, chances = receipts+len(f.In(a)), chances+len(found)
		kept := f.outstanding(a, found)
		for _, p := range append(kept, f.slowRelays(a, kept)...) {
			p.lived = true
			if slices.ContainsFunc(p.ins, f.tests) {
				lives = append(lives, p)
			}
			all = append(all, p)
		}
	}
	var out []Scheme
	for _, group := range f.chains(lives) {
		if s, ok := f.passScheme(lives, group, 1); ok {
			out = append(out, s)
		}
	}
	rate := math.Log(float64(chances+1) / float64(receipts+2))
	for _, group := range f.chains(all) {
		if distinctAt(all, group) < f.rules.Pass.Depth { // who waits for hours tells something in a row of hands only
			group = slices.DeleteFunc(group, func(i int) bool { return all[i].slow })
		}
		lived := 0
		for _, i := range group {
			if all[i].lived {
				lived++
			}
		}
		if lived == 0 || len(group) < 2 {
			continue
		}
		if s, ok := f.passScheme(all, group, f.rare(surprise(float64(lived)*rate, float64(receipts)))); ok {
			out = append(out, s)
		}
	}
	return out
}

// pace is how soon, and how much of it, money has to leave to have passed.
type pace struct{ hours, share float64 }

// slowRelays are passes along relays of hands that take their time or a larger fee: what would mean nothing once does when it happens
// wave after wave. Those already kept are left out.
func (f *finder) slowRelays(a graph.Account, kept []pass) []pass {
	r := &f.rules.Pass
	if r.Relays <= 0 || r.RelayHours <= 0 {
		return nil
	}
	slow := f.passesOf(a, pace{r.RelayHours, r.RelayShare})
	relays := f.relays(slow)
	if len(relays) == 0 {
		return nil
	}
	had := map[uint32]bool{}
	for _, p := range kept {
		for _, t := range p.outs {
			had[t] = true
		}
	}
	for i := range slow {
		slow[i].slow = true
	}
	return slices.DeleteFunc(slow, func(p pass) bool {
		return slices.ContainsFunc(p.outs, func(o uint32) bool { return had[o] || !relays[f.contacts.of[o]] })
	})
}

// passesOf gives the passes of one account. Transfers that follow each other within the hours of the rules are one run; where
// what leaves in a run is not what came, each receipt is held against the payments after it.
func (f *finder) passesOf(a graph.Account, pc pace) []pass {
	width := int64(pc.hours * float64(hour))
	ins, outs := f.In(a), f.Out(a)
	var list []pass
	i, o := 0, 0
	for i < len(ins) {
		for o < len(outs) && outs[o] < ins[i] {
			o++ // nothing came before it
		}
		last, j, k := f.At(ins[i]), i, o
		for {
			switch {
			case j < len(ins) && (k >= len(outs) || ins[j] < outs[k]) && f.At(ins[j])-last <= width:
				last = f.At(ins[j])
				j++
				continue
			case k < len(outs) && f.At(outs[k])-last <= width:
				last = f.At(outs[k])
				k++
				continue
			}
			break
		}
		list = f.passesIn(list, a, ins[i:j], outs[o:k], pc)
		i, o = j, k
	}
	return list
}

func (f *finder) passesIn(list []pass, a graph.Account, ins, outs []uint32, pc pace) []pass {
	if len(outs) == 0 {
		return list
	}
	p := pass{at: a, ins: ins, outs: outs}
	for _, t := range ins {
		p.in += f.Fen(t)
	}
	for _, t := range outs {
		p.out += f.Fen(t)
	}
	if p.in > 0 && f.passed(a, &p, pc) {
		return append(list, p)
	}
	used := 0
	for _, t := range ins {
		one := pass{at: a, ins: []uint32{t}, in: f.Fen(t)}
		for used < len(outs) && outs[used] < t {
			used++
		}
		most := int64(f.rules.Pass.Over * float64(one.in))
		for k := used; k < len(outs) && float64(one.out) < pc.share*float64(one.in); k++ {
			if f.Fen(outs[k]) <= most-one.out && f.At(outs[k])-f.At(t) <= int64(pc.hours*float64(hour)) {
				one.outs = append(one.outs, outs[k])
				one.out += f.Fen(outs[k])
			}
		}
		if one.in > 0 && len(one.outs) > 0 && f.passed(a, &one, pc) {
			list = append(list, one)
			used += len(one.outs)
		}
	}
	return list
}

// passed says whether a run is a pass: amounts go on, and not back to where they came from or between accounts of one holder.
func (f *finder) passed(a graph.Account, p *pass, pc pace) bool {
	share := float64(p.out) / float64(p.in)
	if share < pc.share || share > f.rules.Pass.Over {
		return false
	}
	me := f.Accounts[a].Holder
	for _, i := range p.ins {
		from := f.From(i)
		if from == a || me != 0 && f.Accounts[from].Holder == me {
			return false
		}
		for _, o := range p.outs {
			to := f.To(o)
			if to == from || me != 0 && f.Accounts[to].Holder == me {
				return false
			}
		}
	}
	return true
}

// livesOfIt says whether nearly all that ever left the account left by passes.
func (f *finder) livesOfIt(a graph.Account, list []pass) bool {
	passed, all := int64(0), int64(0)
	for _, p := range list {
		passed += p.out
	}
	for _, o := range f.Out(a) {
		all += f.Fen(o)
	}
	return float64(passed) >= f.rules.Pass.Volume*float64(all)
}

// outstanding keeps the passes of an account with a life of its own that are larger than all else it ever paid, between parties
// that it has no other dealings with, and those along a relay.
func (f *finder) outstanding(a graph.Account, list []pass) []pass {
	other := int64(0)
	in := map[uint32]bool{}
	for _, p := range list {
		for _, o := range p.outs {
			in[o] = true
		}
	}
	for _, o := range f.Out(a) {
		if !in[o] {
			other = max(other, f.Fen(o))
		}
	}
	brings, relays := f.carriers(list), f.relays(list)
	return slices.DeleteFunc(list, func(p pass) bool {
		if len(relays) > 0 && !slices.ContainsFunc(p.outs, func(o uint32) bool { return !relays[f.contacts.of[o]] }) {
			return false
		}
		return p.out <= other || !slices.ContainsFunc(p.ins, func(i uint32) bool { return f.isPassing(i) || brings[f.contacts.of[i]] })
	})
}

// carriers are the contacts that only ever brought what left at once.
func (f *finder) carriers(list []pass) map[uint32]bool {
	least := f.rules.Pass.Carriers
	if least <= 0 {
		return nil
	}
	count := map[uint32]int{}
	for _, p := range list {
		for _, i := range p.ins {
			count[f.contacts.of[i]]++
		}
	}
	out := map[uint32]bool{}
	for k, n := range count {
		if n >= least && n == int(f.contacts.list[k].n) {
			out[k] = true
		}
	}
	return out
}

// relays are the contacts that only ever took what had come at once, again and again in a short time: a standing order for a wage does so
// once a month, a pair of hands in a chain wave after wave.
func (f *finder) relays(list []pass) map[uint32]bool {
	r := &f.rules.Pass
	if r.Relays <= 0 {
		return nil
	}
	count := map[uint32]int{}
	for _, p := range list {
		for _, o := range p.outs {
			count[f.contacts.of[o]]++
		}
	}
	out := map[uint32]bool{}
	for k, n := range count {
		e := &f.contacts.list[k]
		if n >= r.Relays && n == int(e.n) && !e.trade && f.personal(e.to) && float64(f.At(e.last)-f.At(e.first)) <= r.RelayDays*float64(day)*float64(n-1) {
			out[k] = true
		}
	}
	return out
}

// chains groups passes that hand the same transfer on, and the passes of one account.
func (f *finder) chains(list []pass) [][]int {
	u := newUnions(len(list))
	brought, of := map[uint32]int{}, map[graph.Account]int{}
	for i, p := range list {
		for _, t := range p.ins {
			brought[t] = i
		}
		if first, ok := of[p.at]; ok {
			u.join(first, i)
			continue
		}
		of[p.at] = i
	}
	for i, p := range list {
		for _, t := range p.outs {
			if j, ok := brought[t]; ok {
				u.join(i, j)
			}
		}
	}
	for _, same := range f.commonHeads(list) {
		for _, i := range same[1:] {
			u.join(same[0], i)
		}
	}
	return u.groups()
}
