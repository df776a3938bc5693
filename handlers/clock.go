package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// clockLook is a clock with what a page says of it.
type clockLook struct {
	clock models.Clock
	due   law.Due
	state law.ClockState
}

func lookAt(c models.Clock, now models.Instant) clockLook {
	due, err := c.Due()
	if err != nil {
		rule, _ := law.ClockRuleFor(law.ClockName(c.Name))
		due = law.Due{Rule: rule, StartAt: c.StartedAt.Time(), DueAt: c.DueAt.Time()}
	}
	return clockLook{clock: c, due: due, state: c.State(now)}
}

func (l clockLook) late() bool { return l.state == law.ClockLate || l.state == law.ClockDoneLate }

func (l clockLook) ended() bool { return !l.clock.EndedAt.IsZero() }

// newClockPanel shows the clocks of a case in their order, then those of the main line that have not begun.
func newClockPanel(ctx context.Context, clocks []models.Clock, pending []law.ClockName, now models.Instant) views.ClockPanel {
	p := views.ClockPanel{}
	first := nearestClock(clocks)
	calendar := ""
	for i, c := range clocks {
		l := lookAt(c, now)
		no := i18n.Integer(ctx, int64(i+1))
		card := newClockCard(ctx, l, now)
		card.No = no
		if c.ID == first.ID && !l.ended() {
			card.Class = "is-now"
		}
		p.Cards = append(p.Cards, card)
		p.Working = append(p.Working, newClockWork(ctx, no, l, now))
		p.Notes = appendNew(p.Notes, clockNote(ctx, l.due)...)
		calendar = calendarName(ctx, c.Calendar)
	}
	for _, name := range pending {
		if rule, ok := law.ClockRuleFor(name); ok {
			p.Cards = append(p.Cards, pendingCard(ctx, i18n.Integer(ctx, int64(len(p.Cards)+1)), rule))
		}
	}
	p.Basis = i18n.T(ctx, "clock.basis", "now", i18n.Moment(now.Time()), "weekday", weekday(ctx, now.Time()))
	if calendar != "" {
		p.Basis = i18n.T(ctx, "clock.basis_calendar", "now", i18n.Moment(now.Time()), "weekday", weekday(ctx, now.Time()), "calendar", calendar)
	}
	return p
}

// nearestClock gives the running clock that is due first, the zero Clock when none runs.
func nearestClock(clocks []models.Clock) models.Clock {
	var first models.Clock
	for _, c := range clocks {
		if c.EndedAt.IsZero() && (first.ID == 0 || c.DueAt.Before(first.DueAt)) {
			first = c
		}
	}
	return first
}

// pendingClocks lists the limits of the main line that a referral in this state has still before it.
func pendingClocks(state law.State) []law.ClockName {
	switch state {
	case law.StateNone, "", law.StateTeamVerifying:
		return []law.ClockName{law.ClockPrincipalDecision, law.ClockSendDossier, law.ClockPoliceReview}
	case law.StatePendingPrincipal:
		return []law.ClockName{law.ClockSendDossier, law.ClockPoliceReview}
	case law.StateApproved, law.StateDelivered:
		return []law.ClockName{law.ClockPoliceReview}
	default:
		return nil
	}
}

func newClockCard(ctx context.Context, l clockLook, now models.Instant) views.ClockCard {
	name := l.clock.Name
	c := views.ClockCard{Name: i18n.T(ctx, "clock.name."+name), State: i18n.T(ctx, "clock.state."+string(l.state)), Tag: "open",
		Amount: ruleAmount(ctx, l.due.Rule), Left: clockLeft(ctx, l, now)}
	c.Law, c.About = firstArticle(ctx, strings.Fields(l.clock.Basis))
	c.Text = fullText(ctx, strings.Fields(l.clock.Basis))
	due := i18n.Deadline(l.due.DueAt)
	switch {
	case l.ended():
		c.Class = "is-done"
		c.Tag, c.Icon = "done", "check"
		if l.late() {
			c.Tag, c.Icon = "open", "alarm"
		}
		c.Lines = []string{i18n.T(ctx, "clock.ended_due", "at", i18n.Short(l.clock.EndedAt.Time()), "due", due)}
	case l.due.DueAt.IsZero():
		c.Lines = []string{i18n.T(ctx, "clock.as_set")}
	default:
		c.Lines = []string{i18n.T(ctx, "clock.due", "due", due, "weekday", weekday(ctx, l.due.LastDay))}
	}
	if l.late() {
		c.Icon = "alarm"
	}
	if line := outerText(ctx, l.due); line != "" {
		c.Lines = append(c.Lines, line)
	}
	return c
}

