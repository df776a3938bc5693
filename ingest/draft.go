package ingest

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"xiezhi/models"
)

// Draft is a mapping as somebody points it together: for each canonical column where it comes from and how that is read. Text, where it
// is not empty, is the mapping itself and stands for all the rest.
type Draft struct {
	Table     models.Table     `json:"table"`
	Sheet     string           `json:"sheet,omitempty"`
	HeaderRow int              `json:"header_row,omitempty"`
	Delimiter string           `json:"delimiter,omitempty"`
	Headless  bool             `json:"headless,omitempty"`
	Each      string           `json:"each,omitempty"`
	Points    map[string]Point `json:"points"`
	Totals    string           `json:"totals,omitempty"` // the column in which rows of totals say so; empty: there are none
	Text      string           `json:"text,omitempty"`
}

// Point says where one canonical column comes from.
type Point struct {
	Column string            `json:"column,omitempty"` // of the file; MadeOfRow makes a number of the whole row
	Fixed  string            `json:"fixed,omitempty"`  // said once for all rows, where Column is empty
	Read   string            `json:"read,omitempty"`   // one of the readings that ColumnOf lists
	Kind   string            `json:"kind,omitempty"`   // of a subject
	Words  map[string]string `json:"words,omitempty"`  // of a closed list: what the words of the file mean
}

// MadeOfRow stands for a column of the file where a row has no number of its own.
const MadeOfRow = "#row"

// The readings of a value.
const (
	ReadPlain = ""      // as it stands, without blanks in numbers
	ReadName  = "name"  // a number is made of the name
	ReadPlace = "place" // a place name gives the code
)

// CanonicalColumn is a column of a table as a form shows it.
type CanonicalColumn struct {
	Name     string
	Required bool
	Subject  bool     // the value is a subject: its kind must be said
	Choices  []string // of a closed list
	Readings []string // how a value may be read; empty: one way alone
	Made     bool     // it may be made of the whole row
}

// ColumnsOf lists the columns of a table in their order.
func ColumnsOf(t models.Table) []CanonicalColumn {
	plan, ok := plans()[t]
	if !ok {
		return nil
	}
	var list []CanonicalColumn
	for _, c := range plan.columns() {
		if c.name == "source" {
			continue
		}
		list = append(list, CanonicalColumn{Name: c.name, Required: c.required, Subject: c.role == namesSubject, Choices: c.choices, Readings: c.readings(), Made: c.role == namesKey})
	}
	return list
}

func (c *columnSpec) readings() []string {
	switch {
	case c.role == namesSubject || c.role == namesID:
		return []string{ReadPlain, ReadName}
	case c.role == namesPlace:
		return []string{ReadPlain, ReadPlace}
	case c.kind == holdsMoney:
		return []string{"1", "1000", "10000", "1000000", "100000000"}
	case c.kind == holdsNumber:
		return []string{"1", "0.01"}
	}
	return nil
}

// SubjectKinds are the kinds that a subject may have in a mapping.
func SubjectKinds() []string {
	return []string{string(models.KindCompany), string(models.KindPerson), string(models.KindAccount), string(models.KindInstitution), string(models.KindProduct)}
}

