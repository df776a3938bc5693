package ingest

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"xiezhi/models"
)

// Mapping turns a foreign table into a canonical one. LoadMapping makes one from YAML.
type Mapping struct {
	Table    models.Table
	Source   string      // the source of rows that name none; empty: the batch's
	Division string      // the division of rows that have none; empty: the batch's
	Date     models.Date // the day the file speaks of: observed_at of rows without a time of their own
	Format   Layout
	Columns  map[string]Column // by canonical column
	Where    []Filter          // a record must pass all
	Each     string            // the JSON path whose elements are the rows
	Distinct bool              // rows equal to one already yielded are passed over
	Index    *Index            // what the file says elsewhere of the things that its records refer to
}

// Index is looked up by columns of the kind index: it holds, for the key of every record of the file, what Value names, after Words.
type Index struct {
	Key, Value string
	Words      map[string]string // the values that count; nil: all, as they stand
}

// Layout is how the foreign file is written.
type Layout struct {
	Delimiter byte   // 0: comma, or tab in .tsv
	Headless  bool   // no header line; columns are $1, $2, ...
	Encoding  string // empty: found out; utf-8 or gb18030
	Sheet     string // of a workbook: its name; empty or *: every sheet that is shown and has the columns
	HeaderRow int    // the row whose names are the columns, from 1; 0: found in a workbook, the first elsewhere
	Member    string // of an archive: the pattern of the members that are read, as path.Match has it, for the last part of their names
	Zone      *time.Location
}

// Column says how one canonical column comes about.
type Column struct {
	Column    string // a source column, or a path in JSON
	Template  string
	Value     string
	Fixed     bool // Value is meant, even where it is empty
	Scale     string
	Round     Rounding
	Digits    int // decimals after rounding; -1: those of the canonical column
	Layouts   []string
	Epoch     string
	Step      time.Duration
	RowNumber bool
	Hash      []string
	Slug      string
	Lookup    map[string]string
	Default   string
	HasElse   bool // Default was given
	Division  string
	Index     string  // a source column whose value is looked up in the mapping's index
	Contains  []Word  // the first whose text is part of the value gives the value
	Loose     bool    // the value is read as people write it: numbers with separators and units, identifiers with blanks
	Else      *Column // where this one is empty
}

// Word gives a canonical value to texts that hold another.
type Word struct{ Text, Value string }

// Filter lets records pass whose column holds one of the values of In, none of those of Not, or anything where Filled.
type Filter struct {
	Column string
	In     []string
	Not    []string
	Filled bool
}

// MappingError says what is wrong with a mapping: the line in the file (0: the whole), a message key and its arguments.
type MappingError struct {
	Line int
	Key  string
	Args map[string]string
}

// Error names line and key, for logs.
func (e *MappingError) Error() string {
	return fmt.Sprintf("mapping line %d: %s %v", e.Line, e.Key, e.Args)
}

//go:embed mappings/*.yaml
var shipped embed.FS

// Shipped gives the ready mapping of that name, as in mappings/NAME.yaml.
func Shipped(name string) (Mapping, error) {
	f, err := shipped.Open("mappings/" + name + ".yaml")
	if err != nil {
		return Mapping{}, fmt.Errorf("open shipped mapping %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	m, err := LoadMapping(f)
	if err != nil {
		return Mapping{}, fmt.Errorf("shipped mapping %s: %w", name, err)
	}
	return m, nil
}

// ShippedAbout gives what the ready mapping of that name says of itself in its first lines.
func ShippedAbout(name string) string {
	b, err := shipped.ReadFile("mappings/" + name + ".yaml")
	if err != nil {
		return ""
	}
	var about []string
	for line := range strings.Lines(string(b)) {
		text, comment := strings.CutPrefix(line, "#")
		if !comment {
			break
		}
		about = append(about, strings.TrimSpace(text))
	}
	return strings.Join(about, " ")
}

// ShippedNames lists the ready mappings.
func ShippedNames() []string {
	files, err := fs.Glob(shipped, "mappings/*.yaml")
	if err != nil {
		return nil
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}
