package ingest

import (
	"errors"
	"strings"
)

// indexMost bounds the memory that an index takes; a file with more keys cannot be read with one.
const indexMost = 1 << 20

// readIndex reads the file to its end once and notes, for the key of every record, what the mapping wants to know of it. Records
// that cannot be taken apart are passed over: they are refused when the rows are read.
func (f *File) readIndex(p preparation) (found map[string]string, err error) {
	r := &Reader{name: f.Name, format: f.Format, strange: map[string]bool{}, close: func() error { return nil }}
	whole := *p.mapping
	whole.Each = ""
	index := p.mapping.Index
	p.mapping = &whole
	n, err := r.beginFile(f, p)
	defer func() { err = errors.Join(err, r.close()) }()
	if err != nil {
		return nil, err
	}
	key, value := n.origin(index.Key), n.origin(index.Value)
	if n.missing != "" {
		return nil, fileError(f.Name, "ingest.file.missing_column", nil, "column", Escape(n.missing))
	}
	if src, ok := r.src.(*parquetSource); ok {
		if err := src.use(r, n.used); err != nil {
			return nil, err
		}
	}
	found = map[string]string{}
	for {
		rec, ok := r.src.next()
		if !ok {
			break
		}
		r.eval.rec = &rec
		if !rec.fault.ok() {
			continue
		}
		k, p1 := key.value(&r.eval)
		v, p2 := value.value(&r.eval)
		if k, v = strings.TrimSpace(k), strings.TrimSpace(v); !p1.ok() || !p2.ok() || k == "" {
			continue
		}
		if words := index.Words; words != nil {
			if v = words[v]; v == "" {
				continue
			}
		}
		if found[k] = v; len(found) > indexMost || len(k) > headBytes {
			return nil, fileError(f.Name, "ingest.file.too_many", nil)
		}
	}
	if err := r.src.fail(); err != nil {
		return nil, fileError(f.Name, "ingest.file.unreadable", err)
	}
	return found, nil
}
