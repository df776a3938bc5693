package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"xiezhi/ingest"
	"xiezhi/models"
)

// findMapping finds a mapping by what a command or a connector calls it: a saved one by its number, a file, a shipped one, a saved one by
// its name. The label says in the batch which it was.
func (d *Desk) findMapping(ctx context.Context, name string) (m *ingest.Mapping, label string, err error) {
	if name == "" {
		return nil, "", nil
	}
	if strings.HasPrefix(name, "DY-") {
		return d.savedMapping(ctx, name)
	}
	body, err := os.ReadFile(name)
	if err == nil {
		one, err := ingest.LoadMapping(strings.NewReader(string(body)))
		if err != nil {
			return nil, "", fmt.Errorf("mapping %s: %w", name, err)
		}
		sum := sha256.Sum256(body)
		return &one, hex.EncodeToString(sum[:]), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, "", fmt.Errorf("read mapping: %w", err)
	}
	if slices.Contains(ingest.ShippedNames(), name) {
		one, err := ingest.Shipped(name)
		return &one, "shipped:" + name, err
	}
	if m, label, err = d.savedMapping(ctx, name); models.KindOf(err) == models.KindNotFound {
		return nil, "", fmt.Errorf("no mapping file, no shipped and no saved mapping %q: %w", name, err)
	}
	return m, label, err
}

// savedMapping gives the newest version of a saved mapping.
func (d *Desk) savedMapping(ctx context.Context, name string) (*ingest.Mapping, string, error) {
	saved, err := d.Store.MappingForLoad(ctx, name)
	if err != nil {
		return nil, "", err
	}
	version, ok := saved.Version(saved.Latest)
	if !ok {
		return nil, "", models.NotFound("mapping")
	}
	m, err := ingest.LoadMapping(strings.NewReader(version.Body))
	if err != nil {
		return nil, "", fmt.Errorf("mapping %s version %d: %w", saved.Ref, version.Number, err)
	}
	return &m, saved.Ref + "#" + strconv.Itoa(version.Number), nil
}

// Preview is what a mapping makes of the beginning of a file.
type Preview struct {
	Columns  []ingest.CanonicalColumn // those that the mapping fills
	Rows     []PreviewRow
	Accepted int
	Refused  int
	Whole    bool // the file ended within what was looked at
	Key      string
	Args     map[string]string // of Key: why the file, or the mapping, cannot be used at all
	Warnings []Notice
}

// PreviewRow is one row as it would be stored, or as it stood and why it is refused.
type PreviewRow struct {
	Line     int64
	Cells    []string
	Raw      string
	Problems []ingest.Problem
}

const (
	previewRecords = 2000
	previewRows    = 12
	previewRefused = 12
)

// PreviewFile reads the beginning of a file with a mapping and stores nothing: the first rows, and the first of those that are refused.
func PreviewFile(ctx context.Context, path string, m *ingest.Mapping) (Preview, error) {
	var p Preview
	f, err := ingest.Open(path)
	if err != nil {
		return p.broken(err)
	}
	r, err := f.Reader(ingest.Options{Mapping: m})
	if err != nil {
		return p.broken(err)
	}
	for _, c := range ingest.ColumnsOf(r.Table()) {
		if _, used := m.Columns[c.Name]; used {
			p.Columns = append(p.Columns, c)
		}
	}
	p.Whole = true
	for row, no := range r.Rows(ctx) {
		if p.Accepted+p.Refused >= previewRecords {
			p.Whole = false
			break
		}
		if no != nil {
			if p.Refused++; p.Refused <= previewRefused {
				first := ingest.Problem{Column: no.Column, Value: no.Value, Key: no.Key, Args: no.Args}
				p.Rows = append(p.Rows, PreviewRow{Line: no.Line, Raw: ingest.Escape(no.Raw), Problems: append([]ingest.Problem{first}, no.Others...)})
			}
			continue
		}
		if p.Accepted++; p.Accepted <= previewRows {
			p.Rows = append(p.Rows, PreviewRow{Line: row.Line, Cells: ingest.Cells(row, p.Columns)})
		}
	}
	for _, w := range r.Warnings() {
		p.Warnings = append(p.Warnings, Notice{Key: w.Key, Args: w.Args})
	}
	err = errors.Join(r.Err(), r.Close())
	if err != nil {
		return p.broken(err)
	}
	return p, nil
}

// broken notes why nothing can be read; what is not the file's or the mapping's fault stays an error.
func (p *Preview) broken(err error) (Preview, error) {
	var fe *ingest.FileError
	var me *ingest.MappingError
	switch {
	case errors.As(err, &fe):
		p.Key, p.Args = fe.Key, fe.Args
	case errors.As(err, &me):
		p.Key, p.Args = me.Key, me.Args
	default:
		return *p, err
	}
	return *p, nil
}
