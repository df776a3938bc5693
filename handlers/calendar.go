package handlers

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

func (a *App) calendarShow(c *gin.Context) error { return a.showCalendar(c, procedureInput{}) }

func (a *App) showCalendar(c *gin.Context, in procedureInput) error {
	ctx, actor := a.Context(c), ActorOf(c)
	changes, err := a.Store.CalendarChanges(ctx, actor)
	if err != nil {
		return err
	}
	cal, err := a.Store.Calendar(ctx)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.calendar"))
	if err != nil {
		return err
	}
	this := a.Store.Now().Time().In(models.China).Year()
	year, err := strconv.Atoi(c.Query("year"))
	if err != nil || year < 2010 || year > this+3 {
		year = this
	}
	p := views.CalendarPage{Frame: frame, Name: calendarName(ctx, cal.Name()), Covered: cal.Covers(year), Wrong: in.wrong}
	for y := this - 2; y <= this+2; y++ {
		p.Years = append(p.Years, views.Tab{Label: strconv.Itoa(y), URL: "/admin/calendar?year=" + strconv.Itoa(y), Current: y == year})
	}
	for _, d := range cal.Days(year) {
		p.Days = append(p.Days, calendarRow(ctx, models.Date(d.Date), d.Kind, i18n.Pick(ctx, d.NameZh, d.NameEn)))
	}
	for _, ch := range changes {
		row := calendarRow(ctx, ch.Day, ch.Kind, i18n.Pick(ctx, ch.NameZh, ch.NameEn))
		row.Basis, row.Who, row.At = ch.Basis, ch.Changer, whenMinute(ch.ChangedAt)
		p.Changes = append(p.Changes, row)
	}
	if actor.Can(models.ActCalendarChange) {
		form := calendarForm(ctx, in)
		p.Form = &form
	}
	return a.render(c, statusOf(in.wrong), views.Calendar(p))
}

func calendarRow(ctx context.Context, day models.Date, kind law.DayKind, name string) views.CalendarRow {
	row := views.CalendarRow{Date: string(day), Kind: i18n.T(ctx, "calendar.kind."+string(kind)), Name: name}
	if at, err := readMoment(string(day)); err == nil {
		row.Weekday = weekday(ctx, at.Time())
	}
	return row
}

func calendarForm(ctx context.Context, in procedureInput) views.ActForm {
	f := views.ActForm{Event: "calendar", Label: i18n.T(ctx, "calendar.submit"), Icon: "check", Action: "/admin/calendar", Primary: true, Intro: i18n.T(ctx, "calendar.intro")}
	for _, name := range []string{"day", "kind", "name_zh", "name_en", "basis"} {
		field := views.ActField{Kind: "line", Name: name, ID: "calendar-" + name, Label: i18n.T(ctx, "calendar.field."+name), Value: in.values[name], Wrong: in.wrong[name],
			Required: name != "name_zh" && name != "name_en"}
		switch name {
		case "day":
			field.Kind = "date"
		case "basis":
			field.Hint = i18n.T(ctx, "calendar.hint.basis")
		case "kind":
			field.Kind = "choice"
			for _, k := range []law.DayKind{law.DayHoliday, law.DayWorkday, law.DayOrdinary} {
				field.Options = append(field.Options, ui.Option{Value: string(k), Label: i18n.T(ctx, "calendar.kind."+string(k)), Chosen: field.Value == string(k)})
			}
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

type calendarInput struct {
	Day    string `form:"day"`
	Kind   string `form:"kind"`
	NameZh string `form:"name_zh"`
	NameEn string `form:"name_en"`
	Basis  string `form:"basis"`
}

func (a *App) calendarChange(c *gin.Context) error {
	var f calendarInput
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx := a.Context(c)
	moved, err := a.Store.SetCalendarDay(ctx, ActorOf(c), models.CalendarChange{Day: models.Date(f.Day), Kind: law.DayKind(f.Kind), NameZh: f.NameZh, NameEn: f.NameEn, Basis: f.Basis})
	if wrong, ok := wrongFields(err); ok {
		return a.showCalendar(c, procedureInput{values: map[string]string{"day": f.Day, "kind": f.Kind, "name_zh": f.NameZh, "name_en": f.NameEn, "basis": f.Basis}, wrong: wrong})
	}
	if err != nil {
		return err
	}
	year := f.Day[:min(4, len(f.Day))]
	return a.done(c, "/admin/calendar?year="+year, i18n.N(ctx, "calendar.done", int64(moved)), "")
}
