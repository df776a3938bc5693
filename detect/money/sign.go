package money

import (
	"xiezhi/graph"
)

// Sign is one of the signs FLOW-01 to FLOW-20 of an account: the measured value, what it is held against, and when it showed.
type Sign struct {
	Code      string
	Account   graph.Account
	Value     float64
	Threshold float64
	At        int64
}

// Signs measures the signs of every account of a book that transfers and facts of accounts can carry, in one pass over the
// ledger. Signs alone raise no alert: most of them are common among honest accounts.
func Signs(b *Book, r *Rules) []Sign {
	s := signer{Book: b, rule: &r.Signs20, stamp: make([]int32, b.Ledger.Accounts())}
	var out []Sign
	for a := range graph.Account(b.Ledger.Accounts()) {
		out = s.account(out, a)
	}
	return s.listed(s.batches(s.devices(out)))
}

type signer struct {
	*Book
	rule   *SignLimits
	stamp  []int32 // accounts counted in this turn
	turn   int32
	movesA []move // of the account being measured, both ways: columns are read once
	movesB []move
}

// move is a transfer as its account sees it.
type move struct {
	n     uint32 // its number in the ledger, which rises with time
	other graph.Account
	day   int32
	at    int64
	fen   int64
}

// gather reads the transfers of an account one way.
func (s *signer) gather(into []move, list []uint32, others func(uint32) graph.Account) []move {
	into = into[:0]
	for _, i := range list {
		at := s.At(i)
		into = append(into, move{i, others(i), int32(at / day), at, s.Fen(i)})
	}
	return into
}

func (s *signer) account(out []Sign, a graph.Account) []Sign {
	listIn, listOut := s.In(a), s.Out(a)
	n := len(listIn) + len(listOut)
	if n < 2 {
		return out
	}
	s.movesA, s.movesB = s.gather(s.movesA, listIn, s.From), s.gather(s.movesB, listOut, s.To)
	ins, outs := s.movesA, s.movesB
	add := func(code string, value, threshold float64, at int64) {
		out = append(out, Sign{code, a, value, threshold, at})
	}
	r := s.rule
	if len(ins) >= r.Fan || len(outs) >= r.Fan {
		if v, at, ok := s.fan(ins, outs); ok {
			add("FLOW-01", v, float64(r.Fan), at)
		}
	}
	if len(ins) > 0 && len(outs) > 0 {
		if v, at, ok := s.dwell(ins, outs); ok {
			add("FLOW-02", v, r.Share, at)
		}
		if v, at, ok := s.empty(ins, outs); ok {
			add("FLOW-03", v, float64(r.EmptyDays), at)
		}
	}
	if v, at, ok := s.wake(a, ins, outs); ok {
		add("FLOW-04", v, r.SilentDays, at)
	}
	if v, at, ok := s.split(outs); ok {
		add("FLOW-05", v, float64(r.Splits), at)
	}
	if v, at, ok := s.test(outs); ok {
		add("FLOW-07", v, r.TestTimes, at)
	}
	if n >= r.NightLeast {
		if v, at, ok := s.night(ins, outs); ok {
			add("FLOW-08", v, r.NightShare, at)
		}
	}
	if v, at, ok := s.young(a, ins, outs); ok {
		add("FLOW-10", v, float64(r.YoungFen), at)
	}
	if len(ins) >= r.RoundPayers {
		if v, at, ok := s.round(ins); ok {
			add("FLOW-12", v, r.RoundShare, at)
		}
	}
	if v, at, ok := s.exits(outs); ok {
		add("FLOW-15", v, 1, at)
	}
	return s.known(out, a, ins, outs)
}

