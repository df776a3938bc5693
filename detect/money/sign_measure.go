package money

import (
	"math"
	"slices"

	"xiezhi/graph"
)

// split: payments of one day just under a limit of reporting.
func (s *signer) split(outs []move) (float64, int64, bool) {
	for _, limit := range s.rule.Limits {
		low, n, d := limit*95/100, 0, int32(-1)
		for _, i := range outs {
			if fen := i.fen; fen < low || fen >= limit {
				continue
			}
			if e := i.day; e != d {
				d, n = e, 0
			}
			if n++; n >= s.rule.Splits {
				return float64(n), i.at, true
			}
		}
	}
	return 0, 0, false
}

// test: a small payment, then a much larger one to the same account within the hour; the value is how much larger.
func (s *signer) test(outs []move) (float64, int64, bool) {
	for k, i := range outs {
		if i.fen > s.rule.TestFen || i.fen == 0 {
			continue
		}
		for _, j := range outs[k+1:] {
			if j.at-i.at > hour {
				break
			}
			if times := float64(j.fen) / float64(i.fen); j.other == i.other && times >= s.rule.TestTimes {
				return times, j.at, true
			}
		}
	}
	return 0, 0, false
}

// night: the share of the money that moved from midnight to six, in China.
func (s *signer) night(ins, outs []move) (float64, int64, bool) {
	var all, dark, when int64
	for _, list := range [2][]move{ins, outs} {
		for _, i := range list {
			all += i.fen
			if (i.at+8*hour)%day < 6*hour {
				dark += i.fen
				when = i.at
			}
		}
	}
	share := float64(dark) / float64(max(1, all))
	return share, when, share >= s.rule.NightShare && !s.daily(ins, outs)
}

// daily says whether a ledger knows only days: all its moments fall on one time of day.
func (s *signer) daily(ins, outs []move) bool {
	same := func(list []move) bool {
		return !slices.ContainsFunc(list, func(i move) bool { return i.at%day != s.from%day })
	}
	return same(ins) && same(outs)
}

// young: how much moved in the first month after opening.
func (s *signer) young(a graph.Account, ins, outs []move) (float64, int64, bool) {
	opened := s.Accounts[a].OpenedAt
	if opened == 0 {
		return 0, 0, false
	}
	var fen, when int64
	for _, list := range [2][]move{ins, outs} {
		for _, i := range list {
			if i.at < opened {
				continue
			}
			if i.at-opened > int64(s.rule.YoungDays*float64(day)) {
				break
			}
			fen += i.fen
			when = max(when, i.at)
		}
	}
	return float64(fen), when, fen >= s.rule.YoungFen
}

// round: the share of receipts that are the commonest amount or whole hundreds, from many payers.
func (s *signer) round(ins []move) (float64, int64, bool) {
	hundreds := 0
	for _, i := range ins {
		if i.fen%10_000 == 0 {
			hundreds++
		}
	}
	share := float64(hundreds) / float64(len(ins))
	if share < s.rule.RoundShare {
		count, top := map[int64]int{}, 0
		for _, i := range ins {
			count[i.fen]++
			top = max(top, count[i.fen])
		}
		share = float64(top) / float64(len(ins))
	}
	if share < s.rule.RoundShare || s.distinct(ins, math.MaxInt64) < s.rule.RoundPayers {
		return 0, 0, false
	}
	return share, ins[len(ins)-1].at, true
}

// exits: payments to accounts whose holders trade in what money leaves by.
func (s *signer) exits(outs []move) (float64, int64, bool) {
	n, when := 0, int64(0)
	for _, i := range outs {
		if s.Accounts[i.other].Exit != "" {
			n++
			when = i.at
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
