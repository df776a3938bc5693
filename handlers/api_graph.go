package handlers

import (
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
	"xiezhi/work"
)

// The most that one answer of the graph over HTTP holds.
const (
	graphMaxSubjects = 10_000
	graphMaxMoves    = 20_000
	graphMaxRings    = 2_000
	graphMaxSet      = 500
)

// graphCall answers one question of the graph: read the fields, ask, write.
func graphCall[T any](a *App, action models.Action, ask func(c *gin.Context, q *queryReader, by work.GraphAsk) (T, error)) func(*gin.Context) error {
	return func(c *gin.Context) error {
		q := readQuery(c)
		answer, err := ask(c, q, a.graphAsk(c, action, q))
		if err != nil {
			return err
		}
		return a.json(c, answer)
	}
}

// wholeCall is graphCall for a question about all that is in the asker's sight: it is noted as a read.
func wholeCall[T any](a *App, action models.Action, name string, ask func(c *gin.Context, q *queryReader, by work.GraphAsk) (T, error)) func(*gin.Context) error {
	return graphCall(a, action, func(c *gin.Context, q *queryReader, by work.GraphAsk) (T, error) {
		answer, err := ask(c, q, by)
		if err != nil {
			return answer, err
		}
		return answer, a.noteWhole(c, name)
	})
}

func (a *App) apiGraphPath(c *gin.Context, q *queryReader, by work.GraphAsk) (work.PathAnswer, error) {
	ask := work.PathAsk{From: c.Query("from"), To: c.Query("to"), Max: q.number("max", 70, 0, 70), K: q.number("k", 1, 1, 20)}
	if err := q.err(); err != nil {
		return work.PathAnswer{}, err
	}
	return a.Desk.Graph.Path(c.Request.Context(), by, ask)
}

func (a *App) apiGraphNeighbours(c *gin.Context, q *queryReader, by work.GraphAsk) (work.NeighboursAnswer, error) {
	ask := work.NeighboursAsk{Of: c.Query("of"), Depth: q.number("depth", 1, 0, 6), Limit: q.number("limit", 500, 1, graphMaxSubjects)}
	if err := q.err(); err != nil {
		return work.NeighboursAnswer{}, err
	}
	return a.Desk.Graph.Neighbours(c.Request.Context(), by, ask)
}

func (a *App) apiGraphControllers(c *gin.Context, q *queryReader, by work.GraphAsk) (work.ControllersAnswer, error) {
	least := q.share("min_share")
	if err := q.err(); err != nil {
		return work.ControllersAnswer{}, err
	}
	return a.Desk.Graph.Controllers(c.Request.Context(), by, c.Query("of"), least)
}

func (a *App) apiGraphGroup(c *gin.Context, q *queryReader, by work.GraphAsk) (work.GroupAnswer, error) {
	limit := q.number("limit", 500, 1, graphMaxSubjects)
	if err := q.err(); err != nil {
		return work.GroupAnswer{}, err
	}
	return a.Desk.Graph.Group(c.Request.Context(), by, c.Query("of"), limit)
}

func (a *App) apiGraphKeyFigures(c *gin.Context, q *queryReader, by work.GraphAsk) (work.KeyFiguresAnswer, error) {
	set, limit := q.list("of"), q.number("limit", 20, 1, 200)
	if len(set) == 0 {
		q.wrong["of"] = "error.required"
	}
	if len(set) > graphMaxSet {
		q.wrong["of"] = "error.range"
	}
	if err := q.err(); err != nil {
		return work.KeyFiguresAnswer{}, err
	}
	return a.Desk.Graph.KeyFigures(c.Request.Context(), by, set, limit)
}

// readMoney reads a question about an account's money.
func readMoney(c *gin.Context, q *queryReader) work.MoneyAsk {
	return work.MoneyAsk{Account: c.Query("account"), Direction: q.choice("direction", work.Forward), Method: q.choice("method", work.ProRata),
		Hops: q.number("hops", 3, 1, 20), From: q.moment("from", work.DayBegins), To: q.moment("to", work.DayEnds), MinFen: q.yuan("min_amount"),
		Limit: q.number("limit", 2000, 1, graphMaxMoves), Sums: c.Query("sums") == "true"}
}

func (a *App) apiGraphTrace(c *gin.Context, q *queryReader, by work.GraphAsk) (work.TraceAnswer, error) {
	ask := readMoney(c, q)
	if err := q.err(); err != nil {
		return work.TraceAnswer{}, err
	}
	return a.trace(c, by, ask)
}

// trace follows money; that somebody looked at an account's money is noted.
func (a *App) trace(c *gin.Context, by work.GraphAsk, ask work.MoneyAsk) (work.TraceAnswer, error) {
	ctx, actor := c.Request.Context(), ActorOf(c)
	answer, err := a.Desk.Graph.Trace(ctx, by, ask)
	if err != nil {
		return answer, err
	}
	sub, err := a.Desk.Graph.Known(ctx, by, ask.Account)
	if err != nil {
		return answer, err
	}
	return answer, a.Store.NoteRead(ctx, actor, "graph.trace", "account:"+*sub.Ref, sub.Place, map[string]any{"direction": ask.Direction, "hops": ask.Hops})
}

func (a *App) apiGraphCycles(c *gin.Context, q *queryReader, by work.GraphAsk) (work.CyclesAnswer, error) {
	ask := work.CyclesAsk{MaxLength: q.number("max_length", 5, 2, 8), Window: q.duration("window", 168*time.Hour), MinFen: q.yuan("min_amount"),
		From: q.moment("from", work.DayBegins), To: q.moment("to", work.DayEnds), Of: q.list("account"), Limit: q.number("limit", 200, 1, graphMaxRings), Seen: true}
	if err := q.err(); err != nil {
		return work.CyclesAnswer{}, err
	}
	return a.Desk.Graph.Cycles(c.Request.Context(), by, ask)
}
