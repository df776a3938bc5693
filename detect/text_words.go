package detect

// WordHit is a feature word found in a text and not guarded away. Start and End are byte offsets.
type WordHit struct {
	Class      string
	Word       string
	Weight     float64
	Start, End int
}

// NumberHit is a count found in a text: levels of a reward scheme, persons who take part, leverage, jobs offered.
type NumberHit struct {
	Kind       string
	Value      float64
	Start, End int
}

// The kinds of counts.
const (
	NumberLevels   = "levels"
	NumberPersons  = "persons"
	NumberLeverage = "leverage"
	NumberJobs     = "jobs"
)

const maxWords = 200 // kept per text, each word once

// wordHit is a feature word by its entry; the names are given only to what is shown.
type wordHit struct {
	entry      *entry
	start, end int
}

// features gives each feature word of the text once, at its first place that no guard takes away.
func (s *scan) features() []wordHit {
	var out []wordHit
	for i := range s.marks {
		m := &s.marks[i]
		if m.word.class < clWords || m.word.voices&s.voice.mask() == 0 || len(out) >= maxWords {
			continue
		}
		if s.inLonger(i) || had(out, m.word) || s.wordGuarded(m) {
			continue
		}
		out = append(out, wordHit{m.word, int(s.n.at[m.start]), int(s.n.stop[m.end-1])})
	}
	return out
}

func had(list []wordHit, e *entry) bool {
	for i := range list {
		if list[i].entry == e {
			return true
		}
	}
	return false
}

// inLonger says whether a longer word of the same class covers the mark.
func (s *scan) inLonger(i int) bool {
	m := s.marks[i]
	for _, j := range []int{-1, 1} {
		for k := i + j; k >= 0 && k < len(s.marks); k += j {
			o := &s.marks[k]
			if o.start < m.start-14 || o.start > m.start {
				break
			}
			if o.word.class == m.word.class && o.start <= m.start && o.end >= m.end && o.end-o.start > m.end-m.start {
				return true
			}
		}
	}
	return false
}

// wordGuarded applies the guards to a feature word. Words of names and scopes have their own, in scopeGuarded.
func (s *scan) wordGuarded(m *mark) bool {
	c := s.wordCandidate(*m)
	near := s.around(m.start-guardReach, m.end+guardReach)
	for _, n := range near {
		if n.word.class == clNegate && n.clause == m.clause && n.end <= m.start && m.start-n.end <= 6 && (n.word.length > 1 || m.start-n.end <= 1) {
			return true
		}
	}
	return s.warned(c, s.withoutSelf(near, m))
}

// withoutSelf leaves out the guard marks that lie inside the word itself.
func (s *scan) withoutSelf(marks []mark, m *mark) []mark {
	for i := range marks {
		if marks[i].start < m.end && marks[i].end > m.start && marks[i].word.class < clWords {
			kept := make([]mark, 0, len(marks))
			for _, o := range marks {
				if o.start >= m.end || o.end <= m.start {
					kept = append(kept, o)
				}
			}
			return kept
		}
	}
	return marks
}

// scopeHits gives the words of a class in a name or a scope. A scope that excludes the word is no hit.
func (s *scan) scopeHits(cl class) []wordHit {
	var out []wordHit
	for i := range s.marks {
		m := &s.marks[i]
		if m.word.class == cl && !s.inLonger(i) && !had(out, m.word) && !s.scopeGuarded(m) {
			out = append(out, wordHit{m.word, int(s.n.at[m.start]), int(s.n.stop[m.end-1])})
		}
	}
	return out
}

func (s *scan) scopeGuarded(m *mark) bool {
	for _, n := range s.around(m.start-80, m.end+8) {
		if n.word.class == clScopeNegate && n.sent == m.sent && n.clause <= m.clause+1 && (n.end <= m.start || n.clause == m.clause) && s.sameBracket(n, m) {
			return true
		}
	}
	return false
}

// sameBracket says whether no semicolon ends the exclusion between n and m.
func (s *scan) sameBracket(n mark, m *mark) bool {
	for i := min(n.end, m.end); i < max(n.start, m.start); i++ {
		if s.n.runes[i] == ';' || s.n.runes[i] == ')' {
			return false
		}
	}
	return true
}

// numbers gives the counts that stand with the words they belong to.
func (s *scan) numbers() []NumberHit {
	var out []NumberHit
	for _, n := range s.counts {
		kind := s.countKind(n)
		if kind == "" || len(out) >= maxPromises {
			continue
		}
		out = append(out, NumberHit{kind, n.val, int(s.n.at[n.start]), int(s.n.stop[n.end-1])})
	}
	return out
}

func (s *scan) countKind(n count) string {
	c := candidate{start: n.start, end: n.end, clause: n.clause, sent: n.sent}
	marks := s.around(n.start-14, n.end+10)
	switch {
	case n.unit == clLevelUnit && n.val <= 100 && s.inClause(clLevelContext, c, marks) && !s.denied(c, marks):
		return NumberLevels
	case n.unit == clCountUnit && s.inClause(clJobContext, c, marks):
		return NumberJobs
	case n.unit == clCountUnit && s.inClause(clMemberContext, c, marks):
		return NumberPersons
	case n.unit == clMultipleUnit && s.blockNear(n):
		return NumberLeverage
	}
	return ""
}

// blockNear says whether the word for leverage stands beside a multiple.
func (s *scan) blockNear(n count) bool {
	leverage := s.lx.classes["leverage_word"]
	for _, m := range s.around(n.start-6, n.end+6) {
		if m.word.class == leverage {
			return true
		}
	}
	return false
}
