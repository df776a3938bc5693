package referral

import (
	"strings"

	"xiezhi/models"
)

// Form is the look of a paper after GB/T 9704-2012.
type Form string

// The letter form has double red rules and no page number on its first page; the official form has page numbers on all.
const (
	FormLetter   Form = "letter"
	FormOfficial Form = "official"
)

// Document is a paper as blocks. Title is the metadata title and names no person.
type Document struct {
	Kind   string
	Number string
	Title  string
	Form   Form
	At     models.Instant
	Parts  []Part
}

// Part is a piece of a paper that is kept by itself: a letter has body, stub and receipt, other papers a body alone. Label
// is its Chinese name. Joined says that the part stands on the same sheet as the one before it.
type Part struct {
	Name   string
	Label  string
	Joined bool
	Blocks []Block
}

// BlockKind says what a block is.
type BlockKind string

// The kinds of block, each with the fields of Block that it uses.
const (
	BlockOrgan       BlockKind = "organ"       // Text: the issuing organ's mark, red, with the rule below it
	BlockNumber      BlockKind = "number"      // Text: the document number
	BlockTitle       BlockKind = "title"       // Text; Level 1 the paper's title, 2 that of a stub or receipt
	BlockAddressee   BlockKind = "addressee"   // Text, not indented
	BlockParagraph   BlockKind = "paragraph"   // Text, first line indented by two characters
	BlockHeading     BlockKind = "heading"     // Text; Level 1 or 2
	BlockTable       BlockKind = "table"       // Head, Rows
	BlockNote        BlockKind = "note"        // Text, small
	BlockList        BlockKind = "list"        // Text: the lead word of an attachment list; Items with Label and Text
	BlockForm        BlockKind = "form"        // Items: label and what was filled in; an empty Text is a place to write
	BlockSignature   BlockKind = "signature"   // Text: the organ; Date; Seal: the words at the place of the seal
	BlockPerforation BlockKind = "perforation" // Text: what stands on the line along which the sheet is parted
	BlockCopyTo      BlockKind = "copy_to"     // Text, at the foot of the last page
)

// Item is a line of a list or of a form. Text may hold line breaks.
type Item struct {
	Label string
	Text  string
}

// Block is one element of a paper; its Kind says which fields it uses. All texts are data: a renderer must escape them.
type Block struct {
	Kind  BlockKind
	Text  string
	Level int
	Head  []string
	Rows  [][]string
	Items []Item
	Date  string
	Seal  string
}

// Part gives the part of a name, or the zero Part.
func (d Document) Part(name string) Part {
	for _, p := range d.Parts {
		if p.Name == name {
			return p
		}
	}
	return Part{}
}

// texts yields every text of a block.
func (b Block) texts(yield func(string)) {
	yield(b.Text)
	yield(b.Date)
	yield(b.Seal)
	for _, h := range b.Head {
		yield(h)
	}
	for _, row := range b.Rows {
		for _, cell := range row {
			yield(cell)
		}
	}
	for _, item := range b.Items {
		yield(item.Label)
		yield(item.Text)
	}
}

// lines splits a text at its line breaks, without white space around the lines and without empty ones.
func lines(text string) []string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}
