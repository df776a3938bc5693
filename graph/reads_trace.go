package graph

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// traceSteps is how many payments in a row the reads follow.
const traceSteps = 3

// DeviceRow is an account that a barred device signed in to, and over how many payments money came there.
type DeviceRow struct {
	Account  Account
	Distance int
	Device   Subject
}

// BarredDevices gives the accounts that money of an account reached over one to three transfers, each later than the one before, and
// that a barred device signed in to within the span; an account may stand there at several distances.
func (r *Reads) BarredDevices(start Account, s ReadSpan) []DeviceRow {
	var list []DeviceRow
	r.waves([]Account{start}, Outward, s, func(a Account, distance int) {
		sub, ok := r.subject(a)
		if !ok {
			return
		}
		for _, d := range r.related(sub, SameDevice, Inward, s) {
			if r.Blocked[r.Book.Relations.Key(d)] {
				list = append(list, DeviceRow{a, distance, d})
			}
		}
	})
	return list
}

// waves calls see for every account and every number of transfers, one to three, by which it is reached in strict order of time: onward
// from the start, or with Inward back from it. The soonest arrival of each wave decides, since whatever a later one reaches it reaches too.
func (r *Reads) waves(start []Account, way Direction, s ReadSpan, see func(a Account, distance int)) {
	f, turn := r.Book.Flow, int64(1)
	if way == Inward {
		turn = -1
	}
	front := map[Account]int64{}
	for _, a := range start {
		front[a] = math.MinInt64
	}
	for distance := 1; distance <= traceSteps; distance++ {
		next := map[Account]int64{}
		for a, since := range front {
			for _, m := range r.payments(r.transfer, a, way, s) {
				at, to := turn*f.At(m), r.far(m, way)
				if at <= since {
					continue
				}
				if was, ok := next[to]; !ok || at < was {
					next[to] = at
				}
			}
		}
		for _, a := range slices.Sorted(maps.Keys(next)) {
			see(a, distance)
		}
		front = next
	}
}

// BorrowedRow is an account with loans paid out to it: what was granted and what is owed of them, in fen.
type BorrowedRow struct {
	Account Account
	Granted int64
	Owed    int64
}

// Borrowed gives the accounts from which money came, over one to three transfers in order of time, to an account of a subject, and to
// which loans were paid out within the span; each loan of an account counts once.
func (r *Reads) Borrowed(owner Subject, s ReadSpan) []BorrowedRow {
	met := map[Account]bool{}
	r.waves(r.accountsOf(owner), Inward, s, func(a Account, _ int) { met[a] = true })
	var list []BorrowedRow
	for _, a := range slices.Sorted(maps.Keys(met)) {
		loans := map[Account]bool{}
		for _, m := range r.payments(r.deposit, a, Inward, s) {
			loans[r.Book.Flow.From(m)] = true
		}
		row := BorrowedRow{Account: a}
		for l := range loans {
			if sub, ok := r.subject(l); ok {
				granted, owed := r.loan(sub)
				row.Granted += granted
				row.Owed += owed
			}
		}
		if len(loans) > 0 {
			list = append(list, row)
		}
	}
	return list
}

// Distance is the least number of transfers within the span that lead from one account to another, -1 for none, 0 to itself.
func (r *Reads) Distance(from, to Account, s ReadSpan) int {
	if from == to {
		return 0
	}
	met := map[Account]bool{from: true}
	front := []Account{from}
	for n := 1; len(front) > 0; n++ {
		var next []Account
		for _, a := range front {
			for _, m := range r.payments(r.transfer, a, Outward, s) {
				b := r.Book.Flow.To(m)
				if b == to {
					return n
				}
				if !met[b] {
					met[b] = true
					next = append(next, b)
				}
			}
		}
		front = next
	}
	return -1
}

// Traces gives the ways of one to three transfers, each later than the one before, from an account of a subject to other accounts, none
// of which is passed twice; payments between the same accounts in the same order are one way.
func (r *Reads) Traces(owner Subject, s ReadSpan) [][]Account {
	var list [][]Account
	var walk func(way []Account, since int64)
	walk = func(way []Account, since int64) {
		soonest := map[Account]int64{}
		for _, m := range r.payments(r.transfer, way[len(way)-1], Outward, s) {
			to, at := r.Book.Flow.To(m), r.Book.Flow.At(m)
			if at <= since || slices.Contains(way, to) {
				continue
			}
			if was, ok := soonest[to]; !ok || at < was {
				soonest[to] = at
			}
		}
		for _, to := range slices.Sorted(maps.Keys(soonest)) {
			longer := append(slices.Clone(way), to)
			list = append(list, longer)
			if len(longer) <= traceSteps {
				walk(longer, soonest[to])
			}
		}
	}
	for _, a := range r.accountsOf(owner) {
		walk([]Account{a}, math.MinInt64)
	}
	return list
}

// LoanRow is an account that money of a loan reached: its inflow in thousandths of the loan, and the least number of payments from it.
type LoanRow struct {
	Account  Account
	PerMille int64
	Distance int
}

// LoanTrace follows a loan from the accounts it was paid out to over up to three transfers or withdrawals. A payment is followed where
// it is more than least thousandths of what the account received by the payments followed in the step before. The inflow of an account
// is the sum of the payments followed that reach it, each once; of a loan whose amount is not known it is -1.
func (r *Reads) LoanTrace(loan Account, least int64, s ReadSpan) []LoanRow {
	f := r.Book.Flow
	granted := int64(0)
	if sub, ok := r.subject(loan); ok {
		granted, _ = r.loan(sub)
	}
	total, distance, counted := map[Account]int64{}, map[Account]int{}, map[Move]bool{}
	front := map[Account]int64{}
	take := func(m Move, step int, into map[Account]int64) {
		to := f.To(m)
		into[to] += f.Fen(m)
		if _, ok := distance[to]; !ok {
			distance[to] = step
		}
		if !counted[m] {
			counted[m] = true
			total[to] += f.Fen(m)
		}
	}
	for _, m := range r.payments(r.deposit, loan, Outward, s) {
		take(m, 1, front)
	}
	for step := 2; step <= traceSteps+1; step++ {
		next := map[Account]int64{}
		for a, upstream := range front {
			for _, m := range r.payments(r.onward, a, Outward, s) {
				if 1000*f.Fen(m) > least*upstream {
					take(m, step, next)
				}
			}
		}
		front = next
	}
	list := make([]LoanRow, 0, len(total))
	for a, fen := range total {
		list = append(list, LoanRow{a, perMille(fen, granted), distance[a]})
	}
	slices.SortFunc(list, func(a, b LoanRow) int {
		return cmp.Or(cmp.Compare(b.Distance, a.Distance), cmp.Compare(b.PerMille, a.PerMille), cmp.Compare(a.Account, b.Account))
	})
	return list
}
