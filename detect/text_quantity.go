package detect

// quantity reads a number with its unit at i and records what it is.
func (s *scan) quantity(i int32, prefix *entry) (int32, bool) {
	rs := s.n.runes
	if prefix != nil {
		return s.prefixed(i, prefix)
	}
	symbol := int32(0)
	if rs[i] == '$' || rs[i] == 0xa5 {
		symbol = 1
	}
	mode := withDigits
	if k := len(s.tokens) - 1; k >= 0 && s.tokens[k].end == i && s.tokens[k].kind&tkEach != 0 || i > 0 && rs[i-1] == '/' {
		mode = bareScale
	}
	v, end, ok := s.lx.number(rs, i+symbol, mode)
	if !ok {
		return 0, false
	}
	t := token{start: i, end: end, clause: s.clause, sent: s.sent, val: v, lo: v, kind: tkNumber}
	if symbol == 1 {
		t.kind = tkMoney
		s.tokens = append(s.tokens, t)
		return end, true
	}
	lo, hi, stop, unit := s.rangeAt(v, end)
	if unit == nil {
		return s.plain(t)
	}
	t.val, t.lo, t.end = hi, lo, stop
	if unit.class == clInterestUnit && unit.value == 1 && hi == lo {
		part, end := s.fenPart(stop)
		t.val, t.lo, t.end = hi+part, lo+part, end
	}
	if unit.class == clRatioUnit {
		s.barePeriod(i, s.lastEnd())
	}
	s.measured(t, unit)
	return t.end, true
}

// fenPart reads the tenths behind a rate in fen: "1 fen 5 li", or "1 fen 5" for short.
func (s *scan) fenPart(i int32) (float64, int32) {
	rs := s.n.runes
	if int(i) >= len(rs) {
		return 0, i
	}
	d, ok := s.lx.digits[rs[i]]
	if isDigit(rs[i]) {
		d, ok = float64(rs[i]-'0'), true
	}
	if !ok || d == 0 {
		return 0, i
	}
	end := i + 1
	if int(end) >= len(rs) {
		return d / 10, end
	}
	if u := s.lx.unit(rs, end, clInterestUnit); u != nil && u.value < 1 {
		return d / 10, end + u.length
	}
	if s.lx.numeralAt(rs, end) || rs[end] == '.' || s.unitAt(end) != nil {
		return 0, i
	}
	return d / 10, end
}

// lastEnd is where the last token of the grammar ends.
func (s *scan) lastEnd() int32 {
	if len(s.tokens) == 0 {
		return 0
	}
	return s.tokens[len(s.tokens)-1].end
}

// prefixed reads "per cent of N" forms, with a range.
func (s *scan) prefixed(i int32, prefix *entry) (int32, bool) {
	rs := s.n.runes
	v, end, ok := s.lx.number(rs, i+prefix.length, bareScale)
	if !ok {
		return 0, false
	}
	lo := v
	if k, ok := s.connector(end); ok {
		if p := s.lx.unit(rs, k, clRatioPrefix); p != nil {
			k += p.length
		}
		if w, e, ok := s.lx.number(rs, k, withDigits); ok && w >= v {
			v, end = w, e
		}
	}
	s.tokens = append(s.tokens, token{kind: tkRate, start: i, end: end, clause: s.clause, sent: s.sent, val: tidy(v * prefix.value), lo: tidy(lo * prefix.value)})
	return end, true
}

// rangeAt reads the unit of a number that ends at end, and a second number when the two form a range.
func (s *scan) rangeAt(v float64, end int32) (lo, hi float64, stop int32, unit *entry) {
	rs := s.n.runes
	unit = s.unitAt(end)
	stop = end
	if unit != nil {
		stop += unit.length
	}
	k, ok := s.connector(stop)
	if !ok {
		return v, v, stop, unit
	}
	w, e, ok := s.lx.number(rs, k, withDigits)
	if !ok || w < v {
		return v, v, stop, unit
	}
	second := s.unitAt(e)
	if second == nil || unit != nil && unit.class != second.class || second.class == clTimeUnit && unit == nil && w == v {
		return v, v, stop, unit
	}
	return v, w, e + second.length, second
}

// connector skips what joins the two ends of a range.
func (s *scan) connector(i int32) (int32, bool) {
	rs := s.n.runes
	if int(i) >= len(rs) {
		return i, false
	}
	if rs[i] == '-' || rs[i] == '~' {
		for int(i) < len(rs) && (rs[i] == '-' || rs[i] == '~') {
			i++
		}
		return i, true
	}
	if s.lx.is(rs[i], clRange) {
		return i + 1, true
	}
	return i, false
}

// unitAt finds the unit at i. A single character that may be the start of another word is checked against its neighbour.
func (s *scan) unitAt(i int32) *entry {
	rs := s.n.runes
	j := i
	if int(j) < len(rs) && rs[j] == ' ' {
		j++
	}
	u := s.lx.unit(rs, j, clRatioUnit, clInterestUnit, clTimeUnit, clMoneyUnit, clCountUnit, clLevelUnit, clMultipleUnit)
	if u == nil || j != i && !isLatin(rs[j]) {
		return nil
	}
	after := j + u.length
	if u.length == 1 && int(after) < len(rs) && (u.class == clInterestUnit || u.class == clRatioUnit && rs[j] > 0x2fff) && s.lx.is(rs[after], clNotInterest) {
		return nil
	}
	if j != i { // the space belongs to the unit
		c := *u
		c.length++
		return &c
	}
	return u
}

// plain is a number without a unit: an amount when it has a scale of ten thousand, else a bare number.
func (s *scan) plain(t token) (int32, bool) {
	if t.end-t.start <= 1 && !isDigit(s.n.runes[t.start]) && t.val < 10 {
		return t.end, true // a lone numeral is part of a word
	}
	t.kind = tkMoney | tkBare
	s.tokens = append(s.tokens, t)
	return t.end, true
}

// measured records a number with its unit.
func (s *scan) measured(t token, unit *entry) {
	rs := s.n.runes
	switch unit.class {
	case clRatioUnit:
		t.kind, t.val, t.lo = tkRate, tidy(t.val*unit.value), tidy(t.lo*unit.value)
	case clInterestUnit:
		t.kind, t.val, t.lo = tkRate|tkInterest, tidy(t.val*unit.value), tidy(t.lo*unit.value)
	case clMoneyUnit:
		t.kind = tkMoney
	case clTimeUnit:
		if unit.value == 365 && t.val > 120 || unit.length == 1 && unit.value == 1 && t.start > 0 && s.lx.is(rs[t.start-1], clMonthMark) {
			return // a date
		}
		t.kind, t.val, t.lo = tkSpan, tidy(t.val*unit.value), unit.value
	default:
		s.counts = append(s.counts, count{unit.class, t.val, t.start, t.end, t.clause, t.sent})
		return
	}
	s.tokens = append(s.tokens, t)
}
