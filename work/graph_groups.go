package work

import (
	"context"
	"slices"

	"xiezhi/graph"
	"xiezhi/models"
)

// GroupsAsk asks for groups of subjects: those that hold the subject Of, or all that hold somebody the asker may know; Least is the
// smallest group, Limit bounds the answer.
type GroupsAsk struct {
	Of           string
	Least, Limit int
}

// RingsAnswer is the groups that guarantee each other.
type RingsAnswer struct {
	Rings     []GraphRing `json:"rings"`
	Truncated bool        `json:"truncated"`
}

// GraphRing is a group whose members guarantee each other in a circle; Chain is a shortest way round.
type GraphRing struct {
	Members []string    `json:"members"`
	Chain   []GraphStep `json:"chain"`

	IDs []int64 `json:"-"`
}

// ClustersAnswer is the groups that share an address, a phone, a device or a domain.
type ClustersAnswer struct {
	Clusters  []GraphCluster `json:"clusters"`
	Truncated bool           `json:"truncated"`
}

// GraphCluster is a group that shares an attribute of a kind.
type GraphCluster struct {
	Kind    string   `json:"kind"`
	Members []string `json:"members"`

	IDs []int64 `json:"-"`
}

// groups prepares a question about groups: the subject it is about, -1 for none, and what keeps a group. Where no subject is named,
// sources kept against fraud are left out, since nobody answers for the question about all.
func (g *Graph) groups(ctx context.Context, by GraphAsk, q GroupsAsk) (*asking, func(members []graph.Subject) bool, error) {
	a, err := g.ask(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	if q.Of == "" {
		for i, guarded := range a.guarded {
			a.filter.Hidden[i] = a.filter.Hidden[i] || guarded
		}
		return a, func(members []graph.Subject) bool {
			return len(members) >= q.Least && slices.ContainsFunc(members, a.sees)
		}, nil
	}
	of, _, err := a.subject("of", q.Of)
	if err != nil {
		return nil, nil, err
	}
	return a, func(members []graph.Subject) bool { return len(members) >= q.Least && slices.Contains(members, of) }, nil
}

// sees says whether the asker may know a subject.
func (a *asking) sees(s graph.Subject) bool {
	place, ok := models.PlaceOf(a.book.Relations.Place(s))
	return ok && a.Sight.Covers(place)
}

// GuaranteeRings gives the groups of subjects that guarantee each other, the largest first.
func (g *Graph) GuaranteeRings(ctx context.Context, by GraphAsk, q GroupsAsk) (RingsAnswer, error) {
	out := RingsAnswer{Rings: []GraphRing{}}
	a, keep, err := g.groups(ctx, by, q)
	if err != nil {
		return out, err
	}
	var list []graph.Ring
	for _, r := range a.book.Relations.GuaranteeRings(nil, a.filter) {
		if !keep(r.Members) {
			continue
		}
		if len(list) == q.Limit {
			out.Truncated = true
			break
		}
		list = append(list, r)
		for _, s := range r.Members {
			a.need(s)
		}
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	for _, r := range list {
		ring := GraphRing{Chain: a.steps(w, r.Chain)}
		ring.Members, ring.IDs = a.members(w, r.Members)
		out.Rings = append(out.Rings, ring)
	}
	return out, nil
}

func (a *asking) members(w *writer, set []graph.Subject) (names []string, ids []int64) {
	for _, s := range set {
		id := a.book.Relations.Key(s)
		names, ids = append(names, w.of(id)), append(ids, id)
	}
	return names, ids
}

// Clusters gives the groups of subjects that share an attribute, the largest first; the asker's kinds say which attributes.
func (g *Graph) Clusters(ctx context.Context, by GraphAsk, q GroupsAsk) (ClustersAnswer, error) {
	out := ClustersAnswer{Clusters: []GraphCluster{}}
	a, keep, err := g.groups(ctx, by, q)
	if err != nil {
		return out, err
	}
	var list []graph.Cluster
	for _, c := range a.book.Relations.Clusters(max(2, q.Least), a.filter) {
		if !keep(c.Members) {
			continue
		}
		if len(list) == q.Limit {
			out.Truncated = true
			break
		}
		list = append(list, c)
		for _, s := range c.Members {
			a.need(s)
		}
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	for _, c := range list {
		one := GraphCluster{Kind: c.Kind.String()}
		one.Members, one.IDs = a.members(w, c.Members)
		out.Clusters = append(out.Clusters, one)
	}
	return out, nil
}