// Mapping makes the mapping that the draft describes. It fails with a *MappingError where the draft is one by text and that is wrong, or
// where a required column was not pointed at.
func (d *Draft) Mapping() (Mapping, error) {
	if strings.TrimSpace(d.Text) != "" {
		m, err := LoadMapping(strings.NewReader(d.Text))
		if err == nil && m.Table == "" {
			return m, mappingError(0, "ingest.mapping.table", "value", "")
		}
		return m, err
	}
	m := Mapping{Table: d.Table, Columns: map[string]Column{}, Each: d.Each}
	m.Format = Layout{Sheet: d.Sheet, HeaderRow: d.HeaderRow, Headless: d.Headless, Zone: shanghai()}
	if d.Delimiter != "" {
		var err error
		if m.Format.Delimiter, err = parseDelimiter(d.Delimiter); err != nil {
			return m, mappingError(0, "ingest.mapping.bad_value", "key", "delimiter", "value", Escape(d.Delimiter))
		}
	}
	if d.HeaderRow < 0 || d.HeaderRow > headRows {
		return m, mappingError(0, "ingest.mapping.bad_value", "key", "header_row", "value", strconv.Itoa(d.HeaderRow))
	}
	plan, ok := plans()[d.Table]
	if !ok {
		return m, mappingError(0, "ingest.mapping.table", "value", Escape(string(d.Table)))
	}
	for _, c := range plan.columns() {
		p, given := d.Points[c.name]
		if !given || p.Column == "" && p.Fixed == "" {
			continue
		}
		if c.role == namesSubject && strings.ContainsAny(p.Column, "{}") {
			return m, mappingError(0, "ingest.mapping.bad_value", "key", c.name, "value", Escape(p.Column))
		}
		col := p.rule(&c, d)
		if err := col.validate(0, c.name); err != nil {
			return m, err
		}
		m.Columns[c.name] = col
	}
	if d.Totals != "" {
		m.Where = []Filter{{Column: d.Totals, Not: totals()}}
	}
	if _, err := parsePath(d.Each); d.Each != "" && err != nil {
		return m, mappingError(0, "ingest.mapping.bad_value", "key", "each", "value", Escape(d.Each))
	}
	return m, m.validate()
}

// rule makes the column of the mapping.
func (p *Point) rule(c *columnSpec, d *Draft) Column {
	col := Column{Digits: -1}
	switch {
	case p.Column == "":
		col.Value, col.Fixed = p.Fixed, true
		if c.role == namesSubject && p.Kind != "" {
			col.Value = p.Kind + ":" + p.Fixed
		}
	case p.Column == MadeOfRow:
		col.Hash = d.sources()
		col.Template = "R-{hash}"
	case c.role == namesSubject && p.Read == ReadName:
		col.Slug, col.Template = p.Column, p.kind()+":N-{slug}"
	case c.role == namesSubject:
		col.Template, col.Loose = p.kind()+":{"+p.Column+"}", true
	case c.role == namesID && p.Read == ReadName:
		col.Slug, col.Template = p.Column, "N-{slug}"
	case c.role == namesPlace && p.Read == ReadPlace:
		col.Division = p.Column
	case c.role == namesYesNo:
		col.Column, col.Lookup = p.Column, yesNoWords()
	case len(c.choices) > 0:
		col.Column, col.Lookup, col.Default, col.HasElse = p.Column, p.words(c), p.Fixed, p.Fixed != ""
	case c.kind == holdsMoney || c.kind == holdsNumber:
		col.Column, col.Loose, col.Round, col.Scale = p.Column, true, RoundHalfEven, p.Read
	case c.kind == holdsDate || c.kind == holdsInstant:
		col.Column, col.Layouts = p.Column, []string{layoutAuto}
	default:
		col.Column = p.Column
		col.Loose = c.kind == holdsWhole || c.role == namesID || c.role == namesKey || c.role == namesPlace || c.name == "phone"
	}
	return col
}

// kind is the kind of a subject; nobody chose one: a company.
func (p *Point) kind() string {
	if slices.Contains(SubjectKinds(), p.Kind) {
		return p.Kind
	}
	return string(models.KindCompany)
}

// words gives what the words of the file mean; the words of the list itself mean themselves.
func (p *Point) words(c *columnSpec) map[string]string {
	m := map[string]string{}
	for _, v := range c.choices {
		m[v] = v
	}
	for word, v := range p.Words {
		if v != "" {
			m[word] = v
		}
	}
	if !c.required {
		m[""] = ""
	}
	return m
}

// sources lists the columns of the file that are pointed at, in the order of their names.
func (d *Draft) sources() (list []string) {
	for _, p := range d.Points {
		if p.Column != "" && p.Column != MadeOfRow && !slices.Contains(list, p.Column) {
			list = append(list, p.Column)
		}
	}
	slices.Sort(list)
	return list
}

//go:embed words/values.csv
var valuesText string

//go:embed words/hints.csv
var hintsText string

// valueWord says what a word in a column of a closed list means, or, of a hint, what a part of a header says of the whole file.
type valueWord struct {
	table              models.Table
	column, word, code string
}

func valueWords(text string) func() []valueWord {
	return sync.OnceValue(func() (list []valueWord) {
		for _, row := range tableOf(text) {
			list = append(list, valueWord{models.Table(row[0]), row[1], row[2], row[3]})
		}
		return list
	})
}

