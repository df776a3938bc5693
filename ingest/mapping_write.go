package ingest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// YAML writes the mapping in the form that LoadMapping reads, always the same for the same mapping.
func (m *Mapping) YAML() ([]byte, error) {
	root := yamlMap{}
	root.text("table", string(m.Table))
	root.text("source", m.Source)
	root.text("division", m.Division)
	root.text("date", string(m.Date))
	root.node("format", m.Format.yaml())
	if m.Index != nil {
		var index yamlMap
		index.text("key", m.Index.Key)
		index.text("value", m.Index.Value)
		index.words("lookup", m.Index.Words)
		root.node("index", index.flow())
	}
	root.text("each", m.Each)
	if m.Distinct {
		root.plain("distinct", "true")
	}
	if len(m.Where) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, f := range m.Where {
			var one yamlMap
			one.text("column", f.Column)
			one.list("in", f.In)
			one.list("not", f.Not)
			if f.Filled {
				one.plain("filled", "true")
			}
			list.Content = append(list.Content, one.flow())
		}
		root.node("where", list)
	}
	var columns yamlMap
	for _, c := range plans()[m.Table].columns() {
		if col, ok := m.Columns[c.name]; ok {
			columns.node(c.name, col.yaml())
		}
	}
	root.node("columns", &yaml.Node{Kind: yaml.MappingNode, Content: columns.content})
	b, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: root.content})
	if err != nil {
		return nil, fmt.Errorf("write mapping: %w", err)
	}
	return b, nil
}

// yamlMap collects the members of a map in their order; what is empty is left out.
type yamlMap struct{ content []*yaml.Node }

func scalarNode(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func (y *yamlMap) node(name string, n *yaml.Node) {
	if n != nil {
		y.content = append(y.content, scalarNode(name), n)
	}
}

func (y *yamlMap) text(name, value string) {
	if value != "" {
		y.node(name, scalarNode(value))
	}
}

func (y *yamlMap) plain(name, value string) {
	y.node(name, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
}

func (y *yamlMap) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, scalarNode(v))
	}
	y.node(name, n)
}

func (y *yamlMap) words(name string, words map[string]string) {
	if words == nil {
		return
	}
	var m yamlMap
	for _, k := range slices.Sorted(maps.Keys(words)) {
		m.node(k, scalarNode(words[k]))
	}
	y.node(name, m.flow())
}

func (y *yamlMap) flow() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: y.content}
}

func (l *Layout) yaml() *yaml.Node {
	var y yamlMap
	switch l.Delimiter {
	case 0:
	case '\t':
		y.text("delimiter", `\t`)
	default:
		y.text("delimiter", string(rune(l.Delimiter)))
	}
	if l.Headless {
		y.plain("header", "false")
	}
	y.text("encoding", l.Encoding)
	y.text("sheet", l.Sheet)
	if l.HeaderRow > 0 {
		y.plain("header_row", strconv.Itoa(l.HeaderRow))
	}
	y.text("member", l.Member)
	if l.Zone != nil && l.Zone.String() != shanghai().String() {
		y.text("zone", l.Zone.String())
	}
	if len(y.content) == 0 {
		return nil
	}
	return y.flow()
}

func (c *Column) yaml() *yaml.Node {
	var y yamlMap
	y.text("column", c.Column)
	y.text("slug", c.Slug)
	y.text("index", c.Index)
	y.text("division", c.Division)
	y.list("hash", c.Hash)
	if c.RowNumber {
		y.plain("row_number", "true")
	}
	if c.Fixed {
		y.node("value", scalarNode(c.Value))
	}
	y.text("template", c.Template)
	y.text("scale", c.Scale)
	y.text("round", string(c.Round))
	if c.Digits >= 0 {
		y.plain("digits", strconv.Itoa(c.Digits))
	}
	y.list("layout", c.Layouts)
	y.text("epoch", c.Epoch)
	if c.Step > 0 {
		y.text("step", c.Step.Round(time.Nanosecond).String())
	}
	y.words("lookup", c.Lookup)
	if c.Contains != nil {
		var m yamlMap
		for _, w := range c.Contains {
			m.node(w.Text, scalarNode(w.Value))
		}
		y.node("contains", m.flow())
	}
	if c.HasElse {
		y.node("default", scalarNode(c.Default))
	}
	if c.Loose {
		y.plain("loose", "true")
	}
	if c.Else != nil {
		y.node("else", c.Else.yaml())
	}
	if len(y.content) == 2 && c.Column != "" {
		return scalarNode(c.Column)
	}
	return y.flow()
}
