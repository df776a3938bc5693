package ingest

import (
	"strconv"
	"strings"
	"time"

	"xiezhi/models"
)

// names resolves source columns for one file.
type names struct {
	json     bool
	headless bool
	width    int
	index    map[string]int
	missing  string // the first column that was asked for and is not there
}

func (n *names) origin(name string) origin {
	if n.json {
		o := origin{json: true, name: name}
		rest, whole := strings.CutPrefix(name, "$.")
		o.whole = whole
		if p, err := parsePath(rest); err == nil {
			o.path = p
		} else {
			o.path = jsonPath{{name: name}}
		}
		return o
	}
	if n.headless {
		if i, err := strconv.Atoi(strings.TrimPrefix(name, "$")); err == nil && name[0] == '$' && i >= 1 && i <= n.width {
			return origin{index: i - 1}
		}
	} else if i, ok := n.index[name]; ok {
		return origin{index: i}
	}
	if n.missing == "" {
		n.missing = name
	}
	return origin{}
}

// compiled is a mapping, or the canonical form itself, made ready for one file.
type compiled struct {
	plan     plan
	table    models.Table
	cells    []cell
	source   cell
	observed cell
	where    []filter
}

type filter struct {
	from origin
	in   map[string]bool
}

// compile ties the columns of the table to those of the file; the second result is a required column that is missing.
func compile(t models.Table, m *Mapping, n *names) (compiled, string) {
	c := compiled{plan: plans()[t], table: t}
	for _, spec := range c.plan.columns() {
		var one cell
		if m == nil {
			one = canonicalCell(spec, n)
		} else {
			one = mappedCell(spec, m, n)
		}
		switch spec.name {
		case "source":
			c.source = one
		case "observed_at":
			c.observed = one
		default:
			c.cells = append(c.cells, one)
		}
	}
	if m != nil {
		for _, f := range m.Where {
			in := make(map[string]bool, len(f.In))
			for _, v := range f.In {
				in[v] = true
			}
			c.where = append(c.where, filter{from: n.origin(f.Column), in: in})
		}
	}
	return c, n.missing
}

func canonicalCell(spec columnSpec, n *names) cell {
	if n.json {
		return cell{from: origin{json: true, name: spec.name, path: jsonPath{{name: spec.name}}}}
	}
	if _, ok := n.index[spec.name]; !ok && !spec.required {
		return cell{absent: true}
	}
	return cell{from: n.origin(spec.name)}
}

func mappedCell(spec columnSpec, m *Mapping, n *names) cell {
	col, ok := m.Columns[spec.name]
	if !ok {
		return cell{absent: true}
	}
	r := &rule{Column: col, kind: spec.kind}
	switch {
	case col.Column != "":
		r.column = n.origin(col.Column)
	case col.Slug != "":
		r.column = n.origin(col.Slug)
	case col.Division != "":
		r.column = n.origin(col.Division)
	}
	for _, name := range col.Hash {
		r.hash = append(r.hash, n.origin(name))
	}
	r.template, _ = parseTemplate(col.Template) // checked when the mapping was loaded
	own := col.RowNumber || len(col.Hash) > 0 || col.Slug != ""
	for _, name := range r.template.names {
		part := origin{}
		if !own || (name != "row_number" && name != "hash" && name != "slug") {
			part = n.origin(name)
		}
		r.parts = append(r.parts, part)
	}
	r.scale, _ = parseDecimal("1")
	if col.Scale != "" {
		r.scale, _ = parseDecimal(col.Scale)
	}
	if col.Epoch != "" {
		r.epoch = epochOf(col.Epoch, m.Format.Zone)
	}
	return cell{rule: r}
}

// epochOf reads a day or a moment; LoadMapping refuses anything else.
func epochOf(s string, zone *time.Location) time.Time {
	if d, ok := parseDay(s); ok {
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone)
	}
	at, _ := parseInstant(s, zone)
	return at.Time()
}
