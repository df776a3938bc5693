package money

import (
	"slices"

	"xiezhi/graph"
)

// stakes is what one payer gave an account and got back.
type stakes struct {
	principal int64
	first     uint32
	payouts   []float64 // each as a share of the principal at its time
	paid      int64
}

// ponzis finds accounts that pay many payers a constant share of what each paid in, while new ones keep coming. Those of the known
// schemes, whose shares are parts of a fee, are left to them.
func (f *finder) ponzis(known []Scheme) []Scheme {
	var out []Scheme
	for a := range graph.Account(f.Ledger.Accounts()) {
		if len(f.In(a)) < f.rules.Ponzi.Payers || len(f.Out(a)) < 2*f.rules.Ponzi.Paid {
			continue
		}
		if slices.ContainsFunc(known, func(s Scheme) bool { return s.Subject == a }) {
			continue
		}
		if s, ok := f.ponzi(a); ok {
			out = append(out, s)
		}
	}
	return out
}

// books reads an account's payers with their payouts, and what it paid to others.
func (f *finder) books(a graph.Account) (payers map[graph.Account]*stakes, in, trade int64) {
	payers = map[graph.Account]*stakes{}
	ins, outs := f.In(a), f.Out(a)
	o := 0
	settle := func(until uint32) {
		for ; o < len(outs) && outs[o] < until; o++ {
			s := payers[f.To(outs[o])]
			if s == nil {
				if f.Channel[outs[o]] == ChannelPayment {
					trade += f.Fen(outs[o])
				}
				continue
			}
			s.paid += f.Fen(outs[o])
			s.payouts = append(s.payouts, float64(f.Fen(outs[o]))/float64(s.principal))
		}
	}
	for _, i := range ins {
		settle(i)
		if f.Channel[i] != ChannelTransfer || f.From(i) == a || f.Fen(i) == 0 {
			continue
		}
		in += f.Fen(i)
		s := payers[f.From(i)]
		if s == nil {
			s = &stakes{first: i}
			payers[f.From(i)] = s
		}
		s.principal += f.Fen(i)
	}
	settle(uint32(f.Len()))
	return payers, in, trade
}

func (f *finder) ponzi(a graph.Account) (Scheme, bool) {
	r := f.rules.Ponzi
	payers, in, trade := f.books(a)
	var shares []float64
	paid, payouts, sum := 0, 0, int64(0)
	var firsts []uint32
	for _, s := range payers {
		firsts = append(firsts, s.first)
		if len(s.payouts) == 0 {
			continue
		}
		paid++
		payouts += len(s.payouts)
		sum += s.paid
		shares = append(shares, s.votes(r)...)
	}
	if len(payers) < r.Payers || paid < r.Paid || float64(paid) < r.PaidShare*float64(len(payers)) || payouts < 2*r.Paid {
		return Scheme{}, false
	}
	slices.Sort(shares)
	slices.Sort(firsts)
	middle := shares[len(shares)/2]
	spread := (shares[len(shares)*3/4] - shares[len(shares)/4]) / middle
	if spread > r.Spread || middle >= 1 {
		return Scheme{}, false // wages, refunds and trade are no share of what was paid in
	}
	start, end := f.At(firsts[0]), f.At(firsts[len(firsts)-1])
	late := 0
	for _, i := range firsts {
		if f.At(i) > start+(end-start)/2 {
			late++
		}
	}
	growth := float64(late) / float64(max(1, len(firsts)-late))
	s := Scheme{Typology: Ponzi, Subject: a, Members: []Member{{Account: a, Role: RoleCollector}}}
	var proof []uint32
	for _, t := range f.In(a) {
		if payers[f.From(t)] != nil {
			proof = append(proof, t)
		}
	}
	for _, t := range f.Out(a) {
		if payers[f.To(t)] != nil {
			proof = append(proof, t)
		}
	}
	taken := f.takers(a, payers, in)
	for _, i := range taken {
		proof = append(proof, i)
		s.Members = append(s.Members, Member{Account: f.To(i), Role: RoleInsider})
	}
	for p := range payers {
		s.Members = append(s.Members, Member{Account: p, Role: RoleVictim, Aside: true})
	}
	s.Members = once(s.Members)
	slices.SortFunc(s.Members[1:], func(x, y Member) int { return int(x.Account) - int(y.Account) })
	return s, f.finish(&s, proof,
		f.part("constant_share", 1-spread/(2*r.Spread), spread, r.Spread),
		f.part("new_pays_old", min(1, float64(sum)/float64(max(1, in))*4)*min(1, growth), min(1, float64(sum)/float64(max(1, in))), 0),
		f.part("growing", growth-1, growth, 1),
		f.part("no_trade", 1-float64(trade)/float64(max(1, in))*10, float64(trade)/float64(max(1, in)), 0.1))
}

// votes are the shares by which a payer tells of the promise: all his payouts, or the middle one.
func (s *stakes) votes(r PonziRule) []float64 {
	if !r.OneVote {
		return s.payouts
	}
	own := slices.Clone(s.payouts)
	slices.Sort(own)
	return own[len(own)/2 : len(own)/2+1]
}

// took says whether somebody got more than twice what he paid in, or paid nothing in (nil).
func (s *stakes) took() bool { return s == nil || s.paid > 2*s.principal }

// takers gives the payments to those who take a large part of all that came, and paid in little or nothing: the hand behind, the pool.
func (f *finder) takers(a graph.Account, payers map[graph.Account]*stakes, in int64) []uint32 {
	r := &f.rules.Ponzi
	if r.InsiderPart <= 0 {
		return nil
	}
	sums := map[graph.Account]int64{}
	for _, o := range f.Out(a) {
		if f.Channel[o] == ChannelTransfer {
			sums[f.To(o)] += f.Fen(o)
		}
	}
	var list []uint32
	for _, o := range f.Out(a) {
		end := f.To(o)
		least := r.InsiderPart
		if !f.personal(end) {
			least = r.PoolPart
		}
		if payers[end].took() && f.Channel[o] == ChannelTransfer && float64(sums[end]) >= least*float64(in) {
			list = append(list, o)
		}
	}
	return list
}
