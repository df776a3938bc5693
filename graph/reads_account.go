package graph

import (
	"cmp"
	"maps"
	"slices"
)

// tally is what some payments sum up to, in fen.
type tally struct {
	count int
	sum   int64
	most  int64
}

func (t *tally) add(fen int64) {
	t.count++
	t.sum += fen
	t.most = max(t.most, fen)
}

// tallies adds payments up by the account at their other end, those above a least amount alone.
func (r *Reads) tallies(mask []bool, a Account, way Direction, above int64, s ReadSpan) map[Account]*tally {
	by := map[Account]*tally{}
	for _, m := range r.payments(mask, a, way, s) {
		fen := r.Book.Flow.Fen(m)
		if fen <= above {
			continue
		}
		other := r.far(m, way)
		if by[other] == nil {
			by[other] = &tally{}
		}
		by[other].add(fen)
	}
	return by
}

func sumOf(by map[Account]*tally) int64 {
	sum := int64(0)
	for _, t := range by {
		sum += t.sum
	}
	return sum
}

// every is the amount that all payments are above.
const every = -1

// ThirdRow is an account that closes a ring of three: what it paid to the first account of the ring, and received from the second.
type ThirdRow struct {
	Account              Account
	Paid, Received       int
	PaidFen, ReceivedFen int64
	PaidMost             int64
	ReceivedMost         int64
}

// Thirds gives the accounts that were paid by the second account and paid the first, where the first paid the second within the span.
func (r *Reads) Thirds(first, second Account, s ReadSpan) []ThirdRow {
	if r.tallies(r.transfer, first, Outward, every, s)[second] == nil {
		return nil
	}
	paid, received := r.tallies(r.transfer, first, Inward, every, s), r.tallies(r.transfer, second, Outward, every, s)
	var list []ThirdRow
	for a, p := range paid {
		if q := received[a]; q != nil {
			list = append(list, ThirdRow{a, p.count, q.count, p.sum, q.sum, p.most, q.most})
		}
	}
	slices.SortFunc(list, func(a, b ThirdRow) int {
		return cmp.Or(cmp.Compare(b.PaidFen, a.PaidFen), cmp.Compare(b.ReceivedFen, a.ReceivedFen), cmp.Compare(a.Account, b.Account))
	})
	return list
}

// PoolRow is an account that gathered money and withdrew it: what it received and what it withdrew, in fen.
type PoolRow struct {
	Account  Account
	Received int64
	Drawn    int64
}

// poolPayments is how many transfers an account must have received, at least one more, to count as one that gathers.
const poolPayments = 3

// Pools gives the accounts that withdrew to an account, each time more than drawn, after more than three transfers from others of more
// than received each, all within the span.
func (r *Reads) Pools(card Account, received, drawn int64, s ReadSpan) []PoolRow {
	var list []PoolRow
	for mid, out := range r.tallies(r.withdrawal, card, Inward, drawn, s) {
		in := r.tallies(r.transfer, mid, Inward, received, s)
		delete(in, mid)
		count := 0
		for _, t := range in {
			count += t.count
		}
		if count > poolPayments {
			list = append(list, PoolRow{mid, sumOf(in), out.sum})
		}
	}
	slices.SortFunc(list, func(a, b PoolRow) int {
		return cmp.Or(cmp.Compare(b.Drawn, a.Drawn), cmp.Compare(a.Account, b.Account))
	})
	return list
}

// PassThrough is how money went through an account: how many accounts paid it and were paid, and what came in over what went out, in
// thousandths, -1 where nothing went out.
type PassThrough struct {
	Payers, Payees int
	PerMille       int64
}

// Through looks at the transfers of more than above of an account within the span.
func (r *Reads) Through(a Account, above int64, s ReadSpan) PassThrough {
	in, out := r.tallies(r.transfer, a, Inward, above, s), r.tallies(r.transfer, a, Outward, above, s)
	return PassThrough{len(in), len(out), perMille(sumOf(in), sumOf(out))}
}

// LoanUse sets what an account was lent against what it paid back and passed on, in thousandths, -1 where there is nothing to set it
// against: lent over paid back, lent over transfers out, transfers in over transfers out.
type LoanUse struct{ Repaid, PassedOn, InOut int64 }

// LoanUse looks at the payments of more than above of an account within the span.
func (r *Reads) LoanUse(a Account, above int64, s ReadSpan) LoanUse {
	lent, repaid := sumOf(r.tallies(r.deposit, a, Inward, above, s)), sumOf(r.tallies(r.repayment, a, Outward, above, s))
	in, out := sumOf(r.tallies(r.transfer, a, Inward, above, s)), sumOf(r.tallies(r.transfer, a, Outward, above, s))
	return LoanUse{perMille(lent, repaid), perMille(lent, out), perMille(in, out)}
}

// PaidRow is an account with what was paid to it, in fen.
type PaidRow struct {
	Account Account
	Fen     int64
}

// PaidCompanies gives the accounts of companies that the accounts of a subject made transfers to within the span.
func (r *Reads) PaidCompanies(owner Subject, s ReadSpan) []PaidRow {
	sums := map[Account]int64{}
	for _, a := range r.accountsOf(owner) {
		for to, t := range r.tallies(r.transfer, a, Outward, every, s) {
			if sub, ok := r.subject(to); ok && r.ofCompany(sub) {
				sums[to] += t.sum
			}
		}
	}
	var list []PaidRow
	for _, a := range slices.Sorted(maps.Keys(sums)) {
		list = append(list, PaidRow{a, sums[a]})
	}
	slices.SortStableFunc(list, func(a, b PaidRow) int { return cmp.Compare(b.Fen, a.Fen) })
	return list
}

func (r *Reads) ofCompany(account Subject) bool {
	return slices.ContainsFunc(r.related(account, Holder, Inward, ever()), func(s Subject) bool { return r.Book.Relations.KindOf(s) == Company })
}

// Alike is how alike the holdings of two subjects are that began within the span: companies in common over companies of either
// (Jaccard), in thousandths; 0 where neither holds any.
func (r *Reads) Alike(a, b Subject, s ReadSpan) int64 {
	x, y := r.related(a, Shareholder, Outward, s), r.related(b, Shareholder, Outward, s)
	both := 0
	for _, c := range x {
		if _, ok := slices.BinarySearch(y, c); ok {
			both++
		}
	}
	return max(0, perMille(int64(both), int64(len(x)+len(y)-both)))
}

// Guaranteed is what those borrowed whom a chain of guarantees begins to stand for: the sum granted in fen, and how many loans.
type Guaranteed struct {
	Fen   int64
	Loans int
}

// Guarantees follows guarantees given within the span from a subject to the end and adds up the loans of all others in the chain.
func (r *Reads) Guarantees(start Subject, s ReadSpan) Guaranteed {
	met, front := map[Subject]bool{start: true}, []Subject{start}
	loans := map[Subject]bool{}
	for len(front) > 0 {
		var next []Subject
		for _, n := range front {
			for _, other := range r.related(n, Guarantee, Outward, s) {
				if met[other] {
					continue
				}
				met[other] = true
				next = append(next, other)
				for _, l := range r.heldBy(other, r.isLoan) {
					loans[l] = true
				}
			}
		}
		front = next
	}
	g := Guaranteed{Loans: len(loans)}
	for l := range loans {
		granted, _ := r.loan(l)
		g.Fen += granted
	}
	return g
}
