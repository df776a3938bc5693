package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
)

func (a *App) factShow(c *gin.Context) error {
	return a.showFact(c, http.StatusOK, "", nil)
}

// showFact renders a fact with its origin, and the input of a withdrawal that was refused.
func (a *App) showFact(c *gin.Context, status int, reason string, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	l, err := a.Store.Fact(ctx, actor, c.Param("ref"), c.Param("hash"))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "fact.title", "table", i18n.T(ctx, "table."+string(l.Table))))
	if err != nil {
		return err
	}
	p := newFactShowPage(ctx, actor, l)
	p.Frame = frame
	if l.Withdrawn.At.IsZero() && actor.CanAt(models.ActFactRetract, l.Subject.Place) {
		p.Retract = &views.RetractForm{Reason: reason, Wrong: wrong}
	}
	return a.render(c, status, views.FactShow(p))
}

func newFactShowPage(ctx context.Context, actor models.Actor, l models.Lineage) views.FactShowPage {
	p := views.FactShowPage{URL: factURL(l.Provenance), Subject: subjectName(l.Subject.Name, l.Subject.Key)}
	if l.Subject.Kind == models.KindCompany && actor.CanAt(models.ActCompanyRead, l.Subject.Place) {
		p.SubjectURL = "/companies/" + l.Subject.Key
	}
	for _, col := range l.Columns {
		p.Columns = append(p.Columns, views.Pair{Name: columnName(ctx, col.Column), Value: columnText(ctx, l.Table, col)})
	}
	p.Origin = filledPairs(ctx, []string{"fact.source", sourceName(ctx, l.Source) + " " + l.Source, "fact.family", l.Family,
		"source.col.purpose", i18n.T(ctx, "source.purpose."+string(l.Purpose)), "col.observed", shortMoment(l.ObservedAt), "col.recorded", shortMoment(l.RecordedAt),
		"batch.col.actor", l.Batch.Actor, "col.batch", l.BatchRef, "batch.col.file", l.File, "fact.file_hash", l.FileHash,
		"batch.col.line", i18n.Integer(ctx, l.Line), "fact.hash", l.Hash})
	if actor.CanAt(models.ActBatchRead, l.Batch.Place) {
		p.BatchURL = "/batches/" + l.BatchRef
	}
	p.Withdrawn = takenBack(ctx, l.Withdrawn)
	for _, o := range l.Others {
		line := views.FactLine{Observed: when(o.ObservedAt), Recorded: whenMinute(o.RecordedAt), Batch: o.BatchRef, Hash: o.Hash[:min(12, len(o.Hash))], URL: factURL(o.Provenance), Same: o.Same, State: i18n.T(ctx, "fact.stands")}
		if o.Withdrawn {
			line.State = i18n.T(ctx, "fact.taken_back")
		}
		p.Others = append(p.Others, line)
	}
	return p
}

// factURL leads to a fact: the batch and the digest of its content name it.
func factURL(p models.Provenance) string {
	if p.BatchRef == "" || p.Hash == "" {
		return ""
	}
	return "/batches/" + p.BatchRef + "/facts/" + p.Hash
}

func columnName(ctx context.Context, column string) string {
	if key := "column." + column; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return column
}

// columnText writes a value of a fact as a reader expects it; an empty one is something the reader may not see.
func columnText(ctx context.Context, table models.Table, col models.ColumnValue) string {
	switch {
	case col.Value == "":
		return i18n.T(ctx, "fact.hidden")
	case col.Column == "phone":
		return reference.MaskPhone(col.Value)
	case col.Column == "kind" && table == models.TableSignals:
		return coded(ctx, "signal.", col.Value)
	case col.Column == "kind" && table == models.TableRelations:
		return coded(ctx, "relation.", col.Value)
	case col.Column == "kind" && table == models.TableLicences:
		return coded(ctx, "licence.", col.Value)
	case col.Column == "division_code":
		return placeName(ctx, col.Value)
	case col.Column == "registered_capital", col.Column == "paid_capital", col.Column == "raised", col.Column == "amount":
		return fenText(ctx, col.Value)
	default:
		return col.Value
	}
}

type factRetractForm struct {
	Reason string `form:"reason"`
}

func (a *App) factRetract(c *gin.Context) error {
	var f factRetractForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx := a.Context(c)
	err := a.Store.RetractFact(ctx, ActorOf(c), c.Param("ref"), c.Param("hash"), f.Reason)
	if wrong, ok := wrongFields(err); ok {
		return a.showFact(c, http.StatusUnprocessableEntity, f.Reason, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/batches/"+c.Param("ref")+"/facts/"+c.Param("hash"), i18n.T(ctx, "fact.retracted"), "")
}

// fenText writes money that a fact holds in fen.
func fenText(ctx context.Context, value string) string {
	fen, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return value
	}
	return i18n.Money(ctx, &fen)
}
