package i18n

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"
)

var slot = regexp.MustCompile(`\{[a-z_]+\}`)

// Each message speaks both languages with the same slots.
func TestMessagesSpeakBothLanguages(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		zh, en := slot.FindAllString(c.zh[key], -1), slot.FindAllString(c.en[key], -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(slices.Compact(zh), slices.Compact(en)) {
			t.Errorf("%s: slots %v and %v", key, zh, en)
		}
		if c.zh[key] == "" {
			t.Errorf("%s has no Chinese", key)
		}
	}
	if _, err := Load([]Message{{"app.name", "x", "x"}}); err == nil {
		t.Error("a key may be there twice")
	}
}

func TestFormats(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	zh, en := With(context.Background(), c, Chinese), With(context.Background(), c, English)
	fen := func(n int64) *int64 { return &n }
	for _, x := range []struct{ got, want string }{
		{Money(zh, fen(3_420_0000_00)), "3,420万"}, {Money(zh, fen(126_000_000_00)), "1.26亿"}, {Money(zh, fen(999_50)), "999.50"}, {Money(zh, nil), Unknown}, {Money(zh, fen(0)), "0"},
		{Money(en, fen(34_200_000_00)), "34.2 m"}, {Money(en, fen(50_000_00)), "50,000"}, {MoneyFull(zh, fen(123456)), "1,234.56 元"},
		{Percent(zh, .08), "8%"}, {Percent(zh, 29.2), "2,920%"}, {Percent(en, .00054), "0.05%"}, {Index(zh, 79.97), "79.9"}, {Index(zh, 80), "80.0"},
		{Integer(zh, -1234567), "-1,234,567"}, {Count(zh, nil), Unknown},
		{Span(zh, 5*time.Hour+25*time.Minute), "5 小时 25 分"}, {Span(en, 49*time.Hour), "2 d 1 h"}, {Span(zh, 30*time.Second), "30 秒"}, {Span(en, 96*time.Hour), "4 d"},
		{Deadline(time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)), "11-23 24:00"}, {Deadline(time.Time{}), Unknown},
		{Moment(time.Date(2026, 11, 21, 16, 30, 0, 0, time.UTC)), "2026-11-22 00:30"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	if got := Left(en, now.Add(-2*time.Hour), now); got != "2 h late" {
		t.Error(got)
	}
}

// A message's slots are text: a value that looks like a slot is not filled again.
func TestSlotsAreFilledOnce(t *testing.T) {
	c, err := Load([]Message{{"test.two", "{a} {b}", "{a} {b}"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Text(Chinese, "test.two", "a", "{b}", "b", "x"); got != "{b} x" {
		t.Error(got)
	}
}
