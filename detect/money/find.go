package money

import (
	"cmp"
	"slices"

	"xiezhi/graph"
)

// finder looks for schemes in one book.
type finder struct {
	*Book
	rules    *Rules
	contacts *contacts
	pop      Population
}

// Find gives the schemes of a book, highest score first, and the base rates it held them against: those of the book itself
// where pop is nil. The same book and rules give the same answer.
func Find(b *Book, r *Rules, pop *Population) ([]Scheme, Population) {
	f := &finder{Book: b, rules: r, contacts: newContacts(b, r)}
	f.pop = f.measurePopulation()
	if pop != nil {
		f.pop = *pop
	}
	var list []Scheme
	list = append(list, f.scatterGathers()...)
	list = append(list, f.gatherScatters()...)
	list = append(list, f.cycles()...)
	list = append(list, f.rounds()...)
	list = append(list, f.passes()...)
	heads := f.headCounts()
	list = append(append(list, heads...), f.ponzis(heads)...)
	list = append(list, f.pairings()...)
	list = append(list, f.wakes()...)
	list = append(list, f.splits()...)
	list = f.settle(list)
	list = f.settle(append(list, f.fans(list)...))
	return list, f.pop
}

// settle orders schemes by score and joins those that are proven by the same transfers: the stronger stays and names the other.
func (f *finder) settle(list []Scheme) []Scheme {
	slices.SortStableFunc(list, func(a, b Scheme) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Surprise, a.Surprise), cmp.Compare(a.First, b.First), cmp.Compare(a.Subject, b.Subject))
	})
	owner := map[uint32]int{}
	var out []Scheme
	for _, s := range list {
		shared := map[int]int{}
		for _, i := range s.Transfers {
			if o, ok := owner[i]; ok {
				shared[o]++
			}
		}
		best, most := -1, 0
		for o, n := range shared {
			if n > most || n == most && o < best {
				best, most = o, n
			}
		}
		if best >= 0 && 2*most >= len(s.Transfers) {
			if t := s.Typology; t != out[best].Typology && !slices.Contains(out[best].Also, t) {
				out[best].Also = append(out[best].Also, t)
			}
			continue
		}
		for _, i := range s.Transfers {
			if _, ok := owner[i]; !ok {
				owner[i] = len(out)
			}
		}
		out = append(out, s)
	}
	return out
}

// part makes one reason of a score with the weight that the rules give it.
func (f *finder) part(code string, strength, value, threshold float64) Part {
	sign, ok := f.rules.Sign(code)
	if !ok {
		return Part{Code: code} // a rule version may do without a reason
	}
	return Part{Code: code, Value: value, Threshold: threshold, weight: sign.Weight, strength: strength}
}

// rare turns a surprise into a strength: 0 up to the least, 1 from what the rules call sure.
func (f *finder) rare(s float64) float64 {
	return min(1, max(0, (s-f.rules.Least)/(f.rules.Sure-f.rules.Least)))
}

// finish scores a scheme; false where it stays below what is worth telling.
func (f *finder) finish(s *Scheme, proof []uint32, parts ...Part) bool {
	s.Parts = slices.DeleteFunc(append(parts, f.charged(s)), func(p Part) bool { return p.weight*p.strength <= 0 })
	s.Score = score(s.Parts)
	if s.Score < f.rules.Report {
		return false
	}
	f.build(s, proof)
	return true
}

// charged is the reason that the police or a penalty names accounts that act in the scheme. It rests on another source than the transfers.
func (f *finder) charged(s *Scheme) Part {
	n := 0
	for _, m := range s.Members {
		n += one(!m.Aside && f.Accounts[m.Account].Charged)
	}
	return f.part("charged", float64(min(1, n)), float64(n), 1)
}

// quietShare gives how many of some accounts do hardly anything else.
func (f *finder) quietCount(list []graph.Account) int {
	n := 0
	for _, a := range list {
		if f.quiet(a) {
			n++
		}
	}
	return n
}
