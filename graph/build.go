package graph

import (
	"iter"
	"maps"
	"slices"
)

// Change is what happened to relations since a Relations was made: subjects that are new or changed, relations that arrived, and
// facts that count no longer.
type Change struct {
	Subjects  []SubjectRow
	Relations []Relation
	Gone      []int64
}

// NewRelations gives relations without any subject.
func NewRelations() *Relations {
	return &Relations{subjects: newSubjects(), sources: newWords(), rooms: newRooms()}
}

// RelationsOf builds relations of all subjects and relations at once, by the rules of With. Each fact must be given once.
func RelationsOf(rows iter.Seq[SubjectRow], relations iter.Seq[Relation]) *Relations {
	r := NewRelations()
	for row := range rows {
		r.subjects.put([]SubjectRow{row})
	}
	p := &part{}
	for rel := range relations {
		r.add(p, rel)
	}
	if p.len() == 0 {
		return r
	}
	p.clip()
	p.index(r.Subjects())
	r.parts = []*part{p}
	dead := map[int64]struct{}{}
	r.replace(p, dead)
	if r.dead = dead; len(dead) > p.len()/8 {
		r.parts = []*part{r.join(p, &part{})}
	}
	r.entomb(NewRelations())
	return r
}

// NoHolder is the relation that stands for an account whose row names no holder: it replaces an older one and is never seen.
func NoHolder(account int64, r Relation) Relation {
	r.From, r.To, r.Kind, r.Since = account, account, Holder, HeldByAccount
	return r
}

// mergeSize is how many edges the parts after the first may hold before they are joined with their neighbours.
const mergeSize = 4096

// With gives the relations after a change; those it is called on stay as they are. A relation replaces an older observation of its
// identity, which is the source, both ends, the kind and the day it began, for a holder the account alone; where the one that is
// there was observed later, or at the same time by a later fact, the new one counts as replaced.
func (r *Relations) With(c Change) *Relations {
	n := &Relations{subjects: r.subjects.grow(), sources: r.sources.grow(), parts: slices.Clip(r.parts), dead: r.dead, rooms: r.rooms}
	n.subjects.put(c.Subjects)
	n.bury(c.Gone)
	p := &part{}
	for _, rel := range c.Relations {
		if !n.revive(rel) {
			n.add(p, rel)
		}
	}
	if p.len() > 0 {
		p.index(n.Subjects())
		n.parts = append(n.parts, p)
	}
	dead := map[int64]struct{}{}
	n.replace(p, dead)
	n.bury(slices.Collect(maps.Keys(dead)))
	n.mergeSmall()
	n.entomb(r)
	return n
}

// bury marks facts as counting no longer; the marks of the relations that r was made from are not touched.
func (r *Relations) bury(facts []int64) {
	if len(facts) == 0 {
		return
	}
	all := make(map[int64]struct{}, len(r.dead)+len(facts))
	maps.Copy(all, r.dead)
	for _, fact := range facts {
		all[fact] = struct{}{}
	}
	r.dead = all
}

// revive says whether the fact is there already. One that counted no longer counts again, unless a later one of its identity does.
func (r *Relations) revive(rel Relation) bool {
	from, known := r.Find(rel.From)
	to, also := r.Find(rel.To)
	if !known || !also {
		return false
	}
	s, inward := r.narrower(from, to)
	for _, p := range r.parts {
		for _, x := range p.links.of(s, side(inward)) {
			i := x.edge
			if p.fact[i] != rel.Fact {
				continue
			}
			if r.buried(p, i) {
				r.contest(p, i)
			}
			return true
		}
	}
	return false
}

// contest lets a fact that counted no longer count again where it is later than the one that does now.
func (r *Relations) contest(p *part, i uint32) {
	now := observation{p.fact[i], p.observed[i]}
	was, ok := r.standing(nil, p.from[i], p.to[i], p.identity(i), nil)
	if ok && was.later(now) {
		return
	}
	if ok {
		r.bury([]int64{was.fact})
	}
	r.dead = maps.Clone(r.dead)
	delete(r.dead, now.fact)
}

func (r *Relations) add(p *part, rel Relation) {
	p.from, p.to = append(p.from, r.subjects.stub(rel.From)), append(p.to, r.subjects.stub(rel.To))
	p.head = append(p.head, head{since: rel.Since, until: rel.Until, source: r.sources.number(rel.Source), kind: rel.Kind})
	p.ratio, p.fen = append(p.ratio, rel.Ratio), append(p.fen, rel.Fen)
	p.observed, p.fact = append(p.observed, rel.Observed), append(p.fact, rel.Fact)
}

// identity is what makes two observations the same relation.
type identity struct {
	source   uint16
	kind     Kind
	from, to Subject
	since    int32
}

