package ingest

import (
	"slices"
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
	used     []int  // the positions that were asked for and are there

	asked *[]string // only notes what is asked for
}

// wantedColumns lists the columns that a file must have for the table: those that the mapping names, else the required ones.
func wantedColumns(t models.Table, m *Mapping) []string {
	var list []string
	if m != nil {
		compile(t, m, &names{asked: &list})
		return list
	}
	for _, spec := range plans()[t].columns() {
		if spec.required {
			list = append(list, spec.name)
		}
	}
	return list
}

func (n *names) origin(name string) origin {
	if n.asked != nil {
		if !slices.Contains(*n.asked, name) {
			*n.asked = append(*n.asked, name)
		}
		return origin{}
	}
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
		n.used = append(n.used, i)
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
	from   origin
	in     map[string]bool // nil: any
	not    map[string]bool
	filled bool
}

// passes says whether a value may pass.
func (f *filter) passes(v string) bool {
	return (f.in == nil || f.in[v]) && !f.not[v] && (!f.filled || v != "")
}

func setOf(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	set := make(map[string]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return set
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
			c.where = append(c.where, filter{from: n.origin(f.Column), in: setOf(f.In), not: setOf(f.Not), filled: f.Filled})
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
	return ruledCell(col, spec, m, n)
}

func ruledCell(col Column, spec columnSpec, m *Mapping, n *names) cell {
	r := &rule{Column: col, kind: spec.kind}
	if col.Else != nil {
		other := ruledCell(*col.Else, spec, m, n)
		r.other = &other
	}
	switch {
	case col.Column != "":
		r.column = n.origin(col.Column)
	case col.Slug != "":
		r.column = n.origin(col.Slug)
	case col.Division != "":
		r.column = n.origin(col.Division)
	case col.Index != "":
		r.column = n.origin(col.Index)
	}
	for _, name := range col.Hash {
		r.hash = append(r.hash, n.origin(name))
	}
	r.template, _ = parseTemplate(col.Template) // checked when the mapping was loaded
	own := col.derived()
	for _, name := range r.template.names {
		part := origin{}
		if !own || (name != "row_number" && name != "hash" && name != "slug" && name != "index") {
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