var (
	closedWords = valueWords(valuesText)
	hintWords   = valueWords(hintsText)
)

// wordsMost is how many different words of a closed list a form offers.
const wordsMost = 20

// Guess points a draft together by names and values, for the given table, or for the one that fits best.
func Guess(s *Sample, t models.Table) Draft {
	d := Draft{Table: t, Points: map[string]Point{}, Sheet: s.Sheet, Headless: s.Headless, Each: s.Each}
	if t == "" {
		d.Table, _ = GuessTable(s)
	}
	if d.Table == "" {
		d.Table = models.TableCompanies
	}
	if len(s.Sheets) < 2 {
		d.Sheet = ""
	}
	if s.Format == CSV {
		if s.HeaderRow > 1 {
			d.HeaderRow = s.HeaderRow
		}
		if s.Delimiter != ',' {
			d.Delimiter = strings.ReplaceAll(string(rune(s.Delimiter)), "\t", `\t`)
		}
	}
	if s.Totals != nil {
		d.Totals = s.Totals.Column
	}
	found := s.assign(d.Table)
	for _, c := range plans()[d.Table].columns() {
		p, ok := found[c.name]
		if !ok {
			if v := s.hint(d.Table, c.name); v != "" {
				d.Points[c.name] = Point{Fixed: v}
			} else if c.role == namesKey && c.required {
				d.Points[c.name] = Point{Column: MadeOfRow}
			}
			continue
		}
		d.Points[c.name] = guessPoint(d.Table, &c, &s.Columns[p.source])
	}
	return d
}

// hint looks for words in the names of columns that say what a whole file is about.
func (s *Sample) hint(t models.Table, column string) string {
	for _, h := range hintWords() {
		if h.table != t || h.column != column {
			continue
		}
		for i := range s.Columns {
			if strings.Contains(s.Columns[i].Name, h.word) {
				return h.code
			}
		}
	}
	return ""
}

func guessPoint(t models.Table, c *columnSpec, from *SampleColumn) Point {
	p := Point{Column: from.Name}
	switch {
	case c.role == namesSubject:
		p.Kind = string(models.KindCompany)
		switch from.Kind {
		case ContentIdentity:
			p.Kind = string(models.KindPerson)
		case ContentAccount:
			p.Kind = string(models.KindAccount)
		case ContentCompany, ContentText:
			p.Read = ReadName
		}
	case c.role == namesID && (from.Kind == ContentCompany || from.Kind == ContentText):
		p.Read = ReadName
	case c.role == namesPlace && from.Kind != ContentDivision:
		p.Read = ReadPlace
	case len(c.choices) > 0:
		p.Words = guessWords(t, c, from)
	case c.kind == holdsMoney:
		p.Read = headerFactor(from.Name)
	case c.kind == holdsNumber:
		p.Read = "1"
		if strings.Contains(halfWidth(from.Name), "%") || moreThanOne(from.Values) {
			p.Read = "0.01"
		}
	}
	return p
}

// headerFactor reads the unit that stands in the name of a column.
func headerFactor(name string) string {
	name = halfWidth(name)
	i := strings.IndexAny(name, "(_:")
	if i < 0 {
		return "1"
	}
	for _, row := range tableOf(columnUnitsText) {
		if strings.Contains(name[i:], row[0]) {
			return row[1]
		}
	}
	return "1"
}

// moreThanOne says whether numbers without a sign of percent are larger than a share can be.
func moreThanOne(values []string) bool {
	for _, v := range values {
		d, unit, ok := looseNumber(v)
		if one, _ := parseDecimal("1"); ok && !unit && d.compare(one) > 0 {
			return true
		}
	}
	return false
}

// guessWords finds what the words of a column mean.
func guessWords(t models.Table, c *columnSpec, from *SampleColumn) map[string]string {
	m := map[string]string{}
	for _, v := range from.Values {
		if _, done := m[v]; done || len(m) >= wordsMost {
			continue
		}
		m[v] = ""
		if slices.Contains(c.choices, v) {
			m[v] = v
			continue
		}
		for _, w := range closedWords() {
			if w.table == t && w.column == c.name && strings.Contains(v, w.word) {
				m[v] = w.code
				break
			}
		}
	}
	return m
}
