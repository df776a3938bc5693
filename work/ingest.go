package work

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"xiezhi/ingest"
	"xiezhi/models"
)

// IngestOptions says what to load. Mapping is the path of a mapping file, the name of a shipped one, or the number or name of a saved one; Source and Division fall
// back to the mapping's and then to the desk's defaults.
type IngestOptions struct {
	Paths    []string
	Table    models.Table
	Mapping  string
	Source   string
	Division string
	DryRun   bool
	Progress Progress
}

// IngestReport is what a load did, in the form of the public contract.
type IngestReport struct {
	Batch   string       `json:"batch"`
	Files   []FileReport `json:"files"`
	Seconds float64      `json:"seconds"`
}

// FileReport is what happened to one file; Error is the message key for a file that could not be read at all.
type FileReport struct {
	Name      string     `json:"name"`
	Table     string     `json:"table"`
	Accepted  int64      `json:"accepted"`
	Unchanged int64      `json:"unchanged"`
	Refused   int64      `json:"refused"`
	Error     string     `json:"error,omitempty"`
	Errors    []RowError `json:"errors"`
	Warnings  []Notice   `json:"warnings,omitempty"`
}

// Notice is something about a file that loses no row; Reason is worded by the caller from Key and Args.
type Notice struct {
	Reason string            `json:"reason"`
	Key    string            `json:"-"`
	Args   map[string]string `json:"-"`
}

// warn notes what a reader noticed.
func (f *FileReport) warn(list []ingest.Warning) {
	for _, w := range list {
		f.Warnings = append(f.Warnings, Notice{Key: w.Key, Args: w.Args})
	}
}

// RowError is one refused row; Reason is worded by the caller from Key and Args.
type RowError struct {
	Line   int64             `json:"line"`
	Column string            `json:"column"`
	Reason string            `json:"reason"`
	Key    string            `json:"-"`
	Args   map[string]string `json:"-"`
}

// name notes a refused row, up to a limit.
func (f *FileReport) name(line int64, column, key string, args map[string]string) {
	if len(f.Errors) < maxErrors {
		f.Errors = append(f.Errors, RowError{Line: line, Column: column, Key: key, Args: args})
	}
}

// maxErrors is how many refused rows of a file a report names; the batch holds them all.
const maxErrors = 100

// Refused says whether some row or file was not taken.
func (r IngestReport) Refused() bool {
	return slices.ContainsFunc(r.Files, func(f FileReport) bool { return f.Refused > 0 || f.Error != "" })
}

// Unreadable says whether not one file could be read.
func (r IngestReport) Unreadable() bool {
	return !slices.ContainsFunc(r.Files, func(f FileReport) bool { return f.Error == "" })
}

// ErrUnknownTable is returned where a file names no table and none was given.
var ErrUnknownTable = errors.New("the table is not known: give --table or a mapping, or name the file after a table")

// DefaultSource is the source of rows that name none.
const DefaultSource = "MANUAL"

type input struct {
	path  string
	name  string // as the batch calls it
	table models.Table
	file  *ingest.File
	err   error
}

// Ingest loads files in the order in which their tables depend on each other.
func (d *Desk) Ingest(ctx context.Context, actor models.Actor, opts IngestOptions) (IngestReport, error) {
	started := time.Now()
	mapping, digest, err := d.findMapping(ctx, opts.Mapping)
	if err != nil {
		return IngestReport{}, err
	}
	if mapping != nil {
		if opts.Source == "" {
			opts.Source = mapping.Source
		}
		if opts.Table == "" {
			opts.Table = mapping.Table
		}
	}
	if opts.Source == "" {
		opts.Source = DefaultSource
	}
	inputs, away, err := openAll(opts, mapping)
	defer away()
	if err != nil {
		return IngestReport{}, err
	}
	plan := models.BatchPlan{Source: opts.Source, Division: opts.Division}
	for _, in := range inputs {
		f := models.BatchFile{Name: in.name, Table: in.table, Mapping: digest}
		if in.file != nil {
			f.SHA256, f.Size = in.file.SHA256, in.file.Size
		}
		plan.Files = append(plan.Files, f)
	}
	if opts.DryRun {
		rep, err := dryRun(ctx, inputs, mapping)
		rep.Seconds = time.Since(started).Seconds()
		return rep, err
	}
	b, err := d.Store.BeginBatch(ctx, actor, plan)
	if err != nil {
		return IngestReport{}, err
	}
	rep := IngestReport{Batch: b.Ref}
	loader := d.Store.NewLoader(actor, &b)
	for i, in := range inputs {
		fr, err := d.ingestFile(ctx, actor, loader, &b, &b.Files[i], in, mapping, opts.Progress)
		if err != nil {
			return rep, fmt.Errorf("ingest %s: %w", in.path, err)
		}
		rep.Files = append(rep.Files, fr)
	}
	if err := d.Store.FinishBatch(ctx, actor, &b); err != nil {
		return rep, err
	}
	rep.Seconds = time.Since(started).Seconds()
	return rep, nil
}

