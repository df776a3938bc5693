package law

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
)

// Move is one row of the referral table: in state From, a person with role Actor may do Event, and the referral is in To.
// Guard, Within and Limit are the wording of the table, for maintainers; pages show Articles. Basis is the wording of the
// citation, Articles the same as article ids.
//
// A move ends the clocks in Ends and then starts Clock, where it has one. With Extends, Clock is running already and goes
// on from its old start with a later line.
type Move struct {
	From     State
	Event    Event
	To       State
	Actor    string
	Guard    string
	Within   string
	Clock    ClockName
	Limit    string
	Basis    string
	Articles []string
	Ends     []ClockName
	Extends  bool
}

//go:embed referral.csv
var referralCSV []byte

// Moves returns every move, in the order of the table.
func Moves() []Move { return MachineOf(MachineReferral).Moves() }

// FindMove returns the move that event makes from a state. There is at most one.
func FindMove(from State, event Event) (Move, bool) {
	return MachineOf(MachineReferral).Find(from, event)
}

// MovesFrom returns the moves that leave a state.
func MovesFrom(state State) []Move {
	return MachineOf(MachineReferral).From(state)
}

// MovesFor returns the moves that a role may make from a state.
func MovesFor(state State, role string) []Move {
	return slices.DeleteFunc(MovesFrom(state), func(m Move) bool { return m.Actor != role })
}

// States returns every state but StateNone, in the order of the table.
func States() []State { return MachineOf(MachineReferral).States() }

// Terminal reports whether no move leaves the state.
func Terminal(state State) bool { return len(MovesFrom(state)) == 0 }

// readTable reads an embedded CSV with a header into rows by column. Lines that begin with # are notes.
func readTable(name string, data []byte) []map[string]string {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) < 2 {
		panic(fmt.Sprintf("read %s: %v", name, err))
	}
	table := make([]map[string]string, 0, len(rows)-1)
	for _, r := range rows[1:] {
		row := make(map[string]string, len(r))
		for i, column := range rows[0] {
			row[column] = r[i]
		}
		table = append(table, row)
	}
	return table
}
