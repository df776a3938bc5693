package handlers

import (
	"context"

	"xiezhi/graph"
	"xiezhi/i18n"
	"xiezhi/work"
)

// GraphReason words why somebody is a key figure, in the language of the context.
func GraphReason(ctx context.Context, r graph.Reason) string {
	return i18n.T(ctx, "graph.reason."+r.Key, "count", i18n.Integer(ctx, int64(r.Count)), "of", i18n.Integer(ctx, int64(r.Of)), "amount", moneyText(ctx, work.Yuan(r.Fen), r.Currency))
}
