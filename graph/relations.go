package graph

import (
	"math"
	"slices"
	"sync"
)

// Relation is a typed, dated, sourced edge on its way into Relations. From and To are the store's keys. Ratio is a fraction, NaN
// where it is not known; Fen is -1 where no amount is known. Since and Until are days since 1970, 0 where they are not known.
// Observed is in microseconds since 1970 UTC; Fact is the store's key of the fact, which names the edge.
type Relation struct {
	Fact     int64
	From     int64
	To       int64
	Kind     Kind
	Source   string
	Ratio    float64
	Fen      int64
	Since    int32
	Until    int32
	Observed int64
}

// NoRatio is the ratio of a relation that states none.
func NoRatio() float64 { return math.NaN() }

// Edge names a relation inside one Relations.
type Edge struct{ part, i uint32 }

// Relations are the subjects and the relations between them, as of one moment. They are immutable and safe for concurrent use.
type Relations struct {
	subjects *subjects
	sources  words
	parts    []*part
	dead     map[int64]struct{} // facts that newer ones replaced, or that were withdrawn
	scratch  *sync.Pool
}

// part holds edges by columns, with the list of each subject in both directions.
type part struct {
	from, to []Subject
	kind     []Kind
	source   []uint16
	ratio    []float64
	fen      []int64
	since    []int32
	until    []int32
	observed []int64
	fact     []int64
	out, in  lists
}

func (p *part) len() int { return len(p.fact) }

// lists gives the edges of each subject: dense where most subjects have some, by a map in a small part.
type lists struct {
	start []uint32
	list  []uint32
	few   map[Subject][]uint32
}

func (l lists) of(s Subject) []uint32 {
	if l.few != nil {
		return l.few[s]
	}
	if int(s)+1 >= len(l.start) {
		return nil
	}
	return l.list[l.start[s]:l.start[s+1]]
}

// each gives every list that is not empty.
func (l lists) each(see func(list []uint32)) {
	for _, list := range l.few {
		see(list)
	}
	for s := 1; s < len(l.start); s++ {
		if l.start[s] > l.start[s-1] {
			see(l.list[l.start[s-1]:l.start[s]])
		}
	}
}

// sparse is the share of subjects below which a part keeps its lists in a map.
const sparse = 8

func newLists(end []Subject, known int) lists {
	if len(end)*sparse < known {
		l := lists{few: make(map[Subject][]uint32, len(end))}
		for i, s := range end {
			l.few[s] = append(l.few[s], uint32(i))
		}
		return l
	}
	l := lists{start: make([]uint32, known+1), list: make([]uint32, len(end))}
	for _, s := range end {
		l.start[s+1]++
	}
	for s := range known {
		l.start[s+1] += l.start[s]
	}
	next := slices.Clone(l.start)
	for i, s := range end {
		l.list[next[s]] = uint32(i)
		next[s]++
	}
	return l
}

func (p *part) index(known int) {
	p.out, p.in = newLists(p.from, known), newLists(p.to, known)
}

func newScratchPool() *sync.Pool { return &sync.Pool{New: func() any { return &scratch{} }} }

// Subjects is the number of subjects; they are numbered 0 to Subjects()-1.
func (r *Relations) Subjects() int { return len(r.subjects.kind) }

// Len is the number of relations.
func (r *Relations) Len() int {
	n := -len(r.dead)
	for _, p := range r.parts {
		n += p.len()
	}
	return n
}

// Find gives the subject with the store's key; false for one that is not known.
func (r *Relations) Find(key int64) (Subject, bool) {
	v, ok := r.subjects.number.find(key)
	return Subject(v), ok
}

// Key is the store's key of a subject.
func (r *Relations) Key(s Subject) int64 { return r.subjects.number.keys[s] }

// KindOf is the kind of a subject.
func (r *Relations) KindOf(s Subject) SubjectKind { return r.subjects.kind[s] }

// Place is the division of a subject, empty for one that no row placed yet.
func (r *Relations) Place(s Subject) string { return r.subjects.places.list[r.subjects.place[s]] }

// Places lists the divisions in which subjects are.
func (r *Relations) Places() []string { return r.subjects.places.list }

// InstitutionOf is the code of the institution that keeps an account, empty where it is not known.
func (r *Relations) InstitutionOf(s Subject) string {
	return r.subjects.institutions.list[r.subjects.institution[s]]
}

// Sources lists the codes of the sources of relations.
func (r *Relations) Sources() []string { return r.sources.list }

// Relation gives an edge as it came in.
func (r *Relations) Relation(e Edge) Relation {
	p, i := r.parts[e.part], e.i
	return Relation{Fact: p.fact[i], From: r.Key(p.from[i]), To: r.Key(p.to[i]), Kind: p.kind[i], Source: r.sources.list[p.source[i]],
		Ratio: p.ratio[i], Fen: p.fen[i], Since: p.since[i], Until: p.until[i], Observed: p.observed[i]}
}

// Ends gives the two subjects of an edge.
func (r *Relations) Ends(e Edge) (from, to Subject) {
	p := r.parts[e.part]
	return p.from[e.i], p.to[e.i]
}

// KindOfEdge is the kind of an edge.
func (r *Relations) KindOfEdge(e Edge) Kind { return r.parts[e.part].kind[e.i] }

// Ratio is the ratio of an edge, NaN where none is known.
func (r *Relations) Ratio(e Edge) float64 { return r.parts[e.part].ratio[e.i] }
