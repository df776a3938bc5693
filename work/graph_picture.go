package work

import (
	"context"

	"xiezhi/graph"
	"xiezhi/models"
)

// PictureAsk asks for what stands around a subject and around others that were opened, with the chain between two subjects where both
// are named. Set asks for those subjects alone, by internal key, with the relations between them. Limit bounds the subjects.
type PictureAsk struct {
	Of       string
	Open     []string
	Depth    int
	Limit    int
	From, To string
	Set      []int64
	Width    float64
	Height   float64
}

// Picture is a part of the graph with places to draw it at.
type Picture struct {
	Nodes     []PictureNode
	Edges     []PictureEdge
	Counts    []KindCount // of the subject asked for
	Truncated bool
	ChainFrom string
	ChainTo   string
	Chain     []GraphStep
	Chained   bool // a chain was asked for
	Length    int
}

// PictureNode is a subject of a picture: Subject is how the asker's Namer writes it, Hidden says that the asker may not know it.
type PictureNode struct {
	ID      int64
	Subject string
	Hidden  bool
	Depth   int
	X, Y    float64
	More    int // relations that are not in the picture
	OnChain bool
	Via     GraphStep
}

// PictureEdge is a relation of a picture, by the numbers of its nodes.
type PictureEdge struct {
	From, To int
	Step     GraphStep
	OnChain  bool
}

// Picture gives a part of the graph to draw.
func (g *Graph) Picture(ctx context.Context, by GraphAsk, q PictureAsk) (Picture, error) {
	a, err := g.ask(ctx, by)
	if err != nil {
		return Picture{}, err
	}
	p := &painting{asking: a, index: map[graph.Subject]int{}, edges: map[graph.Edge]bool{}}
	if len(q.Set) > 0 {
		p.these(q)
		return p.paint(q, models.Subject{})
	}
	sub, err := p.around(q)
	if err != nil {
		return Picture{}, err
	}
	if err := p.chain(q); err != nil {
		return Picture{}, err
	}
	return p.paint(q, sub)
}

// painting gathers the subjects and relations of a picture.
type painting struct {
	*asking
	nodes []graph.Neighbour
	index map[graph.Subject]int
	edges map[graph.Edge]bool // those of the chain
	steps []graph.Step
	out   Picture
}

func (p *painting) add(n graph.Neighbour) {
	if _, ok := p.index[n.Subject]; !ok {
		p.index[n.Subject] = len(p.nodes)
		p.nodes = append(p.nodes, n)
	}
}

// these takes the subjects of a set, as far as the limit.
func (p *painting) these(q PictureAsk) {
	for i, guarded := range p.guarded { // a set has no place of its own that would open what is kept against fraud
		p.filter.Hidden[i] = p.filter.Hidden[i] || guarded
	}
	for _, id := range q.Set {
		s, ok := p.book.Relations.Find(id)
		if !ok {
			continue
		}
		if len(p.nodes) == q.Limit {
			p.out.Truncated = true
			return
		}
		p.add(graph.Neighbour{Subject: s, Depth: 1})
	}
}

func (p *painting) around(q PictureAsk) (models.Subject, error) {
	s, sub, err := p.subject("of", q.Of)
	if err != nil {
		return sub, err
	}
	r := p.book.Relations
	if s < 0 {
		return sub, nil
	}
	p.add(graph.Neighbour{Subject: s})
	all := p.filter
	all.Kinds = 0
	for _, c := range r.Counts(s, all) {
		p.out.Counts = append(p.out.Counts, KindCount{c.Kind.String(), c.Out, c.In})
	}
	list, more := r.Around(s, q.Depth, q.Limit, p.filter)
	for _, n := range list {
		p.add(n)
	}
	p.out.Truncated = more
	for _, written := range q.Open {
		o, _, err := p.subject("open", written)
		if err != nil {
			continue // what was opened may have left the scope since
		}
		if o < 0 {
			continue
		}
		p.add(graph.Neighbour{Subject: o, Depth: 1})
		list, more := r.Around(o, 1, max(0, q.Limit-len(p.nodes)), p.filter)
		for _, n := range list {
			n.Depth += p.nodes[p.index[o]].Depth
			p.add(n)
		}
		p.out.Truncated = p.out.Truncated || more
	}
	return sub, nil
}

// chain adds the shortest chain between the two subjects that were named.
func (p *painting) chain(q PictureAsk) error {
	if q.From == "" || q.To == "" {
		return nil
	}
	from, _, err := p.subject("from", q.From)
	if err != nil {
		return err
	}
	to, _, err := p.subject("to", q.To)
	if err != nil {
		return err
	}
	p.out.Chained, p.out.Length = true, -1
	if from < 0 || to < 0 {
		return nil
	}
	steps, ok := p.book.Relations.Path(from, to, graph.MaxSteps, p.filter)
	if !ok {
		return nil
	}
	p.steps, p.out.Length = steps, len(steps)
	for i, st := range steps {
		p.edges[st.Edge] = true
		p.add(graph.Neighbour{Subject: st.From, Depth: 1 + i, Via: st})
		p.add(graph.Neighbour{Subject: st.To, Depth: 2 + i, Via: st})
	}
	return nil
}

func (p *painting) paint(q PictureAsk, sub models.Subject) (Picture, error) {
	r := p.book.Relations
	set := make([]graph.Subject, len(p.nodes))
	depth := make([]int, len(p.nodes))
	onChain := map[graph.Subject]bool{}
	for i, n := range p.nodes {
		set[i], depth[i] = n.Subject, n.Depth
		p.need(n.Subject)
	}
	for _, st := range p.steps {
		onChain[st.From], onChain[st.To] = true, true
	}
	f := p.filter
	if len(p.edges) > 0 {
		f.Hidden = p.filter.Hidden
	}
	edges := r.Between(set, f)
	w, err := p.writer()
	if err != nil {
		return Picture{}, err
	}
	ties := make([][2]int, 0, len(edges))
	shown := make([]int, len(p.nodes))
	for _, e := range edges {
		from, to := r.Ends(e)
		i, k := p.index[from], p.index[to]
		ties = append(ties, [2]int{i, k})
		shown[i]++
		shown[k]++
		p.out.Edges = append(p.out.Edges, PictureEdge{From: i, To: k, Step: p.step(w, graph.Step{Edge: e, From: from, To: to, Outward: true}), OnChain: p.edges[e]})
	}
	at := graph.Arrange(len(p.nodes), ties, depth, q.Width, q.Height)
	for i, n := range p.nodes {
		id := r.Key(n.Subject)
		node := PictureNode{ID: id, Subject: w.of(id), Hidden: !w.knows(id), Depth: n.Depth, X: at[i].X, Y: at[i].Y, OnChain: onChain[n.Subject]}
		total := 0
		for _, c := range r.Counts(n.Subject, p.filter) {
			total += c.In + c.Out
		}
		node.More = max(0, total-shown[i])
		if i > 0 && n.Via.From != n.Via.To {
			node.Via = p.step(w, n.Via)
		}
		p.out.Nodes = append(p.out.Nodes, node)
	}
	if len(p.nodes) == 0 {
		p.out.Nodes = append(p.out.Nodes, PictureNode{ID: sub.ID, Subject: w.of(sub.ID), X: q.Width / 2, Y: q.Height / 2})
	}
	p.out.Chain = p.asking.steps(w, p.steps)
	return p.out, nil
}
