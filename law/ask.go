package law

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// AskKind says how a field of a move is written.
type AskKind string

// The kinds of field: a text of several lines, one line, a day, yuan, a number, one of several words, all of
// several, and users by name.
const (
	AskText    AskKind = "text"
	AskLine    AskKind = "line"
	AskDate    AskKind = "date"
	AskMoney   AskKind = "money"
	AskCount   AskKind = "count"
	AskChoice  AskKind = "choice"
	AskChoices AskKind = "choices"
	AskNames   AskKind = "names"
)

// Ask is a field that a move asks for. Choices are the words that may be given; of AskChoices every one has to be.
type Ask struct {
	Field    string
	Kind     AskKind
	Required bool
	Choices  []string
}

//go:embed asks.csv
var asksCSV []byte

type askKey struct {
	machine MachineName
	event   Event
}

var asks = sync.OnceValue(func() map[askKey][]Ask {
	table := map[askKey][]Ask{}
	for _, r := range readTable("asks.csv", asksCSV) {
		key := askKey{MachineName(r["machine"]), Event(r["event"])}
		table[key] = append(table[key], Ask{Field: r["field"], Kind: AskKind(r["kind"]), Required: r["required"] == "yes", Choices: strings.Fields(r["choices"])})
	}
	return table
})

// Asks returns what an event of a procedure asks for, in the order of its form. The referral's fields are with its acts.
func (m Machine) Asks(event Event) []Ask { return slices.Clone(asks()[askKey{m.Name, event}]) }