// fan: many payers and few payees within a day, or the reverse; the value is the number of the many.
func (s *signer) fan(ins, outs []move) (float64, int64, bool) {
	best, when := 0, int64(0)
	for _, side := range []struct{ many, few []move }{{ins, outs}, {outs, ins}} {
		from, few := 0, 0
		for to := range side.many {
			at := side.many[to].at
			for at-side.many[from].at > day {
				from++
			}
			if to-from+1 < max(s.rule.Fan, best+1) {
				continue
			}
			for few < len(side.few) && side.few[few].at < at-day {
				few++
			}
			if s.distinct(side.few[few:], at) > s.rule.FewEnds {
				continue
			}
			if n := s.distinct(side.many[from:to+1], at); n >= s.rule.Fan && n > best {
				best, when = n, at
			}
		}
	}
	return float64(best), when, best > 0
}

// distinct counts the other ends of transfers up to a moment.
func (s *signer) distinct(list []move, until int64) int {
	s.turn++
	n := 0
	for _, i := range list {
		if i.at > until {
			break
		}
		if s.stamp[i.other] != s.turn {
			s.stamp[i.other] = s.turn
			n++
		}
	}
	return n
}

// dwell: on some day nearly all that came left, half of it within the minutes of the rules (first in, first out).
func (s *signer) dwell(ins, outs []move) (float64, int64, bool) {
	i, o := 0, 0
	for i < len(ins) {
		d := ins[i].day
		var in, out, fast int64
		from := i
		for i < len(ins) && ins[i].day == d {
			in += ins[i].fen
			i++
		}
		for o < len(outs) && outs[o].day < d {
			o++
		}
		k, left := from, int64(0)
		if k < i {
			left = ins[k].fen
		}
		for o < len(outs) && outs[o].day == d {
			rest := outs[o].fen
			out += rest
			for rest > 0 && k < i && ins[k].at <= outs[o].at {
				part := min(rest, left)
				if outs[o].at-ins[k].at <= int64(s.rule.DwellMinutes*60e6) {
					fast += part
				}
				rest, left = rest-part, left-part
				if left == 0 {
					if k++; k < i {
						left = ins[k].fen
					}
				}
			}
			o++
		}
		if in > 0 && float64(out) >= s.rule.Share*float64(in) && 2*fast >= in {
			return float64(out) / float64(in), ins[from].at, true
		}
	}
	return 0, 0, false
}

// empty: on how many days hardly anything of the day's receipts stayed.
func (s *signer) empty(ins, outs []move) (float64, int64, bool) {
	days, when, o := 0, int64(0), 0
	for i := 0; i < len(ins); {
		d, in, out := ins[i].day, int64(0), int64(0)
		for i < len(ins) && ins[i].day == d {
			in += ins[i].fen
			i++
		}
		for o < len(outs) && outs[o].day <= d {
			if outs[o].day == d {
				out += outs[o].fen
			}
			o++
		}
		if left := in - out; in > 0 && left >= 0 && 100*left <= in {
			days++
			when = int64(d) * day
		}
	}
	return float64(days), when, days >= s.rule.EmptyDays
}

// wake: silent for long, then many transfers or much money within days; the value is the days of silence.
func (s *signer) wake(a graph.Account, ins, outs []move) (float64, int64, bool) {
	last := s.Accounts[a].OpenedAt
	if last != 0 {
		last = max(last, s.from)
	}
	silent := int64(s.rule.SilentDays * float64(day))
	i, o := 0, 0
	for i < len(ins) || o < len(outs) {
		var t move
		if o >= len(outs) || i < len(ins) && ins[i].n < outs[o].n {
			t = ins[i]
			i++
		} else {
			t = outs[o]
			o++
		}
		at := t.at
		if last != 0 && at-last >= silent {
			n, fen := 1, t.fen
			for k := i; k < len(ins) && ins[k].at-at <= 3*day; k++ {
				n, fen = n+1, fen+ins[k].fen
			}
			for k := o; k < len(outs) && outs[k].at-at <= 3*day; k++ {
				n, fen = n+1, fen+outs[k].fen
			}
			if n >= s.rule.WakeTransfers || fen >= s.rule.WakeFen {
				return float64(at-last) / float64(day), at, true
			}
		}
		last = at
	}
	return 0, 0, false
}
