package proof

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Kind is what a content is by its own bytes, whatever its name says. Extensions are those under which it may come, the first
// one the usual.
type Kind struct {
	Name       string
	Extensions []string
	MIME       string
}

//go:embed kinds.csv
var kindsCSV []byte

var kinds = sync.OnceValue(func() map[string]Kind {
	rows, err := csv.NewReader(bytes.NewReader(kindsCSV)).ReadAll()
	if err != nil {
		panic("kinds.csv: " + err.Error())
	}
	all := map[string]Kind{}
	for _, r := range rows[1:] {
		all[r[0]] = Kind{Name: r[0], Extensions: strings.Fields(r[1]), MIME: r[2]}
	}
	return all
})

// Kinds lists every kind that is known, by name.
func Kinds() []Kind {
	var all []Kind
	for _, k := range kinds() {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// KindNamed gives a kind by its name.
func KindNamed(name string) (Kind, bool) {
	k, ok := kinds()[name]
	return k, ok
}

// Fits says whether a file name may carry this kind of content.
func (k Kind) Fits(name string) bool {
	return slices.Contains(k.Extensions, strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")))
}

// The reasons for which a content is of no kind.
var (
	ErrProgram = errors.New("the content is a program")
	ErrUnknown = errors.New("the content is of no known kind")
	ErrDamaged = errors.New("the content is damaged")
)

const headSize = 4096

// KindOf says what a content is, by its first bytes and, for archives, by what is inside. Programs are refused as such.
func KindOf(r io.ReaderAt, size int64) (Kind, error) {
	head := make([]byte, min(headSize, size))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Kind{}, fmt.Errorf("read the head of a content: %w", err)
	}
	name := bySignature(head)
	if name == "" && isProgram(head) {
		return Kind{}, ErrProgram
	}
	if name == "zip" {
		return zipKind(r, size)
	} else if name != "" {
		return kinds()[name], nil
	}
	if name := byText(head, size > int64(len(head))); name != "" {
		return kinds()[name], nil
	}
	return Kind{}, ErrUnknown
}

func isProgram(head []byte) bool {
	for _, mark := range []string{"MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "L\x00\x00\x00\x01\x14\x02\x00", "dex\n"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// signatures are the first bytes of kinds that have a mark at their beginning.
var signatures = []struct{ mark, kind string }{
	{"%PDF-", "pdf"}, {"\x89PNG\r\n\x1a\n", "png"}, {"\xff\xd8\xff", "jpeg"}, {"GIF87a", "gif"}, {"GIF89a", "gif"}, {"II*\x00", "tiff"}, {"MM\x00*", "tiff"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"}, {"PK\x03\x04", "zip"}, {"PK\x05\x06", "zip"}, {"7z\xbc\xaf\x27\x1c", "7z"}, {"Rar!\x1a\x07", "rar"},
	{"\x1f\x8b\x08", "gzip"}, {"\x1a\x45\xdf\xa3", "matroska"}, {"ID3", "mp3"}, {"fLaC", "flac"}, {"OggS", "ogg"}, {"#!AMR", "amr"},
	{"SQLite format 3\x00", "sqlite"}, {"\xd4\xc3\xb2\xa1", "pcap"}, {"\xa1\xb2\xc3\xd4", "pcap"}, {"\x0a\x0d\x0d\x0a", "pcap"},
}

func bySignature(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.mark)) {
			return s.kind
		}
	}
	if len(head) < 12 {
		return ""
	}
	switch tag := string(head[8:12]); {
	case string(head[4:8]) == "ftyp" && slices.Contains([]string{"heic", "heix", "mif1", "msf1", "hevc"}, tag):
		return "heic"
	case string(head[4:8]) == "ftyp":
		return "mp4"
	case string(head[:4]) == "RIFF" && tag == "WAVE":
		return "wav"
	case string(head[:4]) == "RIFF" && tag == "AVI ":
		return "avi"
	case string(head[:4]) == "RIFF" && tag == "WEBP":
		return "webp"
	case string(head[:2]) == "BM" && head[6]|head[7]|head[8]|head[9] == 0:
		return "bmp"
	case head[0] == 0xff && head[1]&0xf6 == 0xf0:
		return "aac"
	case head[0] == 0xff && head[1]&0xe0 == 0xe0 && head[1]&0x06 != 0:
		return "mp3"
	}
	return ""
}

// byText takes a content without control characters for a text: in UTF-8, or in GB18030, whose bytes cannot be told from other
// encodings of one or two bytes.
func byText(head []byte, cut bool) string {
	body := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	high := 0
	for _, b := range body {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b || b == 0x7f {
			return ""
		}
		if b >= 0x80 {
			high++
		}
	}
	if cut { // a character may be cut in two
		body = body[:len(body)-min(3, len(body))]
	}
	if high > 0 && !utf8.Valid(body) && !pairs(body) {
		return ""
	}
	low := strings.ToLower(string(body[:min(1024, len(body))]))
	for _, mark := range []string{"<!doctype html", "<html", "<script", "<head", "<body", "<svg", "mime-version:"} {
		if strings.Contains(low, mark) {
			return "html"
		}
	}
	return "text"
}

// pairs says whether the high bytes stand as GB18030 writes them: a lead byte, then a second or three more.
func pairs(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if b[i] == 0x80 || b[i] == 0xff {
			return false
		}
		if i+1 >= len(b) {
			return true
		}
		if next := b[i+1]; next >= 0x30 && next <= 0x39 {
			i += 3
		} else if next < 0x40 || next == 0x7f || next == 0xff {
			return false
		} else {
			i++
		}
	}
	return true
}

// maxEntries and maxUnpacked bound an archive; maxRatio is how much larger it may say that it becomes.
const (
	maxEntries  = 10_000
	maxUnpacked = 8 << 30
	maxRatio    = 200
	smallEnough = 64 << 20 // below this the ratio does not matter
)

// ErrBomb says that an archive would become too large or holds too many files.
var ErrBomb = errors.New("the archive would become too large")

func zipKind(r io.ReaderAt, size int64) (Kind, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Kind{}, errors.Join(ErrDamaged, err)
	}
	if len(z.File) > maxEntries {
		return Kind{}, ErrBomb
	}
	var total uint64
	name := "zip"
	for _, f := range z.File {
		total += f.UncompressedSize64
		if total > maxUnpacked || total > smallEnough && total > uint64(size)*maxRatio {
			return Kind{}, ErrBomb
		}
		switch f.Name {
		case "word/document.xml":
			name = "docx"
		case "xl/workbook.xml", "xl/workbook.bin":
			name = "xlsx"
		case "ppt/presentation.xml":
			name = "pptx"
		case "OFD.xml":
			name = "ofd"
		}
	}
	return kinds()[name], nil
}

