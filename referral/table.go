package referral

import "strings"

// grid sets rows of cells with thin rules around them.
type grid struct {
	widths  []float64
	height  float64 // of a line
	padding float64
	least   float64 // the least height of a row
	styles  []style // by column
	centred bool
}

// table sets a table of the width of the type area: columns as wide as what they hold, the head repeated on every page.
func (s setter) table(b Block) []piece {
	st, bold := style{size: 12, ink: black}, style{size: 12, bold: true, ink: black}
	g := grid{height: 18, padding: 4, styles: make([]style, len(b.Head)), widths: make([]float64, len(b.Head)), centred: true}
	sum := 0.0
	for i, head := range b.Head {
		g.styles[i] = bold
		w := s.c.width(bold, head)
		for _, row := range b.Rows {
			w = max(w, s.c.width(st, row[i]))
		}
		g.widths[i] = min(max(w, 3*st.size), 10*st.size) + 2*g.padding
		sum += g.widths[i]
	}
	for i := range g.widths {
		g.widths[i] *= areaWidth / sum
	}
	head := s.row(g, b.Head)[0]
	for i := range g.styles {
		g.styles[i] = st
	}
	head.keep = true
	all := []piece{{height: 4, blank: true, keep: true}, head}
	for i, row := range b.Rows {
		for k, p := range s.row(g, row) {
			if i > 0 || k > 0 {
				p.head = &head
			}
			all = append(all, p)
		}
	}
	return append(all, space(6))
}

// filledForm sets labels and what was filled in beside them; an empty place is left to write in.
func (s setter) filledForm(b Block) []piece {
	st, label := style{size: 14, ink: black}, style{size: 14, ink: black}
	g := grid{height: 20, padding: 6, least: 11 * mm, styles: []style{label, st}, widths: []float64{0, 0}}
	if s.pitch < pitch {
		g.padding, g.least = 4, 10*mm
	}
	for _, item := range b.Items {
		g.widths[0] = max(g.widths[0], s.c.width(label, item.Label)+2*g.padding)
	}
	g.widths[0] = min(max(g.widths[0], 30*mm), 52*mm)
	g.widths[1] = areaWidth - g.widths[0]
	all := []piece{space(4)}
	for _, item := range b.Items {
		all = append(all, s.row(g, []string{item.Label, item.Text})...)
	}
	return append(all, space(6))
}

// row sets one row; it is cut only where it is taller than a page.
func (s setter) row(g grid, cells []string) []piece {
	broken := make([][]Line, len(cells))
	count := 1
	for i, text := range cells {
		room := g.widths[i] - 2*g.padding
		broken[i] = Break(strings.TrimSpace(text), s.c.advance(g.styles[i]), room, room)
		count = max(count, len(broken[i]))
	}
	most := int((areaBottom - areaTop - 4*g.padding - 60) / g.height)
	var all []piece
	for from := 0; from < count; from += most {
		all = append(all, s.rowPart(g, broken, from, min(from+most, count)))
	}
	return all
}

// rowPart draws the lines of a row from one to another, within a frame.
func (s setter) rowPart(g grid, broken [][]Line, from, to int) piece {
	height := max(float64(to-from)*g.height+2*g.padding, g.least)
	return piece{height: height, draw: func(c *canvas, page int, y float64) {
		x := areaLeft
		c.rule(page, black, 0.5, "", x, y, areaRight, y)
		c.rule(page, black, 0.5, "", x, y+height, areaRight, y+height)
		for i, lines := range broken {
			c.rule(page, black, 0.5, "", x, y, x, y+height)
			part := lines[min(from, len(lines)):min(to, len(lines))]
			top := y + (height-float64(len(part))*g.height)/2
			for _, l := range part {
				at, room := x+g.padding, g.widths[i]-2*g.padding
				if g.centred {
					at += (room - l.Width) / 2
				}
				c.text(page, g.styles[i], at, baseline(top, g.height, g.styles[i].size), l.Text, 0)
				top += g.height
			}
			x += g.widths[i]
		}
		c.rule(page, black, 0.5, "", areaRight, y, areaRight, y+height)
	}}
}
