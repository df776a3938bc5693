package handlers

import (
	"context"
	"strings"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// A counting longer than this shows its first and its last days only.
const (
	longCount = 14
	headDays  = 4
	tailDays  = 5
)

// newClockWork shows how a limit was counted: when it began, by which rule, each day or hour, and its end.
func newClockWork(ctx context.Context, no string, l clockLook, now models.Instant) views.ClockWork {
	w := views.ClockWork{No: no, Name: i18n.T(ctx, "clock.name."+l.clock.Name), Starts: i18n.T(ctx, "clock.start."+l.clock.Name),
		Start: whenMinute(l.clock.StartedAt), Rule: ruleWords(ctx, l.due.Rule)}
	w.Start.Short = i18n.T(ctx, "clock.at", "day", l.clock.StartedAt.Time().In(models.China).Format("01-02"), "weekday", weekday(ctx, l.clock.StartedAt.Time()),
		"time", l.clock.StartedAt.Time().In(models.China).Format("15:04"))
	w.Due = dueWhen(l.due)
	if l.ended() {
		w.Ended = i18n.T(ctx, "clock.ended", "at", i18n.Short(l.clock.EndedAt.Time()), "by", eventWord(ctx, "referral", l.clock.EndedBy))
	}
	for i, at := range l.due.OuterAt {
		if i < len(l.due.Rule.OuterLines) {
			w.Outer = append(w.Outer, i18n.T(ctx, "clock.outer_line", "days", i18n.Integer(ctx, int64(l.due.Rule.OuterLines[i])), "at", i18n.Deadline(at)))
		}
	}
	if l.due.Rule.Unit == law.UnitHour {
		w.Hours = newClockHours(ctx, l, now)
		return w
	}
	w.Days = newClockDays(ctx, l)
	return w
}

func dueWhen(due law.Due) views.When {
	if due.DueAt.IsZero() {
		return views.When{}
	}
	exact := i18n.Moment(due.DueAt)
	if due.Rule.Unit != law.UnitHour && !due.LastDay.IsZero() {
		exact = i18n.Day(due.LastDay) + " 24:00"
	}
	return views.When{Short: i18n.Deadline(due.DueAt), Exact: exact, Machine: i18n.Machine(due.DueAt)}
}

// ruleWords says how a limit counts, a line each.
func ruleWords(ctx context.Context, r law.ClockRule) []string {
	words := []string{i18n.T(ctx, "clock.rule."+string(r.Unit), "amount", ruleAmount(ctx, r))}
	if r.ExcludeStartDay {
		words = append(words, i18n.T(ctx, "clock.rule.exclude_start"))
	}
	switch {
	case r.RollOver:
		words = append(words, i18n.T(ctx, "clock.rule.roll_over"))
	case r.Unit == law.UnitHour:
		words = append(words, i18n.T(ctx, "clock.rule.never_paused"))
	}
	if r.Inference {
		words = append(words, i18n.T(ctx, "clock.rule.inference"))
	}
	return words
}

// newClockDays lists the days of the counting; a long one is cut in the middle, which its double line shows.
func newClockDays(ctx context.Context, l clockLook) []views.ClockDay {
	var list []views.ClockDay
	cut := len(l.due.Days) > longCount
	for i, d := range l.due.Days {
		if cut && i >= headDays && i < len(l.due.Days)-tailDays {
			continue
		}
		day := newClockDay(ctx, d)
		if !l.clock.EndedAt.IsZero() && sameDay(d.Date, l.clock.EndedAt.Time()) {
			day.Class = strings.TrimSpace(day.Class + " is-hit")
		}
		if cut && i == len(l.due.Days)-tailDays {
			day.Class = strings.TrimSpace(day.Class + " is-skip")
		}
		list = append(list, day)
	}
	return list
}

func newClockDay(ctx context.Context, d law.Day) views.ClockDay {
	date := d.Date.In(models.China)
	out := views.ClockDay{Number: date.Format("2"), Weekday: i18n.T(ctx, "weekday."+weekdayKey(d.Weekday)),
		Title: date.Format("2006-01-02") + " " + i18n.Pick(ctx, d.HolidayZh, d.HolidayEn), Class: dayClass(d.Kind)}
	out.Title = strings.TrimSpace(out.Title)
	switch {
	case d.Kind == law.CountStartExcluded:
		out.Mark = i18n.T(ctx, "clock.day.start")
	case d.Number > 0:
		out.Mark = i18n.T(ctx, "clock.day.number", "n", i18n.Integer(ctx, int64(d.Number)))
	case d.Kind == law.CountPaused:
		out.Mark = i18n.T(ctx, "clock.day.paused")
	case d.Kind == law.CountSkippedRest:
		out.Mark = i18n.T(ctx, "clock.day.skipped")
	case d.Kind == law.CountDue:
		out.Mark = i18n.T(ctx, "clock.day.rolled_to")
	default:
		out.Mark = i18n.T(ctx, "clock.day.rolled")
	}
	return out
}

func dayClass(k law.CountKind) string {
	switch k {
	case law.CountStartExcluded:
		return "is-off"
	case law.CountRestCounted, law.CountSkippedRest, law.CountRolled, law.CountPaused:
		return "is-rest"
	case law.CountDue:
		return "is-end"
	default:
		return ""
	}
}

func sameDay(a, b time.Time) bool {
	return a.In(models.China).Format(time.DateOnly) == b.In(models.China).Format(time.DateOnly)
}

// newClockHours draws a limit in hours: the used part of 300 units, and where it stands now or when it was met.
func newClockHours(ctx context.Context, l clockLook, now models.Instant) *views.ClockHours {
	total := l.due.DueAt.Sub(l.due.StartAt)
	if total <= 0 {
		return nil
	}
	at, key := now.Time(), "clock.hours.now"
	if l.ended() {
		at, key = l.clock.EndedAt.Time(), "clock.hours.ended"
	}
	used := min(max(at.Sub(l.due.StartAt), 0), total)
	h := views.ClockHours{Used: 300 * float64(used) / float64(total), From: clockFace(l.due.StartAt), To: clockFace(l.due.DueAt),
		Now: i18n.T(ctx, key, "at", clockFace(at)), Anchor: "t-mid",
		Says: i18n.T(ctx, "clock.hours.says", "used", i18n.Span(ctx, used), "total", ruleAmount(ctx, l.due.Rule))}
	if at.After(l.due.DueAt) {
		h.Says = i18n.T(ctx, "clock.hours.late", "total", ruleAmount(ctx, l.due.Rule), "span", i18n.Span(ctx, at.Sub(l.due.DueAt)))
	}
	h.NowAt, h.Anchor = clamped(h.Used, 300, 44)
	return &h
}

func clockFace(t time.Time) string { return t.In(models.China).Format("15:04") }

// clamped keeps a label inside a scale: near an end it is anchored there.
func clamped(x, width, half float64) (at float64, anchor string) {
	switch {
	case x < half:
		return 0, ""
	case x > width-half:
		return width, "t-end"
	default:
		return x, "t-mid"
	}
}

// The scale of the police timer: where it begins, and how wide it is.
const (
	lineLeft  = 20.0
	lineWidth = 620.0
)

// newTwoLine draws the review clock of the police on one scale from its start to its last outer line; nil for a clock without
// outer lines.
func newTwoLine(ctx context.Context, c models.Clock, now models.Instant) *views.TwoLine {
	l := lookAt(c, now)
	if len(l.due.OuterAt) == 0 || len(l.due.OuterAt) != len(l.due.Rule.OuterLines) {
		return nil
	}
	end := l.due.OuterAt[len(l.due.OuterAt)-1]
	at := func(t time.Time) float64 {
		x := float64(t.Sub(l.due.StartAt)) / float64(end.Sub(l.due.StartAt))
		return lineLeft + lineWidth*min(max(x, 0), 1)
	}
	moment, key := now.Time(), "desk.line.now"
	if l.ended() {
		moment, key = c.EndedAt.Time(), "desk.line.ended"
	}
	statute, _ := firstArticle(ctx, strings.Fields(c.Basis))
	outer, _ := firstArticle(ctx, l.due.Rule.OuterBasis)
	t := views.TwoLine{Statute: i18n.T(ctx, "desk.line.statute", "law", statute), Outer: i18n.T(ctx, "desk.line.outer", "law", outer),
		UsedStatute: min(at(moment), at(l.due.DueAt)) - lineLeft, UsedOuter: at(moment) - lineLeft, NowText: i18n.T(ctx, key, "at", i18n.Short(moment)),
		First: views.TwoLineMark{At: at(l.due.DueAt), Text: lineText(ctx, "desk.line.first", l.due.Rule.Amount, l.due.DueAt)}}
	keys := []string{"desk.line.ten", "desk.line.thirty", "desk.line.sixty"}
	for i, line := range l.due.OuterAt {
		m := views.TwoLineMark{At: at(line), Text: lineText(ctx, keys[min(i, len(keys)-1)], l.due.Rule.OuterLines[i], line), Anchor: "t-mid", Strong: i == l.due.OuterPassed(now.Time(), c.EndedAt.Time())}
		switch i {
		case 0:
			m.Anchor = ""
		case len(l.due.OuterAt) - 1:
			m.Anchor = "t-end"
		}
		t.Marks = append(t.Marks, m)
	}
	x, anchor := clamped(at(moment)-lineLeft, lineWidth, 70)
	t.LineAt, t.NowAt, t.NowAnchor = at(moment), at(moment), anchor
	if anchor != "t-mid" {
		t.NowAt = lineLeft + x
	}
	t.Note = reviewNote(ctx, l, now)
	t.Says = i18n.T(ctx, "desk.line.says", "statute", t.First.Text, "outer", markTexts(ctx, t.Marks), "now", t.NowText)
	return &t
}

func lineText(ctx context.Context, key string, days int, at time.Time) string {
	return i18n.T(ctx, key, "days", i18n.Integer(ctx, int64(days)), "at", strings.TrimSuffix(i18n.Deadline(at), " 24:00"))
}

func markTexts(ctx context.Context, marks []views.TwoLineMark) string {
	list := make([]string, len(marks))
	for i, m := range marks {
		list[i] = m.Text
	}
	return strings.Join(list, i18n.T(ctx, "clock.listing"))
}

// reviewNote says how the review stands against the statute and against the outer lines.
func reviewNote(ctx context.Context, l clockLook, now models.Instant) string {
	passed := l.due.OuterPassed(now.Time(), l.clock.EndedAt.Time())
	switch {
	case l.ended() && !l.late():
		return i18n.T(ctx, "desk.review.done")
	case l.ended():
		return i18n.T(ctx, "desk.review.done_late")
	case passed > 0:
		return i18n.T(ctx, "desk.review.outer_passed", "days", i18n.Integer(ctx, int64(l.due.Rule.OuterLines[passed-1])))
	case l.late():
		return i18n.T(ctx, "desk.review.late")
	default:
		return i18n.T(ctx, "desk.review.running")
	}
}
