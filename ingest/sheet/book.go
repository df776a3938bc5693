package sheet

import (
	"io"
	"path"
	"strings"
)

// The most that a workbook may have. Excel's own limits are higher for columns; no table of facts has as many.
const (
	sheetsLimit  = 200
	columnsLimit = 2000
	mergesLimit  = 50_000
	stylesLimit  = 65_536
	rowsLimit    = 1 << 20
)

// Book is an open workbook. It is for one goroutine.
type Book struct {
	Sheets []Sheet

	box     *container
	strings *stringTable
	dates   []dateKind // by cell style
	year04  bool
}

// Sheet is one sheet of a workbook, in the order of its tabs.
type Sheet struct {
	Name   string
	Hidden bool
	part   string
	merges []merge
}

// Open reads what a workbook says of itself and every sheet once, so that a damaged one is refused before its first row.
// It fails with one of the errors of this package. r must stay open as long as the book is used; Close lets go of the rest.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	box, err := openContainer(r, size)
	if err != nil {
		return nil, wrong(err)
	}
	b := &Book{box: box}
	if err := b.read(); err != nil {
		b.Close()
		return nil, wrong(err)
	}
	return b, nil
}

// Close removes what was put aside.
func (b *Book) Close() error { return b.strings.close() }

func (b *Book) read() error {
	main, err := b.main()
	if err != nil {
		return err
	}
	targets, err := b.relations(main)
	if err != nil {
		return err
	}
	if err := b.sheets(main, targets); err != nil {
		return err
	}
	if err := b.styles(targets["styles"]); err != nil {
		return err
	}
	if name := targets["sharedStrings"]; name != "" && b.box.parts[name] != nil {
		if b.strings, err = b.readStrings(name); err != nil {
			return err
		}
	}
	for i := range b.Sheets {
		if err := b.survey(&b.Sheets[i]); err != nil {
			return err
		}
	}
	return nil
}

// main finds the part of the workbook itself.
func (b *Book) main() (string, error) {
	name := "xl/workbook.xml"
	err := b.each("_rels/.rels", func(x *scanner) error {
		kind, _ := x.attr("Type")
		if target, ok := x.attr("Target"); ok && string(x.name) == "Relationship" && strings.HasSuffix(kind, "/officeDocument") {
			name = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	if b.box.parts["_rels/.rels"] == nil {
		return "", ErrForeign
	}
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(name, ".xml") || b.box.parts[name] == nil || !strings.HasPrefix(path.Base(name), "workbook") {
		return "", ErrForeign
	}
	return name, nil
}

// each visits the open tags of a part.
func (b *Book) each(name string, visit func(x *scanner) error) error {
	r, err := b.box.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newScanner(r, textLimit)
	for {
		switch x.next() {
		case tokenEnd:
			return x.err
		case tokenOpen:
			if err := visit(x); err != nil {
				return err
			}
		}
	}
}

// relations gives the parts that a part refers to: by their number, and the single ones by the last word of their kind.
func (b *Book) relations(of string) (map[string]string, error) {
	dir, base := path.Split(of)
	targets := map[string]string{}
	err := b.each(dir+"_rels/"+base+".rels", func(x *scanner) error {
		id, _ := x.attr("Id")
		kind, _ := x.attr("Type")
		target, _ := x.attr("Target")
		if mode, _ := x.attr("TargetMode"); mode == "External" || target == "" || len(targets) > partsLimit {
			return nil
		}
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		targets[id] = target
		if word := kind[strings.LastIndexByte(kind, '/')+1:]; word == "styles" || word == "sharedStrings" {
			targets[word] = target
		}
		return nil
	})
	return targets, err
}

func (b *Book) sheets(main string, targets map[string]string) error {
	err := b.each(main, func(x *scanner) error {
		switch string(x.name) {
		case "workbookPr":
			v, _ := x.attr("date1904")
			b.year04 = v == "1" || v == "true"
		case "sheet":
			name, _ := x.attr("name")
			id, _ := x.attr("id")
			state, _ := x.attr("state")
			part := targets[id]
			if !strings.Contains(part, "worksheets/") {
				return nil // a chart or a dialog
			}
			if b.Sheets = append(b.Sheets, Sheet{Name: name, Hidden: state == "hidden" || state == "veryHidden", part: part}); len(b.Sheets) > sheetsLimit {
				return ErrTooMany
			}
		}
		return nil
	})
	if err == nil && len(b.Sheets) == 0 {
		return ErrForeign
	}
	return err
}

// styles finds which cell styles show a number as a date.
func (b *Book) styles(name string) error {
	if name == "" || b.box.parts[name] == nil {
		return nil
	}
	custom := map[string]dateKind{}
	inCells := false
	r, err := b.box.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newScanner(r, textLimit)
	for {
		switch x.next() {
		case tokenEnd:
			return x.err
		case tokenClose:
			inCells = inCells && string(x.name) != "cellXfs"
		case tokenOpen:
			switch string(x.name) {
			case "numFmt":
				id, _ := x.attr("numFmtId")
				code, _ := x.attr("formatCode")
				custom[id] = dateCode(code)
			case "cellXfs":
				inCells = true
			case "xf":
				if !inCells {
					continue
				}
				id, _ := x.attr("numFmtId")
				kind, own := custom[id]
				if !own {
					kind = builtinDate(id)
				}
				b.dates = append(b.dates, kind)
			}
			if len(custom) > stylesLimit || len(b.dates) > stylesLimit {
				return ErrTooMany
			}
		}
	}
}
