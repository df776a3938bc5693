package sheet

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a cell holds.
type Kind byte

// The kinds of cells. An Uncomputed cell has a formula and no value; a Broken one an error of the spreadsheet, or a date that
// is none; of a TooLong one the text is cut.
const (
	Empty Kind = iota
	Text
	Number
	Date
	Bool
	Uncomputed
	Broken
	TooLong
)

// Cell is one cell as its reader sees it: numbers in plain digits, dates as 2006-01-02 with 15:04:05 behind where they have a time.
// Across marks what shows only because its cell is merged with one to its left.
type Cell struct {
	Text   string
	Kind   Kind
	Across bool
}

// Row is one row; Number counts from 1 as the spreadsheet does.
type Row struct {
	Number  int
	Cells   []Cell
	TooLong bool // the row has more text than a record may have; Cells is cut
}

// Rows walks over the rows of a sheet that hold anything. Cells of a row hold until the next call.
type Rows struct {
	book   *Book
	r      io.ReadCloser
	x      *scanner
	merges []merge
	active []merge
	row    Row
	err    error
	inData bool
	last   int
	text   int // bytes of text in the row at hand
	pieces []byte
}

// Rows opens a sheet by its position.
func (b *Book) Rows(i int) (*Rows, error) {
	r, err := b.box.open(b.Sheets[i].part)
	if err != nil {
		return nil, wrong(err)
	}
	return &Rows{book: b, r: r, x: newScanner(r, textLimit), merges: b.Sheets[i].merges}, nil
}

// Err gives what broke reading off.
func (r *Rows) Err() error {
	if r.err == nil {
		return nil
	}
	return wrong(r.err)
}

// Close lets go of the sheet.
func (r *Rows) Close() error { return r.r.Close() }

// Next gives the next row that has cells.
func (r *Rows) Next() (*Row, bool) {
	for r.err == nil {
		switch r.x.next() {
		case tokenEnd:
			r.err = r.x.err
			return nil, false
		case tokenClose:
			if string(r.x.name) == "sheetData" {
				r.inData = false
			}
		case tokenOpen:
			switch name := string(r.x.name); {
			case name == "sheetData":
				r.inData = true
			case name == "row" && r.inData:
				if r.readRow(); r.err != nil {
					return nil, false
				}
				if len(r.row.Cells) > 0 {
					return &r.row, true
				}
			}
		}
	}
	return nil, false
}

func (r *Rows) readRow() {
	number := r.last + 1
	if s, ok := r.x.attr("r"); ok {
		n, err := strconv.Atoi(s)
		if err != nil || n <= r.last || n > rowsLimit {
			r.err = ErrDamaged
			return
		}
		number = n
	}
	r.last = number
	r.row = Row{Number: number, Cells: r.row.Cells[:0]}
	column := 0
	r.text = 0
	for {
		switch r.x.next() {
		case tokenEnd:
			if r.err = r.x.err; r.err == nil {
				r.err = ErrDamaged
			}
			return
		case tokenClose:
			if string(r.x.name) == "row" {
				r.spread()
				return
			}
		case tokenOpen:
			if string(r.x.name) != "c" {
				continue
			}
			at, ok := r.place(column)
			if !ok {
				r.err = ErrTooMany
				return
			}
			column = at + 1
			cell := r.readCell()
			if r.err != nil {
				return
			}
			if r.row.TooLong {
				continue
			}
			if r.text += len(cell.Text); r.text > textLimit {
				r.row.TooLong, cell.Text = true, ""
			}
			r.put(at, cell)
		}
	}
}

// place gives the column of the cell at hand, from 0.
func (r *Rows) place(next int) (int, bool) {
	at := next
	if s, ok := r.x.attr("r"); ok {
		column, _, known := reference(s)
		if !known {
			return 0, false
		}
		at = column
	}
	return at, at < columnsLimit
}

func (r *Rows) put(at int, c Cell) {
	if c.Kind == Empty {
		return
	}
	for len(r.row.Cells) <= at {
		r.row.Cells = append(r.row.Cells, Cell{})
	}
	r.row.Cells[at] = c
}

func (r *Rows) readCell() Cell {
	kind, _ := r.x.attr("t")
	style, _ := r.x.attr("s")
	r.pieces = r.pieces[:0]
	formula, value, cut, seen, guide := false, false, false, false, 0
	for {
		switch r.x.next() {
		case tokenEnd:
			if r.err = r.x.err; r.err == nil {
				r.err = ErrDamaged
			}
			return Cell{}
		case tokenText:
			if value && guide == 0 {
				r.pieces = append(r.pieces, r.x.text[:min(len(r.x.text), textLimit-len(r.pieces))]...)
				cut = cut || r.x.cut || len(r.pieces) == textLimit
			}
		case tokenOpen:
			switch string(r.x.name) {
			case "f":
				formula = true
			case "v", "t":
				value, seen = true, true
			case "rPh":
				guide++
			}
		case tokenClose:
			switch string(r.x.name) {
			case "v", "t":
				value = false
			case "rPh":
				guide--
			case "c":
				return r.book.cell(kind, style, r.pieces, formula && !seen, cut)
			}
		}
	}
}

// cell makes of what stands in a cell what its reader sees.
func (b *Book) cell(kind, style string, raw []byte, uncomputed, cut bool) Cell {
	switch {
	case cut:
		return Cell{Kind: TooLong, Text: strings.ToValidUTF8(string(raw[:min(len(raw), 4096)]), "\uFFFD")}
	case uncomputed:
		return Cell{Kind: Uncomputed}
	case len(raw) == 0:
		return Cell{}
	}
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
		text, long, ok := b.strings.get(n)
		switch {
		case err != nil || !ok:
			return Cell{Kind: Broken, Text: string(raw)}
		case long:
			return Cell{Kind: TooLong, Text: text[:min(len(text), 4096)]}
		case text == "":
			return Cell{}
		}
		return Cell{Kind: Text, Text: text}
	case "str", "inlineStr":
		return Cell{Kind: Text, Text: string(decodeEscapes(slices.Clone(raw)))}
	case "b":
		return Cell{Kind: Bool, Text: map[bool]string{true: "true", false: "false"}[string(raw) == "1" || string(raw) == "true"]}
	case "d":
		return Cell{Kind: Date, Text: string(raw)}
	case "", "n":
		return b.numeric(strings.TrimSpace(string(raw)), style)
	}
	return Cell{Kind: Broken, Text: string(raw)}
}

func (b *Book) numeric(raw, style string) Cell {
	text, ok := number(raw)
	if !ok {
		return Cell{Kind: Broken, Text: raw}
	}
	n, err := strconv.Atoi(style)
	if err != nil || n < 0 || n >= len(b.dates) || b.dates[n] == noDate {
		return Cell{Kind: Number, Text: text}
	}
	serial, _ := strconv.ParseFloat(raw, 64)
	if text, ok = dated(serial, b.year04); !ok {
		return Cell{Kind: Broken, Text: raw}
	}
	return Cell{Kind: Date, Text: text}
}

// Year04 says whether the workbook counts its days from 1904, so that a number without a date format is another day than usual.
func (b *Book) Year04() bool { return b.year04 }
