package ingest

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"xiezhi/models"
)

const mappingLimit = 1 << 20

// LoadMapping reads a mapping. It is strict: a key it does not know, a canonical column that the table does not have and
// a missing required one are refused with a *MappingError that names line and key.
func LoadMapping(r io.Reader) (Mapping, error) {
	raw, err := io.ReadAll(io.LimitReader(r, mappingLimit+1))
	if err != nil {
		return Mapping{}, fmt.Errorf("read mapping: %w", err)
	}
	if len(raw) > mappingLimit {
		return Mapping{}, mappingError(0, "ingest.mapping.too_long", "limit", strconv.Itoa(mappingLimit))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return Mapping{}, mappingError(0, "ingest.mapping.yaml", "reason", err.Error())
	}
	if len(doc.Content) != 1 {
		return Mapping{}, mappingError(0, "ingest.mapping.yaml", "reason", "empty")
	}
	m := Mapping{Columns: map[string]Column{}}
	if err := m.read(doc.Content[0]); err != nil {
		return Mapping{}, err
	}
	return m, m.validate()
}

func mappingError(line int, key string, args ...string) *MappingError {
	all := pairs(args)
	all["line"] = strconv.Itoa(line)
	return &MappingError{Line: line, Key: key, Args: all}
}

type nodeReader func(*yaml.Node) error

// members reads the members of a YAML map, each by its reader; what has none is refused.
func members(n *yaml.Node, readers map[string]nodeReader) error {
	return eachMember(n, func(name string, at, value *yaml.Node) error {
		read, ok := readers[name]
		if !ok {
			return mappingError(at.Line, "ingest.mapping.unknown_key", "key", name)
		}
		return read(value)
	})
}

