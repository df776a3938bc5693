package referral

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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

// wording is the files of papers by kind.
type wording map[string][]templateLine

// templates are the wording of the portal, read once; a mistake in it is found by the first test.
var templates = sync.OnceValue(func() wording {
	all := wording{}
	for _, kind := range kinds() {
		file, err := papersFiles.ReadFile("papers/" + kind + ".txt")
		if err == nil {
			all[kind], err = readTemplate(kind, string(file))
		}
		if err != nil {
			panic(err)
		}
	}
	return all
})

// kinds lists every paper that can be printed.
func kinds() []string {
	return slices.Concat(models.DocumentKinds(), models.CasePaperKinds(), []string{DossierIndex})
}

// DossierIndex is the kind of the list of contents of a dossier, which is printed and never issued.
const DossierIndex = "dossier_index"

// readTemplate reads a paper's file; the first fault is named by its line.
func readTemplate(kind, file string) ([]templateLine, error) {
	file = strings.ReplaceAll(strings.ReplaceAll(file, "\r\n", "\n"), "\n  ", "")
	var all []templateLine
	for n, line := range lines(file) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		head, text, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("paper %s, line %d: no colon in %q", kind, n+1, line)
		}
		verb, arg, _ := strings.Cut(head, " ")
		text = strings.TrimSpace(text)
		t, err := template.New(kind).Funcs(wordFuncs()).Parse(text)
		if err != nil {
			return nil, fmt.Errorf("paper %s, line %d: %w", kind, n+1, err)
		}
		all = append(all, templateLine{verb: verb, arg: arg, raw: text, text: t})
	}
	return all, nil
}

// maxWording bounds an operator's file.
const maxWording = 256 << 10

// ReadWording reads an operator's own wording: KIND.txt in the folder is for every office, OFFICE/KIND.txt for the office of that
// code. A missing folder is no wording. Every file is tried on a paper before it is taken, so that a fault is found now and not
// when the paper is to be issued.
func ReadWording(dir fs.FS) (map[string]map[string][]templateLine, error) {
	own := map[string]map[string][]templateLine{}
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".txt") {
			return err
		}
		office, name, _ := cutLast(path)
		kind := strings.TrimSuffix(name, ".txt")
		if !slices.Contains(kinds(), kind) || strings.Contains(office, "/") {
			return fmt.Errorf("wording %s: no such paper", path)
		}
		info, err := d.Info()
		if err != nil || info.Size() > maxWording {
			return errors.Join(err, fmt.Errorf("wording %s: too long, or not to be read", path))
		}
		body, err := fs.ReadFile(dir, path)
		if err != nil {
			return err
		}
		lines, err := readTemplate(kind, string(body))
		if err == nil {
			_, err = compose(lines, models.Paper{Kind: kind})
		}
		if err != nil {
			return fmt.Errorf("wording %s: %w", path, err)
		}
		if own[office] == nil {
			own[office] = map[string][]templateLine{}
		}
		own[office][kind] = lines
		return nil
	})
	return own, err
}

// cutLast parts a path before its last name.
func cutLast(path string) (dir, name string, nested bool) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

func (l templateLine) fill(s sheet) (string, error) {
	var b strings.Builder
	if err := l.text.Execute(&b, s); err != nil {
		return "", fmt.Errorf("fill %s of a paper: %w", l.verb, err)
	}
	return strings.TrimSpace(b.String()), nil
}
