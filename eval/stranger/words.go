package stranger

import (
	"bufio"
	"embed"
	"fmt"
	"strings"
)

//go:embed words/*.txt
var files embed.FS

// section is one [head] of a word file: its keys with their lines in order.
type section struct {
	head string
	keys map[string][]string
}

func (s *section) one(key string) string {
	if len(s.keys[key]) == 0 {
		return ""
	}
	return s.keys[key][0]
}

// trades are the endings a name may have, divided by bars in the file.
func (s *section) trades() []string { return strings.Split(s.one("trade"), "|") }

type texts struct {
	bad, near, ordinary []*section
	common              *section
	shapes              map[string]*section
	twist               [][2]string
}

// shape gives the lines under a head of shapes.txt.
func (t *texts) shape(head string) []string { return t.shapes[head].keys["-"] }

func (t *texts) char(key string) string { return t.shapes["chars"].one(key) }

func readTexts() (*texts, error) {
	t := &texts{shapes: map[string]*section{}}
	bad, err := readSections("words/bad.txt")
	if err != nil {
		return nil, err
	}
	for _, s := range bad {
		if strings.HasPrefix(s.head, "COMMON") {
			t.common = s
			continue
		}
		t.bad = append(t.bad, s)
	}
	if t.near, err = readSections("words/near.txt"); err != nil {
		return nil, err
	}
	if t.ordinary, err = readSections("words/ordinary.txt"); err != nil {
		return nil, err
	}
	shapes, err := readSections("words/shapes.txt")
	if err != nil {
		return nil, err
	}
	for _, s := range shapes {
		t.shapes[s.head] = s
	}
	for _, line := range t.shape("twist") {
		what, how, _ := strings.Cut(line, "=")
		t.twist = append(t.twist, [2]string{what, how})
	}
	return t, nil
}

func readSections(path string) ([]*section, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer file.Close()
	var out []*section
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			out = append(out, &section{head: strings.Trim(line, "[]"), keys: map[string][]string{}})
			continue
		}
		key, value, found := strings.Cut(line, ":")
		if !found || len(out) == 0 {
			return nil, fmt.Errorf("%s line %d: no key", path, n)
		}
		s := out[len(out)-1]
		s.keys[key] = append(s.keys[key], strings.TrimSpace(value))
	}
	return out, lines.Err()
}
