package law

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

// StopReport is what police or a bank said of an account: the event, a word of stop.csv, and when it happened.
type StopReport struct {
	Event Event
	At    time.Time
}

// StopStep is one step of what happened to an account's money, with the limit of the state it led to, zero without one.
type StopStep struct {
	Event Event
	To    State
	At    time.Time
	Until time.Time
}

// The events of stop.csv that code names.
const (
	StopReportEvent Event = "report"
	StopEvent       Event = "stop"
	StopLapse       Event = "lapse"

	StopFrozen State = "FROZEN"
)

// stopLimits is how long a state lasts before it ends by itself: a stop 48 hours from the stop instant, a freeze six months
// from its day (MPS2020 243); a longer freeze in a major case is renewed or reported as such.
func stopLimit(state State, from time.Time) time.Time {
	switch state {
	case "STOPPED", "STOPPED_AGAIN":
		return from.Add(48 * time.Hour)
	case StopFrozen:
		return from.In(zone).AddDate(0, 6, 0).UTC()
	default:
		return time.Time{}
	}
}

// StopStory follows the reports of one account through stop.csv, oldest first, and lets what was not carried on lapse by itself.
// A report that the table does not allow where the account stands is left out and counted: a stop that nobody reported, or a
// third one.
func StopStory(reports []StopReport, now time.Time) (steps []StopStep, odd int) {
	state, until := StateNone, time.Time{}
	step := func(e Event, to State, at time.Time) {
		state, until = to, stopLimit(to, at)
		steps = append(steps, StopStep{Event: e, To: to, At: at, Until: until})
	}
	lapse := func(at time.Time) {
		if m, ok := MachineOf(MachineStop).Find(state, StopLapse); ok && !until.IsZero() && at.After(until) {
			step(StopLapse, m.To, until)
		}
	}
	for _, r := range reports {
		lapse(r.At)
		ended := state != StateNone && len(MachineOf(MachineStop).From(state)) == 0
		if (state == StateNone || ended) && r.Event != StopReportEvent {
			step(StopReportEvent, "REPORTED", r.At) // the victim's report came with the order
		}
		from := state
		if ended && r.Event == StopReportEvent {
			from = StateNone
		}
		m, ok := MachineOf(MachineStop).Find(from, r.Event)
		if !ok {
			odd++
			continue
		}
		step(r.Event, m.To, r.At)
	}
	lapse(now)
	return steps, odd
}

//go:embed stop_words.csv
var stopWordsCSV []byte

var stopWords = sync.OnceValue(func() map[string]Event {
	words := map[string]Event{}
	for _, r := range readTable("stop_words.csv", stopWordsCSV) {
		words[r["word"]] = Event(r["event"])
	}
	return words
})

// StopEventOf reads the event from the text of a feedback: its first word where that is one of stop.csv, else the first and
// longest of the words of stop_words.csv in it.
func StopEventOf(text string) (Event, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	first, _, _ := strings.Cut(text, " ")
	if e := Event(strings.TrimRight(first, ":")); MachineOf(MachineStop).Knows(e) {
		return e, true
	}
	best, at, length := Event(""), len(text)+1, 0
	for word, event := range stopWords() {
		if event == StopReportEvent && best != "" {
			continue // an order that follows a report says more
		}
		if best == StopReportEvent && event != best && strings.Contains(text, word) {
			best, at, length = "", len(text)+1, 0
		}
		if i := strings.Index(text, word); i >= 0 && (i < at || i == at && len(word) > length) {
			best, at, length = event, i, len(word)
		}
	}
	return best, best != ""
}