// Active lists what in a content may act when it is opened: macros of an office file, scripts, launches and attachments of a
// PDF. It looks for marks and proves no absence. The content is read to its end, in pieces.
func Active(kind Kind, r io.ReaderAt, size int64) ([]string, error) {
	switch kind.Name {
	case "docx", "xlsx", "pptx":
		z, err := zip.NewReader(r, size)
		if err != nil {
			return nil, errors.Join(ErrDamaged, err)
		}
		for _, f := range z.File {
			if strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") {
				return []string{"macro"}, nil
			}
		}
		return nil, nil
	case "office":
		return marks(r, size, map[string]string{"V\x00B\x00A\x00": "macro", "_VBA_PROJECT": "macro"})
	case "pdf":
		return marks(r, size, map[string]string{"/JavaScript": "script", "/JS": "script", "/Launch": "launch", "/EmbeddedFile": "attachment", "/OpenAction": "open_action"})
	case "html":
		return []string{"web_page"}, nil
	}
	return nil, nil
}

// marks looks for words in a content.
func marks(r io.ReaderAt, size int64, words map[string]string) ([]string, error) {
	const piece, lap = 1 << 20, 32
	buf := make([]byte, piece)
	found := map[string]bool{}
	for at := int64(0); at < size; at += piece - lap {
		n, err := r.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read a content: %w", err)
		}
		for word, what := range words {
			if bytes.Contains(buf[:n], []byte(word)) {
				found[what] = true
			}
		}
	}
	var list []string
	for what := range found {
		list = append(list, what)
	}
	slices.Sort(list)
	return list, nil
}
