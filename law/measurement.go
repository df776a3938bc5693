package law

// Answer says whether a circumstance is established.
type Answer string

// The answers; what nobody answered is unknown.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = ""
)

// Figure is a measured quantity, with where it is from: fen or a count.
type Figure struct {
	Value  int64  `json:"value"`
	Source string `json:"source"`
}

// Reply is an answer with where it is from.
type Reply struct {
	Is     Answer `json:"is"`
	Source string `json:"source,omitempty"`
}

// Measurement is everything that is known of a case for one offence: what is missing is unknown. Answers go by the keys of the
// offence's elements.
type Measurement struct {
	Offence string              `json:"offence"`
	Figures map[Quantity]Figure `json:"figures"`
	Answers map[string]Reply    `json:"answers"`
	Note    string              `json:"note,omitempty"`
}

// QuantityRepaid is what was paid back before the case came to light; it is taken off the amount where the law says so.
const QuantityRepaid Quantity = "repaid"

// deducts are the offences whose amount is what was not repaid (JI2022.8); for 176 the full amount counts (JI2022.6).
var deducts = map[string]bool{"192": true}

// Deducts says whether what was repaid is taken off the amount of an offence.
func Deducts(offence string) bool { return deducts[offence] }

// Quantities lists what the lines of an offence measure, in the order of the table, and what is taken off.
func Quantities(o Offence) []Quantity {
	var list []Quantity
	seen := map[Quantity]bool{}
	for _, t := range o.Thresholds {
		if !seen[t.Quantity] {
			seen[t.Quantity] = true
			list = append(list, t.Quantity)
		}
	}
	if deducts[o.Code] {
		list = append(list, QuantityRepaid)
	}
	return list
}

// Standing says how a line or a tier stands: met, not met, or open because something is missing.
type Standing string

// The standings.
const (
	Met    Standing = "met"
	Open   Standing = "open"
	NotMet Standing = "not_met"
)

// Held is one line held against a measurement. Beyond is how far the figure lies over the limit, or under it where negative; it is 0
// where the figure is unknown. Missing are the keys of what would decide an open line: a quantity, law.missing.range where a
// province chooses the line within a range, or elements.
type Held struct {
	Line
	Standing Standing
	Beyond   int64
	Missing  []string
}

// Outcome is a measurement held against everything the portal knows of an offence. It supports a decision and is no verdict.
type Outcome struct {
	Offence  Offence
	Lines    []Held
	Tiers    map[Tier]Standing
	Elements Standing // all that is needed beside the figures; Met where nothing is
	Excluded Standing // Met where every exclusion is established
	Conduct  []string // keys of conduct that reaches the filing line by itself
	Counted  *int64   // the amount that counts, after what is taken off
	Missing  []string // what would decide the filing line and the elements, each once
}

// Hold holds a measurement against the lines and elements of its offence; false for an unknown offence.
func Hold(m Measurement) (Outcome, bool) {
	o, ok := OffenceByCode(m.Offence)
	if !ok {
		return Outcome{}, false
	}
	out := Outcome{Offence: o, Tiers: map[Tier]Standing{}, Elements: Met}
	all := Elements(o.Code)
	measure := m.measure(o.Code)
	out.Counted = measure.AmountFen
	for _, line := range Reached(o, measure) {
		out.Lines = append(out.Lines, m.hold(line, all))
	}
	for _, tier := range []Tier{TierFiling, TierSerious, TierEspeciallySerious} {
		out.Tiers[tier] = tierOf(out.Lines, tier)
	}
	m.conduct(&out, all)
	m.needed(&out, all)
	out.Excluded = m.standing(all, ElementExclusion, "", true)
	out.gaps()
	return out, true
}

// measure gives the figures in the form of Reached, with what was repaid taken off.
func (m Measurement) measure(offence string) Measure {
	get := func(q Quantity) *int64 {
		f, ok := m.Figures[q]
		if !ok {
			return nil
		}
		v := f.Value
		return &v
	}
	out := Measure{AmountFen: get(QuantityAmount), People: get(QuantityPeople), LossFen: get(QuantityLoss), Levels: get(QuantityLevels), GainFen: get(QuantityGain),
		Objects: get(QuantityObjects), AdvertFen: get(QuantityAdvert)}
	if repaid := get(QuantityRepaid); repaid != nil && out.AmountFen != nil && deducts[offence] {
		left := max(0, *out.AmountFen-*repaid)
		out.AmountFen = &left
	}
	return out
}

