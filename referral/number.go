package referral

import (
	"fmt"
	"slices"
	"strings"
	"text/template"

	"xiezhi/models"
)

// Number gives the document number of an office's n-th paper of a kind in a year: the office's own word, the year in
// hexagonal brackets, and the number without leading zeros. An office without a word goes by its name. A kind without a
// template of its own is numbered like a letter.
func (p *Press) Number(office models.Office, kind string, year int, n int64) string {
	word := office.Short
	if word == "" {
		word = office.Name
	}
	t, ok := p.numbers[kind]
	if !ok {
		t = p.numbers[models.DocumentLetter]
	}
	var b strings.Builder
	if err := t.Execute(&b, struct {
		Short string
		Year  int
		N     int64
	}{word, year, n}); err != nil {
		return fmt.Sprintf("%s %d-%d", word, year, n)
	}
	return b.String()
}

func numberTemplates() (map[string]*template.Template, error) {
	all := map[string]*template.Template{}
	for _, kind := range slices.Concat(models.DocumentKinds(), models.CasePaperKinds()) {
		t, err := template.New(kind).Parse(term("number." + kind))
		if err != nil {
			return nil, fmt.Errorf("number of a %s: %w", kind, err)
		}
		all[kind] = t
	}
	return all, nil
}
