package referral

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"xiezhi/models"
)

// pdfFile writes a PDF 1.7 file: objects in the order they are added, then the table of where they stand. It holds pages,
// fonts and a title; no scripts, links, forms or attachments. The same objects give the same bytes.
type pdfFile struct {
	out     bytes.Buffer
	offsets []int
}

func newPDFFile() *pdfFile {
	f := &pdfFile{}
	f.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return f
}

// reserve gives the number of an object that is written later.
func (f *pdfFile) reserve() int {
	f.offsets = append(f.offsets, 0)
	return len(f.offsets)
}

func (f *pdfFile) write(number int, body string) {
	f.offsets[number-1] = f.out.Len()
	fmt.Fprintf(&f.out, "%d 0 obj\n%s\nendobj\n", number, body)
}

func (f *pdfFile) add(body string) int {
	n := f.reserve()
	f.write(n, body)
	return n
}

// stream adds compressed bytes; extra are further entries of its dictionary.
func (f *pdfFile) stream(data []byte, extra string) (int, error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := z.Write(data); err != nil {
		return 0, fmt.Errorf("compress a stream: %w", err)
	}
	if err := z.Close(); err != nil {
		return 0, fmt.Errorf("compress a stream: %w", err)
	}
	return f.add(fmt.Sprintf("<< /Length %d /Filter /FlateDecode%s >>\nstream\n%s\nendstream", packed.Len(), extra, packed.Bytes())), nil
}

// font adds a subset as a composite font whose codes are glyph numbers.
func (f *pdfFile) font(s *subset) (int, error) {
	data := s.file()
	file, err := f.stream(data, fmt.Sprintf(" /Length1 %d", len(data)))
	if err != nil {
		return 0, err
	}
	unicode, err := f.stream(s.toUnicode(), "")
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(data)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + s.font.name
	box := s.font.box
	descriptor := f.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 6 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>",
		name, box[0], box[1], box[2], box[3], s.font.ascent, s.font.descent, s.font.capHeight, file))
	cid := f.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 1000 /W %s >>",
		name, descriptor, s.widths()))
	return f.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, cid, unicode)), nil
}

// close writes catalogue, information and the table of objects and gives the file.
func (f *pdfFile) close(pages int, title string, at time.Time) []byte {
	catalog := f.add(fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>", pages))
	dates := ""
	if !at.IsZero() {
		stamp := at.In(models.China).Format("D:20060102150405+08'00'")
		dates = fmt.Sprintf(" /CreationDate (%s) /ModDate (%s)", stamp, stamp)
	}
	info := f.add(fmt.Sprintf("<< /Title %s /Producer (Xiezhi)%s >>", textString(title), dates))
	sum := sha256.Sum256(f.out.Bytes())
	id := hex.EncodeToString(sum[:16])
	start := f.out.Len()
	fmt.Fprintf(&f.out, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, at := range f.offsets {
		fmt.Fprintf(&f.out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&f.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets)+1, catalog, info, id, id, start)
	return f.out.Bytes()
}

// textString writes a text as hexadecimal UTF-16, in which no character means anything to a reader of PDF.
func textString(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
