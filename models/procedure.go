package models

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"xiezhi/law"
)

// ProcedureInput is what comes with a move of a case, a measure or an objection: the fields of law/asks.csv by name, words of
// one field after another with blanks between them. LateReason is the principal's reason for acting past a limit.
type ProcedureInput struct {
	Fields     map[string]string
	LateReason string
	Version    int64
}

// asked are the fields of a move as they were given and read.
type asked struct {
	values map[string]string
	wrong  map[string]string
	now    Instant
}

// ask reads the fields that an event asks for; what is not asked for is ignored.
func ask(m law.Machine, event law.Event, in ProcedureInput, now Instant) *asked {
	a := &asked{values: map[string]string{}, wrong: map[string]string{}, now: now}
	for _, field := range m.Asks(event) {
		text := strings.TrimSpace(in.Fields[field.Field])
		if text == "" {
			if field.Required {
				a.wrong[field.Field] = "error.required"
			}
			continue
		}
		checkNote(a.wrong, field.Field, text, 0)
		if a.wrong[field.Field] == "" {
			a.read(field, text)
		}
	}
	return a
}

func (a *asked) read(field law.Ask, text string) {
	key := ""
	switch field.Kind {
	case law.AskDate:
		if _, err := time.ParseInLocation(time.DateOnly, text, China); err != nil {
			key = "error.date"
		}
	case law.AskMoney:
		if _, ok := readYuan(text); !ok {
			key = "error.amount"
		}
	case law.AskCount:
		if n, err := strconv.ParseInt(text, 10, 64); err != nil || n < 0 {
			key = "error.count"
		}
	case law.AskChoice:
		if !slices.Contains(field.Choices, text) {
			key = "error.choice"
		}
	case law.AskChoices:
		given := strings.Fields(text)
		for _, word := range field.Choices {
			if !slices.Contains(given, word) {
				key = "error.checklist"
			}
		}
	case law.AskLine:
		if strings.ContainsAny(text, "\r\n") || len([]rune(text)) > 200 {
			key = "error.one_line"
		}
	case law.AskText, law.AskNames:
	}
	if key != "" {
		a.wrong[field.Field] = key
		return
	}
	a.values[field.Field] = text
}

// day gives a date that was asked for, zero when it was not given.
func (a *asked) day(name string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, a.values[name], China)
	if err != nil {
		return time.Time{}
	}
	return day
}

// note gives what the story shows as the text of the move.
func (a *asked) note() string {
	for _, name := range []string{"reason", "plan", "minutes", "opinion", "statement", "penalty", "result", "reply", "correction", "note"} {
		if a.values[name] != "" {
			return a.values[name]
		}
	}
	return ""
}

// data gives the fields for the story and the audit trail, with where the move led.
func (a *asked) data(move law.Move) map[string]any {
	data := map[string]any{"from": move.From, "to": move.To}
	for name, v := range a.values {
		data[name] = v
	}
	return data
}

// readYuan reads yuan with at most two decimals as fen.
func readYuan(text string) (int64, bool) {
	text = strings.ReplaceAll(text, ",", "")
	whole, frac, _ := strings.Cut(text, ".")
	if whole == "" || len(frac) > 2 || strings.ContainsAny(frac, "+-") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	return n, err == nil && n >= 0
}

// eventWords gives the events of moves as words.
func eventWords(moves []law.Event) []string {
	words := make([]string, len(moves))
	for i, e := range moves {
		words[i] = string(e)
	}
	return words
}

// allowEvent asks of an event what does not depend on the state: NotFound where no move of the table but its first has it, Forbidden with
// the action where none of them is this actor's.
func allowEvent(table law.Machine, event law.Event, action Action, may func(role string) bool) error {
	known, mine := false, false
	for _, row := range table.Moves() {
		if row.Event == event && row.From != law.StateNone {
			known, mine = true, mine || may(row.Actor)
		}
	}
	if !known {
		return NotFound("event")
	}
	if !mine {
		return Forbidden(action)
	}
	return nil
}
