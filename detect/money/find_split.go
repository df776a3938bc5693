package money

import (
	"slices"

	"xiezhi/graph"
)

// splits finds large sums in pieces just below a limit of reporting: several a day, on several days, to the same few. A limit of the bank's
// app splits one purchase on one day; who comes back day after day keeps below the limit.
func (f *finder) splits() []Scheme {
	r := &f.rules.Split
	if r.Days <= 0 {
		return nil
	}
	var out []Scheme
	for a := range graph.Account(f.Ledger.Accounts()) {
		if len(f.Out(a)) < r.Days*r.Daily {
			continue
		}
		for _, limit := range f.rules.Signs20.Limits {
			if s, ok := f.split(a, limit); ok {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// split looks at the payments of one account just below one limit.
func (f *finder) split(a graph.Account, limit int64) (Scheme, bool) {
	r := &f.rules.Split
	byDay := map[int64][]uint32{}
	for _, i := range f.Out(a) {
		if fen := f.Fen(i); fen < limit && float64(fen) >= float64(limit)*(1-r.Near) && f.Channel[i] != ChannelPayment {
			byDay[f.At(i)/day] = append(byDay[f.At(i)/day], i)
		}
	}
	var days []int64
	for d, list := range byDay {
		if len(list) >= r.Daily {
			days = append(days, d)
		}
	}
	if len(days) < r.Days {
		return Scheme{}, false
	}
	slices.Sort(days)
	if days[r.Days-1]-days[0] > int64(f.rules.Window.Days) {
		return Scheme{}, false
	}
	var proof []uint32
	var ends []graph.Account
	for _, d := range days {
		proof = append(proof, byDay[d]...)
	}
	for _, i := range proof {
		if end := f.To(i); !slices.Contains(ends, end) {
			ends = append(ends, end)
		}
	}
	if len(ends) > r.Ends || len(proof) < r.Days*r.Daily {
		return Scheme{}, false
	}
	s := Scheme{Typology: Split, Subject: a, Members: []Member{{Account: a, Role: RoleSource}}}
	for _, end := range ends {
		s.Members = append(s.Members, Member{Account: end, Role: RolePayee})
	}
	n := float64(len(proof))
	return s, f.finish(&s, proof, f.part("below_limit", n/float64(r.Days*r.Daily+r.Daily), n, float64(r.Days*r.Daily)))
}
