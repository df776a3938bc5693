package law

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Mark says how well a figure is known.
type Mark string

// Certain figures were read in the text, excerpts in a quotation of it; recalled ones are defaults to be checked.
const (
	MarkCertain  Mark = "certain"
	MarkExcerpt  Mark = "excerpt"
	MarkRecalled Mark = "recalled"
)

// Tier is the gravity that a line opens.
type Tier string

// The tiers. TierFiling is the line from which a case must be referred.
const (
	TierFiling            Tier = "filing"
	TierSerious           Tier = "serious"
	TierEspeciallySerious Tier = "especially_serious"
)

// Quantity is what a line measures. Amounts, losses, gains and advertising money are fen; people, levels and objects
// (those helped to offend) are counts.
type Quantity string

// The quantities.
const (
	QuantityAmount  Quantity = "amount"
	QuantityPeople  Quantity = "people"
	QuantityLoss    Quantity = "loss"
	QuantityLevels  Quantity = "levels"
	QuantityGain    Quantity = "gain"
	QuantityObjects Quantity = "objects"
	QuantityAdvert  Quantity = "advert"
)

// Threshold is one line of an offence. LimitHigh is the upper end where provinces choose within a range, else 0.
// Lines with the same Group hold only together. Condition is the key of a circumstance that must be there too and that
// only a person can establish. Article is the id of the citation.
type Threshold struct {
	Tier      Tier
	Quantity  Quantity
	Limit     int64
	LimitHigh int64
	Group     string
	Condition string
	Article   string
	Mark      Mark
}

// Offence is an offence of the Criminal Law with its lines. Code is the portal's own (225-pay), Article the number in
// the Criminal Law. Units are held to the same lines. An offence of conduct has no lines.
type Offence struct {
	Code, Article, NameZh, NameEn string
	Basis                         []string
	Mark                          Mark
	Note                          string
	Thresholds                    []Threshold
}

//go:embed offences.csv
var offencesCSV []byte

//go:embed offence_lines.csv
var offenceLinesCSV []byte

var offences = sync.OnceValue(func() []Offence {
	var all []Offence
	for _, r := range readTable("offences.csv", offencesCSV) {
		all = append(all, Offence{
			Code: r["code"], Article: r["article"], NameZh: r["name_zh"], NameEn: r["name_en"],
			Basis: strings.Fields(r["articles"]), Mark: Mark(r["mark"]), Note: r["note"],
		})
	}
	for _, r := range readTable("offence_lines.csv", offenceLinesCSV) {
		i := slices.IndexFunc(all, func(o Offence) bool { return o.Code == r["offence"] })
		if i < 0 {
			panic("offence_lines.csv: no offence " + r["offence"])
		}
		t := Threshold{
			Tier: Tier(r["tier"]), Quantity: Quantity(r["quantity"]), Limit: fen(r["limit"]), Group: r["group"],
			Condition: r["condition"], Article: r["article"], Mark: Mark(r["mark"]),
		}
		if r["limit_high"] != "" {
			t.LimitHigh = fen(r["limit_high"])
		}
		all[i].Thresholds = append(all[i].Thresholds, t)
	}
	return all
})

func fen(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		panic("offence_lines.csv: limit " + text)
	}
	return n
}

// Offences returns every offence with its lines.
func Offences() []Offence { return slices.Clone(offences()) }

// OffenceByCode returns the offence with the portal's code, such as 176 or 225-pay.
func OffenceByCode(code string) (Offence, bool) {
	for _, o := range offences() {
		if o.Code == code {
			return o, true
		}
	}
	return Offence{}, false
}

// Measure is what is known of a case. A nil quantity is unknown, which is not zero.
type Measure struct {
	AmountFen, People, LossFen          *int64
	Levels, GainFen, Objects, AdvertFen *int64
}

func (m Measure) quantity(q Quantity) *int64 {
	switch q {
	case QuantityAmount:
		return m.AmountFen
	case QuantityPeople:
		return m.People
	case QuantityLoss:
		return m.LossFen
	case QuantityLevels:
		return m.Levels
	case QuantityGain:
		return m.GainFen
	case QuantityObjects:
		return m.Objects
	case QuantityAdvert:
		return m.AdvertFen
	}
	return nil
}

// Line is a threshold held against a case. Name is the key of what it measures (law.quantity.amount). Known is false
// where the case says nothing of the quantity; then Measured, Times and Reached are zero. Reached speaks of the figure
// alone: a Condition is still to be established, and the other lines of a Group must be reached too.
type Line struct {
	Threshold
	Name     string
	Known    bool
	Measured int64
	Times    float64
	Reached  bool
}

// Reached holds a case against every line of an offence, in the order of the table. It supports the decision to refer
// and is no verdict.
func Reached(offence Offence, m Measure) []Line {
	lines := make([]Line, 0, len(offence.Thresholds))
	for _, t := range offence.Thresholds {
		line := Line{Threshold: t, Name: "law.quantity." + string(t.Quantity)}
		if value := m.quantity(t.Quantity); value != nil {
			line.Known, line.Measured = true, *value
			line.Times = float64(*value) / float64(t.Limit)
			line.Reached = *value >= t.Limit
		}
		lines = append(lines, line)
	}
	return lines
}

// TierReached reports whether the figures alone reach a tier: one line of it without a condition, or every line of a
// group. Lines with a condition are never enough by themselves.
func TierReached(lines []Line, tier Tier) bool {
	groups := map[string]bool{}
	for _, l := range lines {
		if l.Tier != tier || l.Condition != "" {
			continue
		}
		if l.Group == "" {
			if l.Reached {
				return true
			}
			continue
		}
		before, seen := groups[l.Group]
		groups[l.Group] = l.Reached && (before || !seen)
	}
	for _, whole := range groups {
		if whole {
			return true
		}
	}
	return false
}
