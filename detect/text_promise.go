package detect

// Period is the time for which a promised rate is paid.
type Period string

// The periods; a term is any other length of time, given in days.
const (
	PeriodDay     Period = "day"
	PeriodWeek    Period = "week"
	PeriodMonth   Period = "month"
	PeriodQuarter Period = "quarter"
	PeriodYear    Period = "year"
	PeriodTerm    Period = "term"
)

// Promise is a promised return read from a text. Rate is a fraction per period, Low the lower end of a range, Annual the
// rate for a year without compounding. Start and End are byte offsets of the words in the text.
type Promise struct {
	Rate       float64
	Low        float64
	Period     Period
	Days       float64
	Annual     float64
	Assumed    bool // the text names no period; a year is taken
	Guaranteed bool
	Start, End int
}

const (
	maxPromises = 64 // kept per text: the highest
	maxRate     = 1e4
	leftReach   = 26
	rightReach  = 10
	moneyReach  = 48
)

// promises finds the promised returns of the text that was read.
func (s *scan) promises() []Promise {
	var out []Promise
	for i := range s.tokens {
		t := &s.tokens[i]
		var c candidate
		var ok bool
		switch {
		case t.kind&tkRate != 0:
			c, ok = s.rate(i)
		case t.kind&tkMoney != 0:
			c, ok = s.money(i)
		case t.kind&(tkDouble|tkPayback) != 0:
			c, ok = s.doubling(i)
		}
		if !ok || c.rate <= 0 || c.days <= 0 || s.suppressed(c) {
			continue
		}
		out = keepHighest(out, s.promise(c))
	}
	return out
}

// candidate is a promise before the guards.
type candidate struct {
	rate, low    float64
	days         float64
	assumed      bool
	start, end   int32
	clause, sent int32
	first        int32 // the clause where its words begin
}

func (s *scan) promise(c candidate) Promise {
	p := Promise{Rate: min(c.rate, maxRate), Low: min(c.low, maxRate), Days: c.days, Assumed: c.assumed,
		Start: int(s.n.at[c.start]), End: int(s.n.stop[c.end-1])}
	p.Period, p.Annual = annualise(p.Rate, p.Days)
	p.Guaranteed = s.guaranteed(c)
	return p
}

// annualise names the period of a length of time and gives the yearly rate: day x365, week x52, month x12.
func annualise(rate, days float64) (Period, float64) {
	switch {
	case days <= 1:
		return PeriodDay, tidy(rate * 365 / days)
	case days == 7:
		return PeriodWeek, tidy(rate * 52)
	case days == 30:
		return PeriodMonth, tidy(rate * 12)
	case days == 91:
		return PeriodQuarter, tidy(rate * 4)
	case days == 365:
		return PeriodYear, rate
	default:
		return PeriodTerm, tidy(rate * 365 / days)
	}
}

func keepHighest(list []Promise, p Promise) []Promise {
	if len(list) < maxPromises {
		return append(list, p)
	}
	least := 0
	for i := range list {
		if list[i].Annual < list[least].Annual {
			least = i
		}
	}
	if p.Annual > list[least].Annual {
		list[least] = p
	}
	return list
}

// context is what stands around a rate.
type context struct {
	period, noun *token
	gap          int32 // between period and rate
	blocked      bool
	remark       bool // the period stands in brackets right behind the rate
}

// rate resolves a ratio: which period, and whether it is a return at all.
func (s *scan) rate(i int) (candidate, bool) {
	t := s.tokens[i]
	left := s.leftOf(i)
	if left.blocked {
		return candidate{}, false
	}
	right := s.rightOf(i)
	if right.blocked && (left.noun == nil || left.noun.kind&tkRateNoun == 0 && !strong(left.noun)) {
		return candidate{}, false
	}
	noun := left.noun
	if noun == nil {
		noun = right.noun
	}
	period, gap := left.period, left.gap
	if right.period != nil && (period == nil || gap > 8 && right.gap == 0 || right.remark) {
		period, gap = right.period, right.gap
	}
	if period == nil || noun == nil {
		before := s.clauseBefore(i)
		if period == nil && (noun == nil || !strong(noun) || before.noun == nil) && !before.blocked {
			period, gap = before.period, 4
		}
		if noun == nil && !before.blocked {
			noun = before.noun
		}
	}
	c := candidate{rate: t.val, low: t.lo, start: t.start, end: t.end, clause: t.clause, first: t.clause, sent: t.sent}
	return s.settle(c, t, period, noun, gap)
}

