package columnar

// The physical types.
const (
	typeBoolean = 0
	typeInt32   = 1
	typeInt64   = 2
	typeInt96   = 3
	typeFloat   = 4
	typeDouble  = 5
	typeBytes   = 6
	typeFixed   = 7
)

func readElement(t *thrift) element {
	e := element{}
	c := &e.column
	converted := int64(-1)
	known := false
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1 && kind == thriftI32:
			c.physical, e.leaf = int(t.number()), true
		case id == 2 && kind == thriftI32:
			c.length = int(t.number())
		case id == 3 && kind == thriftI32:
			e.repetition = t.number()
		case id == 4 && kind == thriftBinary:
			e.name = string(t.bytes())
		case id == 5 && kind == thriftI32:
			e.children = t.number()
		case id == 6 && kind == thriftI32:
			converted = t.number()
		case id == 7 && kind == thriftI32:
			c.scale = int(t.number())
		case id == 10 && kind == thriftStruct:
			known = c.readLogical(t)
		default:
			return false
		}
		return true
	})
	if e.leaf && (c.physical < typeBoolean || c.physical > typeFixed || c.physical == typeFixed && (c.length < 1 || c.length > valueLimit)) {
		t.fail()
	}
	if !known {
		c.convert(converted)
	}
	if c.logical == plainValue && (c.physical == typeBytes || c.physical == typeFixed) {
		c.logical = textValue // many writers leave the mark away; what is no text is refused where it is read
	}
	return e
}

// readLogical reads the union of logical types; it says whether one was given that is known.
func (c *Column) readLogical(t *thrift) (known bool) {
	t.fields(func(id int16, kind byte) bool {
		if kind != thriftStruct {
			return false
		}
		known = true
		switch id {
		case 1, 4, 12:
			c.logical = textValue
		case 5:
			c.logical = decimalValue
			t.fields(func(id int16, kind byte) bool {
				if id != 1 || kind != thriftI32 {
					return false
				}
				c.scale = int(t.number())
				return true
			})
			return true
		case 6:
			c.logical = dateValue
		case 7, 8:
			c.logical = map[int16]logical{7: timeValue, 8: timestampValue}[id]
			c.readTime(t)
			return true
		case 10:
			c.readInteger(t)
			return true
		case 13, 2, 3:
			c.logical = opaqueValue
		case 14:
			c.logical = uuidValue
		case 15:
			c.logical = opaqueValue
		default:
			known = false
		}
		return false
	})
	return known
}

func (c *Column) readTime(t *thrift) {
	t.fields(func(id int16, kind byte) bool {
		switch {
		case id == 1 && (kind == thriftTrue || kind == thriftFalse):
			c.utc = kind == thriftTrue
			return true
		case id == 2 && kind == thriftStruct:
			t.fields(func(id int16, _ byte) bool {
				c.unit = 3 * int(id)
				return false
			})
			return true
		}
		return false
	})
}

func (c *Column) readInteger(t *thrift) {
	t.fields(func(id int16, kind byte) bool {
		if id == 2 && kind == thriftFalse {
			c.logical = unsignedValue
		}
		return id == 2 && (kind == thriftTrue || kind == thriftFalse)
	})
}

// convert reads the older way of naming a logical type.
func (c *Column) convert(kind int64) {
	switch kind {
	case 0, 4, 19:
		c.logical = textValue
	case 5:
		c.logical = decimalValue
	case 6:
		c.logical = dateValue
	case 7, 8:
		c.logical, c.unit, c.utc = timeValue, 3*int(kind-6), true
	case 9, 10:
		c.logical, c.unit, c.utc = timestampValue, 3*int(kind-8), true
	case 11, 12, 13, 14:
		c.logical = unsignedValue
	case 20, 21:
		c.logical = opaqueValue
	}
}
