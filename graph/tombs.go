package graph

import "slices"

// tombs marks the edges of a part that count no longer, a bit for each; nil where all of them count.
type tombs []uint64

func (t tombs) has(i uint32) bool { return t != nil && t[i>>6]&(1<<(i&63)) != 0 }

// set marks in place; the marks must not be shared yet.
func (t tombs) set(i uint32) { t[i>>6] |= 1 << (i & 63) }

// copied gives marks of n edges that can be set without touching those of t.
func (t tombs) copied(n int) tombs {
	c := make(tombs, (n+63)/64)
	copy(c, t)
	return c
}

// gone says whether an edge counts no longer.
func (r *Relations) gone(n int, i uint32) bool { return r.tombs[n].has(i) }

// buried says the same while a change is on its way, when the marks are not set yet.
func (r *Relations) buried(p *part, i uint32) bool {
	_, gone := r.dead[p.fact[i]]
	return gone
}

// entomb marks the edges of the facts that count no longer; was is what r was made from.
func (r *Relations) entomb(was *Relations) {
	r.tombs = make([]tombs, len(r.parts))
	var fresh, back []int64
	for fact := range r.dead {
		if _, known := was.dead[fact]; !known {
			fresh = append(fresh, fact)
		}
	}
	for fact := range was.dead {
		if _, still := r.dead[fact]; !still {
			back = append(back, fact)
		}
	}
	for n, p := range r.parts {
		k := slices.Index(was.parts, p)
		if k < 0 {
			r.tombs[n] = p.tombsOf(r.dead)
			continue
		}
		r.tombs[n] = was.tombs[k]
		own := false
		for _, list := range [][]int64{fresh, back} {
			for _, i := range p.find(list) {
				if !own {
					r.tombs[n], own = r.tombs[n].copied(p.len()), true
				}
				r.tombs[n][i>>6] ^= 1 << (i & 63)
			}
		}
	}
}

func (p *part) tombsOf(dead map[int64]struct{}) tombs {
	var t tombs
	if len(dead) == 0 {
		return nil
	}
	for i, fact := range p.fact {
		if _, gone := dead[fact]; !gone {
			continue
		}
		if t == nil {
			t = t.copied(p.len())
		}
		t.set(uint32(i))
	}
	return t
}

// find gives the edges of some facts; those that are not in the part are left out.
func (p *part) find(facts []int64) []uint32 {
	var list []uint32
	if len(facts) == 0 {
		return nil
	}
	if p.sorted {
		for _, fact := range facts {
			if i, ok := slices.BinarySearch(p.fact, fact); ok {
				list = append(list, uint32(i))
			}
		}
		return list
	}
	want := make(map[int64]struct{}, len(facts))
	for _, fact := range facts {
		want[fact] = struct{}{}
	}
	for i, fact := range p.fact {
		if _, ok := want[fact]; ok {
			list = append(list, uint32(i))
		}
	}
	return list
}
