package detect

import "sort"

const tkTime = tkPeriod | tkSpan | tkRateNoun

// leftOf looks back from token i within its clause.
func (s *scan) leftOf(i int) context {
	var c context
	t := s.tokens[i]
	for j := i - 1; j >= 0; j-- {
		w := &s.tokens[j]
		gap := t.start - w.end
		if w.clause != t.clause || gap > leftReach {
			break
		}
		if w.kind&tkRate != 0 && gap > 3 {
			break
		}
		if w.kind&tkBlock != 0 {
			c.blocked = c.noun == nil || c.noun.kind&tkRateNoun == 0 && c.period == nil && !strong(c.noun)
			break
		}
		c.take(w, gap)
		if c.period != nil && c.noun != nil {
			break
		}
	}
	return c
}

func (c *context) take(w *token, gap int32) {
	if w.kind&tkTime != 0 && (c.period == nil || c.period.kind&tkSpan != 0 && w.kind&tkRateNoun != 0) {
		c.period, c.gap = w, gap
	}
	if w.kind&(tkNoun|tkRateNoun) != 0 && (c.noun == nil || !strong(c.noun) && strong(w)) {
		c.noun = w
	}
}

// rightOf looks ahead from token i within its clause.
func (s *scan) rightOf(i int) context {
	var c context
	t := s.tokens[i]
	for j := i + 1; j < len(s.tokens); j++ {
		w := &s.tokens[j]
		gap := w.start - t.end
		if j == i+1 && gap == 1 && s.n.runes[t.end] == '(' && w.kind&(tkPeriod|tkRateNoun) != 0 && w.kind&tkSpan == 0 {
			c.period, c.gap, c.remark = w, 0, true
			if w.kind&tkRateNoun != 0 {
				c.noun = w
			}
			break
		}
		if w.clause != t.clause || gap > rightReach || w.kind&tkRate != 0 {
			break
		}
		if w.kind&tkMoney != 0 && w.kind&tkBare == 0 {
			break
		}
		if w.kind&tkBlock != 0 {
			c.blocked = gap <= 4 && c.noun == nil
			break
		}
		if w.kind&(tkPeriod|tkRateNoun) != 0 && c.period == nil && gap <= 3 && !s.rateFollows(j) {
			c.period, c.gap = w, gap
		}
		if w.kind&tkSpan != 0 && c.period == nil && gap <= 2 && w.val == w.lo {
			c.period, c.gap = w, gap
		}
		if c.period != nil && c.period != w {
			gap = w.start - c.period.end
		}
		if w.kind&(tkNoun|tkRateNoun) != 0 && c.noun == nil && gap <= 6 && !s.rateFollows(j) {
			c.noun = w
		}
	}
	return c
}

// rateFollows says whether a word belongs to the next ratio rather than to the one before it.
func (s *scan) rateFollows(j int) bool {
	return j+1 < len(s.tokens) && s.tokens[j+1].kind&tkRate != 0 && s.tokens[j+1].clause == s.tokens[j].clause && s.tokens[j+1].start-s.tokens[j].end <= 3
}

// clauseBefore looks at the clause before that of token i, when it holds no ratio of its own.
func (s *scan) clauseBefore(i int) context {
	var c context
	t := s.tokens[i]
	for j := i - 1; j >= 0; j-- {
		w := &s.tokens[j]
		gap := t.start - w.end
		if w.sent != t.sent || w.clause < t.clause-1 && gap > 8 || w.clause < t.clause-2 || gap > leftReach {
			break
		}
		if w.clause == t.clause {
			continue
		}
		if w.kind&tkRate != 0 {
			return context{}
		}
		if w.kind&tkBlock != 0 {
			c.blocked = c.noun == nil && c.period == nil
			break
		}
		if s.ofAmount(j) {
			continue
		}
		c.take(w, t.start-w.end)
	}
	return c
}

// ofAmount says whether word j is the period of the amount right before it, a rent or a wage, and so not that of a rate in
// the next clause. The period of an amount paid in stays: it is that of the promise.
func (s *scan) ofAmount(j int) bool {
	if j == 0 || s.tokens[j].kind&(tkPeriod|tkSpan) == 0 {
		return false
	}
	m := &s.tokens[j-1]
	return m.kind&tkMoney != 0 && m.kind&tkBare == 0 && m.clause == s.tokens[j].clause && s.tokens[j].start-m.end <= 1 && !s.isPrincipal(j-1)
}

// near says whether a mark of a class stands in the sentence within reach of the candidate.
func (s *scan) near(cl class, c candidate, reach int32) bool {
	for _, m := range s.around(c.start-reach, c.end+reach) {
		if m.word.class == cl && m.sent == c.sent {
			return true
		}
	}
	return false
}

// around gives the marks that start in [from, to).
func (s *scan) around(from, to int32) []mark {
	a := sort.Search(len(s.marks), func(i int) bool { return s.marks[i].start >= from })
	b := a
	for b < len(s.marks) && s.marks[b].start < to {
		b++
	}
	return s.marks[a:b]
}
