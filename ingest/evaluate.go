package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"xiezhi/reference"
)

// evaluation is what a record's cells are computed from.
type evaluation struct {
	rec      *record
	zone     *time.Location
	division string
	index    map[string]string
	year04   bool   // numbers that stand for days are counted from another day than usual
	unguard  bool   // the file is one of WriteRefused: a leading apostrophe is not part of a value
	seen     []byte // collects the values where rows must be distinct
	collect  bool
}

// cell gives the value of one canonical column.
type cell struct {
	absent bool
	from   origin
	rule   *rule // nil: the value as it stands
}

func (c *cell) value(x *evaluation) (v string, p problem) {
	if c.rule == nil {
		v, p = c.from.value(x)
		v = strings.TrimSpace(v)
	} else if v, p = c.rule.base(x); p.ok() {
		if v, p = c.rule.finish(v, x); p.ok() && v == "" && c.rule.other != nil {
			return c.rule.other.value(x)
		}
	}
	if x.collect {
		x.seen = append(append(x.seen, v...), 0)
	}
	return v, p
}

// origin is one column of the source: a position in CSV, a path in JSON.
type origin struct {
	index int
	json  bool
	name  string
	path  jsonPath
	whole bool // look from the top of the document, not from the element
}

func (o *origin) value(x *evaluation) (string, problem) {
	if !o.json {
		v := x.rec.fields[o.index]
		if p, wrong := x.rec.faults[o.index]; wrong {
			return v, p
		}
		if x.unguard && len(v) > 0 && v[0] == '\'' {
			return v[1:], problem{}
		}
		return v, problem{}
	}
	if o.name == "." {
		return scalar(x.rec.item)
	}
	if !o.whole {
		if m, ok := x.rec.item.(map[string]any); ok {
			if v, ok := m[o.name]; ok {
				return scalar(v)
			}
		}
		if v, ok := o.path.find(x.rec.item); ok {
			return scalar(v)
		}
	}
	v, _ := o.path.find(x.rec.root)
	return scalar(v)
}

// rule is a compiled Column.
type rule struct {
	Column
	kind     valueKind
	column   origin
	template template
	parts    []origin // of the template; those of the record itself are left out
	hash     []origin
	epoch    time.Time
	scale    decimal
	other    *cell // where this one is empty
}

// base gives the text that the column starts from.
func (r *rule) base(x *evaluation) (v string, p problem) {
	switch {
	case r.Fixed:
		return r.Value, problem{}
	case r.RowNumber:
		v = strconv.FormatInt(x.rec.number, 10)
	case len(r.Hash) > 0:
		v, p = r.digest(x)
	case r.Slug != "":
		if v, p = r.column.value(x); p.ok() && isRounded(v) {
			p = bad("ingest.refused.rounded")
		}
		if p.ok() {
			v = slug(r.plain(v))
		}
	case r.Index != "":
		if v, p = r.column.value(x); p.ok() {
			v, p = x.lookUp(r.plain(v))
		}
	case r.Template == "":
		v, p = r.column.value(x)
		return r.plain(v), p
	}
	if !p.ok() || r.Template == "" {
		return v, p
	}
	return r.template.fill(func(i int) (string, problem) {
		switch r.template.names[i] {
		case "row_number", "hash", "slug", "index":
			if r.derived() {
				return v, problem{}
			}
		}
		part, p := r.parts[i].value(x)
		return r.plain(part), p
	})
}

// plain takes blanks off, and where the mapping reads loosely, out.
func (r *rule) plain(v string) string {
	if r.Loose && r.kind == holdsText {
		return withoutBlanks(v)
	}
	return strings.TrimSpace(v)
}

func (r *rule) digest(x *evaluation) (string, problem) {
	h := sha256.New()
	for i := range r.hash {
		v, p := r.hash[i].value(x)
		if p.ok() && isRounded(v) {
			p = bad("ingest.refused.rounded")
		}
		if !p.ok() {
			return "", p
		}
		h.Write([]byte(strconv.Itoa(len(v)) + ":" + v))
	}
	return hex.EncodeToString(h.Sum(nil))[:32], problem{}
}

