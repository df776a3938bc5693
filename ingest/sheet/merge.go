package sheet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// merge is a block of merged cells: rows from 1, columns from 0, both ends included.
type merge struct {
	top, bottom, left, right int
	cell                     Cell // of the upper left corner, once it was seen
}

// reference reads A1 into a column from 0 and a row from 1.
func reference(s string) (column, row int, ok bool) {
	i := 0
	for ; i < len(s) && i < 4 && s[i] >= 'A' && s[i] <= 'Z'; i++ {
		column = column*26 + int(s[i]-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return column - 1, row, i > 0 && err == nil && row > 0 && row <= rowsLimit
}

func block(s string) (merge, bool) {
	from, to, _ := strings.Cut(s, ":")
	left, top, ok := reference(from)
	right, bottom, ok2 := reference(to)
	m := merge{top: top, bottom: bottom, left: left, right: min(right, columnsLimit-1)}
	return m, ok && ok2 && top <= bottom && left <= right && left < columnsLimit
}

// areaLimit is how many cells all merged blocks of a sheet may cover together.
const areaLimit = 5_000_000

// survey reads a sheet to its end: it notes its merged cells, which stand behind the rows, and adds up how much text its cells
// take from the shared strings, of which each may be named any number of times.
func (b *Book) survey(s *Sheet) error {
	r, err := b.box.open(s.part)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newScanner(r, 16)
	area, shared, value := 0, false, false
	for {
		switch x.next() {
		case tokenEnd:
			slices.SortFunc(s.merges, func(a, c merge) int { return cmp.Or(cmp.Compare(a.top, c.top), cmp.Compare(a.left, c.left)) })
			return x.err
		case tokenClose:
			value = false
		case tokenText:
			if shared && value {
				n, _ := strconv.Atoi(string(x.text))
				if b.box.left -= b.strings.length(n); b.box.left < 0 {
					return ErrBomb
				}
			}
		case tokenOpen:
			switch string(x.name) {
			case "c":
				kind, _ := x.attr("t")
				shared = kind == "s"
			case "v":
				value = true
			case "mergeCell":
				ref, _ := x.attr("ref")
				m, ok := block(ref)
				if !ok {
					continue // it covers no cell that could be read
				}
				area += (m.bottom - m.top + 1) * (m.right - m.left + 1)
				if s.merges = append(s.merges, m); len(s.merges) > mergesLimit || area > areaLimit {
					return ErrTooMany
				}
			}
		}
	}
}

// spread writes the value of merged cells into every cell that shows it.
func (r *Rows) spread() {
	for len(r.merges) > 0 && r.merges[0].top <= r.row.Number {
		r.active = append(r.active, r.merges[0])
		r.merges = r.merges[1:]
	}
	if len(r.active) == 0 {
		return
	}
	filled := len(r.row.Cells) > 0
	r.active = slices.DeleteFunc(r.active, func(m merge) bool { return m.bottom < r.row.Number })
	for i := range r.active {
		m := &r.active[i]
		if m.top == r.row.Number && m.left < len(r.row.Cells) {
			m.cell = r.row.Cells[m.left]
		}
		if m.cell.Kind == Empty || !filled {
			continue
		}
		for at := m.left; at <= m.right; at++ {
			c := m.cell
			c.Across = at > m.left
			if at < len(r.row.Cells) && r.row.Cells[at].Kind != Empty {
				continue
			}
			if r.text += len(c.Text); r.text > textLimit {
				r.row.TooLong = true
				return
			}
			r.put(at, c)
		}
	}
}
