package law

import (
	"testing"
	"time"
)

// A stop lasts 48 hours from its instant, at most twice, then it lapses by itself; a freeze six months; what the table does not
// allow is counted and changes nothing.
func TestStopStory(t *testing.T) {
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	hours := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	tests := []struct {
		name    string
		reports []StopReport
		now     time.Time
		state   State
		odd     int
	}{
		{"stopped", []StopReport{{StopReportEvent, start}, {StopEvent, hours(1)}}, hours(20), "STOPPED", 0},
		{"without a report", []StopReport{{StopEvent, hours(1)}}, hours(20), "STOPPED", 0},
		{"to the very end", []StopReport{{StopEvent, start}}, hours(48), "STOPPED", 0},
		{"lapsed", []StopReport{{StopEvent, start}}, hours(48).Add(time.Second), "EXPIRED", 0},
		{"again", []StopReport{{StopEvent, start}, {"repeat", hours(40)}}, hours(80), "STOPPED_AGAIN", 0},
		{"a third time", []StopReport{{StopEvent, start}, {"repeat", hours(40)}, {"repeat", hours(80)}}, hours(81), "STOPPED_AGAIN", 1},
		{"frozen", []StopReport{{StopEvent, start}, {"freeze", hours(30)}}, hours(24 * 100), "FROZEN", 0},
		{"freeze lapsed", []StopReport{{StopEvent, start}, {"freeze", hours(30)}}, hours(24 * 200), "EXPIRED", 0},
		{"renewed", []StopReport{{StopEvent, start}, {"freeze", hours(30)}, {"renew", hours(24 * 170)}}, hours(24 * 300), "FROZEN", 0},
		{"returned", []StopReport{{StopEvent, start}, {"freeze", hours(30)}, {"return", hours(24 * 60)}}, hours(24 * 900), "RETURNED", 0},
		{"frozen too late", []StopReport{{StopEvent, start}, {"freeze", hours(60)}}, hours(61), "REPORTED", 1},
	}
	for _, tt := range tests {
		steps, odd := StopStory(tt.reports, tt.now)
		if odd != tt.odd || len(steps) == 0 || steps[len(steps)-1].To != tt.state {
			t.Errorf("%s: %+v, %d odd", tt.name, steps, odd)
		}
	}
	if steps, odd := StopStory(nil, start); len(steps) != 0 || odd != 0 {
		t.Error("a story of nothing")
	}
	for text, want := range map[string]Event{"freeze: order 12": "freeze", "公安机关冻结账户": "freeze", "解除冻结": "release", "再次止付48小时": "repeat", "紧急止付": StopEvent, "接报案后紧急止付": StopEvent, "接到报案": StopReportEvent, "stop by 96110": StopEvent} {
		if got, ok := StopEventOf(text); !ok || got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
	if _, ok := StopEventOf("nothing of the kind"); ok {
		t.Error("a text without an event has one")
	}
}
