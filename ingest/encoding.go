package ingest

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	encodingUTF8    = "utf-8"
	encodingGB18030 = "gb18030"
	encodingUTF16   = "utf-16" // with a byte order mark
)

// encodingOf tells GB18030 from UTF-8 by the beginning of a text. Damaged UTF-8 is often lawful GB18030, so that is
// taken only where no line is UTF-8 beyond ASCII, all of it decodes, and most characters are of the common range.
func encodingOf(head []byte) string {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return encodingUTF16
	}
	if len(head) == headBytes {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	if utf8.Valid(head) {
		return encodingUTF8
	}
	for line := range bytes.Lines(head) {
		if utf8.Valid(line) && !ascii(line) {
			return encodingUTF8
		}
	}
	common, all := 0, 0
	for i := 0; i+1 < len(head); i++ {
		if head[i] < 0x80 {
			continue
		}
		all++
		if head[i] >= 0xb0 && head[i] <= 0xd7 && head[i+1] >= 0xa1 {
			common++
		}
		i++
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(head)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) || common < 4 || common*10 < all*6 {
		return encodingUTF8
	}
	return encodingGB18030
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// decoded wraps a stream of the named encoding so that it gives UTF-8; what cannot be decoded becomes U+FFFD, which the
// records are searched for afterwards.
func decoded(r io.Reader, encoding string) io.Reader {
	if encoding == encodingGB18030 {
		return simplifiedchinese.GB18030.NewDecoder().Reader(r)
	}
	if encoding == encodingUTF16 {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	}
	return r
}
