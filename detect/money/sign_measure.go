package money

import (
	"math"
	"slices"

	"xiezhi/graph"
)

// split: payments of one day just under a limit of reporting.
func (s *signer) split(outs []uint32) (float64, int64, bool) {
	for _, limit := range s.rule.Limits {
		low, n, d := limit*95/100, 0, int64(-1)
		for _, i := range outs {
			if fen := s.Fen(i); fen < low || fen >= limit {
				continue
			}
			if e := s.At(i) / day; e != d {
				d, n = e, 0
			}
			if n++; n >= s.rule.Splits {
				return float64(n), s.At(i), true
			}
		}
	}
	return 0, 0, false
}

// test: a small payment, then a much larger one to the same account within the hour; the value is how much larger.
func (s *signer) test(outs []uint32) (float64, int64, bool) {
	for k, i := range outs {
		if s.Fen(i) > s.rule.TestFen || s.Fen(i) == 0 {
			continue
		}
		for _, j := range outs[k+1:] {
			if s.At(j)-s.At(i) > hour {
				break
			}
			if times := float64(s.Fen(j)) / float64(s.Fen(i)); s.To(j) == s.To(i) && times >= s.rule.TestTimes {
				return times, s.At(j), true
			}
		}
	}
	return 0, 0, false
}

// night: the share of the money that moved from midnight to six, in China.
func (s *signer) night(ins, outs []uint32) (float64, int64, bool) {
	var all, dark, when int64
	for _, list := range [2][]uint32{ins, outs} {
		for _, i := range list {
			all += s.Fen(i)
			if (s.At(i)+8*hour)%day < 6*hour {
				dark += s.Fen(i)
				when = s.At(i)
			}
		}
	}
	share := float64(dark) / float64(max(1, all))
	return share, when, share >= s.rule.NightShare && !s.daily(ins, outs)
}

// daily says whether a ledger knows only days: all its moments fall on one time of day.
func (s *signer) daily(ins, outs []uint32) bool {
	same := func(list []uint32) bool {
		return !slices.ContainsFunc(list, func(i uint32) bool { return s.At(i)%day != s.from%day })
	}
	return same(ins) && same(outs)
}

// young: how much moved in the first month after opening.
func (s *signer) young(a graph.Account, ins, outs []uint32) (float64, int64, bool) {
	opened := s.Accounts[a].OpenedAt
	if opened == 0 {
		return 0, 0, false
	}
	var fen, when int64
	for _, list := range [2][]uint32{ins, outs} {
		for _, i := range list {
			if s.At(i) < opened {
				continue
			}
			if s.At(i)-opened > int64(s.rule.YoungDays*float64(day)) {
				break
			}
			fen += s.Fen(i)
			when = max(when, s.At(i))
		}
	}
	return float64(fen), when, fen >= s.rule.YoungFen
}

// round: the share of receipts that are the commonest amount or whole hundreds, from many payers.
func (s *signer) round(ins []uint32) (float64, int64, bool) {
	hundreds := 0
	for _, i := range ins {
		if s.Fen(i)%10_000 == 0 {
			hundreds++
		}
	}
	share := float64(hundreds) / float64(len(ins))
	if share < s.rule.RoundShare {
		count, top := map[int64]int{}, 0
		for _, i := range ins {
			count[s.Fen(i)]++
			top = max(top, count[s.Fen(i)])
		}
		share = float64(top) / float64(len(ins))
	}
	if share < s.rule.RoundShare || s.distinct(s.To(ins[0]), ins, math.MaxInt64) < s.rule.RoundPayers {
		return 0, 0, false
	}
	return share, s.At(ins[len(ins)-1]), true
}

// exits: payments to accounts whose holders trade in what money leaves by.
func (s *signer) exits(outs []uint32) (float64, int64, bool) {
	n, when := 0, int64(0)
	for _, i := range outs {
		if s.Accounts[s.To(i)].Exit != "" {
			n++
			when = s.At(i)
		}
	}
	return float64(n), when, n > 0
}

// devices: one device, or one network address on a day, for the accounts of several holders. It is for anti-fraud use only.
func (s *signer) devices(out []Sign) []Sign {
	holders := map[uint32]map[int64]bool{}
	accounts := map[uint32]map[graph.Account]int64{}
	for i := range uint32(s.Len()) {
		d := s.Device[i]
		if d == 0 {
			continue
		}
		a := s.From(i)
		if holders[d] == nil {
			holders[d], accounts[d] = map[int64]bool{}, map[graph.Account]int64{}
		}
		h := s.Accounts[a].Holder
		if h == 0 {
			h = -int64(a) - 1 // nobody is known to hold it: its own
		}
		holders[d][h] = true
		accounts[d][a] = s.At(i)
	}
	for d, list := range accounts {
		if len(holders[d]) < s.rule.DeviceHolders {
			continue
		}
		for a, at := range list {
			out = append(out, Sign{"FLOW-09", a, float64(len(holders[d])), float64(s.rule.DeviceHolders), at})
		}
	}
	return out
}

// SignRates gives the share of a book's accounts that show each sign.
func SignRates(b *Book, list []Sign) map[string]float64 {
	out := map[string]float64{}
	for code, accounts := range signHolders(list) {
		out[code] = float64(len(accounts)) / float64(max(1, b.Ledger.Accounts()))
	}
	return out
}

func signHolders(list []Sign) map[string]map[graph.Account]bool {
	out := map[string]map[graph.Account]bool{}
	for _, s := range list {
		if out[s.Code] == nil {
			out[s.Code] = map[graph.Account]bool{}
		}
		out[s.Code][s.Account] = true
	}
	return out
}

// SignsOf counts how many acting members of a scheme show each sign.
func SignsOf(s Scheme, list []Sign) map[string]int {
	acting := map[graph.Account]bool{}
	for _, m := range s.Members {
		if !m.Aside {
			acting[m.Account] = true
		}
	}
	out := map[string]int{}
	for code, accounts := range signHolders(list) {
		for a := range acting {
			if accounts[a] {
				out[code]++
			}
		}
	}
	return out
}
