package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/work"
)

// withdrawForm offers to take a load back to those who may, with what it would touch; nil for the others and where nothing is left.
func (a *App) withdrawForm(c *gin.Context, b models.Batch, reason string, wrong map[string]string) (*views.WithdrawForm, error) {
	ctx, actor := a.Context(c), ActorOf(c)
	if b.Status == "running" || !b.WithdrawnAt.IsZero() || !actor.CanAt(models.ActFactRetract, b.Place) {
		return nil, nil
	}
	w, err := a.Store.WithdrawalOf(ctx, b)
	if err != nil {
		return nil, err
	}
	if w.Facts == 0 && w.Transfers == 0 {
		return nil, nil
	}
	return &views.WithdrawForm{Source: b.Source, Reason: reason, Wrong: wrong, Transfers: w.Transfers > 0, Touches: withdrawnText(ctx, "withdraw.touches", w)}, nil
}

func withdrawnText(ctx context.Context, key string, w models.Withdrawal) string {
	return i18n.T(ctx, key, "facts", i18n.Integer(ctx, w.Facts), "transfers", i18n.Integer(ctx, w.Transfers), "alerts", i18n.Integer(ctx, w.Alerts))
}

func (a *App) batchWithdraw(c *gin.Context) error {
	var f factRetractForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, ref := a.Context(c), c.Param("ref")
	patient(c)
	w, err := a.Store.WithdrawBatch(context.WithoutCancel(ctx), ActorOf(c), ref, f.Reason)
	if wrong, ok := wrongFields(err); ok {
		return a.showBatch(c, http.StatusUnprocessableEntity, f.Reason, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, "/batches/"+ref, withdrawnText(ctx, "withdraw.done", w), "")
}

// apiBatchWithdraw takes a load back and answers with what that touched.
func (a *App) apiBatchWithdraw(c *gin.Context) error {
	ctx, ref := c.Request.Context(), c.Param("ref")
	var in struct {
		Reason string `json:"reason"`
	}
	var w models.Withdrawal
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error {
			b, err := a.Store.Batch(ctx, actor, ref)
			if err == nil && !actor.CanAt(models.ActFactRetract, b.Place) {
				return models.Forbidden(models.ActFactRetract)
			}
			return err
		},
		Do: func(actor models.Actor) error {
			var err error
			w, err = a.Store.WithdrawBatch(ctx, actor, ref, in.Reason)
			return err
		},
		Answer: func(models.Actor) (int, any, error) {
			return http.StatusOK, gin.H{"batch": ref, "facts": w.Facts, "transfers": w.Transfers, "subjects": w.Subjects, "alerts": w.Alerts}, nil
		}})
}

func (a *App) transferShow(c *gin.Context) error {
	return a.showTransfer(c, http.StatusOK, "", nil)
}

// transferKey is the number of a transfer: of the path, or of the search on the page of its load.
func transferKey(c *gin.Context) string {
	if key := c.Param("key"); key != "" {
		return key
	}
	return c.Query("key")
}

// showTransfer renders a transfer with its origin, and the input of a withdrawal that was refused.
func (a *App) showTransfer(c *gin.Context, status int, reason string, wrong map[string]string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	l, err := a.Store.Transfer(ctx, actor, c.Param("code"), transferKey(c))
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "fact.title", "table", i18n.T(ctx, "table.transfers")))
	if err != nil {
		return err
	}
	p := newTransferPage(ctx, actor, l)
	p.Frame = frame
	if l.Withdrawn.At.IsZero() && l.MayWithdraw(actor) {
		p.Retract = &views.RetractForm{Verb: "withdraw", Note: i18n.T(ctx, "withdraw.transfer_note"), Reason: reason, Wrong: wrong}
	}
	return a.render(c, status, views.FactShow(p))
}

func transferURL(source, key string) string { return "/sources/" + source + "/transfers/" + key }

func newTransferPage(ctx context.Context, actor models.Actor, l models.TransferLineage) views.FactShowPage {
	p := views.FactShowPage{URL: transferURL(l.Source, l.Key), Subject: l.Source + " " + l.Key}
	p.Columns = filledPairs(ctx, []string{"column.id", l.Key, "column.amount", moneyText(ctx, work.Yuan(l.AmountFen), l.Currency), "column.at", shortMoment(l.At),
		"column.channel", l.Channel, "column.memo", l.Memo})
	p.Columns = append(p.Columns, transferEnd(ctx, actor, "column.from_account", l.From), transferEnd(ctx, actor, "column.to_account", l.To))
	p.Origin = filledPairs(ctx, []string{"fact.source", sourceName(ctx, l.Source) + " " + l.Source, "source.col.purpose", i18n.T(ctx, "source.purpose."+string(l.Purpose)),
		"col.observed", shortMoment(l.ObservedAt), "col.recorded", shortMoment(l.RecordedAt), "batch.col.actor", l.Batch.Actor, "col.batch", l.Batch.Ref, "batch.col.file", l.File,
		"fact.file_hash", l.FileHash, "batch.col.line", i18n.Integer(ctx, l.Line), "fact.hash", l.Hash})
	if l.Loaded {
		p.BatchURL = "/batches/" + l.Batch.Ref
	}
	p.Withdrawn = takenBack(ctx, l.Withdrawn)
	return p
}

// filledPairs gives the lines of a list that have a value; the names are message keys before their values.
func filledPairs(ctx context.Context, of []string) []views.Pair {
	var list []views.Pair
	for i := 0; i < len(of); i += 2 {
		if of[i+1] != "" {
			list = append(list, views.Pair{Name: i18n.T(ctx, of[i]), Value: of[i+1]})
		}
	}
	return list
}

// transferEnd writes an account of a transfer: its number is masked, and leads to its page for those who may open it.
func transferEnd(ctx context.Context, actor models.Actor, key string, s *models.Subject) views.Pair {
	pair := views.Pair{Name: i18n.T(ctx, key), Value: i18n.T(ctx, "fact.hidden")}
	if s == nil {
		return pair
	}
	pair.Value = reference.MaskAccount(s.Key)
	if actor.CanAt(models.ActAccountRead, s.Place) && s.Ref != nil {
		pair.URL = "/accounts/" + *s.Ref
	}
	return pair
}

// takenBack says in words who withdrew something, when and why; empty for what stands.
func takenBack(ctx context.Context, w models.Withdrawn) string {
	if w.At.IsZero() {
		return ""
	}
	return i18n.T(ctx, "fact.withdrawn", "at", shortMoment(w.At), "by", w.By, "reason", w.Reason)
}

func (a *App) transferWithdraw(c *gin.Context) error {
	var f factRetractForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, code, key := a.Context(c), c.Param("code"), c.Param("key")
	err := a.Store.WithdrawTransfer(ctx, ActorOf(c), code, key, f.Reason)
	if wrong, ok := wrongFields(err); ok {
		return a.showTransfer(c, http.StatusUnprocessableEntity, f.Reason, wrong)
	}
	if err != nil {
		return err
	}
	return a.done(c, transferURL(code, key), i18n.T(ctx, "withdraw.transfer_done"), "")
}
