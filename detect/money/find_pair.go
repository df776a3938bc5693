package money

import (
	"cmp"
	"math"
	"slices"

	"xiezhi/graph"
)

// match is money that reached one account while the same amount left another.
type match struct {
	in, out   graph.Account
	got, paid uint32
}

// pairings finds two accounts without dealings of which one pays out, again and again, what the other takes in: value moves
// between places while no money does, as in underground banking.
func (f *finder) pairings() []Scheme {
	list, ins, outs := f.matches()
	slices.SortFunc(list, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.in, b.in), cmp.Compare(a.out, b.out), cmp.Compare(a.got, b.got), cmp.Compare(a.paid, b.paid))
	})
	all := float64(len(list)) / max(1, float64(ins)*float64(outs))
	var out []Scheme
	pairs := 1
	for i := 1; i < len(list); i++ {
		if list[i].in != list[i-1].in || list[i].out != list[i-1].out {
			pairs++
		}
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].in == list[from].in && list[to].out == list[from].out {
			to++
		}
		if to-from >= f.rules.Pair.Least {
			if s, ok := f.pairing(list[from:to], all, float64(pairs)); ok {
				out = append(out, s)
			}
		}
		from = to
	}
	return out
}

// matches lists receipts and payments of equal amount, between other parties, within the hours of the rules.
func (f *finder) matches() (list []match, ins, outs int) {
	width := int64(f.rules.Pair.Hours * float64(hour))
	recent := map[int][]uint32{}
	bucket := func(fen int64) int { return int(math.Log(float64(max(1, fen))) / f.rules.Pair.Margin) }
	for i := range uint32(f.Len()) {
		if !f.isPassing(i) || f.Fen(i) < f.rules.Pair.FenMin {
			continue
		}
		ins, outs = ins+1, outs+1
		b := bucket(f.Fen(i))
		for k := b - 1; k <= b+1; k++ {
			old := recent[k]
			cut := 0
			for cut < len(old) && f.At(i)-f.At(old[cut]) > width {
				cut++
			}
			recent[k] = old[cut:]
			for _, j := range recent[k] {
				if diff := math.Abs(float64(f.Fen(i) - f.Fen(j))); diff > f.rules.Pair.Margin*float64(f.Fen(j)) {
					continue
				}
				list = append(f.apart(list, j, i), f.apart(nil, i, j)...)
			}
		}
		if len(recent[b]) < f.rules.Pair.Crowd {
			recent[b] = append(recent[b], i)
		}
	}
	return list, ins, outs
}

// apart adds a match of two transfers between four different accounts.
func (f *finder) apart(list []match, got, paid uint32) []match {
	in, out, from, to := f.To(got), f.From(paid), f.From(got), f.To(paid)
	if in == out || from == to || in == to || from == out {
		return list
	}
	return append(list, match{in, out, got, paid})
}

func (f *finder) pairing(list []match, all, pairs float64) (Scheme, bool) {
	in, out := list[0].in, list[0].out
	for _, a := range [][2]graph.Account{{in, out}, {out, in}} {
		for _, i := range f.Out(a[0]) {
			if f.To(i) == a[1] {
				return Scheme{}, false
			}
		}
	}
	// A transfer counts once: round amounts match many others.
	got, paid := map[uint32]bool{}, map[uint32]bool{}
	var proof []uint32
	for _, m := range list {
		if !got[m.got] && !paid[m.paid] {
			got[m.got], paid[m.paid] = true, true
			proof = append(proof, m.got, m.paid)
		}
	}
	n := len(got)
	share := float64(n) / float64(max(1, min(len(f.contacts.in[in]), len(f.contacts.out[out]))))
	expected := all * float64(len(f.contacts.in[in])) * float64(len(f.contacts.out[out]))
	s := Scheme{Typology: Pairing, Subject: in, Surprise: surprise(poissonTail(n, expected), pairs),
		Members: []Member{{Account: in, Role: RoleCollector}, {Account: out, Role: RoleExit}}}
	if n < f.rules.Pair.Least || s.Surprise < f.rules.Least {
		return s, false
	}
	for i := range proof {
		if i%2 == 0 {
			s.Members = append(s.Members, Member{Account: f.From(proof[i]), Role: RoleCustomer, Aside: true})
			continue
		}
		s.Members = append(s.Members, Member{Account: f.To(proof[i]), Role: RoleCustomer, Aside: true})
	}
	s.Members = once(s.Members)
	return s, f.finish(&s, proof,
		f.part("matched", f.rare(s.Surprise), float64(n), float64(f.rules.Pair.Least)),
		f.part("mirrored", share, share, 0))
}
