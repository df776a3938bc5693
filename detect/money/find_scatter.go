package money

import (
	"cmp"
	"math"
	"slices"

	"xiezhi/graph"
)

// relay is money that came from one account to a middle one and went on to a third, by two passing contacts in the window.
type relay struct {
	from, to, mid graph.Account
	in, out       uint32 // contacts
}

// relaysOf gives the relays that start at one account, through middle accounts that are no hubs.
func (f *finder) relaysOf(source graph.Account, list []relay) []relay {
	width := int64(f.rules.Window.Days * float64(day))
	for _, i := range f.contacts.out[source] {
		m := f.contacts.list[i].to
		if f.hub(m) {
			continue
		}
		t := f.At(f.contacts.list[i].first)
		for _, o := range f.contacts.out[m] {
			u := f.At(f.contacts.list[o].first)
			if u > t+width {
				break
			}
			if u >= t && f.contacts.list[o].to != source {
				list = append(list, relay{source, f.contacts.list[o].to, m, i, o})
			}
		}
	}
	return list
}

// hub says whether an account has too many passing contacts to be a mere middle account.
func (f *finder) hub(a graph.Account) bool {
	most := f.rules.Scatter.HubMax
	return len(f.contacts.in[a])*len(f.contacts.out[a]) > most*most
}

// scatterGathers finds one source and one sink with the same accounts between them.
func (f *finder) scatterGathers() []Scheme {
	var out []Scheme
	var list []relay
	for source := range graph.Account(f.Ledger.Accounts()) {
		if len(f.contacts.out[source]) < f.rules.Scatter.Least {
			continue
		}
		list = f.relaysOf(source, list[:0])
		slices.SortFunc(list, func(a, b relay) int {
			return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(f.contacts.list[a.in].first, f.contacts.list[b.in].first), cmp.Compare(a.mid, b.mid))
		})
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && list[to].to == list[from].to {
				to++
			}
			if to-from >= f.rules.Scatter.Least {
				if s, ok := f.scatterGather(f.sameTime(list[from:to])); ok {
					out = append(out, s)
				}
			}
			from = to
		}
	}
	return out
}

// sameTime gives the most relays of one pair, each middle account once, that lie within one window.
func (f *finder) sameTime(list []relay) []relay {
	width := int64(f.rules.Window.Days * float64(day))
	var best []relay
	for i := range list {
		start := f.At(f.contacts.list[list[i].in].first)
		var now []relay
		seen := map[graph.Account]bool{}
		for _, r := range list[i:] {
			if f.At(f.contacts.list[r.out].first)-start <= width && !seen[r.mid] {
				seen[r.mid] = true
				now = append(now, r)
			}
		}
		if len(now) > len(best) {
			best = now
		}
		if len(best) >= len(list)-i {
			break
		}
	}
	return best
}

func (f *finder) scatterGather(list []relay) (Scheme, bool) {
	if len(list) < f.rules.Scatter.Least {
		return Scheme{}, false
	}
	source, sink := list[0].from, list[0].to
	n := float64(f.pop.Passing)
	expected := f.pop.Relays * float64(len(f.contacts.out[source])) / n * float64(len(f.contacts.in[sink])) / n
	s := Scheme{Typology: ScatterGather, Subject: sink, Members: []Member{{Account: source, Role: RoleSource}, {Account: sink, Role: RoleCollector}}}
	var proof []uint32
	var mids []graph.Account
	kept, lent := 0, 0
	for _, r := range list {
		lent += one(float64(f.contacts.list[r.out].fen) > f.rules.Scatter.Interest*float64(f.contacts.list[r.in].fen))
		mids = append(mids, r.mid)
		s.Members = append(s.Members, Member{Account: r.mid, Role: RoleMule})
		proof = f.proofOf(proof, r.in)
		proof = f.proofOf(proof, r.out)
		if conserved(f.contacts.list[r.in].fen, f.contacts.list[r.out].fen) {
			kept++
		}
	}
	quiet := f.quietCount(mids)
	chance := together(poissonTail(len(list), expected), binomialTail(quiet, len(mids), f.pop.QuietPayer),
		binomialTail(kept, len(mids), f.pop.Conserved))
	s.Surprise = surprise(chance, float64(f.pop.Accounts))
	if s.Surprise < f.rules.Least {
		return s, false
	}
	if f.rules.Scatter.Interest > 0 && binomialTail(lent, len(list), 0.5) < math.Log(f.rules.Scatter.LentChance) {
		for i := range s.Members[2:] {
			s.Members[2+i].Role, s.Members[2+i].Aside = RoleCustomer, true
		}
	}
	return s, f.finish(&s, proof,
		f.part("closed", f.rare(s.Surprise), float64(len(list)), float64(f.rules.Scatter.Least)),
		f.part("single_purpose", float64(quiet)/float64(len(mids)), float64(quiet)/float64(len(mids)), 0),
		f.keeps(kept, len(list)))
}

// proofOf adds the transfers of a contact.
func (f *finder) proofOf(proof []uint32, k uint32) []uint32 {
	e := &f.contacts.list[k]
	if e.n == 1 {
		return append(proof, e.first)
	}
	for _, i := range f.Out(e.from) {
		if i >= e.first && i <= e.last && f.contacts.of[i] == k {
			proof = append(proof, i)
		}
	}
	return proof
}

// conserved says whether what leaves is 90-100 % of what came: a fee may stay.
func conserved(in, out int64) bool { return out <= in && 10*out >= 9*in }

// keeps is the reason that amounts go on nearly whole, where that happens more often than it does anyway.
func (f *finder) keeps(kept, of int) Part {
	share := float64(kept) / float64(max(1, of))
	return f.part("conserved", (share-f.pop.Conserved)/(1-f.pop.Conserved), share, f.pop.Conserved)
}
