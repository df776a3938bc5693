package referral

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"xiezhi/models"
)

// check refuses a document with characters that no font has, by the field they stand in. The wording is checked too, so
// that nothing is ever printed as an empty box.
func (p *Press) check(paper models.Paper, doc Document) error {
	fields, missing := map[string]string{}, map[rune]bool{}
	var named []string
	note := func(field, text string) {
		for _, r := range text {
			if p.draws(r) {
				continue
			}
			fields[field] = "error.no_glyph"
			if !missing[r] {
				missing[r] = true
				named = append(named, nameOf(r))
			}
		}
	}
	for _, f := range []struct{ field, text string }{
		{"facts", paper.Facts}, {"evidence", paper.Evidence}, {"proposal", paper.Proposal},
		{"item_list", paper.ItemList}, {"expert_report", paper.ExpertReport},
	} {
		note(f.field, newlines.Replace(f.text))
	}
	for _, name := range slices.Sorted(maps.Keys(paper.Fields)) {
		note(name, newlines.Replace(paper.Fields[name]))
	}
	for _, part := range doc.Parts {
		for _, b := range part.Blocks {
			b.texts(func(text string) {
				for _, r := range text {
					if !missing[r] {
						note("party", string(r))
					}
				}
			})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return &models.Error{Kind: models.KindInvalid, Key: "error.invalid", Fields: fields, Args: map[string]string{"characters": strings.Join(named, " ")}}
}

// draws says whether a character appears on paper. A line break does by ending its line.
func (p *Press) draws(r rune) bool {
	return r == '\n' || !unicode.IsControl(r) && p.regular.glyph(r) != 0
}

// nameOf shows a character and its code, or the code alone where there is nothing to see.
func nameOf(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !combines(r) {
		return fmt.Sprintf("%c (U+%04X)", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}
