package handlers

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

type revealForm struct {
	Purpose  string `form:"purpose"`
	Case     string `form:"case"`
	Password string `form:"password"`
}

// personal says which of the two kinds with masked numbers a page is about.
type personal struct {
	kind models.SubjectKind
	noun string
	file func(context.Context, models.Actor, string) (models.PersonFile, error)
}

func (a *App) persons() personal {
	return personal{models.KindPerson, "persons", a.Store.PersonFile}
}

func (a *App) accounts() personal {
	return personal{models.KindAccount, "accounts", a.Store.AccountFile}
}

func (a *App) personShow(of personal) func(*gin.Context) error {
	return func(c *gin.Context) error { return a.showPerson(c, of, revealForm{}, nil, "") }
}

func (a *App) showPerson(c *gin.Context, of personal, form revealForm, wrong map[string]string, revealed string) error {
	ctx, actor := a.Context(c), ActorOf(c)
	f, err := of.file(ctx, actor, c.Param("ref"))
	if err != nil {
		return err
	}
	names, err := a.Store.Names(ctx, actor.Sight(models.ActCompanyRead), relatedSubjects(&models.CompanyFacts{Relations: f.Relations}))
	if err != nil {
		return err
	}
	p := newPersonPage(ctx, actor, of, f, names, form, a.Store.Now())
	p.Revealed, p.Reveal.Wrong = revealed, wrong
	if p.Frame, err = a.frame(c, p.Title); err != nil {
		return err
	}
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.render(c, status, views.Person(p))
}

func newPersonPage(ctx context.Context, actor models.Actor, of personal, f models.PersonFile, names map[models.SubjectRef]models.Subject, form revealForm, now models.Instant) views.PersonPage {
	p := views.PersonPage{Noun: of.noun, Ref: *f.Ref, MayReveal: actor.CanAt(models.ActPersonReveal, f.Place), Meta: []string{placeName(ctx, f.DivisionCode)}}
	pair := func(key, value string) {
		if value != "" {
			p.Facts = append(p.Facts, views.Pair{Name: i18n.T(ctx, key), Value: value})
		}
	}
	if of.kind == models.KindPerson {
		p.Title = reference.MaskName(f.Name)
		pair("person.id", reference.MaskIdentity(f.Key))
		if f.Person != nil && f.Person.Row.BirthYear != nil {
			pair("person.birth_year", strconv.FormatInt(*f.Person.Row.BirthYear, 10))
		}
	} else {
		p.Title = reference.MaskAccount(f.Key)
		if f.Account != nil {
			pair("person.institution", f.Account.Row.InstitutionCode)
			pair("person.class", f.Account.Row.Class)
			pair("person.opened", string(f.Account.Row.OpenedOn))
			pair("person.phone", reference.MaskPhone(f.Account.Row.Phone))
		}
	}
	if of.kind == models.KindAccount {
		p.Stops, p.StopNote = newStops(ctx, f.Signals, now)
	}
	p.Relations = newRelations(ctx, actor, companyFile{sub: f.Subject, facts: &models.CompanyFacts{Relations: f.Relations}, names: names})
	for _, acc := range f.Owned {
		p.Accounts = append(p.Accounts, views.SimilarRow{URL: "/accounts/" + *acc.Ref, Name: reference.MaskAccount(acc.Key)})
	}
	for _, t := range f.Transfers {
		it := views.TransferItem{At: whenMinute(t.At), Memo: t.Memo, Source: sourceName(ctx, t.Source), URL: transferURL(t.Source, t.Key), In: i18n.Unknown, Out: i18n.Unknown}
		if t.FromID == f.ID {
			it.Other, it.Out = reference.MaskAccount(t.ToAccount), moneyText(ctx, work.Yuan(t.AmountFen), t.Currency)
		} else {
			it.Other, it.In = reference.MaskAccount(t.FromAccount), moneyText(ctx, work.Yuan(t.AmountFen), t.Currency)
		}
		p.Transfers = append(p.Transfers, it)
	}
	p.Reveal.Case = form.Case
	for _, purpose := range models.Purposes() {
		p.Reveal.Purposes = append(p.Reveal.Purposes, ui.Option{Value: purpose, Label: i18n.T(ctx, "purpose."+purpose), Chosen: purpose == form.Purpose})
	}
	return p
}

// personReveal shows a number on this one page, after purpose, case and password were given; it is logged.
func (a *App) personReveal(of personal) func(*gin.Context) error {
	return func(c *gin.Context) error {
		var f revealForm
		if err := bind(c, &f); err != nil {
			return err
		}
		ctx, actor := c.Request.Context(), ActorOf(c)
		f.Case = strings.TrimSpace(f.Case)
		file, err := of.file(ctx, actor, c.Param("ref"))
		if err != nil {
			return err
		}
		if !actor.CanAt(models.ActPersonReveal, file.Place) {
			return models.Forbidden(models.ActPersonReveal)
		}
		u, err := a.Store.UserByID(ctx, actor.UserID)
		if err != nil {
			return err
		}
		ok, err := checkPassword(f.Password, u.PasswordHash)
		if err != nil {
			return err
		}
		if !ok {
			return a.showPerson(c, of, f, map[string]string{"password": "error.password"}, "")
		}
		sub, err := a.Store.Reveal(ctx, actor, of.kind, c.Param("ref"), f.Purpose, f.Case)
		if wrong, ok := wrongFields(err); ok {
			return a.showPerson(c, of, f, wrong, "")
		}
		if err != nil {
			return err
		}
		return a.showPerson(c, of, f, nil, strings.TrimSpace(sub.Name+" "+sub.Key))
	}
}

// newStops tells what police and banks did with an account's money, read from their feedback; nothing of it is done here.
func newStops(ctx context.Context, signals []models.Fact[models.SignalRow], now models.Instant) ([]views.StopRow, string) {
	var reports []law.StopReport
	for _, s := range signals {
		if s.Row.Kind != "police_feedback" && s.Row.Kind != "institution_report" {
			continue
		}
		if e, ok := law.StopEventOf(s.Row.Text); ok {
			reports = append(reports, law.StopReport{Event: e, At: s.ObservedAt.Time()})
		}
	}
	steps, odd := law.StopStory(reports, now.Time())
	var rows []views.StopRow
	for _, s := range steps {
		row := views.StopRow{Event: procedureAct(ctx, law.MachineStop, s.Event), State: i18n.T(ctx, "procedure.state.stop."+string(s.To)), At: whenMinute(models.At(s.At))}
		if !s.Until.IsZero() {
			row.Until = i18n.T(ctx, "stop.until", "at", i18n.Moment(s.Until))
		}
		rows = append(rows, row)
	}
	if odd > 0 {
		return rows, i18n.N(ctx, "stop.odd", int64(odd))
	}
	return rows, ""
}
