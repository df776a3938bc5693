package graph

import (
	"math"
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
	tombs    []tombs            // by part
	dead     map[int64]struct{} // facts that newer ones replaced, or that were withdrawn
	rooms    *sync.Pool         // of searches, for all that grew from one
}

// part holds edges by columns, with the list of each subject in both directions.
type part struct {
	from, to []Subject
	head     []head
	ratio    []float64
	fen      []int64
	observed []int64
	fact     []int64
	links    links
	latest   int32 // the latest day on which one of them began
	sorted   bool  // by fact
}

// head is what a filter looks at, kept together so that one look at memory is enough.
type head struct {
	since, until int32
	source       uint16
	kind         Kind
}

func (p *part) len() int { return len(p.fact) }

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
	return Relation{Fact: p.fact[i], From: r.Key(p.from[i]), To: r.Key(p.to[i]), Kind: p.head[i].kind, Source: r.sources.list[p.head[i].source],
		Ratio: p.ratio[i], Fen: p.fen[i], Since: p.head[i].since, Until: p.head[i].until, Observed: p.observed[i]}
}

// Ends gives the two subjects of an edge.
func (r *Relations) Ends(e Edge) (from, to Subject) {
	p := r.parts[e.part]
	return p.from[e.i], p.to[e.i]
}

// KindOfEdge is the kind of an edge.
func (r *Relations) KindOfEdge(e Edge) Kind { return r.parts[e.part].head[e.i].kind }

// Ratio is the ratio of an edge, NaN where none is known.
func (r *Relations) Ratio(e Edge) float64 { return r.parts[e.part].ratio[e.i] }
