package simulate

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Summary counts the rows written per file, those beside the canonical tables included.
type Summary struct {
	Rows map[string]int
}

// sheet is one file being written. The first error stays and is told at close.
type sheet struct {
	name string
	file *os.File
	out  *bufio.Writer
	rows int
	err  error
}

// columns of each file, in the order in which files are made.
func columns() [][]string {
	return [][]string{
		{"institutions", "code", "name", "kind", "division_code", "source", "observed_at"},
		{"companies", "uscc", "name", "kind", "industry_code", "division_code", "address", "registered_capital",
			"paid_capital", "established_on", "status", "business_scope", "website", "phone", "insured_staff",
			"abnormal_listed_on", "source", "observed_at"},
		{"persons", "id", "name", "division_code", "birth_year", "source", "observed_at"},
		{"accounts", "number", "institution_code", "holder", "class", "opened_on", "status", "division_code", "phone",
			"source", "observed_at"},
		{"licences", "company", "kind", "number", "issued_by", "valid_from", "valid_until", "source", "observed_at"},
		{"products", "id", "company", "name", "area", "promised_yield", "yield_period", "term_days", "investors", "raised",
			"guaranteed", "channel", "url", "text", "source", "observed_at"},
		{"relations", "from", "to", "kind", "ratio", "amount", "since_on", "until_on", "source", "observed_at"},
		{"transfers", "id", "from_account", "to_account", "amount", "currency", "at", "channel", "device", "memo", "source"},
		{"signals", "subject", "kind", "at", "count", "amount", "text", "url", "severity", "ref", "source", "observed_at"},
		{"labels", "scheme", "typology", "subject", "is_bad"},
		{"first_fact", "scheme", "observed_at"},
		{"chain", "step", "subject"},
	}
}

// sheets are all files of one province.
type sheets map[string]*sheet

func openSheets(dir string) (sheets, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("simulate into %s: %w", dir, err)
	}
	all := sheets{}
	for _, c := range columns() {
		f, err := os.Create(filepath.Join(dir, c[0]+".csv"))
		if err != nil {
			_, _ = all.close()
			return nil, fmt.Errorf("simulate into %s: %w", dir, err)
		}
		s := &sheet{name: c[0], file: f, out: bufio.NewWriterSize(f, 128<<10)}
		s.row(c[1:]...)
		s.rows = 0
		all[c[0]] = s
	}
	return all, nil
}

// row writes the cells as CSV.
func (s *sheet) row(cells ...string) {
	for i, c := range cells {
		if i > 0 {
			s.byte(',')
		}
		if strings.ContainsAny(c, ",\"\r\n") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		s.text(c)
	}
	s.byte('\n')
	s.rows++
}

// raw writes a line that is CSV already.
func (s *sheet) raw(line []byte) {
	if _, err := s.out.Write(line); err != nil && s.err == nil {
		s.err = err
	}
	s.rows++
}

func (s *sheet) text(c string) {
	if _, err := s.out.WriteString(c); err != nil && s.err == nil {
		s.err = err
	}
}

func (s *sheet) byte(c byte) {
	if err := s.out.WriteByte(c); err != nil && s.err == nil {
		s.err = err
	}
}

func (all sheets) close() (Summary, error) {
	sum := Summary{Rows: map[string]int{}}
	var first error
	for _, c := range columns() {
		s := all[c[0]]
		if s == nil {
			continue
		}
		for _, err := range []error{s.err, s.out.Flush(), s.file.Close()} {
			if err != nil && first == nil {
				first = fmt.Errorf("write %s: %w", s.name, err)
			}
		}
		sum.Rows[s.name] = s.rows
	}
	return sum, first
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// yuan writes fen as currency units.
func yuan(fen int64) string { return string(appendYuan(nil, fen)) }

func appendYuan(b []byte, fen int64) []byte {
	b = strconv.AppendInt(b, fen/100, 10)
	return append(b, '.', byte('0'+fen%100/10), byte('0'+fen%10))
}
