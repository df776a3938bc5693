package graph

// column keeps whole numbers in half the room where their range allows it: as 32-bit multiples of a unit above the least one.
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
	for i, v := range values {
		d := v - least
		if unit > 1 && d%unit != 0 {
			return column{wide: values}
		}
		c.small[i] = uint32(d / unit)
	}
	return c
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
