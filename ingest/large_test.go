package ingest

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"xiezhi/models"
)

// largeRows is how many rows the large files have: XIEZHI_LARGE, else few enough for every push.
func largeRows() int {
	if n, err := strconv.Atoi(os.Getenv("XIEZHI_LARGE")); err == nil && n > 0 {
		return n
	}
	return 150_000
}

// memoryLimit is what a reader may take at any size of the file, with the program itself.
const memoryLimit = 200 << 20

// largeFiles write files of a size that does not fit into memoryLimit when it is held whole.
var largeFiles = map[string]func(w io.Writer, n int) error{
	"companies.csv": func(w io.Writer, n int) error {
		out := bufio.NewWriter(w)
		fmt.Fprintln(out, "uscc,name,address")
		for i := range n {
			fmt.Fprintf(out, "C-%d,公司%d,%s\n", i, i, strings.Repeat("长", 100))
			if i == n/2 {
				fmt.Fprintf(out, "C-X,%s,x\n", strings.Repeat("y", 40<<20))
			}
		}
		return out.Flush()
	},
	"companies.json": func(w io.Writer, n int) error {
		out := bufio.NewWriter(w)
		fmt.Fprint(out, `{"list":[`)
		for i := range n {
			fmt.Fprintf(out, `{"uscc":"C-%d","name":"公司%d","address":"%s"},`, i, i, strings.Repeat("长", 100))
		}
		fmt.Fprintf(out, `{"uscc":"C-X","name":"%s"}]}`, strings.Repeat("y", 40<<20))
		return out.Flush()
	},
	"companies.xlsx": largeBook,
	"companies.parquet": func(w io.Writer, n int) error {
		type row struct {
			USCC    string `parquet:"uscc"`
			Name    string `parquet:"name"`
			Address string `parquet:"address"`
		}
		out := parquet.NewGenericWriter[row](w, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(20_000))
		for i := range n {
			if _, err := out.Write([]row{{fmt.Sprintf("C-%d", i), fmt.Sprintf("公司%d", i), strings.Repeat("长", 100) + strconv.Itoa(i)}}); err != nil {
				return err
			}
		}
		return out.Close()
	},
}

// largeBook writes a workbook whose shared strings do not fit into memory, and a cell of 40 MiB.
func largeBook(w io.Writer, n int) error {
	const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	z := zip.NewWriter(w)
	part := func(name string, write func(out *bufio.Writer)) error {
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(w)
		write(out)
		return out.Flush()
	}
	text := func(s string) func(*bufio.Writer) { return func(out *bufio.Writer) { _, _ = out.WriteString(s) } }
	return errors.Join(
		part("_rels/.rels", text(`<Relationships><Relationship Id="r1" Type="`+types+`officeDocument" Target="xl/workbook.xml"/></Relationships>`)),
		part("xl/workbook.xml", text(`<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`)),
		part("xl/_rels/workbook.xml.rels", text(`<Relationships><Relationship Id="r1" Type="`+types+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="`+types+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`)),
		part("xl/sharedStrings.xml", func(out *bufio.Writer) {
			_, _ = out.WriteString("<sst>")
			for i := range n {
				fmt.Fprintf(out, "<si><t>公司%d%x%s</t></si>", i, uint64(i)*0x9e3779b97f4a7c15, strings.Repeat("长", 60))
			}
			_, _ = out.WriteString("</sst>")
		}),
		part("xl/worksheets/sheet1.xml", func(out *bufio.Writer) {
			_, _ = out.WriteString(`<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>uscc</t></is></c><c t="inlineStr"><is><t>name</t></is></c></row>`)
			for i := range n {
				fmt.Fprintf(out, `<row r="%d"><c t="inlineStr"><is><t>C-%x</t></is></c><c t="s"><v>%d</v></c></row>`, i+2, uint64(i)*0x9e3779b97f4a7c15, i)
			}
			fmt.Fprintf(out, `<row r="%d"><c t="inlineStr"><is><t>C-X</t></is></c><c t="inlineStr"><is><t>`, n+2)
			for i := range 4 << 20 {
				fmt.Fprintf(out, "%010x", uint64(i)*0x9e3779b97f4a7c15>>24)
			}
			_, _ = out.WriteString(`</t></is></c></row></sheetData></worksheet>`)
		}), z.Close())
}

// A reader takes no more than 200 MiB whatever the size of the file: each is read by a process of its own, whose peak is measured.
func TestLargeFilesStayWithinBounds(t *testing.T) {
	n := largeRows()
	for name, write := range largeFiles {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			f, err := os.Create(path)
			if err == nil {
				err = errors.Join(write(f, n), f.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
			stat, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReadLargeChild$", "-test.v")
			child.Env = append(os.Environ(), "XIEZHI_READ_LARGE="+path, "GOMEMLIMIT=150MiB")
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var rows, refused, peak int
			for line := range strings.Lines(string(out)) {
				if _, found, ok := strings.Cut(line, "read: "); ok {
					_, err = fmt.Sscanf(found, "%d rows, %d refused, %d KiB", &rows, &refused, &peak)
				}
			}
			want := map[string]int{"companies.parquet": 0}
			wantRefused, special := want[name]
			if !special {
				wantRefused = 1
			}
			if err != nil || rows != n || refused != wantRefused {
				t.Errorf("%d rows, %d refused: %v\n%s", rows, refused, err, out)
			}
			if peak<<10 > memoryLimit {
				t.Errorf("%d MiB for a file of %d MiB", peak>>10, stat.Size()>>20)
			}
			t.Logf("%d rows of %d MiB within %d MiB", rows, stat.Size()>>20, peak>>10)
		})
	}
}

// TestReadLargeChild reads the file that its parent names, and says how much memory the process took at most.
func TestReadLargeChild(t *testing.T) {
	path := os.Getenv("XIEZHI_READ_LARGE")
	if path == "" {
		t.Skip("it is run by TestLargeFilesStayWithinBounds")
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Table: models.TableCompanies}
	if f.Format == JSON {
		m := mappingOf(t, "table: companies\ncolumns: {uscc: uscc, name: name, address: address}\neach: list\n")
		opts = Options{Mapping: m}
	}
	r, err := f.Reader(opts)
	if err != nil {
		t.Fatal(err)
	}
	rows, refused := 0, 0
	for _, no := range r.Rows(context.Background()) {
		if no != nil {
			refused++
			continue
		}
		rows++
	}
	if err := errors.Join(r.Err(), r.Close()); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skipf("the system does not say what a process took at most: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Printf("read: %d rows, %d refused, %s KiB\n", rows, refused, strings.Fields(kib)[0])
		}
	}
}