// hold says how one line stands.
func (m Measurement) hold(line Line, all []Element) Held {
	h := Held{Line: line, Standing: NotMet}
	switch {
	case !line.Known:
		h.Standing, h.Missing = Open, []string{string(line.Quantity)}
	case !line.Reached:
		h.Beyond = line.Measured - line.Limit
	case line.LimitHigh > 0 && line.Measured < line.LimitHigh:
		h.Beyond, h.Standing, h.Missing = line.Measured-line.Limit, Open, []string{"law.missing.range"}
	default:
		h.Beyond, h.Standing = line.Measured-line.Limit, Met
	}
	if line.Condition == "" || h.Standing == NotMet {
		return h
	}
	condition, missing := m.condition(all, line.Condition)
	switch condition {
	case NotMet:
		h.Standing, h.Missing = NotMet, nil
	case Open:
		h.Standing, h.Missing = Open, append(h.Missing, missing...)
	}
	return h
}

// condition says how the circumstance stands that a line needs. One without elements in the table is for a person alone: open.
func (m Measurement) condition(all []Element, group string) (Standing, []string) {
	role := ConditionAny
	var missing []string
	found := false
	for _, e := range all {
		if e.Group != group {
			continue
		}
		found, role = true, e.Role
		if m.Answers[e.Key].Is == Unknown {
			missing = append(missing, e.Key)
		}
	}
	if !found {
		return Open, []string{group}
	}
	return m.standing(all, role, group, role == ConditionAll), missing
}

// standing joins the answers to the elements of a role and group: all of them must be there, or any one is enough. Without elements
// it is NotMet.
func (m Measurement) standing(all []Element, role ElementRole, group string, whole bool) Standing {
	yes, no, open := 0, 0, 0
	for _, e := range all {
		if e.Role != role || e.Group != group {
			continue
		}
		switch m.Answers[e.Key].Is {
		case Yes:
			yes++
		case No:
			no++
		default:
			open++
		}
	}
	switch {
	case yes+no+open == 0:
		return NotMet
	case whole && no > 0, !whole && yes == 0 && open == 0:
		return NotMet
	case whole && open > 0, !whole && yes == 0:
		return Open
	}
	return Met
}

// tierOf joins the lines of a tier: any line, or all of a group, is enough.
func tierOf(lines []Held, tier Tier) Standing {
	best := NotMet
	better := func(s Standing) {
		if s == Met || s == Open && best == NotMet {
			best = s
		}
	}
	groups := map[string]Standing{}
	for _, l := range lines {
		if l.Tier != tier {
			continue
		}
		if l.Group == "" {
			better(l.Standing)
			continue
		}
		before, seen := groups[l.Group]
		switch {
		case !seen:
			groups[l.Group] = l.Standing
		case before == NotMet || l.Standing == NotMet:
			groups[l.Group] = NotMet
		case before == Open || l.Standing == Open:
			groups[l.Group] = Open
		}
	}
	for _, s := range groups {
		better(s)
	}
	return best
}

// conduct lets conduct that is enough by itself reach the filing line.
func (m Measurement) conduct(out *Outcome, all []Element) {
	switch m.standing(all, ElementConduct, "", false) {
	case Met:
		out.Tiers[TierFiling] = Met
	case Open:
		if out.Tiers[TierFiling] == NotMet {
			out.Tiers[TierFiling] = Open
		}
	}
	for _, e := range all {
		if e.Role == ElementConduct && m.Answers[e.Key].Is == Yes {
			out.Conduct = append(out.Conduct, e.Key)
		}
	}
}

// needed says whether everything needed beside the figures is established.
func (m Measurement) needed(out *Outcome, all []Element) {
	for _, part := range []struct {
		role  ElementRole
		whole bool
	}{{ElementNeeded, true}, {ElementSign, false}} {
		has := false
		for _, e := range all {
			has = has || e.Role == part.role
		}
		if !has {
			continue
		}
		switch s := m.standing(all, part.role, "", part.whole); {
		case s == NotMet:
			out.Elements = NotMet
		case s == Open && out.Elements == Met:
			out.Elements = Open
		}
	}
	if out.Elements == NotMet {
		return
	}
	for _, e := range all {
		open := m.Answers[e.Key].Is == Unknown
		if open && (e.Role == ElementNeeded || e.Role == ElementSign && out.Elements == Open) {
			out.Missing = append(out.Missing, e.Key)
		}
	}
}

// gaps lists what would decide the filing line while it is open.
func (o *Outcome) gaps() {
	if o.Tiers[TierFiling] != Open {
		return
	}
	seen := map[string]bool{}
	for _, key := range o.Missing {
		seen[key] = true
	}
	for _, l := range o.Lines {
		if l.Tier != TierFiling || l.Standing != Open {
			continue
		}
		for _, key := range l.Missing {
			if !seen[key] {
				seen[key] = true
				o.Missing = append(o.Missing, key)
			}
		}
	}
}

// RateCeiling holds the yearly rate of a private loan against four times the one-year loan prime rate of the day of the contract
// (PrivLend.25), both as millionths: over is by how much it lies above, 0 or less where it is protected. Licensed local
// institutions are outside this rule.
func RateCeiling(rate, lpr int64) (ceiling, over int64) {
	ceiling = 4 * lpr
	return ceiling, rate - ceiling
}
