package referral

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"xiezhi/models"
)

//go:embed fonts/NotoSerifSC_400Regular.ttf
var regularFont []byte

//go:embed fonts/NotoSerifSC_700Bold.ttf
var boldFont []byte

// Press prints the papers of a referral. It is safe for concurrent use.
type Press struct {
	regular, bold *font
	numbers       map[string]*template.Template
	own           map[string]map[string][]templateLine // by office and kind; what an operator gave
}

var _ models.Press = (*Press)(nil)

// New reads the fonts and the wording, once for all papers.
func New() (*Press, error) {
	regular, err := readFont("NotoSerifSC-Regular", regularFont)
	if err != nil {
		return nil, err
	}
	bold, err := readFont("NotoSerifSC-Bold", boldFont)
	if err != nil {
		return nil, err
	}
	numbers, err := numberTemplates()
	if err != nil {
		return nil, err
	}
	return &Press{regular: regular, bold: bold, numbers: numbers}, nil
}

// NewWith is New with an operator's own wording.
func NewWith(dir fs.FS) (*Press, error) {
	p, err := New()
	if err != nil {
		return nil, err
	}
	if p.own, err = ReadWording(dir); err != nil {
		return nil, err
	}
	return p, nil
}

// Print gives a paper as a PDF file and the number of its pages: the blocks of Compose, in the form of GB/T 9704-2012. The
// same paper gives the same bytes. Characters that no font has are refused with KindInvalid before anything is printed.
func (p *Press) Print(ctx context.Context, paper models.Paper) ([]byte, int, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, fmt.Errorf("print %s of %s: %w", paper.Kind, paper.ReferralRef, err)
	}
	doc, err := p.Compose(paper)
	if err != nil {
		return nil, 0, err
	}
	if err := p.check(paper, doc); err != nil {
		return nil, 0, err
	}
	c := newCanvas(p.regular, p.bold)
	lay(c, doc)
	pdf, err := bind(c, doc)
	if err != nil {
		return nil, 0, fmt.Errorf("print %s of %s: %w", paper.Kind, paper.ReferralRef, err)
	}
	return pdf, len(c.pages), nil
}

// lay sets every part of a document on pages of its own, joined parts together, and draws what belongs to a page.
func lay(c *canvas, doc Document) {
	for i := 0; i < len(doc.Parts); {
		pieces := newSetter(c, doc.Form, doc.Parts[i]).part(doc.Parts[i])
		top := topOf(doc.Form, doc.Parts[i])
		for i++; i < len(doc.Parts) && doc.Parts[i].Joined; i++ {
			pieces = append(pieces, keepTogether(newSetter(c, doc.Form, doc.Parts[i]).part(doc.Parts[i]))...)
		}
		place(c, pieces, top)
	}
	if doc.Form == FormLetter {
		letterRule(c, 0, pageHeight-20*mm-2.2, thinRule, thickRule)
	}
	for page := range c.pages {
		if page == 0 && doc.Form == FormLetter {
			continue
		}
		pageNumber(c, page)
	}
}

// topOf says where the first page of a part begins.
func topOf(form Form, p Part) float64 {
	if len(p.Blocks) == 0 {
		return areaTop
	}
	switch {
	case p.Blocks[0].Kind == BlockPerforation:
		return stubTop
	case p.Blocks[0].Kind == BlockOrgan && form == FormLetter:
		return letterMarkTop
	case p.Blocks[0].Kind == BlockOrgan:
		return markTop
	}
	return areaTop
}

// pageNumber stands 7 mm below the type area, one character in: on the right of odd pages, on the left of even ones.
func pageNumber(c *canvas, page int) {
	st := style{size: 14, ink: black}
	text := fmt.Sprintf("\u2014 %d \u2014", page+1)
	x := areaLeft + st.size
	if page%2 == 0 {
		x = areaRight - st.size - c.width(st, text)
	}
	c.text(page, st, x, areaBottom+7*mm+0.88*st.size, text, 0)
}

// bind writes the pages and the fonts they use into a file.
func bind(c *canvas, doc Document) ([]byte, error) {
	f := newPDFFile()
	var fonts strings.Builder
	for i, s := range []*subset{c.regular, c.bold} {
		if len(s.runes) == 0 {
			continue
		}
		n, err := f.font(s)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&fonts, " /F%d %d 0 R", i+1, n)
	}
	tree := f.reserve()
	var kids strings.Builder
	for _, page := range c.pages {
		content, err := f.stream(page.Bytes(), "")
		if err != nil {
			return nil, err
		}
		n := f.add(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources << /Font <<%s >> >> /Contents %d 0 R >>",
			tree, pageWidth, pageHeight, fonts.String(), content))
		fmt.Fprintf(&kids, "%d 0 R ", n)
	}
	f.write(tree, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(c.pages)))
	return f.close(tree, doc.Title, doc.At.Time()), nil
}