// finish looks the text up, scales it, or brings a foreign date to the canonical form.
func (r *rule) finish(v string, x *evaluation) (string, problem) {
	if to, ok := r.Lookup[v]; ok {
		return to, problem{}
	}
	for _, w := range r.Contains {
		if strings.Contains(v, w.Text) {
			return w.Value, problem{}
		}
	}
	alone := (r.Lookup != nil || r.Contains != nil) && r.Division == "" && r.Epoch == "" && len(r.Layouts) == 0 && r.Scale == "" && r.Round == RoundNone && !(r.Loose && r.kind != holdsText)
	if r.HasElse && (v == "" || alone) {
		return r.Default, problem{}
	}
	if v == "" {
		return "", problem{}
	}
	switch {
	case r.Division != "":
		if code, ok := reference.DivisionByName(v); ok {
			return code, problem{}
		}
		if r.HasElse {
			return r.Default, problem{}
		}
		return v, bad("ingest.refused.place")
	case alone:
		return v, bad("ingest.refused.lookup")
	case r.Epoch != "":
		return r.steps(v)
	case len(r.Layouts) > 0:
		return r.dated(v, x)
	case r.Scale != "" || r.Round != RoundNone || r.Loose && r.kind != holdsText:
		return r.scaled(v)
	}
	return v, problem{}
}

func (r *rule) scaled(v string) (string, problem) {
	d, ok := parseDecimal(v)
	unit := false
	if !ok && r.Loose {
		d, unit, ok = looseNumber(v)
	}
	if !ok {
		return v, bad("ingest.refused.number")
	}
	if !unit {
		d = d.times(r.scale)
	}
	if r.Round == RoundNone {
		return d.String(), problem{}
	}
	digits := r.Digits
	if digits < 0 {
		digits = map[valueKind]int{holdsMoney: 2, holdsWhole: 0, holdsNumber: 12}[r.kind]
	}
	d, _ = d.rounded(digits, r.Round)
	return d.String(), problem{}
}

func (r *rule) steps(v string) (string, problem) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > int64((1<<62)/r.Step) {
		return v, bad("ingest.refused.whole_number")
	}
	return r.written(r.epoch.Add(time.Duration(n) * r.Step)), problem{}
}

func (r *rule) dated(v string, x *evaluation) (string, problem) {
	t, ok := parseLayouts(v, r.Layouts, x.zone, !x.year04)
	if !ok {
		return v, bad("ingest.refused.layout", "layout", strings.Join(r.Layouts, " | "))
	}
	return r.written(t), problem{}
}

// lookUp asks the index; a reference to what the file does not hold cannot be told.
func (x *evaluation) lookUp(key string) (string, problem) {
	if key == "" {
		return "", problem{}
	}
	v, ok := x.index[key]
	if !ok {
		return key, bad("ingest.refused.index")
	}
	return v, problem{}
}

func (r *rule) written(t time.Time) string {
	if r.kind == holdsWhole {
		return strconv.Itoa(t.Year())
	}
	if r.kind == holdsDate {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

const (
	slugMost   = 48
	slugDigest = 10
)

// slug brings any text into the alphabet of IDs. Where a character was replaced or the text cut, and where the text
// already looks as if it had been, a digest of the whole is put behind, so that two texts never share a slug.
func slug(s string) string {
	if s == "" {
		return ""
	}
	b := make([]byte, 0, len(s))
	exact := len(s) <= slugMost
	for _, c := range s {
		if c < 0x80 && idRune(byte(c)) {
			b = append(b, byte(c))
			continue
		}
		exact = false
		if len(b) == 0 || b[len(b)-1] != '-' {
			b = append(b, '-')
		}
	}
	if exact && !looksDigested(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	keep := min(len(b), slugMost-slugDigest-1)
	return string(b[:keep]) + "-" + hex.EncodeToString(sum[:])[:slugDigest]
}

func looksDigested(s string) bool {
	i := len(s) - slugDigest - 1
	return i >= 0 && s[i] == '-' && strings.Trim(s[i+1:], "0123456789abcdef") == ""
}
