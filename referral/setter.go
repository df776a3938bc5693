package referral

// The inks and type sizes of a paper: 22 pt title, 16 pt body, 14 pt page numbers and forms.
var (
	black = colour{0, 0, 0}
	red   = colour{0.78, 0.04, 0.06}
	faint = colour{0.87, 0.45, 0.45}
	grey  = colour{0.35, 0.35, 0.35}
)

const bodySize = 16

// setter turns the blocks of a part into pieces.
type setter struct {
	c     *canvas
	form  Form
	text  style
	pitch float64
}

func bodyStyle() style { return style{size: bodySize, tracking: character - bodySize, ink: black} }

// newSetter sets a part in the size of the body; stub and receipt share a sheet and are set smaller.
func newSetter(c *canvas, form Form, p Part) setter {
	if len(p.Blocks) > 0 && p.Blocks[0].Kind == BlockPerforation {
		return setter{c: c, form: form, text: style{size: 14, ink: black}, pitch: 23}
	}
	return setter{c: c, form: form, text: bodyStyle(), pitch: pitch}
}

// baseline gives where a text of a size stands in a line of a height: Han characters reach 0.88 above and 0.12 below it.
func baseline(y, height, size float64) float64 { return y + height/2 + 0.38*size }

// em is the width of a Han character of the text.
func (s setter) em() float64 { return s.text.size + s.text.tracking }

// part sets one part; the first block of a first page may be the organ's mark.
func (s setter) part(p Part) []piece {
	var all []piece
	for i, b := range p.Blocks {
		set := s.block(b)
		switch {
		case b.Kind == BlockOrgan && s.form == FormOfficial:
			set = append(set, space(s.pitch))
			if i+1 == len(p.Blocks) || p.Blocks[i+1].Kind != BlockNumber {
				set = append(set, s.redRule())
			}
		case b.Kind == BlockNumber && i > 0 && p.Blocks[i-1].Kind == BlockOrgan:
			set = s.numberBelowMark(b)
		case b.Kind == BlockNumber && s.pitch == pitch:
			set = append(set, space(pitch/2))
		case b.Kind == BlockTitle && i == 0:
			set = set[1:]
		case b.Kind == BlockParagraph && i > 0 && p.Blocks[i-1].Kind == BlockForm:
			set = append([]piece{space(s.pitch / 2)}, set...)
		case b.Kind == BlockSignature:
			keepTogether(all[max(0, len(all)-3):])
			if len(all) > 0 {
				all[len(all)-1].keep = true
			}
		}
		all = append(all, set...)
	}
	return all
}

func (s setter) block(b Block) []piece {
	switch b.Kind {
	case BlockOrgan:
		return s.organ(b.Text)
	case BlockNumber:
		return s.numberLine(b.Text)
	case BlockTitle:
		return s.title(b)
	case BlockAddressee:
		return s.paragraph(b.Text, s.text, 0, 0)
	case BlockParagraph:
		return s.paragraph(b.Text, s.text, 2*s.em(), 0)
	case BlockHeading:
		st := s.text
		st.bold = b.Level == 1
		return keepNext(s.paragraph(b.Text, st, 2*s.em(), 0))
	case BlockNote:
		return append(s.small(b.Text), space(s.pitch/3))
	case BlockTable:
		return s.table(b)
	case BlockList:
		return s.list(b)
	case BlockForm:
		return s.filledForm(b)
	case BlockSignature:
		return s.signature(b)
	case BlockPerforation:
		return s.perforation(b.Text)
	case BlockCopyTo:
		return s.copyTo(b.Text)
	}
	return nil
}

// keepNext ties pieces to each other and to what follows.
func keepNext(pieces []piece) []piece {
	for i := range pieces {
		pieces[i].keep = true
	}
	return pieces
}

// paragraph sets lines over the width of the type area; indent is that of the first line, hang that of the others.
func (s setter) paragraph(text string, st style, indent, hang float64) []piece {
	var all []piece
	x, room := areaLeft+indent, areaWidth-indent
	for _, l := range Break(text, s.c.advance(st), areaWidth-indent, areaWidth-hang) {
		all = append(all, s.line(l, st, x, room, s.pitch))
		x, room = areaLeft+hang, areaWidth-hang
	}
	return keepEnds(all)
}

func (s setter) line(l Line, st style, x, room, height float64) piece {
	return piece{height: height, draw: func(c *canvas, page int, y float64) {
		c.text(page, st, x, baseline(y, height, st.size), l.Text, stretch(l, st, room))
	}}
}

func (s setter) small(text string) []piece {
	const height = 17
	st := style{size: 10.5, ink: grey}
	var all []piece
	for _, l := range Break(text, s.c.advance(st), areaWidth, areaWidth) {
		all = append(all, s.line(l, st, areaLeft, areaWidth, height))
	}
	return all
}

// centred sets lines in the middle of the type area.
func (s setter) centred(text string, st style, height float64) []piece {
	var all []piece
	for _, l := range Break(text, s.c.advance(st), areaWidth, areaWidth) {
		all = append(all, piece{height: height, draw: func(c *canvas, page int, y float64) {
			c.text(page, st, areaLeft+(areaWidth-l.Width)/2, baseline(y, height, st.size), l.Text, 0)
		}})
	}
	return keepTogether(all)
}

// list hangs numbered lines behind a lead word: its text stands two characters in.
func (s setter) list(b Block) []piece {
	st := s.text
	all := []piece{space(s.pitch / 2)}
	lead := areaLeft + 2*s.em()
	at := lead + s.c.width(st, b.Text)
	label := 0.0
	for _, item := range b.Items {
		label = max(label, s.c.width(st, item.Label)+s.text.size/3)
	}
	room := areaRight - at - label
	for i, item := range b.Items {
		var set []piece
		for k, l := range Break(item.Text, s.c.advance(st), room, room) {
			set = append(set, piece{height: s.pitch, draw: func(c *canvas, page int, y float64) {
				base := baseline(y, s.pitch, st.size)
				if i == 0 && k == 0 {
					c.text(page, st, lead, base, b.Text, 0)
				}
				if k == 0 {
					c.text(page, st, at, base, item.Label, 0)
				}
				c.text(page, st, at+label, base, l.Text, stretch(l, st, room))
			}})
		}
		all = append(all, keepEnds(set)...)
	}
	return all
}
