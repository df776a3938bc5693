package detect

// tokenKind says what a token of the promise grammar is; a word may be several at once.
type tokenKind uint32

const (
	tkRate tokenKind = 1 << iota // a ratio: lo to val, as a fraction
	tkMoney
	tkSpan // a length of time in days
	tkNumber
	tkPeriod
	tkRateNoun
	tkNoun
	tkBlock
	tkPrincipal
	tkGain
	tkTotal
	tkDouble
	tkPayback
	tkEach
	tkInterest // tkRate given in fen or li, whose size depends on the period
	tkBare     // tkMoney without a unit of money
	tkAssumed
)

// token is one piece of the promise grammar at [start, end) of the normalised text.
type token struct {
	kind         tokenKind
	start, end   int32
	clause, sent int32
	val, lo      float64
	word         *entry
}

// mark is a hit of a guard or feature word.
type mark struct {
	word         *entry
	start, end   int32
	clause, sent int32
}

// number hits: levels, persons, leverage, jobs.
type count struct {
	unit         class
	val          float64
	start, end   int32
	clause, sent int32
}

// scan is one text taken apart; its memory is reused from text to text.
type scan struct {
	lx     *lexicon
	n      normal
	tokens []token
	marks  []mark // guards and feature words by position
	counts []count
	voice  Voice

	clause, sent int32
	ignores      []mark
}

var kindOf = [...]tokenKind{clPeriod: tkPeriod, clRateNoun: tkRateNoun, clNoun: tkNoun, clBlock: tkBlock,
	clPrincipal: tkPrincipal, clGain: tkGain, clTotal: tkTotal, clDouble: tkDouble, clPayback: tkPayback, clEach: tkEach,
	clNeutral: 0}

// read takes a text apart in one pass.
func (s *scan) read(text string, voice Voice) {
	s.n.read(text)
	s.tokens, s.marks, s.counts, s.ignores = s.tokens[:0], s.marks[:0], s.counts[:0], s.ignores[:0]
	s.voice, s.clause, s.sent = voice, 0, 0
	rs := s.n.runes
	next := int32(0) // where the next grammar token may start
	for i := int32(0); int(i) < len(rs); i++ {

		if i >= next {
			s.boundary(i)
		}
		found, prefix := s.words(i)
		if i < next {
			continue
		}
		if found == nil || found.length == 1 || prefix != nil {
			if end, ok := s.quantity(i, prefix); ok {
				next = end
				continue
			}
		}
		if found == nil {
			continue
		}
		if found.class == clNoun {
			s.barePeriod(i, next)
		}
		next = i + found.length
		s.tokens = append(s.tokens, token{kind: s.kinds(i, found), start: i, end: next, clause: s.clause, sent: s.sent, val: found.value, word: found})

	}
	s.dropIgnored()
	s.join()
}

// barePeriod records the single character for day, week, month or year that stands right before a word of return at i,
// unless it belongs to the word before it ("this month") or to a date.
func (s *scan) barePeriod(i, free int32) {
	rs := s.n.runes
	if i-1 < free || i < 1 {
		return
	}
	e := s.lx.unit(rs, i-1, clBarePeriod)
	if e == nil || i > 1 && (isDigit(rs[i-2]) || s.lx.is(rs[i-2], clNotBare) || int(rs[i-2]) < len(s.lx.numeral) && s.lx.numeral[rs[i-2]]) {
		return
	}
	s.tokens = append(s.tokens, token{kind: tkPeriod, start: i - 1, end: i, clause: s.clause, sent: s.sent, val: e.value, word: e})
}

// boundary counts clauses and sentences.
func (s *scan) boundary(i int32) {
	rs := s.n.runes
	switch rs[i] {
	case ',', ';', 0x3001, '(', ')', '|', 0xff1b:
		if rs[i] == ',' && i > 0 && int(i)+1 < len(rs) && isDigit(rs[i-1]) && isDigit(rs[i+1]) {
			return
		}
		s.clause++
	case '\n':
		s.clause++
		if i > 0 && rs[i-1] == '\n' {
			s.sent++
		}
	case 0x3002, '!', '?', 0x2026:
		s.clause++
		s.sent++
	case '.':
		if i > 0 && int(i)+1 < len(rs) && isDigit(rs[i-1]) && isDigit(rs[i+1]) {
			return
		}
		s.clause++
		s.sent++
	}
}

// words records the words that start at i: guards and feature words as marks; it gives back the longest grammar word
// and the longest prefix of a ratio.
func (s *scan) words(i int32) (found, prefix *entry) {
	rs := s.n.runes
	n := int32(0)
	for j := i; int(j) < len(rs); j++ {
		if n = s.lx.trie.step(n, rs[j]); n == 0 {
			break
		}
		for _, e := range s.lx.trie.nodes[n].entries {
			if !wordBounds(rs, i, j+1) {
				continue
			}
			switch {
			case e.class == clRatioPrefix:
				prefix = e
			case e.class >= clEach && e.class <= clNeutral:
				if found == nil || e.length > found.length || e.class < found.class {
					found = e
				}
			case e.class == clIgnore:
				s.ignores = append(s.ignores, mark{word: e, start: i, end: j + 1})
			case e.class > clIgnore:
				s.marks = append(s.marks, mark{e, i, j + 1, s.clause, s.sent})
			}
		}
	}
	return found, prefix
}

// kinds collects every grammatical use of the word found at i.
func (s *scan) kinds(i int32, found *entry) tokenKind {
	n := int32(0)
	for j := i; j < i+found.length; j++ {
		n = s.lx.trie.step(n, s.n.runes[j])
	}
	k := tokenKind(0)
	for _, e := range s.lx.trie.nodes[n].entries {
		if int(e.class) < len(kindOf) {
			k |= kindOf[e.class]
		}
	}
	return k
}

// dropIgnored removes the marks that lie inside a longer phrase that means something else.
func (s *scan) dropIgnored() {
	if len(s.ignores) == 0 {
		return
	}
	kept, first := s.marks[:0], 0
	for _, m := range s.marks {
		for first < len(s.ignores) && s.ignores[first].end+16 < m.start {
			first++
		}
		inside := false
		for _, g := range s.ignores[first:] {
			if g.start > m.start {
				break
			}
			if m.end <= g.end && m.end-m.start < g.end-g.start {
				inside = true
				break
			}
		}
		if !inside {
			kept = append(kept, m)
		}
	}
	s.marks = kept
}
