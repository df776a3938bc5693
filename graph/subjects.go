package graph

import "slices"

// Subject is the dense number of a subject inside the relations of one Book. It means nothing in another one.
type Subject int32

// SubjectRow is what the graph must know of a subject: the store's key, the kind, the place whose readers may know it, and for an
// account the code of its institution.
type SubjectRow struct {
	Key         int64
	Kind        SubjectKind
	Place       string
	Institution string
}

// words gives numbers to the few texts that many rows share.
type words struct {
	list  []string
	index map[string]uint16
}

func newWords() words { return words{index: map[string]uint16{}} }

// number gives the number of a text. The list is copied by grow, so that readers of the old one are not touched. Beyond what
// fits into 16 bits every text is the empty one.
func (w *words) number(text string) uint16 {
	if v, ok := w.index[text]; ok {
		return v
	}
	if len(w.list) > 0xfffe {
		return w.number("")
	}
	v := uint16(len(w.list))
	w.list = append(w.list, text)
	w.index[text] = v
	return v
}

func (w words) grow() words {
	g := words{list: w.list[:len(w.list):len(w.list)], index: make(map[string]uint16, len(w.index))}
	for k, v := range w.index {
		g.index[k] = v
	}
	return g
}

// subjects is the table of all subjects of the relations.
type subjects struct {
	number       *numbering
	kind         []SubjectKind
	place        []uint16
	institution  []uint16
	places       words
	institutions words
}

func newSubjects() *subjects {
	return &subjects{number: newNumbering(), places: newWords(), institutions: newWords()}
}

// grow gives a table that can be added to while readers use the old one. Rows that are already there are changed in copies.
func (s *subjects) grow() *subjects {
	n := len(s.kind)
	return &subjects{number: s.number.grow(), kind: s.kind[:n:n], place: s.place[:n:n], institution: s.institution[:n:n],
		places: s.places.grow(), institutions: s.institutions.grow()}
}

// stub gives the number of a subject that a relation names before its own row is known: it has no place, so nobody sees it.
func (s *subjects) stub(key int64) Subject {
	v, fresh := s.number.number(key)
	if fresh {
		s.kind = append(s.kind, subjectKinds)
		s.place = append(s.place, s.places.number(""))
		s.institution = append(s.institution, s.institutions.number(""))
	}
	return Subject(v)
}

// put adds or changes subjects; columns are copied once, where a known row changes.
func (s *subjects) put(rows []SubjectRow) {
	copied := false
	for _, r := range rows {
		place, inst := s.places.number(r.Place), s.institutions.number(r.Institution)
		known := len(s.kind)
		i := s.stub(r.Key)
		if int(i) < known && (s.kind[i] != r.Kind || s.place[i] != place || s.institution[i] != inst) && !copied {
			s.kind, s.place, s.institution = slices.Clone(s.kind), slices.Clone(s.place), slices.Clone(s.institution)
			copied = true
		}
		if s.kind[i] != r.Kind || s.place[i] != place {
			s.kind[i], s.place[i] = r.Kind, place
		}
		if r.Institution != "" && s.institution[i] != inst {
			s.institution[i] = inst
		}
	}
}
