package referral

import (
	"slices"
	"strconv"
	"strings"

	"xiezhi/law"
	"xiezhi/models"
)

// sheet is a paper as its file sees it: its fields, and what is worked out from them.
type sheet struct{ models.Paper }

// Field is what was filled into a place of a paper, empty where nothing was.
func (s sheet) Field(name string) string { return s.Fields[name] }

// OffenceName is the offence with the word for crime, before a bracket if the name has one; a name that is no code of the
// table stands as it was written.
func (s sheet) OffenceName() string {
	o, ok := law.OffenceByCode(s.Offence)
	if !ok {
		return s.Offence
	}
	if name, kind, ok := strings.Cut(o.NameZh, term("crime.before")); ok {
		return name + term("crime") + term("crime.before") + kind
	}
	return o.NameZh + term("crime")
}

// CrimeArticle cites the article of the Criminal Law.
func (s sheet) CrimeArticle() (string, error) {
	o, ok := law.OffenceByCode(s.Offence)
	if !ok {
		return "", nil
	}
	return cite("CRIM." + o.Article)
}

// Basis cites everything the offence stands on, Broken the administrative provisions.
func (s sheet) Basis() (string, error) {
	o, ok := law.OffenceByCode(s.Offence)
	if !ok {
		return "", nil
	}
	return citeAll(o.Basis)
}

// Broken cites the administrative provisions that conduct of this offence breaks.
func (s sheet) Broken() (string, error) {
	return citeAll(strings.Fields(term("broken." + s.Offence)))
}

// Figures says what was measured in one sentence.
func (s sheet) Figures() string {
	var all []string
	if s.AmountFen != nil {
		all = append(all, term("figure.amount")+money(*s.AmountFen))
	}
	if s.People != nil {
		all = append(all, term("figure.people")+peopleOrUnknown(s.People))
	}
	if s.LossFen != nil {
		all = append(all, term("figure.loss")+money(*s.LossFen))
	}
	return strings.Join(all, term("comma"))
}

// Handlers names the officers with their numbers, Names without.
func (s sheet) Handlers() string {
	all := make([]string, len(s.Officers))
	for i, o := range s.Officers {
		all[i] = o.Name
		if o.Number != "" {
			all[i] += term("officer.before") + o.Number + term("officer.after")
		}
	}
	return strings.Join(all, term("listing"))
}

// Names lists the officers.
func (s sheet) Names() string {
	all := make([]string, len(s.Officers))
	for i, o := range s.Officers {
		all[i] = o.Name
	}
	return strings.Join(all, term("listing"))
}

// ApprovalBlank is the place where the principal decides.
func (s sheet) ApprovalBlank() string {
	return strings.ReplaceAll(term("blank.approval"), "\u00b6", "\n")
}

func (s sheet) officerItems() []Item {
	items := make([]Item, len(s.Officers))
	for i, o := range s.Officers {
		items[i] = Item{Label: strconv.Itoa(i+1) + ".", Text: o.Name}
		if o.Number != "" {
			items[i].Text += term("officer.before") + o.Number + term("officer.after")
		}
	}
	return items
}

// claim is a line that the figures alone reach, in words.
type claim struct{ Name, Measured, Limit, Times string }

// Claims are the lines of filing that the figures reach by themselves: without a condition, and with the whole of their
// group. None of them is claimed where law does not see the tier reached.
func (s sheet) Claims() []claim {
	if !law.TierReached(s.Lines, law.TierFiling) {
		return nil
	}
	var all []claim
	for _, l := range s.Lines {
		if l.Tier != law.TierFiling || !l.Reached || l.Condition != "" || !s.groupReached(l) {
			continue
		}
		all = append(all, claim{Name: quantityName(l), Measured: quantity(l.Quantity, l.Measured), Limit: limit(l), Times: times(l)})
	}
	return all
}

func (s sheet) groupReached(line law.Line) bool {
	return line.Group == "" || !slices.ContainsFunc(s.Lines, func(l law.Line) bool {
		return l.Group == line.Group && l.Tier == line.Tier && !l.Reached
	})
}

// lineRows are the rows of the table of lines reached: what, measured, line, times, tier, article. A star marks a line
// that holds only with a circumstance.
func (s sheet) lineRows() [][]string {
	var rows [][]string
	for _, l := range s.Lines {
		if !l.Reached || s.covered(l) {
			continue
		}
		name := quantityName(l)
		if l.Condition != "" {
			name += "*"
		}
		article := ""
		if text, err := citeNext(l.Article); err == nil {
			article = text
		}
		rows = append(rows, []string{name, quantity(l.Quantity, l.Measured), limit(l), times(l), term("tier." + string(l.Tier)), article})
	}
	return rows
}

// covered says that a line with a condition adds nothing: the same quantity reaches the same tier without one.
func (s sheet) covered(line law.Line) bool {
	return line.Condition != "" && slices.ContainsFunc(s.Lines, func(l law.Line) bool {
		return l.Reached && l.Condition == "" && l.Tier == line.Tier && l.Quantity == line.Quantity
	})
}

// LineNote explains what the table does not say by itself.
func (s sheet) LineNote() string {
	var notes []string
	has := func(f func(law.Line) bool) bool {
		return slices.ContainsFunc(s.Lines, func(l law.Line) bool { return l.Reached && !s.covered(l) && f(l) })
	}
	if has(func(l law.Line) bool { return l.Condition != "" }) {
		notes = append(notes, term("note.condition"))
	}
	if has(func(l law.Line) bool { return l.LimitHigh > 0 }) {
		notes = append(notes, term("note.range"))
	}
	if has(func(l law.Line) bool { return l.Mark == law.MarkRecalled }) {
		notes = append(notes, term("note.recalled"))
	}
	if names := s.lineLaws(); names != "" {
		notes = append(notes, term("note.law")+names+term("stop"))
	}
	return strings.Join(notes, "")
}

// lineLaws names the texts that the lines reached stand in.
func (s sheet) lineLaws() string {
	var all []string
	for _, l := range s.Lines {
		text, err := cite(l.Article)
		if name, _, ok := cutName(text); err == nil && ok && l.Reached && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, term("listing"))
}

func quantityName(l law.Line) string {
	return term("law.quantity." + string(l.Quantity))
}

func quantity(q law.Quantity, n int64) string {
	switch q {
	case law.QuantityPeople, law.QuantityLevels, law.QuantityObjects:
		return strconv.FormatInt(n, 10) + term("unit."+string(q))
	case law.QuantityAmount, law.QuantityLoss, law.QuantityGain, law.QuantityAdvert:
		return money(n)
	}
	return strconv.FormatInt(n, 10)
}

func limit(l law.Line) string {
	if l.LimitHigh > 0 {
		return quantity(l.Quantity, l.Limit) + term("range") + quantity(l.Quantity, l.LimitHigh)
	}
	return quantity(l.Quantity, l.Limit)
}

// times says how often the line is reached, cut to one decimal so that it never says more than there is.
func times(l law.Line) string {
	return decimal(l.Measured/l.Limit*10+l.Measured%l.Limit*10/l.Limit, 10, 1)
}