func baseName(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			return path[i+1:]
		}
	}
	return path
}

// openAll opens what is to be loaded, archives member by member; away removes what was unpacked for it, also after an error.
func openAll(opts IngestOptions, mapping *ingest.Mapping) (inputs []input, away func(), err error) {
	var folders []string
	away = func() {
		for _, dir := range folders {
			_ = os.RemoveAll(dir) // it lies in the system's folder for temporary files
		}
	}
	member := ""
	if mapping != nil {
		member = mapping.Format.Member
	}
	for _, p := range opts.Paths {
		dir, err := os.MkdirTemp("", "xiezhi-members-")
		if err != nil {
			return nil, away, fmt.Errorf("make a folder for the members of %s: %w", p, err)
		}
		folders = append(folders, dir)
		list, is, err := ingest.Unpack(p, member, dir)
		if !is {
			list = []ingest.Member{{Name: baseName(p), Path: p}}
		}
		if err != nil {
			inputs = append(inputs, input{path: p, name: baseName(p), table: opts.Table, err: err})
			continue
		}
		for _, m := range list {
			in := input{path: m.Path, name: m.Name, table: opts.Table}
			if in.table == "" {
				in.table = ingest.TableOf(baseName(m.Path))
			}
			if is && in.table == "" && member == "" && len(list) > 1 {
				continue // of an archive without a mapping the members count that are named after tables
			}
			if !slices.Contains(models.Tables(), in.table) {
				return nil, away, fmt.Errorf("%s: %w", m.Name, ErrUnknownTable)
			}
			in.file, in.err = ingest.Open(m.Path)
			inputs = append(inputs, in)
		}
	}
	if len(inputs) == 0 {
		return nil, away, ErrUnknownTable
	}
	ingest.Order(inputs, func(in input) models.Table { return in.table })
	return inputs, away, nil
}

func (d *Desk) ingestFile(ctx context.Context, actor models.Actor, loader *models.Loader, b *models.Batch, bf *models.BatchFile, in input,
	mapping *ingest.Mapping, progress Progress) (FileReport, error) {
	fr := FileReport{Name: bf.Name, Table: string(bf.Table), Errors: []RowError{}}
	if bf.Status == "done" {
		fr.Accepted, fr.Unchanged, fr.Refused = bf.Accepted, bf.Unchanged, bf.Refused
		return fr, nil
	}
	unreadable := func(err error) (FileReport, error) {
		key, ok := fileKey(err)
		if !ok {
			return fr, err
		}
		fr.Error = key
		return fr, d.Store.FinishFile(ctx, actor, b, bf, key)
	}
	if in.err != nil {
		return unreadable(in.err)
	}
	r, err := in.file.Reader(ingest.Options{Table: in.table, Mapping: mapping, After: bf.Line})
	if err != nil {
		return unreadable(err)
	}
	defer r.Close()
	if bf.Header == "" {
		bf.Header = shapeText(r.Shape())
	}
	if err := d.pump(ctx, r, loader, bf, &fr, progress); err != nil {
		return fr, err
	}
	fr.warn(r.Warnings())
	bf.Header = shapeText(r.Shape())
	fr.Accepted, fr.Unchanged, fr.Refused = bf.Accepted, bf.Unchanged, bf.Refused
	if err := r.Err(); err != nil {
		return unreadable(err)
	}
	return fr, d.Store.FinishFile(ctx, actor, b, bf, "")
}

// fileKey gives the message key of an error that makes a file unreadable as a whole.
func fileKey(err error) (string, bool) {
	var fe *ingest.FileError
	if errors.As(err, &fe) {
		return fe.Key, true
	}
	var me *ingest.MappingError
	if errors.As(err, &me) {
		return me.Key, true
	}
	return "", false
}

func dryRun(ctx context.Context, inputs []input, mapping *ingest.Mapping) (IngestReport, error) {
	var rep IngestReport
	for _, in := range inputs {
		fr := FileReport{Name: in.name, Table: string(in.table), Errors: []RowError{}}
		err := in.err
		if err == nil {
			err = dryRead(ctx, in, mapping, &fr)
		}
		if key, ok := fileKey(err); ok {
			fr.Error = key
		} else if err != nil {
			return rep, err
		}
		rep.Files = append(rep.Files, fr)
	}
	return rep, nil
}

func dryRead(ctx context.Context, in input, mapping *ingest.Mapping, fr *FileReport) error {
	r, err := in.file.Reader(ingest.Options{Table: in.table, Mapping: mapping})
	if err != nil {
		return err
	}
	defer r.Close()
	for _, no := range r.Rows(ctx) {
		if no == nil {
			fr.Accepted++
			continue
		}
		fr.Refused++
		fr.name(no.Line, no.Column, no.Key, no.Args)
	}
	fr.warn(r.Warnings())
	return r.Err()
}
