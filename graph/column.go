package graph

import "math"

// column keeps whole numbers in half the room where their range allows it: as 32-bit multiples of a unit above a base.
type column struct {
	base, unit int64
	small      []uint32
	wide       []int64
}

// pack makes a column of values, which it may keep.
func pack(values []int64) column {
	if len(values) == 0 {
		return column{unit: 1}
	}
	least, most, unit := values[0], values[0], int64(0)
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	if uint64(most-least) >= 1<<63 {
		return column{wide: values}
	}
	for _, try := range []int64{1, 1000, 1_000_000} {
		if (most-least)/try < 1<<32 {
			unit = try
			break
		}
	}
	if unit == 0 {
		return column{wide: values}
	}
	c := column{base: least, unit: unit, small: make([]uint32, len(values))}
	if c.squeeze(values, c.small) {
		return c
	}
	return column{wide: values}
}

// squeeze writes values as multiples of the unit above the base; false where one is none.
func (c *column) squeeze(values []int64, to []uint32) bool {
	switch c.unit { // known units are divided by without a division
	case 1:
		for i, v := range values {
			d := uint64(v - c.base)
			if v < c.base || d > math.MaxUint32 {
				return false
			}
			to[i] = uint32(d)
		}
	case 1000:
		for i, v := range values {
			d := uint64(v - c.base)
			if v < c.base || d > 1000*math.MaxUint32 || d%1000 != 0 {
				return false
			}
			to[i] = uint32(d / 1000)
		}
	case 1_000_000:
		for i, v := range values {
			d := uint64(v - c.base)
			if v < c.base || d > 1_000_000*math.MaxUint32 || d%1_000_000 != 0 {
				return false
			}
			to[i] = uint32(d / 1_000_000)
		}
	default:
		return false
	}
	return true
}

// spread writes the values of some rows in full.
func (c *column) spread(from uint32, to []int64) {
	if c.small == nil {
		copy(to, c.wide[from:])
		return
	}
	for i, v := range c.small[from : int(from)+len(to)] {
		to[i] = c.base + int64(v)*c.unit
	}
}

func (c *column) at(i uint32) int64 {
	if c.small != nil {
		return c.base + int64(c.small[i])*c.unit
	}
	return c.wide[i]
}

func (c *column) len() int {
	if c.small != nil {
		return len(c.small)
	}
	return len(c.wide)
}

// packer makes a column of values that come by and by: it guesses base and unit from the first ones, and keeps all in full once the
// guess is wrong.
type packer struct {
	guess column
	small pieces[uint32]
	wide  pieces[int64]
	full  bool
}

// packerLike guesses that values are like those of a column; room is how many there will be, 0 where that is not known.
func packerLike(c column, room int) packer {
	p := packer{guess: column{base: c.base, unit: c.unit}}
	if c.small == nil {
		p.guess.unit = 0
	}
	if room > 0 {
		p.small = sized[uint32](room)
	}
	return p
}

// begin guesses: that values lie half below and half above the first one, in the largest unit in which the first ones differ.
func (p *packer) begin(values []int64) {
	first := values[0]
	p.guess.unit = 1
	for _, unit := range []int64{1_000_000, 1000} {
		fits := len(values) > 1
		for _, v := range values {
			fits = fits && (v-first)%unit == 0
		}
		if fits {
			p.guess.unit = unit
			break
		}
	}
	p.guess.base = first
	if reach := p.guess.unit << 31; first > math.MinInt64+reach {
		p.guess.base = first - reach
	}
}

// add takes values in.
func (p *packer) add(values []int64) {
	if len(values) == 0 {
		return
	}
	if p.guess.unit == 0 {
		p.begin(values)
	}
	if !p.full {
		if p.guess.squeeze(values, p.small.grow(len(values))) {
			return
		}
		p.widen(len(values))
	}
	copy(p.wide.grow(len(values)), values)
}

// widen keeps all values in full from now on; the last few of what was taken in are left out.
func (p *packer) widen(last int) {
	c := column{base: p.guess.base, unit: p.guess.unit, small: p.small.whole()}
	p.full, p.wide = true, pieces[int64]{}
	if n := len(c.small) - last; n > 0 {
		c.spread(0, p.wide.grow(n))
	}
}

// column gives what was taken in.
func (p *packer) column() column {
	if p.full {
		return pack(p.wide.whole())
	}
	if p.small.n == 0 {
		return column{unit: 1}
	}
	return column{base: p.guess.base, unit: p.guess.unit, small: p.small.whole()}
}
