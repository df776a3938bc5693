package law

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Unit says what a time limit counts.
type Unit string

// Hours are elapsed and never pause. Calendar days count rest days too. Working days do not. UnitAsSet has no number in
// law: the paper that starts the clock sets the day.
const (
	UnitHour        Unit = "hour"
	UnitCalendarDay Unit = "calendar_day"
	UnitWorkingDay  Unit = "working_day"
	UnitAsSet       Unit = "as_set"
)

// Holder is the side that a clock runs against.
type Holder string

// The sides. The party is the company or the person concerned. The procuratorate holds no clock of the present table.
const (
	HolderAgency        Holder = "agency"
	HolderPolice        Holder = "police"
	HolderProcuratorate Holder = "procuratorate"
	HolderParty         Holder = "party"
)

// ClockRule says how one time limit runs. Basis are article ids. OuterLines are later limits in calendar days from the
// same start, with OuterBasis. Inference marks a way of counting that follows from the texts but is not written in them.
// An Advisory limit is shown amber when it has passed and blocks nothing. Note is the key of the sentence shown beside it.
// ExtendDays is by how many days in all it may be extended, 0 where the law knows no extension, with ExtendBasis; a limit
// with PauseBasis may be paused for a time that is stated beforehand.
type ClockRule struct {
	Name            ClockName
	Amount          int
	Unit            Unit
	ExcludeStartDay bool
	RollOver        bool
	DueHolder       Holder
	Basis           []string
	OuterLines      []int
	OuterBasis      []string
	Inference       bool
	Advisory        bool
	Note            string
	ExtendDays      int
	ExtendBasis     []string
	PauseBasis      []string
}

//go:embed clocks.csv
var clocksCSV []byte

var clockRules = sync.OnceValue(func() []ClockRule {
	var rules []ClockRule
	for _, r := range readTable("clocks.csv", clocksCSV) {
		rule := ClockRule{
			Name: ClockName(r["name"]), Amount: number("clocks.csv", r["amount"]), Unit: Unit(r["unit"]),
			ExcludeStartDay: r["exclude_start"] == "yes", RollOver: r["roll_over"] == "yes", DueHolder: Holder(r["holder"]),
			Basis: strings.Fields(r["articles"]), OuterBasis: strings.Fields(r["outer_articles"]),
			Inference: r["inference"] == "yes", Advisory: r["advisory"] == "yes", Note: r["note"],
			ExtendBasis: strings.Fields(r["extend_articles"]), PauseBasis: strings.Fields(r["pause_articles"]),
		}
		if r["extend_days"] != "" {
			rule.ExtendDays = number("clocks.csv", r["extend_days"])
		}
		for _, days := range strings.Fields(r["outer_days"]) {
			rule.OuterLines = append(rule.OuterLines, number("clocks.csv", days))
		}
		rules = append(rules, rule)
	}
	return rules
})

// ClockRules returns the rule of every clock.
func ClockRules() []ClockRule { return slices.Clone(clockRules()) }

// ClockRuleFor returns the rule of a clock.
func ClockRuleFor(name ClockName) (ClockRule, bool) {
	for _, r := range clockRules() {
		if r.Name == name {
			return r, true
		}
	}
	return ClockRule{}, false
}

func number(table, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("read %s: %v", table, err))
	}
	return n
}
