package referral

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// font reads a TrueType font where it lies: nothing is copied, so that the embedded megabytes stay on disk until a glyph
// is needed. It is never changed and serves any number of papers at once.
type font struct {
	name                                     string
	head, hhea, hmtx, maxp, loca, glyf, prep []byte
	groups                                   []byte // of a cmap of format 12
	ascent, descent, capHeight               int
	box                                      [4]int
	glyphs, metrics                          int
}

var errFont = errors.New("not a font the press can read")

// readFont finds the tables of a font of 1000 units with long offsets and a cmap of format 12: what tools/fonts.mjs writes.
func readFont(name string, data []byte) (*font, error) {
	tables := map[string][]byte{}
	if len(data) < 12 {
		return nil, fmt.Errorf("font %s: %w", name, errFont)
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, fmt.Errorf("font %s: %w", name, errFont)
		}
		start, length := int(binary.BigEndian.Uint32(data[at+8:])), int(binary.BigEndian.Uint32(data[at+12:]))
		if start+length > len(data) {
			return nil, fmt.Errorf("font %s: %w", name, errFont)
		}
		tables[string(data[at:at+4])] = data[start : start+length]
	}
	f := &font{name: name, head: tables["head"], hhea: tables["hhea"], hmtx: tables["hmtx"], maxp: tables["maxp"],
		loca: tables["loca"], glyf: tables["glyf"], prep: tables["prep"]}
	cmap, os2 := tables["cmap"], tables["OS/2"]
	if len(f.head) < 54 || len(f.hhea) < 36 || len(f.maxp) < 6 || len(cmap) < 28 || len(os2) < 90 || word(f.head, 18) != 1000 || word(f.head, 50) != 1 || word(cmap, 12) != 12 {
		return nil, fmt.Errorf("font %s: %w", name, errFont)
	}
	f.groups = cmap[28:]
	f.glyphs, f.metrics = word(f.maxp, 4), word(f.hhea, 34)
	if len(f.loca) < 4*(f.glyphs+1) || len(f.hmtx) < 4*f.metrics || f.metrics < f.glyphs || len(f.groups)%12 != 0 {
		return nil, fmt.Errorf("font %s: %w", name, errFont)
	}
	f.ascent, f.descent, f.capHeight = short(f.hhea, 4), short(f.hhea, 6), short(os2, 88)
	f.box = [4]int{short(f.head, 36), short(f.head, 38), short(f.head, 40), short(f.head, 42)}
	return f, nil
}

func word(b []byte, at int) int  { return int(binary.BigEndian.Uint16(b[at:])) }
func short(b []byte, at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }

// glyph gives the number of the glyph of a character, 0 where the font has none.
func (f *font) glyph(r rune) int {
	n := len(f.groups) / 12
	at := func(i, field int) uint32 { return binary.BigEndian.Uint32(f.groups[12*i+4*field:]) }
	i := sort.Search(n, func(i int) bool { return at(i, 1) >= uint32(r) })
	if i == n || at(i, 0) > uint32(r) {
		return 0
	}
	return int(at(i, 2) + uint32(r) - at(i, 0))
}

// width gives the advance of a glyph in thousandths of the size.
func (f *font) width(glyph int) int { return word(f.hmtx, 4*glyph) }

func (f *font) outline(glyph int) []byte {
	from, to := binary.BigEndian.Uint32(f.loca[4*glyph:]), binary.BigEndian.Uint32(f.loca[4*glyph+4:])
	return f.glyf[from:to]
}
