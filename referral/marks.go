package referral

// The marks that only official papers have: the organ's mark and its rules, the title, the signature with the place of the
// seal, the line along which a sheet is parted, and the foot.

const (
	markTop         = 72 * mm // official form: 35 mm below the edge of the type area
	letterMarkTop   = 30 * mm
	stubTop         = 20 * mm
	letterRuleWidth = 170 * mm
	sealRadius      = 20 * mm
	thickRule       = 1.5
	thinRule        = 0.5
)

// organ sets the mark of the issuing organ, smaller where its name is long, and in the letter form the double rule 4 mm
// below it, thick over thin.
func (s setter) organ(text string) []piece {
	st := style{size: 36, bold: true, ink: red}
	if w := s.c.width(st, text); w > areaWidth {
		st.size = max(st.size*areaWidth/w, 18)
	}
	all := s.centred(text, st, st.size*1.15)
	if s.form != FormLetter {
		return all
	}
	last := len(all) - 1
	draw, height := all[last].draw, all[last].height
	all[last].height += 4*mm + 3
	all[last].draw = func(c *canvas, page int, y float64) {
		draw(c, page, y)
		letterRule(c, page, y+height+4*mm, thickRule, thinRule)
	}
	return all
}

// letterRule draws the double rule of the letter form, 170 mm wide in the middle of the page.
func letterRule(c *canvas, page int, y, first, second float64) {
	x := (pageWidth - letterRuleWidth) / 2
	c.rule(page, red, first, "", x, y, x+letterRuleWidth, y)
	c.rule(page, red, second, "", x, y+2.2, x+letterRuleWidth, y+2.2)
}

func (s setter) redRule() piece {
	return piece{height: 4*mm + 2, draw: func(c *canvas, page int, y float64) {
		c.rule(page, red, 1.2, "", areaLeft, y+4*mm, areaRight, y+4*mm)
	}}
}

// numberBelowMark sets the number right below the rule in the letter form, else centred with the rule 4 mm below it.
func (s setter) numberBelowMark(b Block) []piece {
	if s.form == FormLetter {
		return append([]piece{space(bodySize * 7 / 8.0)}, s.numberLine(b.Text)...)
	}
	return append(s.centred(b.Text, bodyStyle(), bodySize*1.2), s.redRule())
}

func (s setter) numberLine(text string) []piece {
	st := s.text
	var all []piece
	for _, l := range Break(text, s.c.advance(st), areaWidth, areaWidth) {
		all = append(all, piece{height: bodySize * 1.3, draw: func(c *canvas, page int, y float64) {
			c.text(page, st, areaRight-l.Width, baseline(y, bodySize*1.3, st.size), l.Text, 0)
		}})
	}
	return keepNext(all)
}

// title stands two lines below what is above it and one above the text.
func (s setter) title(b Block) []piece {
	if b.Level > 1 {
		set := s.centred(b.Text, style{size: 18, bold: true, ink: black}, 30)
		return keepNext(append(append([]piece{space(pitch / 2)}, set...), space(4)))
	}
	set := s.centred(b.Text, style{size: 22, bold: true, ink: black}, 34)
	return keepNext(append(append([]piece{space(1.6 * pitch)}, set...), space(0.8*pitch)))
}

// signature sets the organ centred above its date, which stands four characters from the right, with the place of the seal
// around both. Nothing of it is parted by a page.
func (s setter) signature(b Block) []piece {
	st := bodyStyle()
	date := s.c.width(st, b.Date)
	right := areaRight - 4*character
	middle := right - date/2
	var all []piece
	above := pitch
	if b.Seal != "" {
		above = 1.6 * pitch
	}
	all = append(all, piece{height: above, blank: b.Seal == ""})
	organ := Break(b.Text, s.c.advance(st), areaWidth-4*character, areaWidth-4*character)
	for i, l := range organ {
		x := min(middle-l.Width/2, areaRight-l.Width)
		all = append(all, piece{height: pitch, draw: func(c *canvas, page int, y float64) {
			if i == 0 && b.Seal != "" {
				centre := y + float64(len(organ)+1)*pitch/2
				small := style{size: 10.5, ink: faint}
				c.circle(page, faint, middle, centre, sealRadius)
				c.text(page, small, middle-c.width(small, b.Seal)/2, centre-sealRadius+20, b.Seal, 0)
			}
			c.text(page, st, x, baseline(y, pitch, st.size), l.Text, 0)
		}})
	}
	all = append(all, piece{height: pitch, draw: func(c *canvas, page int, y float64) {
		c.text(page, st, right-date, baseline(y, pitch, st.size), b.Date, 0)
	}})
	if b.Seal != "" {
		all = append(all, space(0.7*pitch))
	}
	return keepTogether(all)
}

// perforation is a dashed line over the whole sheet with words in its middle.
func (s setter) perforation(text string) []piece {
	const height = 12 * mm
	st := style{size: 10.5, ink: grey}
	return keepNext([]piece{{height: height, draw: func(c *canvas, page int, y float64) {
		half := c.width(st, text)/2 + 6
		middle := y + height/2
		c.rule(page, grey, 0.6, "4 3", 0, middle, pageWidth/2-half, middle)
		c.rule(page, grey, 0.6, "4 3", pageWidth/2+half, middle, pageWidth, middle)
		c.text(page, st, pageWidth/2-half+6, baseline(middle-10, 20, st.size), text, 0)
	}}})
}

// copyTo stands at the foot of its page, one character in from both sides.
func (s setter) copyTo(text string) []piece {
	const height = 22
	st := style{size: 14, ink: black}
	room := areaWidth - 2*st.size
	found := Break(text, s.c.advance(st), room, room-3*st.size)
	return []piece{{height: height * float64(len(found)), foot: true, draw: func(c *canvas, page int, y float64) {
		x, width := areaLeft+st.size, room
		for i, l := range found {
			c.text(page, st, x, baseline(y+height*float64(i), height, st.size), l.Text, stretch(l, st, width))
			x, width = areaLeft+4*st.size, room-3*st.size
		}
	}}}
}
