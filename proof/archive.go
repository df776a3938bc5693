package proof

import (
	"archive/zip"
	"hash/crc32"
	"io"
)

// Content opens the bytes of an item; each call begins anew.
type Content func() (io.ReadCloser, error)

// entry is one file of an archive with what must be known before its bytes are written.
type entry struct {
	name string
	size int64
	crc  uint32
	open Content
}

// measure reads a content for its checksum and size.
func measure(name string, open Content) (entry, error) {
	e := entry{name: name, open: open}
	in, err := open()
	if err != nil {
		return e, err
	}
	defer in.Close()
	sum := crc32.NewIEEE()
	if e.size, err = io.Copy(sum, in); err != nil {
		return e, err
	}
	e.crc = sum.Sum32()
	return e, nil
}

// writeArchive writes entries as a ZIP file without compression, times or attributes: the same entries give the same bytes.
func writeArchive(out io.Writer, entries []entry, done func()) error {
	z := zip.NewWriter(out)
	for _, e := range entries {
		w, err := z.CreateRaw(&zip.FileHeader{Name: e.name, Method: zip.Store, Flags: 0x800, CRC32: e.crc, CompressedSize64: uint64(e.size), UncompressedSize64: uint64(e.size)})
		if err != nil {
			return err
		}
		in, err := e.open()
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		if closed := in.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
		if done != nil {
			done()
		}
	}
	return z.Close()
}

// WriteDossier writes the archive of a manifest: manifest and seal first, then the items in the order of the manifest. done is
// called after each file.
func WriteDossier(out io.Writer, manifest, seal []byte, items []Item, contents map[string]Content, done func()) error {
	all := []entry{}
	for _, head := range []struct {
		name string
		text []byte
	}{{ManifestName, manifest}, {SealName, seal}} {
		e, err := measure(head.name, InMemory(head.text))
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	for _, i := range items {
		open, ok := contents[i.Path]
		if !ok {
			return &MissingError{Path: i.Path}
		}
		e, err := measure(i.Path, open)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	return writeArchive(out, all, done)
}

// MissingError names an item without a content.
type MissingError struct{ Path string }

func (e *MissingError) Error() string { return "no content for " + e.Path }
