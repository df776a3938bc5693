package handlers

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/views"
	"xiezhi/work"
)

// The size of the picture of a money flow.
const (
	sankeyWidth  = 1000
	sankeyHeight = 420
	sankeyTop    = 24
	sankeyBar    = 12
	sankeyGap    = 13
	sankeyRoom   = 210 // right of the last layer: its names and amounts, the longest of both languages
)

// sankeyNode is a bar: an account, or all small ones of a layer.
type sankeyNode struct {
	depth     int
	name      string
	in, out   int64
	x, y, h   float64
	inY, outY float64
}

type sankeyLink struct {
	from, to *sankeyNode
	fen      int64
}

// newSankeys draws each currency of a trace apart.
func newSankeys(ctx context.Context, f moneyFile) []views.Sankey {
	var currencies []string
	for _, h := range f.answer.Hops {
		if !slices.Contains(currencies, h.Currency) {
			currencies = append(currencies, h.Currency)
		}
	}
	var list []views.Sankey
	for _, currency := range currencies {
		one := f
		if len(currencies) > 1 {
			one.answer.Hops = slices.DeleteFunc(slices.Clone(f.answer.Hops), func(h work.GraphHop) bool { return h.Currency != currency })
			one.answer.Accounts = slices.DeleteFunc(slices.Clone(f.answer.Accounts), func(l work.GraphLayer) bool { return l.Currency != currency })
		}
		s := newSankey(ctx, one, currency)
		if len(currencies) > 1 {
			s.Currency = currency
		}
		list = append(list, s)
	}
	return list
}

// newSankey draws how traced money of one currency went from layer to layer; payments back to an earlier layer are not drawn, and said
// so.
func newSankey(ctx context.Context, f moneyFile, currency string) views.Sankey {
	s := views.Sankey{Width: sankeyWidth, Height: sankeyHeight, Label: i18n.T(ctx, "money.sankey_label", "n", i18n.Integer(ctx, int64(len(f.answer.Hops))))}
	if len(f.answer.Hops) == 0 {
		return s
	}
	of := sankeyNodes(ctx, f)
	links, back := sankeyLinks(f, of)
	if back > 0 {
		s.Note = i18n.T(ctx, "money.back", "amount", moneyText(ctx, work.Yuan(back), currency))
	}
	nodes := placeSankey(links)
	for _, n := range nodes {
		s.Nodes = append(s.Nodes, views.SankeyNode{X: n.x, Y: n.y, W: sankeyBar, H: n.h, Name: n.name, Value: moneyText(ctx, work.Yuan(max(n.in, n.out)), currency)})
	}
	for _, l := range links {
		h := l.from.h * float64(l.fen) / float64(max(l.from.in, l.from.out, 1))
		h2 := l.to.h * float64(l.fen) / float64(max(l.to.in, l.to.out, 1))
		x1, x2 := l.from.x+sankeyBar, l.to.x
		y1, y2 := l.from.outY, l.to.inY
		l.from.outY += h
		l.to.inY += h2
		mid := (x1 + x2) / 2
		path := fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fL%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fZ",
			x1, y1, mid, y1, mid, y2, x2, y2, x2, y2+max(h2, 0.8), mid, y2+max(h2, 0.8), mid, y1+max(h, 0.8), x1, y1+max(h, 0.8))
		s.Links = append(s.Links, views.SankeyLink{Path: path, Title: l.from.name + " → " + l.to.name + i18n.T(ctx, "punct.colon") + moneyText(ctx, work.Yuan(l.fen), currency)})
	}
	return s
}

// sankeyNodes gives each account that stands alone its bar, all of which the list names; the others of a layer share one.
func sankeyNodes(ctx context.Context, f moneyFile) map[int64]*sankeyNode {
	of := make(map[int64]*sankeyNode, len(f.answer.Accounts))
	rest, many := map[int]*sankeyNode{}, map[int]int{}
	for _, l := range f.answer.Accounts {
		if l.Alone {
			of[l.ID] = &sankeyNode{depth: l.Depth, name: maskedName(ctx, f.names, l.ID)}
			continue
		}
		if rest[l.Depth] == nil {
			rest[l.Depth] = &sankeyNode{depth: l.Depth}
		}
		of[l.ID] = rest[l.Depth]
		many[l.Depth]++
	}
	for depth, n := range rest {
		n.name = i18n.T(ctx, "money.others", "n", i18n.Integer(ctx, int64(many[depth])))
	}
	return of
}

// sankeyLinks adds payments between the same bars up; back is what went back to the same or an earlier layer.
func sankeyLinks(f moneyFile, of map[int64]*sankeyNode) (links []*sankeyLink, back int64) {
	by := map[[2]*sankeyNode]*sankeyLink{}
	for _, h := range f.answer.Hops {
		from, to := of[h.FromID], of[h.ToID]
		if f.ask.Direction == work.Backward {
			from, to = to, from
		}
		if from == nil || to == nil || h.Carried == 0 {
			continue
		}
		if to.depth <= from.depth {
			back += int64(h.Carried)
			continue
		}
		key := [2]*sankeyNode{from, to}
		if by[key] == nil {
			by[key] = &sankeyLink{from: from, to: to}
			links = append(links, by[key])
		}
		by[key].fen += int64(h.Carried)
		from.out += int64(h.Carried)
		to.in += int64(h.Carried)
	}
	slices.SortStableFunc(links, func(a, b *sankeyLink) int { return cmp.Compare(b.fen, a.fen) })
	return links, back
}

// placeSankey stacks the bars of each layer, the larger on top; one scale holds for all layers.
func placeSankey(links []*sankeyLink) []*sankeyNode {
	layers := map[int][]*sankeyNode{}
	seen := map[*sankeyNode]bool{}
	most := 0
	for _, l := range links {
		for _, n := range []*sankeyNode{l.from, l.to} {
			if !seen[n] {
				seen[n] = true
				layers[n.depth] = append(layers[n.depth], n)
				most = max(most, n.depth)
			}
		}
	}
	scale := 1e18
	for _, list := range layers {
		sum := int64(0)
		for _, n := range list {
			sum += max(n.in, n.out)
		}
		scale = min(scale, (sankeyHeight-sankeyTop-float64(len(list))*sankeyGap)/float64(max(sum, 1)))
	}
	var nodes []*sankeyNode
	for depth := range most + 1 {
		list := layers[depth]
		slices.SortStableFunc(list, func(a, b *sankeyNode) int { return cmp.Compare(max(b.in, b.out), max(a.in, a.out)) })
		y := float64(sankeyTop)
		for _, n := range list {
			n.x = 4 + float64(depth)*float64(sankeyWidth-sankeyRoom)/float64(max(most, 1))
			n.y, n.h = y, max(1.5, float64(max(n.in, n.out))*scale)
			n.inY, n.outY = n.y, n.y
			y += n.h + sankeyGap
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// sendSVG gives a picture as a file.
func (a *App) sendSVG(c *gin.Context, name string, pic templ.Component) error {
	var buf bytes.Buffer
	if err := pic.Render(a.Context(c), &buf); err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Content-Security-Policy", "sandbox")
	c.Data(http.StatusOK, "image/svg+xml", buf.Bytes())
	return nil
}
