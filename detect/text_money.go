package detect

// money resolves an amount that is paid on another amount: "put in 10,000, get 800 a day".
func (s *scan) money(i int) (candidate, bool) {
	if c, ok := s.gainAfter(i); ok {
		return c, true
	}
	return s.gainBefore(i)
}

// gainAfter takes token i as the gain and looks back for the principal.
func (s *scan) gainAfter(i int) (candidate, bool) {
	g := &s.tokens[i]
	var period *token
	gain, total := false, i+1 < len(s.tokens) && s.tokens[i+1].kind&tkTotal != 0 && s.tokens[i+1].start-g.end <= 2
	for j := i - 1; j >= 0; j-- {
		w := &s.tokens[j]
		if w.sent != g.sent || g.start-w.end > moneyReach || w.kind&tkBlock != 0 {
			break
		}
		if w.kind&tkRate != 0 {
			break
		}
		if w.kind&tkMoney != 0 {
			if !s.isPrincipal(j) && !(period != nil && s.tight(w, period, g) && !s.blockedBefore(j)) {
				return candidate{}, false
			}
			if period == nil {
				period = s.periodBeside(j, i)
			}
			return s.onPrincipal(w, g, period, gain || period != nil && g.start-period.end <= 1, total)
		}
		if w.kind&tkTime != 0 && period == nil {
			period = w
		}
		gain = gain || w.kind&(tkGain|tkNoun|tkRateNoun) != 0
		total = total || w.kind&tkTotal != 0
	}
	return candidate{}, false
}

// tight says whether principal, period and gain follow one another directly.
func (s *scan) tight(p, period, g *token) bool {
	return period.start >= p.end && period.start-p.end <= 1 && g.start-period.end <= 2
}

// isPrincipal says whether a word of paying in stands before the amount.
func (s *scan) isPrincipal(j int) bool {
	p := &s.tokens[j]
	if j+1 < len(s.tokens) && s.tokens[j+1].kind&tkPrincipal != 0 && s.tokens[j+1].start-p.end <= 2 && s.tokens[j+1].clause == p.clause {
		return true
	}
	for k := j - 1; k >= 0 && k >= j-4; k-- {
		w := &s.tokens[k]
		if w.clause != p.clause || p.start-w.end > 6 {
			return s.slashBefore(p)
		}
		if w.kind&(tkPrincipal|tkEach) != 0 {
			return true
		}
		if w.kind&(tkGain|tkNoun|tkBlock|tkMoney) != 0 {
			return false
		}
	}
	return s.slashBefore(p)
}

// blockedBefore says whether a word that is no investment stands right before the amount.
func (s *scan) blockedBefore(j int) bool {
	return j > 0 && s.tokens[j-1].kind&tkBlock != 0 && s.tokens[j].start-s.tokens[j-1].end <= 4
}

func (s *scan) slashBefore(p *token) bool { return p.start > 0 && s.n.runes[p.start-1] == '/' }

// periodBeside finds the period that stands right behind the gain or before the principal.
func (s *scan) periodBeside(p, g int) *token {
	if g+1 < len(s.tokens) {
		w := &s.tokens[g+1]
		if w.clause == s.tokens[g].clause && w.kind&tkTime != 0 && w.start-s.tokens[g].end <= 3 {
			return w
		}
	}
	for k := p - 1; k >= 0 && k >= p-3; k-- {
		w := &s.tokens[k]
		if w.clause != s.tokens[p].clause || s.tokens[p].start-w.end > 8 {
			break
		}
		if w.kind&tkTime != 0 {
			return w
		}
	}
	return nil
}

func (s *scan) onPrincipal(p, g, period *token, gain, total bool) (candidate, bool) {
	if period == nil || !gain && !total || p.val < 1 || g.val <= 0 {
		return candidate{}, false
	}
	rate := g.val / p.val
	if total {
		rate = (g.val - p.val) / p.val
	}
	if rate <= 0 || rate > 100 {
		return candidate{}, false
	}
	return candidate{rate: tidy(rate), low: tidy(rate), days: period.val, start: min(p.start, g.start, s.sameSentence(period, g)), end: max(p.end, g.end), clause: g.clause, sent: g.sent}, true
}

func (s *scan) sameSentence(period, g *token) int32 {
	if period.sent == g.sent {
		return period.start
	}
	return g.start
}

// gainBefore takes token i as the gain and looks ahead for the principal: "80 a day per 10,000".
func (s *scan) gainBefore(i int) (candidate, bool) {
	g := &s.tokens[i]
	left := s.leftOf(i)
	if left.blocked || left.noun == nil && !s.gainWord(i) || i+1 >= len(s.tokens) {
		return candidate{}, false
	}
	period := left.period
	for j := i + 1; j < len(s.tokens) && j <= i+5; j++ {
		w := &s.tokens[j]
		if w.sent != g.sent || w.start-g.end > 12 || w.kind&(tkBlock|tkRate) != 0 {
			break
		}
		if w.kind&tkTime != 0 && period == nil {
			period = w
		}
		if w.kind&tkMoney == 0 {
			continue
		}
		if !s.isPrincipal(j) || w.val <= g.val {
			break
		}
		return s.onPrincipal(w, g, period, true, false)
	}
	return candidate{}, false
}

func (s *scan) gainWord(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if s.tokens[j].clause != s.tokens[i].clause {
			return false
		}
		if s.tokens[j].kind&(tkGain|tkNoun|tkRateNoun) != 0 {
			return true
		}
	}
	return false
}

// doubling resolves "doubles in three months" and "paid back in seven days".
func (s *scan) doubling(i int) (candidate, bool) {
	t := s.tokens[i]
	period := s.spanNear(i)
	c := candidate{rate: t.val, low: t.val, start: t.start, end: t.end, clause: t.clause, sent: t.sent}
	if period == nil {
		if t.kind&tkDouble == 0 || !s.principalInClause(i) {
			return c, false
		}
		c.days, c.assumed = 365, true
		return c, true
	}
	if period.kind&tkPeriod != 0 && t.kind&tkPayback != 0 || !s.near(clInvest, c, 40) {
		return c, false
	}
	if t.kind&tkPayback != 0 && period.val > 200 {
		return c, false // a shop that pays back within a year is business talk
	}
	c.days = period.val
	c.start, c.end = min(c.start, period.start), max(c.end, period.end)
	return c, true
}

func (s *scan) spanNear(i int) *token {
	t := s.tokens[i]
	for j := i - 1; j >= 0 && j >= i-6; j-- {
		w := &s.tokens[j]
		if w.sent != t.sent || w.clause < t.clause-1 || t.start-w.end > 15 || w.kind&(tkBlock|tkRate) != 0 {
			break // a period before a rate belongs to that rate
		}
		if w.kind&tkTime != 0 {
			return w
		}
	}
	for j := i + 1; j < len(s.tokens) && j <= i+2; j++ {
		w := &s.tokens[j]
		if w.clause == t.clause && w.kind&tkSpan != 0 && w.start-t.end <= 8 {
			return w
		}
	}
	return nil
}

func (s *scan) principalInClause(i int) bool {
	t := s.tokens[i]
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		w := &s.tokens[j]
		if w.clause != t.clause || w.kind&tkBlock != 0 {
			return false
		}
		if w.kind&tkPrincipal != 0 {
			return true
		}
	}
	return false
}
