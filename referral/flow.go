package referral

// The type area of GB/T 9704: 156 by 225 mm, 37 mm from the top and 28 mm from the left, 22 lines of 28 characters.
const (
	areaLeft   = 28 * mm
	areaWidth  = 156 * mm
	areaRight  = areaLeft + areaWidth
	areaTop    = 37 * mm
	areaBottom = 262 * mm
	pitch      = (areaBottom - areaTop) / 22
	character  = areaWidth / 28
)

// piece is something of a height that stands on one page. Pieces that keep with the next are never parted from it by a
// page; a blank one vanishes at the top of a page; one for the foot goes to the bottom of its page. head is repeated above
// a piece that opens a page.
type piece struct {
	height float64
	keep   bool
	blank  bool
	foot   bool
	head   *piece
	draw   func(c *canvas, page int, y float64)
}

// place lays pieces on pages, beginning on a new one whose first line stands at top.
func place(c *canvas, pieces []piece, top float64) {
	page, y, fresh := c.newPage(), top, true
	turn := func() { page, y, fresh = c.newPage(), areaTop, true }
	put := func(p piece) {
		if p.foot {
			y = max(y, areaBottom-p.height)
		}
		if p.draw != nil {
			p.draw(c, page, y)
		}
		y, fresh = y+p.height, false
	}
	for at := 0; at < len(pieces); {
		end := at + 1
		for end < len(pieces) && pieces[end-1].keep {
			end++
		}
		group := pieces[at:end]
		at = end
		if !fresh && y+height(group) > areaBottom+0.5 && height(group) <= areaBottom-areaTop+0.5 {
			turn()
		}
		for _, p := range group {
			if !fresh && y+p.height > areaBottom+0.5 {
				turn()
			}
			if fresh && p.blank {
				continue
			}
			if fresh && p.head != nil {
				put(*p.head)
			}
			put(p)
		}
	}
}

func height(pieces []piece) float64 {
	sum := 0.0
	for _, p := range pieces {
		sum += p.height
	}
	return sum
}

// keepTogether ties pieces so that no page parts them.
func keepTogether(pieces []piece) []piece {
	for i := range pieces[:max(len(pieces)-1, 0)] {
		pieces[i].keep = true
	}
	return pieces
}

// keepEnds ties the first two and the last two lines of a paragraph.
func keepEnds(pieces []piece) []piece {
	if n := len(pieces); n > 1 {
		pieces[0].keep, pieces[n-2].keep = true, true
	}
	return pieces
}

// space is empty height that vanishes at the top of a page.
func space(height float64) piece { return piece{height: height, blank: true} }
