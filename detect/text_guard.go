package detect

const guardReach = 60

// suppressed says whether what looks like a promise is a warning, a denial, a borrowing cost or a look back.
func (s *scan) suppressed(c candidate) bool {
	marks := s.around(c.start-guardReach, c.end+guardReach)
	return s.denied(c, marks) || s.warned(c, marks) || s.borrowed(c, marks) || s.lookedBack(c, marks) || s.inClause(clMarketRate, c, marks) || s.inVouchers(c, marks)
}

// inVouchers: what is given back in vouchers of the shop is no return, unless the sentence says that they turn into cash.
func (s *scan) inVouchers(c candidate, marks []mark) bool {
	voucher := false
	for _, m := range marks {
		switch {
		case m.word.class == clVoucher && m.clause == c.clause && m.start >= c.end && m.start-c.end <= 2:
			voucher = true
		case m.word.class == clCashable && m.sent == c.sent:
			return false
		}
	}
	return voucher
}

// denied: "we do not promise", "it is forbidden to advertise", before the promise in the same clause.
func (s *scan) denied(c candidate, marks []mark) bool {
	for _, m := range marks {
		if m.word.class == clNegate && m.clause == c.clause && m.end <= c.start && c.start-m.end <= 14 && s.bites(m, c) {
			return true
		}
	}
	return false
}

// bites keeps the single characters of denial to their next neighbours.
func (s *scan) bites(m mark, c candidate) bool {
	if m.word.length > 1 {
		return true
	}
	return c.start-m.end <= 1
}

// warned: warnings of authorities, of newspapers and of the public. In a report about the company only a plain
// imperative counts: who complains of a fraud quotes its promise.
func (s *scan) warned(c candidate, marks []mark) bool {
	own := s.last(clOwnMark, c, marks)
	scam := s.scamIn(c, marks)
	for _, m := range marks {
		if s.asked(c, m) {
			return true
		}
		if m.sent != c.sent {
			continue
		}
		before := m.end <= c.start || s.voice == VoiceNews
		cut := before && own >= m.end
		switch m.word.class {
		case clWarnHead:
			if before && !cut {
				return true
			}
		case clWarn:
			if before && !cut && !s.follows(clImitation, m, marks) && (m.clause == c.clause || scam) {
				return true
			}
		case clPolice:
			if s.voice != VoiceReport && !cut {
				return true
			}
		}
	}
	return scam && s.voice != VoiceReport
}

// askedReach is how many sentences behind a question its answer may stand: several questions in a row are answered once.
const askedReach = 2

// asked: a question that what follows answers with a warning.
func (s *scan) asked(c candidate, m mark) bool {
	if m.word.class != clWarn && m.word.class != clScam || m.sent <= c.sent || m.sent > c.sent+askedReach || s.voice == VoiceReport {
		return false
	}
	for i := int(c.end); i < len(s.n.runes) && i < int(m.start); i++ {
		switch s.n.runes[i] {
		case '?':
			return true
		case '\u3002', '!', ';', '\n': // an ideographic full stop among them
			return false
		}
	}
	return false
}

// scamIn says whether the sentence calls the thing a fraud.
func (s *scan) scamIn(c candidate, marks []mark) bool {
	own := s.last(clOwnMark, c, marks)
	for _, m := range marks {
		if m.word.class != clScam || m.sent != c.sent || s.negatedScam(m, marks) {
			continue
		}
		if m.end <= c.start && own >= m.end {
			continue
		}
		return true
	}
	return false
}

func (s *scan) negatedScam(m mark, marks []mark) bool {
	for _, n := range marks {
		if n.word.class == clScamNegator && n.end <= m.start && m.start-n.end <= 1 {
			return true
		}
	}
	return false
}

// follows says whether a mark of the class starts right behind m.
func (s *scan) follows(cl class, m mark, marks []mark) bool {
	for _, n := range marks {
		if n.word.class == cl && n.start >= m.end && n.start-m.end <= 1 {
			return true
		}
	}
	return false
}

// last gives the end of the last mark of the class before the promise in its sentence, or -1.
func (s *scan) last(cl class, c candidate, marks []mark) int32 {
	end := int32(-1)
	for _, m := range marks {
		if m.word.class == cl && m.sent == c.sent && m.end <= c.start && m.end > end {
			end = m.end
		}
	}
	return end
}

// borrowed: what a borrower pays is no promise to an investor.
func (s *scan) borrowed(c candidate, marks []mark) bool {
	loanHere, loanNear, exemptHere, exemptNear := false, false, false, false
	from := c.clause
	if c.first > 0 {
		from = min(from, c.first) // a remark in brackets may stand between the name of a rate and the rate
	}
	for _, m := range marks {
		if m.sent != c.sent || m.clause < from-1 || m.clause > c.clause+1 {
			continue
		}
		switch {
		case m.word.class == clLoan && m.clause == c.clause:
			loanHere = true
		case m.word.class == clLoan:
			loanNear = true
		case m.word.class == clLoanExempt && m.clause == c.clause:
			exemptHere = true
		case m.word.class == clLoanExempt:
			exemptNear = true
		}
	}
	return loanHere && !exemptHere || loanNear && !exemptHere && !exemptNear
}

// lookedBack: past results with the disclaimer that belongs to them, and plain statements about a past span of time.
func (s *scan) lookedBack(c candidate, marks []mark) bool {
	past, fact, disclaim, verb := false, false, false, false
	for _, m := range marks {
		switch m.word.class {
		case clPast:
			past = past || m.sent == c.sent && m.start <= c.end
		case clPastFact:
			fact = fact || m.sent == c.sent && m.start <= c.start && m.clause >= c.clause-1
		case clDisclaim:
			disclaim = disclaim || m.sent <= c.sent+1
		case clPromiseVerb:
			verb = verb || m.sent == c.sent && m.end <= c.start && !covered(clNegate, m, marks)
		}
	}
	return past && disclaim && !verb || fact && !verb
}

// covered says whether a mark of the class holds m within it.
func covered(cl class, m mark, marks []mark) bool {
	for _, n := range marks {
		if n.word.class == cl && n.start <= m.start && n.end >= m.end {
			return true
		}
	}
	return false
}

func (s *scan) inClause(cl class, c candidate, marks []mark) bool {
	for _, m := range marks {
		if m.word.class == cl && m.clause == c.clause {
			return true
		}
	}
	return false
}

// guaranteed says whether the sentence guarantees the promise.
func (s *scan) guaranteed(c candidate) bool {
	guarantee, known := s.lx.classes["guarantee"]
	if !known {
		return false
	}
	for _, m := range s.around(c.start-guardReach, c.end+guardReach) {
		if m.word.class == guarantee && m.sent == c.sent && !s.denied(s.wordCandidate(m), s.around(m.start-16, m.start)) {
			return true
		}
	}
	return false
}

func (s *scan) wordCandidate(m mark) candidate {
	return candidate{start: m.start, end: m.end, clause: m.clause, sent: m.sent}
}
