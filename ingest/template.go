package ingest

import (
	"fmt"
	"strings"
)

// template is text with {names} in it; {{ stands for a brace.
type template struct {
	texts []string // one more than names
	names []string
}

func parseTemplate(s string) (template, error) {
	var t template
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '{' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '{' {
			b.WriteByte('{')
			i++
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 2 {
			return template{}, fmt.Errorf("template %q", s)
		}
		t.texts = append(t.texts, b.String())
		t.names = append(t.names, s[i+1:i+end])
		b.Reset()
		i += end
	}
	t.texts = append(t.texts, b.String())
	return t, nil
}

// fill gives the text with the values in place; it is empty where every value is.
func (t template) fill(value func(i int) (string, problem)) (string, problem) {
	var b strings.Builder
	b.WriteString(t.texts[0])
	filled := len(t.names) == 0
	for i := range t.names {
		v, p := value(i)
		if !p.ok() {
			return "", p
		}
		filled = filled || v != ""
		b.WriteString(v)
		b.WriteString(t.texts[i+1])
	}
	if !filled {
		return "", problem{}
	}
	return b.String(), problem{}
}
