package handlers

import (
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/work"
)

// readGroups reads a question about groups of subjects.
func readGroups(c *gin.Context, q *queryReader) work.GroupsAsk {
	return work.GroupsAsk{Of: c.Query("of"), Least: q.number("least", 2, 2, 10_000), Limit: q.number("limit", 100, 1, graphMaxSet)}
}

func (a *App) apiGraphRings(c *gin.Context, q *queryReader, by work.GraphAsk) (work.RingsAnswer, error) {
	ask := readGroups(c, q)
	if err := q.err(); err != nil {
		return work.RingsAnswer{}, err
	}
	return a.Desk.Graph.GuaranteeRings(c.Request.Context(), by, ask)
}

func (a *App) apiGraphClusters(c *gin.Context, q *queryReader, by work.GraphAsk) (work.ClustersAnswer, error) {
	ask := readGroups(c, q)
	if err := q.err(); err != nil {
		return work.ClustersAnswer{}, err
	}
	return a.Desk.Graph.Clusters(c.Request.Context(), by, ask)
}

// readHubs reads a question about accounts that gather or scatter.
func readHubs(_ *gin.Context, q *queryReader) work.HubsAsk {
	return work.HubsAsk{Window: q.duration("window", 24*time.Hour), Least: q.number("least", 10, 2, 1_000_000), MinFen: q.yuan("min_amount"), From: q.moment("from", work.DayBegins),
		To: q.moment("to", work.DayEnds), Limit: q.number("limit", 100, 1, graphMaxRings)}
}

func (a *App) apiGraphHubs(c *gin.Context, q *queryReader, by work.GraphAsk) (work.HubsAnswer, error) {
	ask := readHubs(c, q)
	if err := q.err(); err != nil {
		return work.HubsAnswer{}, err
	}
	return a.Desk.Graph.Hubs(c.Request.Context(), by, ask)
}

// readMoneyPath reads a question about a chain of payments between two accounts.
func readMoneyPath(c *gin.Context, q *queryReader) work.MoneyPathAsk {
	return work.MoneyPathAsk{Source: c.Query("source"), Target: c.Query("target"), Hops: q.number("hops", 6, 1, 20), MinFen: q.yuan("min_amount"), From: q.moment("from", work.DayBegins),
		To: q.moment("to", work.DayEnds)}
}

func (a *App) apiGraphMoneyPath(c *gin.Context, q *queryReader, by work.GraphAsk) (work.MoneyPathAnswer, error) {
	ask := readMoneyPath(c, q)
	if err := q.err(); err != nil {
		return work.MoneyPathAnswer{}, err
	}
	return a.moneyPath(c, by, ask)
}

// moneyPath looks for a chain of payments; that somebody looked at the accounts' money is noted.
func (a *App) moneyPath(c *gin.Context, by work.GraphAsk, ask work.MoneyPathAsk) (work.MoneyPathAnswer, error) {
	ctx := c.Request.Context()
	answer, err := a.Desk.Graph.MoneyPath(ctx, by, ask)
	if err != nil {
		return answer, err
	}
	for _, written := range []string{ask.Source, ask.Target} {
		sub, err := a.Desk.Graph.Known(ctx, by, written)
		if err != nil {
			return answer, err
		}
		if err := a.Store.NoteRead(ctx, ActorOf(c), "graph.moneypath", "account:"+*sub.Ref, sub.Place, map[string]any{"hops": ask.Hops}); err != nil {
			return answer, err
		}
	}
	return answer, nil
}

// readSums reads a question about sums by institution or place.
func readSums(_ *gin.Context, q *queryReader) work.SumsAsk {
	return work.SumsAsk{By: q.choice("by", work.ByInstitution, work.ByPlace), From: q.moment("from", work.DayBegins), To: q.moment("to", work.DayEnds), MinFen: q.yuan("min_amount"),
		Limit: q.number("limit", 500, 1, graphMaxRings)}
}

func (a *App) apiGraphSums(c *gin.Context, q *queryReader, by work.GraphAsk) (work.SumsAnswer, error) {
	ask := readSums(c, q)
	if err := q.err(); err != nil {
		return work.SumsAnswer{}, err
	}
	return a.Desk.Graph.Sums(c.Request.Context(), by, ask)
}
