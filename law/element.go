package law

import (
	_ "embed"
	"sync"
)

// ElementRole says what a circumstance that only a person can establish does to the lines of an offence.
type ElementRole string

// The roles. All elements of an offence must be there; one sign is enough for the intent; conduct reaches the filing line by itself,
// whatever the figures; all exclusions together take the case out; conditions open the lines that name them, any or all of a group.
const (
	ElementNeeded    ElementRole = "element"
	ElementSign      ElementRole = "sign"
	ElementConduct   ElementRole = "conduct"
	ElementExclusion ElementRole = "exclusion"
	ConditionAny     ElementRole = "condition_any"
	ConditionAll     ElementRole = "condition_all"
)

// Element is a circumstance of an offence. Key is unique within the offence and role; Group is the condition of the lines it opens.
type Element struct {
	Offence, Key string
	Role         ElementRole
	Group        string
	Article      string
	Mark         Mark
	Zh, En       string
}

//go:embed elements.csv
var elementsCSV []byte

var elements = sync.OnceValue(func() []Element {
	var all []Element
	for _, r := range readTable("elements.csv", elementsCSV) {
		all = append(all, Element{Offence: r["offence"], Key: r["key"], Role: ElementRole(r["role"]), Group: r["group"], Article: r["article"],
			Mark: Mark(r["mark"]), Zh: r["zh"], En: r["en"]})
	}
	return all
})

// Elements lists the circumstances of an offence in the order of the table. One key may stand in several groups.
func Elements(offence string) []Element {
	var list []Element
	for _, e := range elements() {
		if e.Offence == offence {
			list = append(list, e)
		}
	}
	return list
}