// clockLeft says how much is left, by how much it is late, or how much early it was done.
func clockLeft(ctx context.Context, l clockLook, now models.Instant) string {
	span := func(d time.Duration) string { return i18n.Span(ctx, d) }
	switch {
	case l.due.DueAt.IsZero():
		return i18n.T(ctx, "clock.as_set_left")
	case l.state == law.ClockDoneInTime:
		return i18n.T(ctx, "clock.early", "span", span(l.due.DueAt.Sub(l.clock.EndedAt.Time())))
	case l.state == law.ClockDoneLate:
		return i18n.T(ctx, "clock.late_by", "span", span(l.clock.EndedAt.Time().Sub(l.due.DueAt)))
	case l.state == law.ClockLate:
		return i18n.T(ctx, "due.late", "span", span(now.Time().Sub(l.due.DueAt)))
	default:
		return i18n.T(ctx, "due.left", "span", span(l.due.DueAt.Sub(now.Time())))
	}
}

func pendingCard(ctx context.Context, no string, rule law.ClockRule) views.ClockCard {
	c := views.ClockCard{No: no, Name: i18n.T(ctx, "clock.name."+string(rule.Name)), State: i18n.T(ctx, "clock.state.pending"),
		Left: ruleAmount(ctx, rule), Lines: []string{i18n.T(ctx, "clock.pending", "start", i18n.T(ctx, "clock.start."+string(rule.Name)))},
		Amount: ruleAmount(ctx, rule)}
	c.Law, c.About = firstArticle(ctx, rule.Basis)
	c.Text = fullText(ctx, rule.Basis)
	return c
}

type articlesKey struct{}

// withArticles lets pages cite the texts that the operator has loaded.
func withArticles(ctx context.Context, texts law.FullTexts) context.Context {
	return context.WithValue(ctx, articlesKey{}, texts)
}

// fullText gives the whole text of the first of the articles that the operator has loaded, empty for none.
func fullText(ctx context.Context, ids []string) string {
	texts, ok := ctx.Value(articlesKey{}).(law.FullTexts)
	if !ok {
		return ""
	}
	for _, id := range ids {
		if text, ok := texts.Text(id); ok {
			return text
		}
	}
	return ""
}

// firstArticle gives the citation and the summary of the first of the articles.
func firstArticle(ctx context.Context, ids []string) (citation, summary string) {
	for _, id := range ids {
		if a, ok := law.ArticleByID(id); ok {
			return a.Citation(lawLang(ctx)), a.Summary(lawLang(ctx))
		}
	}
	return "", ""
}

// citations names articles one after another.
func citations(ctx context.Context, ids []string) string {
	var list []string
	for _, id := range ids {
		if a, ok := law.ArticleByID(id); ok {
			list = append(list, a.Citation(lawLang(ctx)))
		}
	}
	return strings.Join(list, i18n.T(ctx, "clock.listing"))
}

func lawLang(ctx context.Context) string {
	if i18n.IsEnglish(ctx) {
		return "en"
	}
	return "zh"
}

func ruleAmount(ctx context.Context, r law.ClockRule) string {
	return i18n.N(ctx, "clock.amount."+string(r.Unit), int64(r.Amount))
}

// outerText lists the outer lines of a limit.
func outerText(ctx context.Context, due law.Due) string {
	if len(due.OuterAt) == 0 {
		return ""
	}
	var list []string
	for i, at := range due.OuterAt {
		if i < len(due.Rule.OuterLines) {
			list = append(list, i18n.T(ctx, "clock.outer_one", "days", i18n.Integer(ctx, int64(due.Rule.OuterLines[i])), "at", i18n.Deadline(at)))
		}
	}
	return i18n.T(ctx, "clock.outer", "lines", strings.Join(list, i18n.T(ctx, "clock.listing")))
}

// clockNote gives the sentences that belong to how a limit was counted.
func clockNote(ctx context.Context, due law.Due) []string {
	var notes []string
	if due.Rule.Note != "" {
		notes = append(notes, i18n.T(ctx, due.Rule.Note))
	}
	if len(due.OuterAt) > 0 {
		if text := citations(ctx, due.Rule.OuterBasis); text != "" {
			notes = append(notes, i18n.T(ctx, "clock.outer_law", "law", text))
		}
	}
	if !due.Certain || !due.OuterCertain {
		notes = append(notes, i18n.T(ctx, "clock.uncertain"))
	}
	return notes
}

func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func weekday(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, "weekday."+weekdayKey(t.In(models.China).Weekday()))
}

func weekdayKey(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }
