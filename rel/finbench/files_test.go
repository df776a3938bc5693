package finbench

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shared is the example data of the benchmark, which stands beside the project.
const shared = "../../../shared/data/finbench-sample/data.tar.gz"

// rows are the lines of one file, by column.
type rows struct {
	columns []string
	lines   [][]string
}

func (r rows) each(see func(get func(column string) string)) {
	for _, line := range r.lines {
		see(func(column string) string {
			i := slices.Index(r.columns, column)
			if i < 0 {
				panic("no column " + column + " in " + strings.Join(r.columns, "|"))
			}
			return line[i]
		})
	}
}

// archive is a set of files by the name of their member without its folder, in the order in which they lie in it.
type archive struct {
	names []string
	files map[string]rows
}

func readArchive(t testing.TB, file string) archive {
	t.Helper()
	h, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	z, err := gzip.NewReader(h)
	if err != nil {
		t.Fatal(err)
	}
	a := archive{files: map[string]rows{}}
	for in := tar.NewReader(z); ; {
		m, err := in.Next()
		if errors.Is(err, io.EOF) {
			return a
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.Typeflag != tar.TypeReg || !strings.HasSuffix(m.Name, ".csv") || strings.Contains(m.Name, "read_params") {
			continue
		}
		var r rows
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			cells := strings.Split(lines.Text(), "|")
			if r.columns == nil {
				r.columns = cells
			} else {
				r.lines = append(r.lines, cells)
			}
		}
		if lines.Err() != nil {
			t.Fatal(lines.Err())
		}
		name := path.Base(m.Name)
		a.names = append(a.names, name)
		a.files[name] = r
	}
}

// write makes an archive as the example data are one.
func (a archive) write(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "data.tar.gz")
	h, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(h)
	w := tar.NewWriter(z)
	for _, member := range a.names {
		var text strings.Builder
		text.WriteString(strings.Join(a.files[member].columns, "|") + "\n")
		for _, line := range a.files[member].lines {
			text.WriteString(strings.Join(line, "|") + "\n")
		}
		err = errors.Join(err, w.WriteHeader(&tar.Header{Name: "data/" + member, Mode: 0o600, Size: int64(text.Len()), Typeflag: tar.TypeReg}))
		_, e := w.Write([]byte(text.String()))
		err = errors.Join(err, e)
	}
	if err = errors.Join(err, w.Close(), z.Close(), h.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}