func eachMember(n *yaml.Node, visit func(name string, at, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return mappingError(n.Line, "ingest.mapping.not_a_map")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		if name.Kind != yaml.ScalarNode || seen[name.Value] {
			return mappingError(name.Line, "ingest.mapping.twice", "key", name.Value)
		}
		seen[name.Value] = true
		if err := visit(name.Value, name, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func text(into *string) nodeReader {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.ScalarNode {
			return mappingError(n.Line, "ingest.mapping.not_text")
		}
		*into = n.Value
		if n.Tag == "!!null" {
			*into = ""
		}
		return nil
	}
}

func texts(into *[]string) nodeReader {
	return func(n *yaml.Node) error {
		if n.Kind == yaml.ScalarNode {
			*into = []string{n.Value}
			return nil
		}
		if n.Kind != yaml.SequenceNode {
			return mappingError(n.Line, "ingest.mapping.not_a_list")
		}
		for _, item := range n.Content {
			var s string
			if err := text(&s)(item); err != nil {
				return err
			}
			*into = append(*into, s)
		}
		return nil
	}
}

func flag(into *bool) nodeReader {
	return func(n *yaml.Node) error {
		if n.Value != "true" && n.Value != "false" {
			return mappingError(n.Line, "ingest.mapping.not_true_false")
		}
		*into = n.Value == "true"
		return nil
	}
}

// parsed reads text and turns it into a value; what the parser refuses is refused with line and key.
func parsed[T any](into *T, name string, parse func(string) (T, error)) nodeReader {
	return func(n *yaml.Node) error {
		var s string
		if err := text(&s)(n); err != nil {
			return err
		}
		v, err := parse(s)
		if err != nil {
			return mappingError(n.Line, "ingest.mapping.bad_value", "key", name, "value", Escape(s))
		}
		*into = v
		return nil
	}
}

func (m *Mapping) read(n *yaml.Node) error {
	var table string
	header := true
	m.Format.Zone = shanghai()
	err := members(n, map[string]nodeReader{
		"table":    text(&table),
		"source":   text(&m.Source),
		"division": parsed(&m.Division, "division", knownDivision),
		"date":     parsed(&m.Date, "date", fileDate),
		"each":     parsed(&m.Each, "each", knownPath),
		"distinct": flag(&m.Distinct),
		"index":    m.readIndex,
		"columns":  m.readColumns,
		"where":    m.readWhere,
		"format": func(n *yaml.Node) error {
			return members(n, map[string]nodeReader{
				"delimiter":  parsed(&m.Format.Delimiter, "delimiter", parseDelimiter),
				"header":     flag(&header),
				"encoding":   parsed(&m.Format.Encoding, "encoding", parseEncoding),
				"zone":       parsed(&m.Format.Zone, "zone", parseZone),
				"sheet":      text(&m.Format.Sheet),
				"member":     parsed(&m.Format.Member, "member", knownPattern),
				"header_row": parsed(&m.Format.HeaderRow, "header_row", knownRow),
			})
		},
	})
	m.Table, m.Format.Headless = models.Table(table), !header
	return err
}

func (m *Mapping) readIndex(n *yaml.Node) error {
	m.Index = &Index{}
	words := Column{}
	err := members(n, map[string]nodeReader{"key": text(&m.Index.Key), "value": text(&m.Index.Value), "lookup": words.readLookup})
	m.Index.Words = words.Lookup
	if err == nil && (m.Index.Key == "" || m.Index.Value == "") {
		return mappingError(n.Line, "ingest.mapping.bad_value", "key", "index", "value", "")
	}
	return err
}

func (m *Mapping) readColumns(n *yaml.Node) error {
	return eachMember(n, func(name string, at, value *yaml.Node) error {
		c, err := readColumn(value)
		if err != nil {
			return err
		}
		if err := c.validate(at.Line, name); err != nil {
			return err
		}
		m.Columns[name] = c
		return nil
	})
}

func readColumn(n *yaml.Node) (Column, error) {
	c := Column{Digits: -1}
	if n.Kind == yaml.ScalarNode {
		return c, text(&c.Column)(n)
	}
	err := members(n, map[string]nodeReader{
		"column":     text(&c.Column),
		"template":   text(&c.Template),
		"value":      func(n *yaml.Node) error { c.Fixed = true; return text(&c.Value)(n) },
		"scale":      parsed(&c.Scale, "scale", knownDecimal),
		"round":      parsed(&c.Round, "round", knownRounding),
		"digits":     parsed(&c.Digits, "digits", knownDigits),
		"layout":     texts(&c.Layouts),
		"epoch":      text(&c.Epoch),
		"step":       parsed(&c.Step, "step", parseStep),
		"row_number": flag(&c.RowNumber),
		"hash":       texts(&c.Hash),
		"slug":       text(&c.Slug),
		"index":      text(&c.Index),
		"lookup":     c.readLookup,
		"default":    func(n *yaml.Node) error { c.HasElse = true; return text(&c.Default)(n) },
		"division":   text(&c.Division),
		"contains":   c.readContains,
		"loose":      flag(&c.Loose),
		"else": func(n *yaml.Node) error {
			other, err := readColumn(n)
			if err != nil {
				return err
			}
			c.Else = &other
			return other.validate(n.Line, "else")
		},
	})
	return c, err
}

func (c *Column) readLookup(n *yaml.Node) error {
	c.Lookup = map[string]string{}
	return eachMember(n, func(name string, _, value *yaml.Node) error {
		var to string
		if err := text(&to)(value); err != nil {
			return err
		}
		c.Lookup[name] = to
		return nil
	})
}

func (c *Column) readContains(n *yaml.Node) error {
	return eachMember(n, func(name string, at, value *yaml.Node) error {
		var to string
		if name == "" {
			return mappingError(at.Line, "ingest.mapping.bad_value", "key", "contains", "value", "")
		}
		if err := text(&to)(value); err != nil {
			return err
		}
		c.Contains = append(c.Contains, Word{name, to})
		return nil
	})
}

func (m *Mapping) readWhere(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return mappingError(n.Line, "ingest.mapping.not_a_list")
	}
	for _, item := range n.Content {
		var f Filter
		err := members(item, map[string]nodeReader{"column": text(&f.Column), "in": texts(&f.In), "not": texts(&f.Not), "filled": flag(&f.Filled)})
		if err != nil {
			return err
		}
		if f.Column == "" || len(f.In)+len(f.Not) == 0 && !f.Filled {
			return mappingError(item.Line, "ingest.mapping.bad_value", "key", "where", "value", f.Column)
		}
		m.Where = append(m.Where, f)
	}
	return nil
}

// validate checks that exactly one origin is named and that the rest fits it.
func (c *Column) validate(line int, name string) error {
	origins := 0
	for _, named := range []bool{c.Column != "" || c.Epoch != "", c.Fixed, c.RowNumber, len(c.Hash) > 0, c.Slug != "",
		c.Division != "", c.Index != "", c.Template != "" && !c.derived()} {
		if named {
			origins++
		}
	}
	epochWhole := (c.Epoch != "") == (c.Step > 0) && (c.Epoch == "" || c.Column != "")
	if c.Lookup != nil && c.Contains != nil {
		return mappingError(line, "ingest.mapping.origin", "key", name)
	}
	layouts := len(c.Layouts) == 0 || (c.Epoch == "" && c.Scale == "" && c.Round == RoundNone)
	if origins != 1 || !epochWhole || !layouts {
		return mappingError(line, "ingest.mapping.origin", "key", name)
	}
	if _, err := parseTemplate(c.Template); err != nil {
		return mappingError(line, "ingest.mapping.bad_value", "key", name, "value", Escape(c.Template))
	}
	if c.Epoch != "" && epochOf(c.Epoch, shanghai()).IsZero() {
		return mappingError(line, "ingest.mapping.bad_value", "key", "epoch", "value", Escape(c.Epoch))
	}
	return nil
}

// derived says whether the column starts from a value that its template may use by name.
func (c *Column) derived() bool {
	return c.RowNumber || len(c.Hash) > 0 || c.Slug != "" || c.Index != ""
}

// indexed says whether the column, or one that stands for it where it is empty, asks the index.
func (c *Column) indexed() bool {
	return c.Index != "" || c.Else != nil && c.Else.indexed()
}

func (m *Mapping) validate() error {
	for name, c := range m.Columns {
		if c.indexed() && m.Index == nil {
			return mappingError(0, "ingest.mapping.origin", "key", name)
		}
	}
	if m.Table == "" {
		return nil // the table comes with the call
	}
	return m.fits(m.Table)
}

// fits checks the columns of the mapping against those of a table.
func (m *Mapping) fits(t models.Table) error {
	plan, ok := plans()[t]
	if !ok {
		return mappingError(0, "ingest.mapping.table", "value", Escape(string(t)))
	}
	known := plan.columns()
	for name := range m.Columns {
		if !slices.ContainsFunc(known, func(c columnSpec) bool { return c.name == name }) {
			return mappingError(0, "ingest.mapping.column", "column", name, "table", string(t))
		}
	}
	for _, c := range known {
		if _, given := m.Columns[c.name]; c.required && !given {
			return mappingError(0, "ingest.mapping.required", "column", c.name, "table", string(t))
		}
	}
	return nil
}

var errRefused = errors.New("not known")

func knownRounding(s string) (Rounding, error) {
	r := Rounding(s)
	if r != RoundHalfEven && r != RoundHalfUp && r != RoundDown {
		return r, errRefused
	}
	return r, nil
}

func knownDecimal(s string) (string, error) {
	if _, ok := parseDecimal(s); !ok {
		return "", errRefused
	}
	return s, nil
}

func knownDigits(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 18 {
		return -1, errRefused
	}
	return n, nil
}

func knownPattern(s string) (string, error) {
	_, err := path.Match(s, "")
	return s, err
}

func knownRow(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > headRows {
		return 0, errRefused
	}
	return n, nil
}

func knownPath(s string) (string, error) {
	_, err := parsePath(s)
	return s, err
}

func knownDivision(s string) (string, error) {
	if p := checkDivision(s); !p.ok() {
		return "", errRefused
	}
	return s, nil
}

func fileDate(s string) (models.Date, error) {
	if _, ok := parseDay(s); !ok {
		return "", errRefused
	}
	return models.Date(s), nil
}

func parseDelimiter(s string) (byte, error) {
	if s == `\t` {
		return '\t', nil
	}
	if len(s) != 1 || s[0] >= 0x7f || strings.ContainsAny(s, "\"\r\n\x00") {
		return 0, errRefused
	}
	return s[0], nil
}

func parseEncoding(s string) (string, error) {
	switch name := strings.ToLower(s); name {
	case "utf-8", "utf8", "utf-8-sig":
		return "utf-8", nil
	case "gb18030", "gbk", "gb2312":
		return "gb18030", nil
	case "utf-16", "utf16":
		return "utf-16", nil
	}
	return "", errRefused
}
