package referral

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// subset collects the characters of one paper in one font. Every character gets a glyph of its own, even where the font
// draws two alike, so that each can be copied out of the PDF as it was written.
type subset struct {
	font   *font
	number map[rune]int
	runes  []rune
}

func newSubset(f *font) *subset { return &subset{font: f, number: map[rune]int{}} }

// add gives the glyph number of a character within the subset; numbers follow first use.
func (s *subset) add(r rune) int {
	if n, ok := s.number[r]; ok {
		return n
	}
	s.runes = append(s.runes, r)
	s.number[r] = len(s.runes)
	return len(s.runes)
}

// widths is the W array of the PDF.
func (s *subset) widths() string {
	var b strings.Builder
	b.WriteString("[1 [")
	for _, r := range s.runes {
		fmt.Fprintf(&b, "%d ", s.font.width(s.font.glyph(r)))
	}
	b.WriteString("]]")
	return b.String()
}

// toUnicode maps glyph numbers back to characters, those beyond the basic plane as surrogate pairs.
func (s *subset) toUnicode() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for at := 0; at < len(s.runes); at += 100 {
		part := s.runes[at:min(at+100, len(s.runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for i, r := range part {
			fmt.Fprintf(&b, "<%04X> <", at+i+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

// Flags of a part of a composite glyph.
const (
	partWords  = 0x01
	partScale  = 0x08
	partMore   = 0x20
	partXY     = 0x40
	partMatrix = 0x80
)

// file writes the subset as a TrueType font without a character map, which a PDF does not need.
func (s *subset) file() []byte {
	glyphs := []int{0}
	for _, r := range s.runes {
		glyphs = append(glyphs, s.font.glyph(r))
	}
	parts := map[int]int{}
	var glyf, loca, hmtx []byte
	loca = binary.BigEndian.AppendUint32(loca, 0)
	for i := 0; i < len(glyphs); i++ {
		body := append([]byte(nil), s.font.outline(glyphs[i])...)
		for at := 10; len(body) > 10 && short(body, 0) < 0; {
			flags, part := word(body, at), word(body, at+2)
			if _, seen := parts[part]; !seen {
				parts[part] = len(glyphs)
				glyphs = append(glyphs, part)
			}
			binary.BigEndian.PutUint16(body[at+2:], uint16(parts[part]))
			at += 6
			if flags&partWords != 0 {
				at += 2
			}
			switch {
			case flags&partScale != 0:
				at += 2
			case flags&partXY != 0:
				at += 4
			case flags&partMatrix != 0:
				at += 8
			}
			if flags&partMore == 0 {
				break
			}
		}
		glyf = append(glyf, body...)
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		hmtx = append(hmtx, s.font.hmtx[4*glyphs[i]:4*glyphs[i]+4]...)
	}
	maxp := append([]byte(nil), s.font.maxp...)
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(glyphs)))
	hhea := append([]byte(nil), s.font.hhea...)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(glyphs)))
	return joinTables([]table{{"glyf", glyf}, {"head", s.font.head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", s.font.prep}})
}

type table struct {
	tag  string
	data []byte
}

// joinTables writes a font file of tables in the order of their tags.
func joinTables(tables []table) []byte {
	power, bits := 1, 0
	for power*2 <= len(tables) {
		power, bits = power*2, bits+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tables), power * 16, bits, (len(tables) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := len(out) + 16*len(tables)
	var bodies []byte
	for _, t := range tables {
		padded := append(append([]byte(nil), t.data...), make([]byte, (4-len(t.data)%4)%4)...)
		var sum uint32
		for i := 0; i < len(padded); i += 4 {
			sum += binary.BigEndian.Uint32(padded[i:])
		}
		out = append(out, t.tag...)
		for _, v := range []uint32{sum, uint32(at + len(bodies)), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		bodies = append(bodies, padded...)
	}
	return append(out, bodies...)
}
