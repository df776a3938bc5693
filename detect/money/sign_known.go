package money

import (
	"cmp"
	"slices"
	"time"

	"xiezhi/graph"
)

// known measures the signs that rest on what is known of an account and of those it deals with: places, ages, reports.
func (s *signer) known(out []Sign, a graph.Account, ins, outs []move) []Sign {
	r := s.rule
	if r.Provinces > 0 && len(ins)+len(outs) >= r.Provinces {
		if v, at, ok := s.provinces(a, ins, outs); ok {
			out = append(out, Sign{"FLOW-06", a, v, float64(r.Provinces), at})
		}
	}
	if r.AgeFen > 0 {
		if v, at, ok := s.age(a, ins); ok {
			out = append(out, Sign{"FLOW-16", a, v, float64(r.AgeFen), at})
		}
	}
	if r.Reported {
		at := int64(0)
		if len(ins) > 0 {
			at = ins[len(ins)-1].at
		}
		if s.Accounts[a].Remote {
			out = append(out, Sign{"FLOW-17", a, 1, 1, at})
		}
		if s.Accounts[a].Unreachable {
			out = append(out, Sign{"FLOW-19", a, 1, 1, at})
		}
	}
	return out
}

// province gives the province of a division, 0 where it is not known.
func province(division string) int {
	if len(division) < 2 || division[:2] == "00" {
		return 0
	}
	return int(division[0])<<8 | int(division[1])
}

// provinces: other ends kept in many provinces within the hours of the rules (FLOW-06); the value is how many. Transfers carry no place
// of the event: where the other accounts are kept stands for it.
func (s *signer) provinces(a graph.Account, ins, outs []move) (float64, int64, bool) {
	type seen struct {
		at       int64
		province int
	}
	var list []seen
	own := province(s.Accounts[a].Division)
	for _, moves := range [2][]move{ins, outs} {
		for _, m := range moves {
			if p := province(s.Accounts[m.other].Division); p != 0 && p != own {
				list = append(list, seen{m.at, p})
			}
		}
	}
	if len(list) < s.rule.Provinces {
		return 0, 0, false
	}
	slices.SortFunc(list, func(x, y seen) int { return cmp.Compare(x.at, y.at) })
	span := int64(s.rule.ProvinceDays * float64(day))
	count, from, best, when := map[int]int{}, 0, 0, int64(0)
	for _, x := range list {
		count[x.province]++
		for x.at-list[from].at > span {
			if count[list[from].province]--; count[list[from].province] == 0 {
				delete(count, list[from].province)
			}
			from++
		}
		if len(count) > best {
			best, when = len(count), x.at
		}
	}
	return float64(best), when, best >= s.rule.Provinces
}

// age: a holder too young or too old for what the account takes in within thirty days (FLOW-16); the value is the amount.
func (s *signer) age(a graph.Account, ins []move) (float64, int64, bool) {
	acc := &s.Accounts[a]
	if acc.BornYear == 0 || acc.Corporate || len(ins) == 0 {
		return 0, 0, false
	}
	sum, from := int64(0), 0
	for _, m := range ins {
		sum += m.fen
		for m.at-ins[from].at > 30*day {
			sum -= ins[from].fen
			from++
		}
		years := time.UnixMicro(m.at).UTC().Year() - acc.BornYear
		if sum >= s.rule.AgeFen && (years <= s.rule.YoungAge || years >= s.rule.OldAge) {
			return float64(sum), m.at, true
		}
	}
	return 0, 0, false
}

// batches: one holder opened accounts at many institutions within the days of the rules (FLOW-11); the value is how many institutions.
func (s *signer) batches(out []Sign) []Sign {
	if s.rule.OpenedAt <= 0 {
		return out
	}
	by := map[int64][]graph.Account{}
	for a := range s.Accounts {
		if acc := &s.Accounts[a]; acc.Holder != 0 && acc.OpenedAt != 0 && acc.Institution != 0 {
			by[acc.Holder] = append(by[acc.Holder], graph.Account(a))
		}
	}
	span := int64(s.rule.OpenedDays * float64(day))
	for _, list := range by {
		if len(list) < s.rule.OpenedAt {
			continue
		}
		slices.SortFunc(list, func(x, y graph.Account) int { return cmp.Compare(s.Accounts[x].OpenedAt, s.Accounts[y].OpenedAt) })
		from := 0
		for to := range list {
			for s.Accounts[list[to]].OpenedAt-s.Accounts[list[from]].OpenedAt > span {
				from++
			}
			places := map[int64]bool{}
			for _, a := range list[from : to+1] {
				places[s.Accounts[a].Institution] = true
			}
			if len(places) < s.rule.OpenedAt {
				continue
			}
			for _, a := range list[from : to+1] {
				out = append(out, Sign{"FLOW-11", a, float64(len(places)), float64(s.rule.OpenedAt), s.Accounts[list[to]].OpenedAt})
			}
			break
		}
	}
	return out
}

// listed: dealings with an account that the police or a penalty named, directly or through one other (FLOW-18); the value is the
// number of steps. The listed themselves show it at no step.
func (s *signer) listed(out []Sign) []Sign {
	if s.rule.ListedHops <= 0 {
		return out
	}
	var edge []graph.Account
	seen := map[graph.Account]bool{}
	for a := range s.Accounts {
		if s.Accounts[a].Listed {
			edge = append(edge, graph.Account(a))
			seen[graph.Account(a)] = true
		}
	}
	for hop := 1; hop <= s.rule.ListedHops; hop++ {
		var next []graph.Account
		for _, a := range edge {
			if hop > 1 && s.busy(a) > busyHand {
				continue
			}
			for way, list := range [2][]uint32{s.In(a), s.Out(a)} {
				for _, i := range list {
					other := s.From(i)
					if way == 1 {
						other = s.To(i)
					}
					if !seen[other] {
						seen[other] = true
						next = append(next, other)
						out = append(out, Sign{"FLOW-18", other, float64(hop), float64(s.rule.ListedHops), s.At(i)})
					}
				}
			}
		}
		edge = next
	}
	return out
}

// busyHand is from how many transfers on an account between two others says nothing of them: a shop, a payroll.
const busyHand = 200
