package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// section reads a CDATA section whose beginning was passed.
func (x *scanner) section() bool {
	x.text, x.cut = x.text[:0], false
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte("]]>")); i >= 0 {
			x.add(x.buf[x.pos : x.pos+i])
			x.pos += i + 3
			return len(x.text) > 0 || x.cut
		}
		if keep := x.end - 2; keep > x.pos {
			x.add(x.buf[x.pos:keep])
			x.pos = keep
		}
		if !x.fill() {
			x.fail(errXML)
			return true
		}
	}
}

func (x *scanner) add(b []byte) {
	if room := x.limit - len(x.text); len(b) > room {
		b, x.cut = b[:max(room, 0)], true
	}
	x.text = append(x.text, b...)
}

func (x *scanner) readText() {
	x.text, x.cut = x.text[:0], false
	for {
		chunk := x.buf[x.pos:x.end]
		i := bytes.IndexByte(chunk, '<')
		if i >= 0 {
			chunk = chunk[:i]
		}
		if amp := bytes.IndexByte(chunk, '&'); amp >= 0 {
			x.add(chunk[:amp])
			x.pos += amp
			if !x.entity() {
				return
			}
			continue
		}
		x.add(chunk)
		x.pos += len(chunk)
		if i >= 0 || !x.fill() {
			return
		}
	}
}

const entityLimit = 12

// entity resolves the reference at hand.
func (x *scanner) entity() bool {
	for bytes.IndexByte(x.buf[x.pos:x.end], ';') < 0 && x.end-x.pos < entityLimit && x.fill() {
	}
	if x.err != nil {
		return false
	}
	i := bytes.IndexByte(x.buf[x.pos:min(x.end, x.pos+entityLimit)], ';')
	if i < 2 {
		x.fail(errXML)
		return false
	}
	r, err := resolve(x.buf[x.pos+1 : x.pos+i])
	if err != nil {
		x.fail(err)
		return false
	}
	x.pos += i + 1
	x.add(utf8.AppendRune(nil, r))
	return true
}

func resolve(name []byte) (rune, error) {
	if name[0] == '#' && len(name) > 1 {
		digits, base := string(name[1:]), 10
		if name[1] == 'x' {
			digits, base = string(name[2:]), 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
			return 0, errXML
		}
		return rune(n), nil
	}
	switch string(name) {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	return 0, errDoctype
}

// blank says whether a byte is white space of XML.
func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func trimLeft(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	return b
}

func trimRight(b []byte) []byte {
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// attr gives the value of an attribute of the tag at hand, by its name without a prefix.
func (x *scanner) attr(want string) (string, bool) {
	rest := x.attrs
	for {
		rest = trimLeft(rest)
		eq := bytes.IndexByte(rest, '=')
		if eq < 1 {
			return "", false
		}
		name := local(trimRight(rest[:eq]))
		rest = trimLeft(rest[eq+1:])
		if len(rest) < 2 || (rest[0] != '"' && rest[0] != '\'') {
			return "", false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return "", false
		}
		if string(name) == want {
			return unescape(rest[1 : 1+end]), true
		}
		rest = rest[end+2:]
	}
}

func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out []byte
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return string(append(out, b...))
		}
		out = append(out, b[:i]...)
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), entityLimit)], ';')
		if end < 2 {
			return string(append(out, b...))
		}
		if r, err := resolve(b[1:end]); err == nil {
			out = utf8.AppendRune(out, r)
		}
		b = b[end+1:]
	}
	return string(out)
}
