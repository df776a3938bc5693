package ingest

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"xiezhi/ingest/sheet"
)

const (
	headRows  = 50 // a header is looked for in so many rows with cells
	headDepth = 3  // a header has at most so many rows
)

// topRow is one of the first rows of a sheet, with the names that its cells show.
type topRow struct {
	number int
	names  []string
}

// top reads the first rows of a sheet.
func top(book *sheet.Book, at int) ([]topRow, error) {
	rows, err := book.Rows(at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []topRow
	for row, ok := rows.Next(); ok && len(list) < headRows; row, ok = rows.Next() {
		r := topRow{number: row.Number}
		for _, c := range row.Cells {
			r.names = append(r.names, headName(c.Text))
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// headName brings the name of a column to the form in which mappings write it: line breaks within a cell are no part of it.
func headName(s string) string {
	s = strings.NewReplacer("\r", "", "\n", "", "\t", " ").Replace(s)
	return strings.TrimSpace(s)
}

// header gives the names of columns where a header of the given depth ends in the i-th row: the names above, where they differ, stand
// in front with a stroke. A column without a name is called by its position, $1 and so on.
func header(rows []topRow, i, depth int) []string {
	var names []string
	for _, r := range rows[i-depth+1 : i+1] {
		for at, name := range r.names {
			for len(names) <= at {
				names = append(names, "")
			}
			parts := strings.Split(names[at], "/")
			if name == "" || names[at] != "" && slices.Contains(parts, name) {
				continue
			}
			if names[at] != "" {
				name = names[at] + "/" + name
			}
			names[at] = name
		}
	}
	for at := range names {
		if names[at] == "" {
			names[at] = "$" + strconv.Itoa(at+1)
		}
	}
	return names
}

// sheetHeader is where the header of a sheet was found.
type sheetHeader struct {
	row   int // the last row of the header
	names []string
	hits  int // how many of the wanted columns it has
}

// findHeader looks for the rows that name all wanted columns, else for those that name most of them. A row may be given.
func findHeader(rows []topRow, wanted []string, given int) sheetHeader {
	best := sheetHeader{hits: -1}
	for i := range rows {
		if given > 0 && rows[i].number != given {
			continue
		}
		for depth := 1; depth <= min(headDepth, i+1); depth++ {
			names := header(rows, i, depth)
			hits := 0
			for _, w := range wanted {
				if slices.Contains(names, w) {
					hits++
				}
			}
			if hits > best.hits {
				best = sheetHeader{row: rows[i].number, names: names, hits: hits}
			}
			if hits == len(wanted) {
				return best
			}
		}
	}
	return best
}

// beginSheets finds the sheets to read and their headers. Sheets that do not fit are left out with a warning, never in silence.
func (r *Reader) beginSheets(in *seekable, layout Layout, wanted []string) (*names, error) {
	book, err := in.book()
	if err != nil {
		return nil, err
	}
	src := &sheetSource{book: book}
	r.src, r.delim, r.eval.year04 = src, ',', book.Year04()
	closeFile := in.close
	r.close = func() error { return errors.Join(src.close(), closeFile()) }
	var n *names
	best := sheetHeader{hits: -1}
	shown := 0
	for i := range book.Sheets {
		s := &book.Sheets[i]
		if layout.Sheet != "" && layout.Sheet != "*" && s.Name != layout.Sheet {
			continue
		}
		if s.Hidden && s.Name != layout.Sheet {
			r.warn("ingest.warning.hidden_sheet", "sheet", Escape(s.Name))
			continue
		}
		rows, err := top(book, i)
		if err != nil {
			return nil, fileError(r.name, "ingest.file.xlsx_damaged", err)
		}
		if len(rows) == 0 {
			continue
		}
		shown++
		if layout.Headless {
			width := widest(rows)
			if n == nil {
				n = &names{headless: true, width: width}
			}
			src.plans = append(src.plans, sheetPlan{sheet: i, columns: positions(max(n.width, width)), width: width})
			r.sheets = append(r.sheets, s.Name)
			continue
		}
		h := findHeader(rows, wanted, layout.HeaderRow)
		if h.hits > best.hits {
			best = h
		}
		if h.hits < len(wanted) {
			r.warn("ingest.warning.sheet", "sheet", Escape(s.Name))
			continue
		}
		if n == nil {
			if n, err = r.sheetNames(h.names, wanted); err != nil {
				return nil, err
			}
		}
		src.plans = append(src.plans, sheetPlan{sheet: i, headRow: h.row, columns: match(r.header, h.names), width: len(h.names)})
		r.sheets = append(r.sheets, s.Name)
	}
	switch {
	case n != nil:
		return n, nil
	case shown == 0 && layout.Sheet != "" && layout.Sheet != "*":
		return nil, fileError(r.name, "ingest.file.sheet", nil, "sheet", Escape(layout.Sheet))
	case shown == 0:
		return nil, fileError(r.name, "ingest.file.empty", nil)
	}
	for _, w := range wanted {
		if !slices.Contains(best.names, w) {
			return nil, fileError(r.name, "ingest.file.missing_column", nil, "column", Escape(w))
		}
	}
	return nil, fileError(r.name, "ingest.file.header", nil, "value", "")
}

func widest(rows []topRow) int {
	n := 0
	for _, r := range rows {
		n = max(n, len(r.names))
	}
	return n
}

func positions(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// match gives for each name of the file where it stands in a sheet, -1 where it does not.
func match(file, own []string) []int {
	list := make([]int, len(file))
	for i, name := range file {
		list[i] = slices.Index(own, name)
	}
	return list
}

// sheetNames ties the names of the first sheet to positions; a wanted name that comes twice is refused, since either could be meant.
func (r *Reader) sheetNames(list, wanted []string) (*names, error) {
	n := &names{index: map[string]int{}, width: len(list)}
	for i, name := range list {
		if _, twice := n.index[name]; twice {
			if slices.Contains(wanted, name) {
				return nil, fileError(r.name, "ingest.file.twice", nil, "column", Escape(name))
			}
			name = "$" + strconv.Itoa(i+1)
		}
		n.index[name] = i
		r.header = append(r.header, name)
	}
	return n, nil
}

func (r *Reader) warn(key string, args ...string) {
	if len(r.warnings) < strangersShown {
		r.warnings = append(r.warnings, Warning{File: r.name, Key: key, Args: pairs(args)})
	}
}
