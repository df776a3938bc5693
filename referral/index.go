package referral

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"sync"

	"xiezhi/models"
)

//go:embed papers/index.html
var indexHTML string

var indexPage = sync.OnceValues(func() (*template.Template, error) { return template.New("index").Parse(indexHTML) })

// Term gives a word of the papers by its key.
func Term(key string) string { return term(key) }

// PaperName names a paper by its kind and number.
func PaperName(kind, number string) string {
	name := term("paper." + kind)
	if name == "" {
		name = kind
	}
	if number != "" {
		name += " " + number
	}
	return name
}

// Index prints the list of contents of a dossier: as PDF, and as a page that needs nothing beside itself and prints as it stands.
// Characters that no font has stand in the page; in the PDF they are given by their code.
func (p *Press) Index(ctx context.Context, paper models.Paper) (pdf, page []byte, err error) {
	tmpl, err := indexPage()
	if err != nil {
		return nil, nil, fmt.Errorf("read the page of an index: %w", err)
	}
	var buf bytes.Buffer
	if err := tmpl.Execute(&buf, sheet{clean(paper)}); err != nil {
		return nil, nil, fmt.Errorf("write the page of an index: %w", err)
	}
	pdf, _, err = p.Print(ctx, p.printable(paper))
	return pdf, buf.Bytes(), err
}

// printable writes characters that no font has by their code: an index names files and titles as they came, and must not fail.
func (p *Press) printable(paper models.Paper) models.Paper {
	plain := func(text string) string {
		var out []rune
		for _, r := range newlines.Replace(text) {
			if p.draws(r) {
				out = append(out, r)
				continue
			}
			out = append(out, []rune(fmt.Sprintf("U+%04X", r))...)
		}
		return string(out)
	}
	rows := make([][]string, len(paper.Rows))
	for i, row := range paper.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], plain(cell))
		}
	}
	paper.Rows = rows
	for _, text := range []*string{&paper.CaseTitle, &paper.Party.Name, &paper.Sender.Name} {
		*text = plain(*text)
	}
	officers := make([]models.PaperOfficer, len(paper.Officers))
	for i, o := range paper.Officers {
		officers[i] = models.PaperOfficer{Name: plain(o.Name), Number: plain(o.Number)}
	}
	paper.Officers = officers
	return paper
}
