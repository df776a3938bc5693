package ingest

import (
	"fmt"
	"strconv"
	"strings"
)

// jsonPath is a way into a JSON document: names and, as steps with an empty name, positions.
type jsonPath []step

type step struct {
	name  string
	index int
}

// parsePath reads a.b[0].c.
func parsePath(s string) (jsonPath, error) {
	p := jsonPath{}
	for _, part := range strings.Split(s, ".") {
		name, rest, bracket := strings.Cut(part, "[")
		if name == "" && (!bracket || len(p) > 0) {
			return nil, fmt.Errorf("path %q", s)
		}
		if name != "" {
			p = append(p, step{name: name})
		}
		for bracket {
			var inner string
			inner, rest, bracket = strings.Cut(rest, "]")
			n, err := strconv.Atoi(inner)
			if !bracket || err != nil || n < 0 {
				return nil, fmt.Errorf("path %q", s)
			}
			p = append(p, step{index: n})
			if rest == "" {
				break
			}
			if rest[0] != '[' {
				return nil, fmt.Errorf("path %q", s)
			}
			rest = rest[1:]
		}
	}
	return p, nil
}

// find walks the path; ok is false where the document ends before it does.
func (p jsonPath) find(v any) (found any, ok bool) {
	for _, s := range p {
		if s.name != "" {
			m, isMap := v.(map[string]any)
			if !isMap {
				return nil, false
			}
			if v, ok = m[s.name]; !ok {
				return nil, false
			}
			continue
		}
		list, isList := v.([]any)
		if !isList || s.index >= len(list) {
			return nil, false
		}
		v = list[s.index]
	}
	return v, true
}
