package i18n

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"
)

// Unknown is what stands for a number nobody knows; nought is 0.
const Unknown = "—"

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// Integer writes a whole number with thousands.
func Integer(_ context.Context, n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Count writes a number of people or things that may be unknown.
func Count(ctx context.Context, n *int64) string {
	if n == nil {
		return Unknown
	}
	return Integer(ctx, *n)
}

// Decimal writes a number with a fixed number of decimals and thousands.
func Decimal(ctx context.Context, v float64, places int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	whole, frac, dotted := strings.Cut(s, ".")
	n, _ := strconv.ParseInt(whole, 10, 64)
	out := Integer(ctx, n)
	if dotted {
		out += "." + frac
	}
	if v < 0 {
		out = "-" + out
	}
	return out
}

// Index writes a risk index with one decimal.
func Index(ctx context.Context, v float64) string { return Decimal(ctx, math.Floor(v*10+1e-9)/10, 1) }

// Percent writes a fraction as per cent with as many decimals as it needs, at most two.
func Percent(ctx context.Context, fraction float64) string {
	s := Decimal(ctx, fraction*100, 2)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	return s + "%"
}

// Money writes an amount of fen in the short form of the language: 3,420万 or 1.26亿 in Chinese, 34.2 m in English.
func Money(ctx context.Context, fen *int64) string {
	if fen == nil {
		return Unknown
	}
	yuan := float64(*fen) / 100
	if IsEnglish(ctx) {
		return scaled(ctx, yuan, []unit{{1e9, " bn"}, {1e6, " m"}, {1e4, ""}})
	}
	return scaled(ctx, yuan, []unit{{1e8, T(ctx, "unit.yi")}, {1e4, T(ctx, "unit.wan")}})
}

type unit struct {
	size float64
	name string
}

func scaled(ctx context.Context, v float64, units []unit) string {
	for _, u := range units {
		if math.Abs(v) < u.size || u.name == "" {
			continue
		}
		x := v / u.size
		places := 0
		if math.Abs(x) < 100 && x != math.Trunc(x) {
			places = 2
		}
		s := Decimal(ctx, x, places)
		if places > 0 {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s + u.name
	}
	if v == math.Trunc(v) {
		return Decimal(ctx, v, 0)
	}
	return Decimal(ctx, v, 2)
}

// MoneyFull writes an amount of fen in yuan with all digits.
func MoneyFull(ctx context.Context, fen *int64) string {
	if fen == nil {
		return Unknown
	}
	return T(ctx, "money.yuan", "v", Decimal(ctx, float64(*fen)/100, 2))
}

// Day writes a date, Moment an instant to the minute, Exact one to the second, each in China's time.
func Day(t time.Time) string { return written(t, "2006-01-02") }

// Moment writes an instant to the minute in China's time.
func Moment(t time.Time) string { return written(t, "2006-01-02 15:04") }

// Short writes an instant without its year.
func Short(t time.Time) string { return written(t, "01-02 15:04") }

// Exact writes an instant to the second in China's time.
func Exact(t time.Time) string { return written(t, "2006-01-02 15:04:05") }

// Machine writes an instant for the datetime attribute.
func Machine(t time.Time) string { return written(t, time.RFC3339) }

func written(t time.Time, layout string) string {
	if t.IsZero() {
		return Unknown
	}
	return t.In(china).Format(layout)
}

// Deadline writes the instant at which a limit ends; the midnight that ends a day is written as 24:00 of that day.
func Deadline(t time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	c := t.In(china)
	if c.Hour() == 0 && c.Minute() == 0 && c.Second() == 0 {
		return c.AddDate(0, 0, -1).Format("01-02") + " 24:00"
	}
	return c.Format("01-02 15:04")
}

// Span writes a length of time in its two largest units: 2 d 3 h, 5 h 25 min.
func Span(ctx context.Context, d time.Duration) string {
	d = max(d, -d)
	days, hours, minutes := int64(d/(24*time.Hour)), int64(d/time.Hour)%24, int64(d/time.Minute)%60
	part := func(key string, n int64) string { return T(ctx, key, "n", Integer(ctx, n)) }
	const gap = " "
	switch {
	case days >= 3 || days > 0 && hours == 0:
		return part("span.days", days)
	case days > 0:
		return part("span.days", days) + gap + part("span.hours", hours)
	case hours > 0 && minutes > 0:
		return part("span.hours", hours) + gap + part("span.minutes", minutes)
	case hours > 0:
		return part("span.hours", hours)
	case minutes == 0:
		return part("span.seconds", int64(d/time.Second))
	default:
		return part("span.minutes", minutes)
	}
}

// Left writes how much time is left until an instant, or by how much it was missed, in plain words.
func Left(ctx context.Context, due, now time.Time) string {
	if due.Before(now) {
		return T(ctx, "due.late", "span", Span(ctx, now.Sub(due)))
	}
	return T(ctx, "due.left", "span", Span(ctx, due.Sub(now)))
}

// Ago writes how long ago something was, in its largest unit.
func Ago(ctx context.Context, t, now time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	d := now.Sub(t)
	switch {
	case d >= 24*time.Hour:
		return T(ctx, "span.days", "n", Integer(ctx, int64(d/(24*time.Hour))))
	case d >= time.Hour:
		return T(ctx, "span.hours", "n", Integer(ctx, int64(d/time.Hour)))
	default:
		return T(ctx, "span.minutes", "n", Integer(ctx, int64(max(d, 0)/time.Minute)))
	}
}
