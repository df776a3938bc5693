package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// join makes one feature word out of two parts that stand close together in a sentence: what is owed and that it is not paid, bringing
// somebody and being rewarded for it. People put such things in more ways than a list of whole words can hold.
type join struct {
	first, second class
	ordered       bool  // the first part stands before the second
	reach         int32 // characters between them at most
	word          *entry
}

// parts are classes whose words say nothing alone.
const partPrefix = "part_"

// joinOf reads a row of the word list that names two parts: label=part_a+part_b in either order, label=part_a>part_b in this one. The
// value of the row is the reach. False is an ordinary word.
func (lx *lexicon) joinOf(word string, e entry) (bool, error) {
	label, parts, ok := strings.Cut(word, "=")
	if !ok || !strings.HasPrefix(parts, partPrefix) {
		return false, nil
	}
	at := strings.IndexAny(parts, "+>")
	if at < 0 || e.class < clWords {
		return false, fmt.Errorf("%q joins no two parts", word)
	}
	first, known := lx.classes[parts[:at]]
	second, also := lx.classes[parts[at+1:]]
	if !known || !also || e.value < 1 || e.value > guardReach {
		return false, fmt.Errorf("%q: unknown parts, or a reach of %s", word, strconv.Quote(e.text))
	}
	e.word, e.text = label, ""
	e.length, e.index = int32(len([]rune(label))), -1
	lx.joins[first] = append(lx.joins[first], join{first, second, parts[at] == '>', int32(e.value), &e})
	return true, nil
}

// join adds a mark for every two parts that belong together, from the beginning of the one to the end of the other, and drops the parts.
func (s *scan) join() {
	n, parts := len(s.marks), false
	for i := range n {
		m := s.marks[i]
		parts = parts || s.lx.parts[m.word.class]
		for k := range s.lx.joins[m.word.class] {
			j := &s.lx.joins[m.word.class][k]
			if j.word.voices&s.voice.mask() == 0 {
				continue
			}
			if o := s.partner(i, n, j); o >= 0 {
				p := s.marks[o]
				first := m
				if p.start < m.start {
					first = p
				}
				joined := mark{j.word, first.start, max(m.end, p.end), first.clause, first.sent}
				if !s.said(joined, n) {
					s.marks = append(s.marks, joined)
				}
			}
		}
	}
	if !parts {
		return
	}
	joined := len(s.marks) > n
	s.marks = slices.DeleteFunc(s.marks, func(m mark) bool { return s.lx.parts[m.word.class] })
	if joined {
		slices.SortStableFunc(s.marks, func(a, b mark) int { return cmp.Compare(a.start, b.start) })
	}
}

// said says whether a whole word of the same class, among the first n marks, already tells what the joined one would.
func (s *scan) said(joined mark, n int) bool {
	for k := range n {
		if o := &s.marks[k]; o.word.class == joined.word.class && o.word.voices&s.voice.mask() != 0 && o.start < joined.end && o.end > joined.start {
			return true
		}
	}
	return false
}

// partner finds the nearest other part of a join behind mark i, else before it, among the first n marks; -1 is none.
func (s *scan) partner(i, n int, j *join) int {
	m := &s.marks[i]
	for k := i + 1; k < n && s.marks[k].start <= m.end+j.reach; k++ {
		if o := &s.marks[k]; o.word.class == j.second && o.start >= m.end && o.sent == m.sent && o.clause <= m.clause+1 {
			return k
		}
	}
	if j.ordered {
		return -1
	}
	for k := i - 1; k >= 0 && s.marks[k].start >= m.start-j.reach-longestPart; k-- {
		if o := &s.marks[k]; o.word.class == j.second && o.end <= m.start && m.start-o.end <= j.reach && o.sent == m.sent && m.clause <= o.clause+1 {
			return k
		}
	}
	return -1
}

// longestPart is how long a part may be for its join to be found backwards.
const longestPart = 12
