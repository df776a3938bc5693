package columnar

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is what a value is as a cell.
type Kind byte

// The kinds. A Broken value has no form as text; of a TooLong one the text is cut.
const (
	Empty Kind = iota
	Text
	Broken
	TooLong
)

// Value is one value as a cell: numbers in plain digits, dates as 2006-01-02, instants as RFC 3339 with Z, or without a zone
// where the file says that they have none.
type Value struct {
	Text string
	Kind Kind
}

// show writes a stored value as its reader would.
func (c *Column) show(b []byte) Value {
	switch c.logical {
	case textValue:
		if len(b) > valueLimit {
			return Value{Kind: TooLong, Text: strings.ToValidUTF8(string(b[:4096]), "\uFFFD")}
		}
		if !utf8.Valid(b) {
			return Value{Kind: Broken, Text: strings.ToValidUTF8(string(b[:min(len(b), 256)]), "\uFFFD")}
		}
		return textOf(string(b), true)
	case opaqueValue:
		return Value{Kind: Broken, Text: hex.EncodeToString(b[:min(len(b), 64)])}
	case uuidValue:
		if len(b) != 16 {
			return Value{Kind: Broken}
		}
		h := hex.EncodeToString(b)
		return Value{Kind: Text, Text: h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]}
	case decimalValue:
		return c.decimal(b)
	}
	switch c.physical {
	case typeBoolean:
		return textOf(strconv.FormatBool(b[0] == 1), true)
	case typeFloat:
		return float(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
	case typeDouble:
		return float(math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
	case typeInt96:
		day, nanos := int64(binary.LittleEndian.Uint32(b[8:])), int64(binary.LittleEndian.Uint64(b))
		const julianOf1970 = 2_440_588
		if nanos < 0 || nanos >= int64(24*time.Hour) {
			return Value{Kind: Broken}
		}
		return instant(time.Unix((day-julianOf1970)*86_400, nanos).UTC(), true)
	}
	return c.whole(number(b))
}

func textOf(s string, ok bool) Value {
	switch {
	case !ok:
		return Value{Kind: Broken, Text: s}
	case s == "":
		return Value{}
	}
	return Value{Kind: Text, Text: s}
}

func number(b []byte) int64 {
	if len(b) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	if len(b) == 8 {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

func (c *Column) whole(n int64) Value {
	unit := map[int]int64{3: 1000, 6: 1_000_000, 9: 1_000_000_000}[c.unit]
	switch {
	case c.logical == dateValue:
		return instantDay(n)
	case c.logical == timestampValue && unit > 0:
		seconds, part := n/unit, n%unit
		if part < 0 {
			seconds, part = seconds-1, part+unit
		}
		return instant(time.Unix(seconds, part*(1_000_000_000/unit)).UTC(), c.utc)
	case c.logical == timeValue && unit > 0:
		s := n / unit
		return textOf(fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60), s >= 0 && s < 86_400)
	case c.logical == unsignedValue && c.physical == typeInt32:
		return textOf(strconv.FormatUint(uint64(uint32(n)), 10), true)
	case c.logical == unsignedValue:
		return textOf(strconv.FormatUint(uint64(n), 10), true)
	}
	return textOf(strconv.FormatInt(n, 10), true)
}

func instantDay(n int64) Value {
	t := time.Unix(n*86_400, 0).UTC()
	return textOf(t.Format(time.DateOnly), n > -1_000_000 && n < 4_000_000 && t.Year() > 0 && t.Year() < 10_000)
}

func instant(t time.Time, utc bool) Value {
	layout := "2006-01-02 15:04:05.999999999"
	if utc {
		layout = time.RFC3339Nano
	}
	return textOf(t.Format(layout), t.Year() > 0 && t.Year() < 10_000)
}

func float(f float64, bits int) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{Kind: Broken, Text: fmt.Sprint(f)}
	}
	if math.Abs(f) >= 1e15 {
		return textOf(strconv.FormatFloat(f, 'E', -1, bits), true)
	}
	return textOf(strconv.FormatFloat(f, 'f', -1, bits), true)
}

// decimal writes an unscaled number with its decimals; the longest has 76 digits.
func (c *Column) decimal(b []byte) Value {
	var n *big.Int
	switch c.physical {
	case typeInt32, typeInt64:
		n = big.NewInt(number(b))
	case typeBytes, typeFixed:
		if len(b) > 32 {
			return Value{Kind: Broken}
		}
		n = new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	default:
		return Value{Kind: Broken}
	}
	if c.scale < 0 || c.scale > 76 {
		return Value{Kind: Broken}
	}
	sign, digits := "", new(big.Int).Abs(n).String()
	if n.Sign() < 0 {
		sign = "-"
	}
	if c.scale == 0 {
		return textOf(sign+digits, true)
	}
	if len(digits) <= c.scale {
		digits = strings.Repeat("0", c.scale-len(digits)+1) + digits
	}
	return textOf(sign+digits[:len(digits)-c.scale]+"."+digits[len(digits)-c.scale:], true)
}
