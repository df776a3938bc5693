package referral

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiezhi/models"
)

// Compose turns what a paper says into blocks, in the portal's own wording. It is pure: the same paper gives the same document. Texts
// of the paper are data throughout; their line breaks make paragraphs. It fails only for a kind that has no paper here.
func Compose(p models.Paper) (Document, error) {
	spec, ok := templates()[p.Kind]
	if !ok {
		return Document{}, fmt.Errorf("compose %s of %s: no such paper", p.Kind, p.ReferralRef)
	}
	return compose(spec, p)
}

// Compose is the same in the wording of the paper's office, where the operator gave it one.
func (p *Press) Compose(paper models.Paper) (Document, error) {
	for _, office := range []string{paper.Sender.Code, ""} {
		if spec, ok := p.own[office][paper.Kind]; ok {
			return compose(spec, paper)
		}
	}
	return Compose(paper)
}

func compose(spec []templateLine, p models.Paper) (Document, error) {
	c := composer{sheet: sheet{clean(p)}}
	c.doc = Document{Kind: p.Kind, Number: c.sheet.Number, At: p.At}
	for _, line := range spec {
		text, err := line.fill(c.sheet)
		if err != nil {
			return Document{}, fmt.Errorf("compose %s of %s: %w", p.Kind, p.ReferralRef, err)
		}
		if err := c.add(line, text); err != nil {
			return Document{}, fmt.Errorf("compose %s of %s: %w", p.Kind, p.ReferralRef, err)
		}
	}
	if len(c.doc.Parts) == 0 || c.doc.Form == "" {
		return Document{}, fmt.Errorf("compose %s: the wording has no document or no part", p.Kind)
	}
	return c.doc, nil
}

type composer struct {
	sheet sheet
	doc   Document
}

// add puts the block of one line of the file into the document.
func (c *composer) add(l templateLine, text string) error {
	switch l.verb {
	case "document":
		c.doc.Form, c.doc.Title = Form(l.arg), oneLine(text)
		return nil
	case "part":
		name, joined, _ := strings.Cut(l.arg, " ")
		c.doc.Parts = append(c.doc.Parts, Part{Name: name, Label: text, Joined: joined == "joined"})
		return nil
	}
	if len(c.doc.Parts) == 0 {
		return fmt.Errorf("%s stands before the first part", l.verb)
	}
	if slices.Contains([]string{"item", "items", "date", "seal"}, l.verb) && len(c.doc.Parts[len(c.doc.Parts)-1].Blocks) == 0 {
		return fmt.Errorf("%s stands before the first block", l.verb)
	}
	switch l.verb {
	case "item":
		b := c.last()
		b.Items = append(b.Items, Item{Label: l.arg, Text: strings.Join(lines(text), "\n")})
		return nil
	case "items":
		b := c.last()
		b.Items = append(b.Items, c.sheet.officerItems()...)
		return nil
	case "date":
		c.last().Date = oneLine(text)
		return nil
	case "seal":
		c.last().Seal = text
		return nil
	}
	return c.block(l, text)
}

func (c *composer) last() *Block {
	blocks := c.doc.Parts[len(c.doc.Parts)-1].Blocks
	return &blocks[len(blocks)-1]
}

func (c *composer) block(l templateLine, text string) error {
	part := &c.doc.Parts[len(c.doc.Parts)-1]
	b := Block{Kind: BlockKind(l.verb), Text: oneLine(text)}
	switch b.Kind {
	case BlockParagraph:
		for _, line := range lines(text) {
			part.Blocks = append(part.Blocks, Block{Kind: BlockParagraph, Text: line})
		}
		return nil
	case BlockHeading, BlockTitle:
		b.Level = 1
		if l.arg != "" {
			level, err := strconv.Atoi(l.arg)
			if err != nil {
				return fmt.Errorf("level of %s: %w", l.verb, err)
			}
			b.Level = level
		}
	case BlockTable:
		b.Text = ""
		for head := range strings.SplitSeq(text, "|") {
			b.Head = append(b.Head, strings.TrimSpace(head))
		}
		if b.Rows = c.sheet.lineRows(); l.arg == "rows" {
			b.Rows = c.sheet.Rows
		}
		if len(b.Rows) == 0 {
			return nil
		}
		for i, row := range b.Rows {
			if len(row) != len(b.Head) {
				return fmt.Errorf("row %d of a table has %d cells for %d heads", i+1, len(row), len(b.Head))
			}
		}
	case BlockList, BlockForm, BlockSignature:
		part.Blocks = append(part.Blocks, b)
		return nil
	case BlockOrgan, BlockNumber, BlockAddressee, BlockNote, BlockPerforation, BlockCopyTo:
	default:
		return fmt.Errorf("no block %q", l.verb)
	}
	if b.Text != "" || len(b.Rows) > 0 {
		part.Blocks = append(part.Blocks, b)
	}
	return nil
}

// oneLine joins the lines of a text that has room for one.
func oneLine(text string) string { return strings.Join(lines(text), " ") }

// newlines are the ways to end a line, tabs a way to write a space; other control characters have no glyph and are
// refused when the paper is printed.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ")

// clean gives a copy of a paper with its line breaks and tabs made plain.
func clean(p models.Paper) models.Paper {
	for _, text := range []*string{&p.Number, &p.ReferralRef, &p.CaseRef, &p.CaseTitle, &p.CopyTo, &p.Facts, &p.Offence, &p.Evidence, &p.Proposal,
		&p.ItemList, &p.ExpertReport, &p.Approver, &p.Signer, &p.SignerOffice, &p.Sender.Name, &p.Sender.Short, &p.Sender.Phone, &p.Receiver.Name,
		&p.Receiver.Short, &p.Receiver.Phone, &p.Reason, &p.OutcomeNumber, &p.OutcomeReason, &p.Party.Name, &p.Party.USCC, &p.Party.LegalRepresentative, &p.Party.Address} {
		*text = strings.TrimSpace(newlines.Replace(*text))
	}
	p.Fields = maps.Clone(p.Fields)
	for name, text := range p.Fields {
		p.Fields[name] = strings.TrimSpace(newlines.Replace(text))
	}
	officers := make([]models.PaperOfficer, len(p.Officers))
	for i, o := range p.Officers {
		officers[i] = models.PaperOfficer{Name: strings.TrimSpace(newlines.Replace(o.Name)), Number: strings.TrimSpace(newlines.Replace(o.Number))}
	}
	p.Officers = officers
	return p
}
