package referral

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode"
)

// Millimetres and the page in points.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
)

// colour is red, green, blue from 0 to 1.
type colour [3]float64

// style is how a text is set. Tracking is added to every full-width character, which sets 28 of them to a line.
type style struct {
	size     float64
	bold     bool
	tracking float64
	ink      colour
}

// canvas collects the pages of one paper and the characters it uses. Coordinates are points from the top left corner.
type canvas struct {
	regular, bold *subset
	pages         []*bytes.Buffer
}

func newCanvas(regular, bold *font) *canvas {
	return &canvas{regular: newSubset(regular), bold: newSubset(bold)}
}

// face gives the font that draws a character in a style. Bold has the characters in common use only; a rare one is drawn
// in regular with a thin outline of the same ink.
func (c *canvas) face(s style, r rune) (face *subset, glyph int, outlined bool) {
	if s.bold {
		if g := c.bold.font.glyph(r); g != 0 {
			return c.bold, g, false
		}
	}
	return c.regular, c.regular.font.glyph(r), s.bold
}

// advance measures a character in points.
func (c *canvas) advance(s style) func(rune) float64 {
	known := map[rune]float64{}
	return func(r rune) float64 {
		if w, ok := known[r]; ok {
			return w
		}
		face, g, _ := c.face(s, r)
		units := face.font.width(g)
		w := float64(units) * s.size / 1000
		if units == 1000 {
			w += s.tracking
		}
		known[r] = w
		return w
	}
}

// width measures a text that is set on one line.
func (c *canvas) width(s style, text string) float64 {
	measure, sum := c.advance(s), 0.0
	for _, r := range text {
		sum += measure(r)
	}
	return sum
}

// newPage adds a page and gives its index.
func (c *canvas) newPage() int {
	c.pages = append(c.pages, &bytes.Buffer{})
	return len(c.pages) - 1
}

// text draws one line. stretch is added at every place where the line may be spaced out.
func (c *canvas) text(page int, s style, x, baseline float64, text string, stretch float64) {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	if text == "" {
		return
	}
	measure := c.advance(s)
	clusters := clustersOf(text, measure)
	b := c.pages[page]
	fmt.Fprintf(b, "BT %s rg\n", s.ink)
	var open *subset
	for i, cl := range clusters {
		for at, r := range text[cl.start:cl.end] {
			face, g, outlined := c.face(s, r)
			if face != open {
				if open != nil {
					b.WriteString("] TJ\n")
				}
				name, mode := "F1", 0
				if face == c.bold {
					name = "F2"
				}
				if outlined {
					mode = 2
					fmt.Fprintf(b, "%s RG %.2f w ", s.ink, s.size/40)
				}
				fmt.Fprintf(b, "%d Tr /%s %.2f Tf 1 0 0 1 %.2f %.2f Tm [", mode, name, s.size, x, pageHeight-baseline)
				open = face
			}
			move := measure(r)
			if cl.squeezed {
				move = cl.width
			}
			if last := at+len(string(r)) == cl.end-cl.start; last && i+1 < len(clusters) && stretches(cl, clusters[i+1]) {
				move += stretch
			}
			x += move
			fmt.Fprintf(b, "<%04X>", face.add(r))
			if kern := float64(face.font.width(g)) - move*1000/s.size; math.Abs(kern) > 0.05 {
				fmt.Fprintf(b, "%.1f", kern)
			}
		}
	}
	b.WriteString("] TJ ET\n")
}

// stretches says whether there may be more space between two neighbours: not within a Latin word or number.
func stretches(a, b cluster) bool { return !(a.narrow && b.narrow) }

// stretch gives what to add between the characters of a line to fill the room: nothing on a last line, and nothing where
// the line would fall apart.
func stretch(l Line, s style, room float64) float64 {
	if l.Last || l.Width >= room {
		return 0
	}
	text := strings.TrimRightFunc(l.Text, unicode.IsSpace)
	clusters := clustersOf(text, func(rune) float64 { return 0 })
	gaps := 0
	for i := 1; i < len(clusters); i++ {
		if stretches(clusters[i-1], clusters[i]) {
			gaps++
		}
	}
	if gaps == 0 || (room-l.Width)/float64(gaps) > s.size/4 {
		return 0
	}
	return (room - l.Width) / float64(gaps)
}

// rule draws a line; dash is empty for a full one.
func (c *canvas) rule(page int, ink colour, thick float64, dash string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c.pages[page], "q %s RG %.2f w [%s] 0 d %.2f %.2f m %.2f %.2f l S Q\n", ink, thick, dash, x1, pageHeight-y1, x2, pageHeight-y2)
}

// circle draws a dashed circle.
func (c *canvas) circle(page int, ink colour, x, y, radius float64) {
	const bend = 0.5523
	y, k := pageHeight-y, bend*radius
	fmt.Fprintf(c.pages[page], "q %s RG 0.6 w [3 3] 0 d %.2f %.2f m %.2f %.2f %.2f %.2f %.2f %.2f c %.2f %.2f %.2f %.2f %.2f %.2f c %.2f %.2f %.2f %.2f %.2f %.2f c %.2f %.2f %.2f %.2f %.2f %.2f c S Q\n", ink,
		x+radius, y,
		x+radius, y+k, x+k, y+radius, x, y+radius,
		x-k, y+radius, x-radius, y+k, x-radius, y,
		x-radius, y-k, x-k, y-radius, x, y-radius,
		x+k, y-radius, x+radius, y-k, x+radius, y)
}

// String writes the colour as PDF wants it.
func (k colour) String() string { return fmt.Sprintf("%.3f %.3f %.3f", k[0], k[1], k[2]) }
