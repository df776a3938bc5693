package ingest

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const membersLimit = 1000

// Member is a file that was taken out of an archive.
type Member struct {
	Name string // as the archive calls it, without anything that leads out of a folder
	Path string
}

// Unpack takes the members of a TAR archive, plain or packed, or of a ZIP archive that is no workbook, out into a folder. member is a
// pattern for the last part of their names, empty for all. is is false for a file that is no archive. It fails with a *FileError
// where the archive is damaged, unfolds to more than files may, or has no such member; then the folder is to be thrown away.
func Unpack(file, member, folder string) (list []Member, is bool, err error) {
	name := filepath.Base(file)
	h, err := os.Open(file)
	if err != nil {
		return nil, false, nil // Open words why
	}
	defer func() { _ = h.Close() }()
	stat, err := h.Stat()
	if err != nil || !stat.Mode().IsRegular() {
		return nil, false, nil
	}
	u := &unpacking{member: member, folder: folder, left: max(unfoldFree, 100*stat.Size())}
	switch kindOfArchive(h, stat.Size()) {
	case "zip":
		err = u.zip(h, stat.Size())
	case "tar":
		err = u.tar(h)
	case "tar.gz":
		z, zipErr := gzip.NewReader(h)
		if err = zipErr; err == nil {
			err = u.tar(z)
		}
	default:
		return nil, false, nil
	}
	if err != nil {
		return nil, true, fileError(name, "ingest.file.archive", err)
	}
	if len(u.list) == 0 {
		return nil, true, fileError(name, "ingest.file.no_member", nil, "member", Escape(member))
	}
	return u.list, true, nil
}

// IsArchive says whether a file is an archive that Unpack takes apart.
func IsArchive(file string) bool {
	h, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = h.Close() }()
	stat, err := h.Stat()
	return err == nil && stat.Mode().IsRegular() && kindOfArchive(h, stat.Size()) != ""
}

// kindOfArchive looks at the beginning of a file, and leaves it there.
func kindOfArchive(h *os.File, size int64) string {
	defer func() { _, _ = h.Seek(0, io.SeekStart) }()
	r := bufio.NewReaderSize(h, headBytes)
	head, _ := r.Peek(4)
	if string(head) == zipMagic {
		z, err := zip.NewReader(h, size)
		if err != nil || len(z.File) > 2*membersLimit {
			return ""
		}
		for _, f := range z.File {
			if f.Name == "[Content_Types].xml" || f.Name == "_rels/.rels" {
				return ""
			}
		}
		return "zip"
	}
	kind := "tar"
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return ""
		}
		r, kind = bufio.NewReaderSize(z, 1024), "tar.gz"
	}
	block, _ := r.Peek(512)
	if len(block) == 512 && string(block[257:262]) == "ustar" {
		return kind
	}
	return ""
}

type unpacking struct {
	member, folder string
	left           int64
	seen           int
	list           []Member
}

func (u *unpacking) zip(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		err = u.take(zipName(f), in)
		if err := errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	return nil
}

// zipName gives a member's name; one that is not marked as UTF-8 stands in the encoding of the system that wrote it.
func zipName(f *zip.File) string {
	if !f.NonUTF8 && utf8.ValidString(f.Name) {
		return f.Name
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name); err == nil && !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	return f.Name
}

func (u *unpacking) tar(r io.Reader) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := u.take(h.Name, t); err != nil {
			return err
		}
	}
}

func (u *unpacking) take(name string, in io.Reader) error {
	if u.seen++; u.seen > 2*membersLimit {
		return errBomb
	}
	name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, "\\", "/")), "/")
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(name, "__MACOSX/") {
		return nil
	}
	if u.member != "" {
		if fits, err := path.Match(u.member, base); err != nil || !fits {
			return err
		}
	}
	if len(u.list) >= membersLimit {
		return errBomb
	}
	folder := filepath.Join(u.folder, fmt.Sprintf("%04d", len(u.list)))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	at := filepath.Join(folder, safeBase(base))
	out, err := os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, u.left+1))
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if u.left -= n; u.left < 0 {
		return errBomb
	}
	u.list = append(u.list, Member{Name: Escape(name), Path: at})
	return nil
}

// safeBase keeps of a name what may stand in a folder of any system.
func safeBase(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, name)
	if r := []rune(name); len(r) > 60 {
		name = string(r[:30]) + string(r[len(r)-30:])
	}
	return name
}
