package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/graph"
	"xiezhi/models"
	"xiezhi/work"
)

// graphAsk reads what every question of the graph takes: as_of, valid_at, kinds and ended. Subjects are those of the action's scope.
func (a *App) graphAsk(c *gin.Context, action models.Action, q *queryReader) work.GraphAsk {
	ctx, actor := a.Context(c), ActorOf(c)
	memory := work.NewRemembered(a.Store, actor.Sight(action))
	by := work.GraphAsk{Sight: actor.Sight(action), AntiFraud: actor.Scope(models.ActFactAntiFraud), Ended: c.Query("ended") == "true", Memory: memory,
		Name: func(ctx context.Context, ids []int64) (map[int64]string, error) {
			return graphNames(ctx, actor, memory, ids)
		},
		Say: func(r graph.Reason) string { return GraphReason(ctx, r) }}
	if kinds := c.Query("kinds"); kinds != "" {
		by.Kinds = strings.Split(kinds, ",")
	}
	by.RecordedBy = q.moment("as_of", work.DayEnds)
	by.ObservedBy = by.RecordedBy
	if valid := q.moment("valid_at", work.DayEnds); !valid.IsZero() {
		by.ObservedBy = valid
	}
	return by
}

// graphNames writes subjects for programs: companies by their codes, persons and accounts by their random public numbers, for those who
// may read them; who may see that they are there and no more gets a number of this answer alone.
func graphNames(ctx context.Context, actor models.Actor, memory *work.Remembered, ids []int64) (map[int64]string, error) {
	list, err := memory.Subjects(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(list))
	masked := 0
	for _, id := range ids {
		s, ok := list[id]
		if !ok {
			continue
		}
		switch {
		case s.Kind != models.KindPerson && s.Kind != models.KindAccount:
			out[id] = s.Written().String()
		case personURL(actor, readAction(s.Kind), "", s) != "":
			out[id] = string(s.Kind) + ":" + *s.Ref
		default:
			masked++
			out[id] = string(s.Kind) + ":masked-" + strconv.Itoa(masked)
		}
	}
	return out, nil
}

func readAction(kind models.SubjectKind) models.Action {
	switch kind {
	case models.KindPerson:
		return models.ActPersonRead
	case models.KindAccount:
		return models.ActAccountRead
	default:
		return models.ActCompanyRead
	}
}

// queryReader reads the fields of a question and gathers what is wrong with them.
type queryReader struct {
	c     *gin.Context
	wrong map[string]string
}

func readQuery(c *gin.Context) *queryReader {
	return &queryReader{c: c, wrong: map[string]string{}}
}

// err is the refusal of wrong fields, nil where all are right.
func (q *queryReader) err() error {
	if len(q.wrong) > 0 {
		return models.Invalid(q.wrong)
	}
	return nil
}

// number reads a whole number; usual where the field is empty.
func (q *queryReader) number(field string, usual, least, most int) int {
	text := q.c.Query(field)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		q.wrong[field] = "error.range"
		return usual
	}
	return n
}

func (q *queryReader) moment(field string, edge work.DayEdge) models.Instant {
	at, err := work.ReadMoment(q.c.Query(field), edge)
	if err != nil {
		q.wrong[field] = "error.moment"
	}
	return at
}

func (q *queryReader) yuan(field string) int64 {
	text := q.c.Query(field)
	if text == "" {
		return 0
	}
	fen, err := work.ReadYuan(text)
	if err != nil {
		q.wrong[field] = "error.amount"
	}
	return fen
}

func (q *queryReader) duration(field string, usual time.Duration) time.Duration {
	text := q.c.Query(field)
	if text == "" {
		return usual
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > 10*365*24*time.Hour {
		q.wrong[field] = "error.duration"
		return usual
	}
	return d
}

// choice reads one of some words; the first is the usual one.
func (q *queryReader) choice(field string, words ...string) string {
	text := q.c.Query(field)
	if text == "" {
		return words[0]
	}
	return text
}

// list reads texts separated by commas.
func (q *queryReader) list(field string) []string {
	text := strings.TrimSpace(q.c.Query(field))
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func (q *queryReader) share(field string) float64 {
	text := q.c.Query(field)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		q.wrong[field] = "error.range"
		return 0
	}
	return v
}
