package law

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// A Machine is a procedure as a table of moves: the referral to the police, the administrative case, a measure in it, an
// objection, the handing of a case to another department, a public bulletin, and what police and banks do with fraud money, which
// the portal only shows.
type Machine struct {
	Name  MachineName
	moves []Move
}

// MachineName names a procedure.
type MachineName string

// The procedures. A measure belongs to an administrative case; the stop machine is run by others.
const (
	MachineReferral  MachineName = "referral"
	MachineCase      MachineName = "case"
	MachineMeasure   MachineName = "measure"
	MachineObjection MachineName = "objection"
	MachineStop      MachineName = "stop"
	MachineHandoff   MachineName = "handoff"
	MachineBulletin  MachineName = "bulletin"
)

//go:embed administrative.csv
var administrativeCSV []byte

//go:embed measure.csv
var measureCSV []byte

//go:embed objection.csv
var objectionCSV []byte

//go:embed stop.csv
var stopCSV []byte

//go:embed handoff.csv
var handoffCSV []byte

//go:embed bulletin.csv
var bulletinCSV []byte

var machines = sync.OnceValue(func() []Machine {
	return []Machine{
		{MachineReferral, readMoves("referral.csv", referralCSV)},
		{MachineCase, readMoves("administrative.csv", administrativeCSV)},
		{MachineMeasure, readMoves("measure.csv", measureCSV)},
		{MachineObjection, readMoves("objection.csv", objectionCSV)},
		{MachineStop, readMoves("stop.csv", stopCSV)},
		{MachineHandoff, readMoves("handoff.csv", handoffCSV)},
		{MachineBulletin, readMoves("bulletin.csv", bulletinCSV)},
	}
})

// readMoves reads a table of moves; a broken table is a fault of the build and panics.
func readMoves(name string, data []byte) []Move {
	var table []Move
	for _, r := range readTable(name, data) {
		m := Move{
			From: State(r["from"]), Event: Event(r["event"]), To: State(r["to"]), Actor: r["actor"],
			Guard: r["guard_and_document"], Within: r["within"], Clock: ClockName(r["clock_started"]), Limit: r["clock_limit"],
			Basis: r["basis"], Articles: strings.Fields(r["articles"]), Extends: r["effect"] == "extends",
		}
		for _, clock := range strings.Fields(r["ends"]) {
			m.Ends = append(m.Ends, ClockName(clock))
		}
		table = append(table, m)
	}
	return table
}

// Machines returns every procedure.
func Machines() []Machine { return slices.Clone(machines()) }

// MachineOf returns the procedure with the name; one that is not known has no moves.
func MachineOf(name MachineName) Machine {
	for _, m := range machines() {
		if m.Name == name {
			return m
		}
	}
	return Machine{Name: name}
}

// Moves returns every move, in the order of the table.
func (m Machine) Moves() []Move { return slices.Clone(m.moves) }

// Find returns the move that event makes from a state. There is at most one.
func (m Machine) Find(from State, event Event) (Move, bool) {
	for _, move := range m.moves {
		if move.From == from && move.Event == event {
			return move, true
		}
	}
	return Move{}, false
}

// From returns the moves that leave a state.
func (m Machine) From(state State) []Move {
	return slices.DeleteFunc(m.Moves(), func(move Move) bool { return move.From != state })
}

// States returns every state but StateNone, in the order of the table.
func (m Machine) States() []State {
	var all []State
	for _, move := range m.moves {
		for _, s := range []State{move.From, move.To} {
			if s != StateNone && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Knows reports whether the table has the event in any state.
func (m Machine) Knows(event Event) bool {
	return slices.ContainsFunc(m.moves, func(move Move) bool { return move.Event == event })
}
