package graph

import "slices"

// PlacedAs gives the relations with their subjects of the kinds and in the places that they have in other relations, those of now; the
// ones it is called on stay as they are.
func (r *Relations) PlacedAs(now *Relations) *Relations {
	s := r.subjects.grow()
	s.kind, s.place = slices.Clone(s.kind), slices.Clone(s.place)
	places := make([]uint16, len(now.subjects.places.list))
	for i, text := range now.subjects.places.list {
		places[i] = s.places.number(text)
	}
	for i, key := range s.number.keys {
		if v, ok := now.subjects.number.find(key); ok {
			s.kind[i], s.place[i] = now.subjects.kind[v], places[now.subjects.place[v]]
		}
	}
	n := *r
	n.subjects = s
	return &n
}
