package views

import "xiezhi/views/ui"

// PatternPage is a question about the whole of the graph: a form, a list, and for groups and chains a picture of the row that is chosen,
// with the lists that are equal to it.
type PatternPage struct {
	Frame         Frame
	Title, Note   string
	Tabs          []Tab
	Action        string
	Selects       []PatternSelect
	Inputs        []PatternInput
	Ended, Ending bool // Ending: relations that are over may be asked for
	Wrong         []string
	Columns       []PatternColumn
	Rows          []PatternRow
	Count, Cut    string
	CSV           string
	Picture       *GraphPage
	PictureTitle  string
	Empty, Hint   string
}

// PatternSelect is a choice of the form.
type PatternSelect struct {
	Name, Label string
	Options     []ui.Option
}

// PatternInput is a field of the form.
type PatternInput struct{ Name, Label, Value, Placeholder string }

// PatternColumn is a column of the list.
type PatternColumn struct {
	Label string
	Num   bool
}

// PatternRow is a line of the list; Chosen says that the picture shows it.
type PatternRow struct {
	Cells  []PatternCell
	Chosen bool
}

// PatternCell is a text, which may lead somewhere or be a moment.
type PatternCell struct {
	Text, URL, Label string
	At               When
	Num              bool
}
