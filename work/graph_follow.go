package work

import (
	"context"
	"slices"

	"xiezhi/graph"
	"xiezhi/models"
)

// addTransfers brings the flow up to date, and takes in the accounts that nothing but a transfer names.
func (g *Graph) addTransfers(ctx context.Context, was, p *picture) error {
	fresh := newGather()
	for _, span := range g.spans(was, p, false, models.Span{After: was.mark.Transfer, UpTo: p.mark.Transfer}) {
		var list []graph.Transfer
		last := span.After
		err := g.Store.GraphTransfers(ctx, span, models.AsOf{}, func(t models.GraphTransfer) error {
			p.gap(last, t.ID, false)
			last = t.ID
			for _, id := range []int64{t.FromID, t.ToID} {
				if _, known := p.book.Relations.Find(id); !known {
					fresh.touch(id)
				}
			}
			list = append(list, graph.Transfer{ID: t.ID, From: t.FromID, To: t.ToID, Fen: t.AmountFen, At: t.At.Micro(), Means: graph.Means{Currency: t.Currency, Channel: t.Channel}})
			return nil
		})
		if err != nil {
			return err
		}
		p.gap(last, span.UpTo+1, false)
		p.book.Flow = p.book.Flow.With(slices.Values(list))
	}
	c, err := fresh.change(ctx, g.Store)
	if err != nil || c.Empty() {
		return err
	}
	p.book.Relations = p.book.Relations.With(c)
	return nil
}

// spans gives the ranges to look at: what is new, and the holes that may have been filled. The holes of before are looked at anew, so
// that what is still missing is noted again.
func (g *Graph) spans(was, p *picture, facts bool, fresh models.Span) []models.Span {
	var list []models.Span
	for _, h := range was.holes {
		if h.facts == facts && p.checked.Sub(h.since) < holePatience {
			list = append(list, h.span)
		}
	}
	if fresh.UpTo > fresh.After {
		list = append(list, fresh)
	}
	p.inherit = was.holes
	return list
}

// gap notes the keys between two rows, where there are any, with the time since which they are missing.
func (p *picture) gap(after, next int64, facts bool) {
	if !p.tracks || next-after <= 1 || len(p.holes) >= maxHoles {
		return
	}
	since := p.checked
	for _, h := range p.inherit {
		if h.facts == facts && h.span.After <= after && next-1 <= h.span.UpTo {
			since = h.since
			break
		}
	}
	p.holes = append(p.holes, hole{span: models.Span{After: after, UpTo: next - 1}, facts: facts, since: since})
}

// takeOut leaves out the transfers that were withdrawn since the picture before was made, those of transactions that ended late too.
func (g *Graph) takeOut(ctx context.Context, p *picture) error {
	since := p.takenAt
	if !since.IsZero() {
		since = models.At(since.Time().Add(-holePatience))
	}
	ids, last, err := g.Store.TakenTransfers(ctx, since)
	if err != nil || len(ids) == 0 {
		return err
	}
	p.takenAt = last
	p.book.Flow = p.book.Flow.Without(ids)
	return nil
}