func strong(t *token) bool {
	return t.kind&tkRateNoun != 0 || t.word != nil && t.word.class == clNoun && t.word.value == 2
}

// settle decides on the length of time.
func (s *scan) settle(c candidate, t token, period, noun *token, gap int32) (candidate, bool) {
	switch {
	case period == nil && noun == nil:
		return c, false
	case period == nil:
		if !strong(noun) || t.lo == 1 && t.val == 1 {
			return c, false
		}
		c.days, c.assumed = 365, true
		if t.kind&tkInterest != 0 {
			c.days, c.assumed = 30, true
		}
	case period.kind&tkSpan != 0:
		if noun == nil && gap > 3 {
			return c, false
		}
		c.days = period.val
		if period.val != period.lo && !s.afterEach(period) && (noun != nil && s.annualWord(noun) || s.termWord(period)) {
			c.days, c.assumed = 365, true
		}
	default:
		if noun == nil && int(t.end) < len(s.n.runes) && s.lx.is(s.n.runes[t.end], clOf) {
			return c, false // a share of something
		}
		if noun == nil && (gap > 3 || period.val > 7 && !s.near(clInvest, c, 40)) {
			return c, false
		}
		c.days = period.val
	}
	if t.kind&tkInterest != 0 {
		if noun == nil || !s.interestWord(t, noun) {
			return c, false
		}
		c.rate, c.low = tidy(c.rate*interestUnit(c.days)), tidy(c.low*interestUnit(c.days))
	}
	for _, w := range []*token{period, noun} {
		if w == nil || w.sent != c.sent {
			continue
		}
		c.start, c.end, c.first = min(c.start, w.start), max(c.end, w.end), min(c.first, w.clause)
	}
	return c, true
}

// interestUnit is the size of one fen: a tenth by the year, a hundredth by the month, a thousandth by the day.
func interestUnit(days float64) float64 {
	switch {
	case days >= 180:
		return 0.1
	case days >= 7:
		return 0.01
	default:
		return 0.001
	}
}

// interestWord says whether a rate in fen or li stands with a word of interest.
func (s *scan) interestWord(t token, noun *token) bool {
	if noun.start >= t.end && noun.start-t.end <= 2 {
		return true
	}
	for k := noun.start; k < noun.end; k++ {
		if s.lx.is(s.n.runes[k], clInterestChar) {
			return true
		}
	}
	last := s.n.runes[t.end-1]
	return s.lx.is(last, clInterestChar) || strong(noun)
}

// annualWord says whether a noun is a "rate", which is quoted per year when a longer term stands beside it.
func (s *scan) annualWord(noun *token) bool {
	return noun.kind&tkRateNoun != 0 && noun.val == 365 || noun.kind&tkNoun != 0 && noun.word.value == 2 && noun.end-noun.start >= 3
}

// termWord says whether a length of time is the term of a product, not the period of its return.
func (s *scan) termWord(span *token) bool {
	rs := s.n.runes
	if int(span.end) < len(rs) && s.lx.is(rs[span.end], clTermMark) {
		return true
	}
	if span.start > 0 && s.lx.is(rs[span.start-1], clTermMark) {
		return true
	}
	return span.start > 1 && rs[span.start-1] > 0x2fff && s.lx.is(rs[span.start-2], clTermMark)
}

func (s *scan) afterEach(span *token) bool {
	return span.start > 0 && s.lx.is(s.n.runes[span.start-1], clEach)
}
