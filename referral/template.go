package referral

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"text/template"

	"xiezhi/models"
)

//go:embed papers/*.txt
var papersFiles embed.FS

// templateLine is one line of a paper's file: what it adds, an argument, and the template of its text.
type templateLine struct {
	verb string
	arg  string
	text *template.Template
	raw  string
}

// templates are the files of papers by kind, read once; a mistake in them is found by the first test.
var templates = sync.OnceValue(func() map[string][]templateLine {
	all := map[string][]templateLine{}
	for _, kind := range models.DocumentKinds() {
		file, err := papersFiles.ReadFile("papers/" + kind + ".txt")
		if err != nil {
			panic(err)
		}
		all[kind] = readTemplate(kind, string(file))
	}
	return all
})

func readTemplate(kind, file string) []templateLine {
	file = strings.ReplaceAll(file, "\n  ", "")
	var all []templateLine
	for _, line := range lines(file) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		head, text, ok := strings.Cut(line, ":")
		if !ok {
			panic(fmt.Sprintf("papers/%s.txt: no colon in %q", kind, line))
		}
		verb, arg, _ := strings.Cut(head, " ")
		text = strings.TrimSpace(text)
		all = append(all, templateLine{verb: verb, arg: arg, raw: text, text: template.Must(template.New(kind).Funcs(wordFuncs()).Parse(text))})
	}
	return all
}

func (l templateLine) fill(s sheet) (string, error) {
	var b strings.Builder
	if err := l.text.Execute(&b, s); err != nil {
		return "", fmt.Errorf("fill %s of a paper: %w", l.verb, err)
	}
	return strings.TrimSpace(b.String()), nil
}
