package graph

import (
	"iter"
	"math"
)

// Seed is a source of repeatable numbers (SplitMix64; Steele, Lea and Flood, OOPSLA 2014), for benchmarks.
type Seed uint64

// Next gives the next number.
func (s *Seed) Next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below gives a number from 0 to n-1.
func (s *Seed) Below(n int) int { return int(s.Next() % uint64(n)) }

// Skewed gives a number from 0 to n-1 of which the small ones are much more frequent, as accounts in payments are.
func (s *Seed) Skewed(n int) int {
	u := float64(s.Next()>>11) / (1 << 53)
	return min(n-1, int(float64(n)*math.Pow(u, 3)))
}

// MadeTransfers gives n payments between accounts over two years, by rising time, the same for the same seed.
func MadeTransfers(seed uint64, n, accounts int) iter.Seq[Transfer] {
	return func(yield func(Transfer) bool) {
		s := Seed(seed)
		const years = 2 * 365 * 86400
		for i := range n {
			at := int64(float64(i)/float64(n)*years) * 1_000_000
			t := Transfer{ID: int64(i + 1), From: int64(1 + s.Skewed(accounts)), To: int64(1 + s.Below(accounts)), Fen: int64(100 + s.Below(5_000_000)), At: 1_700_000_000_000_000 + at}
			if s.Below(2) == 0 {
				t.From, t.To = t.To, t.From
			}
			if !yield(t) {
				return
			}
		}
	}
}

// MadeRelations gives n relations between subjects, the same for the same seed: holdings, offices and shared attributes.
func MadeRelations(seed uint64, n, subjects int) iter.Seq[Relation] {
	return func(yield func(Relation) bool) {
		s := Seed(seed)
		list := []Kind{Shareholder, Shareholder, LegalRepresentative, Director, SamePhone, Guarantee}
		for i := range n {
			r := Relation{Fact: int64(i + 1), From: int64(1 + s.Below(subjects)), To: int64(1 + s.Skewed(subjects)), Kind: list[s.Below(len(list))], Source: "S",
				Ratio: float64(s.Below(100)) / 100, Fen: -1, Observed: int64(i)}
			if !yield(r) {
				return
			}
		}
	}
}

// MadeSubjects gives n subjects: companies and persons by turns.
func MadeSubjects(n int) iter.Seq[SubjectRow] {
	return func(yield func(SubjectRow) bool) {
		for i := range n {
			if !yield(SubjectRow{Key: int64(i + 1), Kind: SubjectKind(i % 2), Place: "440300"}) {
				return
			}
		}
	}
}