func (p *part) identity(i uint32) identity {
	id := identity{source: p.head[i].source, kind: p.head[i].kind, from: p.from[i], to: p.to[i], since: p.head[i].since}
	if id.kind == Holder && p.head[i].since == HeldByAccount {
		id.from = -1
	}
	return id
}

// HeldByAccount stands in Since for a holder that the account's own row states: the account has one, whoever it was before.
const HeldByAccount = int32(-1 << 31)

// observation is one fact about a relation.
type observation struct{ fact, observed int64 }

func (o observation) later(p observation) bool {
	return o.observed > p.observed || o.observed == p.observed && o.fact > p.fact
}

// replace marks, for each edge of the newest part, all but the latest observation of its identity. Rivals stand in the list of the
// same subject, so one subject after the other is looked at.
func (r *Relations) replace(p *part, dead map[int64]struct{}) {
	latest := map[identity]observation{}
	p.links.each(func(list []tie, d Direction) {
		clear(latest)
		for _, x := range list {
			if p.heldByAccount(x.edge) == (d == Inward) {
				r.contend(p, x.edge, latest, dead)
			}
		}
	})
}

func (p *part) heldByAccount(i uint32) bool {
	return p.head[i].kind == Holder && p.head[i].since == HeldByAccount
}

func (r *Relations) contend(p *part, i uint32, latest map[identity]observation, dead map[int64]struct{}) {
	if _, gone := dead[p.fact[i]]; gone {
		return
	}
	id, now := p.identity(i), observation{p.fact[i], p.observed[i]}
	was, ok := latest[id]
	if !ok && len(r.parts) > 1 {
		was, ok = r.standing(p, p.from[i], p.to[i], id, dead)
	}
	if ok && was.later(now) {
		dead[now.fact] = struct{}{}
		latest[id] = was
		return
	}
	if ok {
		dead[was.fact] = struct{}{}
	}
	latest[id] = now
}

// standing finds the observation of an identity that counts in the parts other than the newest.
func (r *Relations) standing(newest *part, from, to Subject, id identity, dead map[int64]struct{}) (was observation, ok bool) {
	s, inward := to, true
	if id.from >= 0 {
		s, inward = r.narrower(from, to)
	}
	for _, p := range r.parts {
		if p == newest {
			continue
		}
		for _, x := range p.links.of(s, side(inward)) {
			j := x.edge
			if _, gone := dead[p.fact[j]]; gone || r.buried(p, j) || p.identity(j) != id {
				continue
			}
			return observation{p.fact[j], p.observed[j]}, true
		}
	}
	return was, false
}

func side(inward bool) Direction {
	if inward {
		return Inward
	}
	return Outward
}

func (r *Relations) narrower(from, to Subject) (s Subject, inward bool) {
	out, in := 0, 0
	for _, p := range r.parts {
		out += len(p.links.of(from, Outward))
		in += len(p.links.of(to, Inward))
	}
	if in < out {
		return to, true
	}
	return from, false
}

// mergeSmall joins the last parts while the one before is not much larger, so that there are few parts however small the changes.
func (r *Relations) mergeSmall() {
	for n := len(r.parts); n > 1; n = len(r.parts) {
		a, b := r.parts[n-2], r.parts[n-1]
		if a.len() > 2*b.len() && (n < 3 || a.len() > mergeSize || b.len() > mergeSize/8) {
			return
		}
		r.parts = append(slices.Clip(r.parts[:n-2]), r.join(a, b))
	}
	if len(r.parts) == 1 && len(r.dead) > r.parts[0].len()/2 {
		r.parts = []*part{r.join(r.parts[0], &part{})}
	}
}

// join makes one part of two, without the dead, which are forgotten.
func (r *Relations) join(a, b *part) *part {
	n := &part{}
	dead := maps.Clone(r.dead)
	for _, p := range []*part{a, b} {
		for i := range uint32(p.len()) {
			if _, gone := dead[p.fact[i]]; gone {
				delete(dead, p.fact[i])
				continue
			}
			n.take(p, i)
		}
	}
	n.index(r.Subjects())
	r.dead = dead
	return n
}

func (p *part) clip() {
	p.from, p.to, p.head = slices.Clip(p.from), slices.Clip(p.to), slices.Clip(p.head)
	p.ratio, p.fen = slices.Clip(p.ratio), slices.Clip(p.fen)
	p.observed, p.fact = slices.Clip(p.observed), slices.Clip(p.fact)
}

func (p *part) take(q *part, i uint32) {
	p.from, p.to, p.head = append(p.from, q.from[i]), append(p.to, q.to[i]), append(p.head, q.head[i])
	p.ratio, p.fen = append(p.ratio, q.ratio[i]), append(p.fen, q.fen[i])
	p.observed, p.fact = append(p.observed, q.observed[i]), append(p.fact, q.fact[i])
}

// Empty says whether nothing changed.
func (c Change) Empty() bool { return len(c.Subjects)+len(c.Relations)+len(c.Gone) == 0 }
