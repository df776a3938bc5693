package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xiezhi/models"
)

// workbook writes one with an independent library; the first sheet is called Sheet1.
func workbook(t testing.TB, fill func(f *excelize.File) error) string {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rowsOf(f *excelize.File, sheet string, rows ...[]any) error {
	if n, _ := f.GetSheetIndex(sheet); n < 0 {
		if _, err := f.NewSheet(sheet); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return nil
}

func load(t testing.TB, name, content string, opts Options) ([]string, []Refusal, *Reader) {
	t.Helper()
	f, err := Open(write(t, name, content))
	if err != nil {
		t.Fatal(name, err)
	}
	r, err := f.Reader(opts)
	if err != nil {
		t.Fatal(name, err)
	}
	rows, refusals := collect(t, r)
	if err := errors.Join(r.Err(), r.Close()); err != nil {
		t.Fatal(name, err)
	}
	var list []string
	for _, row := range rows {
		list = append(list, fmt.Sprintf("%d %s %s %s", row.Line, row.Company.USCC, row.Company.Name, row.Company.EstablishedOn))
	}
	return list, refusals, r
}

const companyLines = "uscc,name,established_on\nC1,甲公司,2020-01-02\nC2,乙公司,2021-03-04\n"

// The same facts come out of every format.
func TestEveryFormatGivesTheSameRows(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(companyLines)
	if err != nil {
		t.Fatal(err)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(companyLines)
	if err != nil {
		t.Fatal(err)
	}
	book := workbook(t, func(f *excelize.File) error {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		return errors.Join(err, rowsOf(f, "Sheet1", []any{"uscc", "name", "established_on"}, []any{"C1", "甲公司", 43832}, []any{"C2", "乙公司", "2021-03-04"}), f.SetCellStyle("Sheet1", "C2", "C2", day))
	})
	objects := []string{`{"uscc":"C1","name":"甲公司","established_on":"2020-01-02"}`, `{"uscc":"C2","name":"乙公司","established_on":"2021-03-04"}`}
	for name, text := range map[string]string{"companies.csv": companyLines, "companies.mark.csv": byteOrderMk + companyLines, "companies.gb.csv": gb, "companies.wide.csv": utf16,
		"companies.xlsx": book, "companies.book.csv": book, "companies.parquet": parquetCompanies(t), "companies.jsonl": objects[0] + "\n" + objects[1], "companies.json": "[" + objects[0] + ",\n" + objects[1] + "]",
		"companies.line.json": objects[0] + objects[1], "companies.wide.json": strings.ReplaceAll(objects[0]+objects[1], ",", ",\n")} {
		for _, zipped := range []bool{false, true} {
			if zipped {
				name, text = name+".gz", packed(t, text)
			}
			rows, refusals, _ := load(t, name, text, Options{})
			for i := range rows {
				_, rows[i], _ = strings.Cut(rows[i], " ")
			}
			if want := []string{"C1 甲公司 2020-01-02", "C2 乙公司 2021-03-04"}; !slices.Equal(rows, want) || len(refusals) > 0 {
				t.Errorf("%s: %q, refused %q", name, rows, keysOf(refusals))
			}
		}
	}
}

func parquetCompanies(t testing.TB) string {
	type company struct {
		USCC string `parquet:"uscc"`
		Name string `parquet:"name,dict"`
		On   int32  `parquet:"established_on,date"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[company](&b, parquet.Compression(&parquet.Snappy))
	if _, err := w.Write([]company{{"C1", "甲公司", 18263}, {"C2", "乙公司", 18690}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func mappingOf(t testing.TB, text string) *Mapping {
	t.Helper()
	m, err := LoadMapping(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

// A workbook as offices write them: a title, a header of two rows with merged cells, a total at the end, a sheet for each month, notes.
func TestWorkbookAsOfficesWriteThem(t *testing.T) {
	book := workbook(t, func(f *excelize.File) error {
		day, err := f.NewStyle(&excelize.Style{NumFmt: 31})
		body := func(sheet string, first int) error {
			return errors.Join(rowsOf(f, sheet, []any{"企业名单", nil, nil, nil}, []any{"制表：某某局"}, []any{"序号", "企业信息", nil, "注册资本\n（万元）", "成立日期"}, []any{nil, "名称", "代码"},
				[]any{first, "甲公司", fmt.Sprintf("C%d", first), 1200.5, 43832}, []any{}, []any{first + 1, "乙公司", fmt.Sprintf("C%d", first+1), "1,000万元", "2021年3月4日"},
				[]any{"合计", nil, nil, 2200.5}),
				f.MergeCell(sheet, "A1", "E1"), f.MergeCell(sheet, "A3", "A4"), f.MergeCell(sheet, "B3", "C3"), f.MergeCell(sheet, "D3", "D4"), f.MergeCell(sheet, "E3", "E4"), f.SetCellStyle(sheet, "E5", "E5", day))
		}
		return errors.Join(err, body("Sheet1", 1), body("二月", 3), body("旧", 5), f.SetSheetVisible("旧", false), rowsOf(f, "说明", []any{"本表仅供参考"}))
	})
	m := mappingOf(t, `
table: companies
columns:
  uscc: 企业信息/代码
  name: 企业信息/名称
  registered_capital: {column: 注册资本（万元）, scale: "10000", loose: true, round: half_even}
  established_on: {column: 成立日期, layout: auto}
where: [{column: 序号, not: [合计]}]
`)
	rows, refusals, r := load(t, "名单.xlsx", book, Options{Mapping: m})
	want := []string{"5 C1 甲公司 2020-01-02", "7 C2 乙公司 2021-03-04", "10000005 C3 甲公司 2020-01-02", "10000007 C4 乙公司 2021-03-04"}
	if !slices.Equal(rows, want) || len(refusals) > 0 {
		t.Errorf("%q, refused %q", rows, keysOf(refusals))
	}
	var warned []string
	for _, w := range r.Warnings() {
		warned = append(warned, strings.TrimPrefix(w.Key, "ingest.warning.")+" "+w.Args["sheet"])
	}
	if !slices.Equal(warned, []string{"hidden_sheet 旧", "sheet 说明"}) || !slices.Equal(r.Shape().Sheets, []string{"Sheet1", "二月"}) {
		t.Errorf("warnings %q, sheets %q", warned, r.Shape().Sheets)
	}
	m.Format.Sheet = "旧"
	if rows, _, _ := load(t, "名单.xlsx", book, Options{Mapping: m}); len(rows) != 2 {
		t.Errorf("the sheet that was named: %q", rows)
	}
	if rows, _, _ := load(t, "名单.xlsx", book, Options{Mapping: m, After: 5}); len(rows) != 1 {
		t.Errorf("taken up after line 5: %q", rows)
	}
}

// What a spreadsheet does to numbers and formulas is refused by its name, and the refused rows come back mended.
func TestWorkbookRefusalsComeBack(t *testing.T) {
	book := workbook(t, func(f *excelize.File) error {
		return errors.Join(rowsOf(f, "Sheet1", []any{"uscc", "name", "registered_capital"}, []any{1.2e17, "甲公司", 1}, []any{"C2", nil, 2}, []any{"C3", "=cmd|x", 3.5}, []any{"C4", "丁公司", 0.005}, []any{"C5", "戊公司", 5, "注"}),
			f.SetCellFormula("Sheet1", "B3", "A1"))
	})
	rows, refusals, r := load(t, "companies.xlsx", book, Options{})
	want := []string{"2 uscc rounded", "3 name formula", "5 registered_capital decimals", "6  beyond"}
	if !slices.Equal(keysOf(refusals), want) || len(rows) != 1 {
		t.Fatalf("%q refused %q", rows, keysOf(refusals))
	}
	var out bytes.Buffer
	if err := WriteRefused(&out, r.Shape(), slices.Values(refusals), func(x Refusal) string { return x.Key }); err != nil {
		t.Fatal(err)
	}
	mended := strings.NewReplacer("1.20000000000000E+17", "C1", "C2,,2", "C2,乙公司,2", "0.005", "0.01").Replace(out.String())
	rows, refusals, _ = load(t, "companies.refused.csv", mended, Options{})
	if len(rows) != 4 || len(refusals) > 0 {
		t.Errorf("%q refused %q\n%s", rows, keysOf(refusals), mended)
	}
}

// A large document is read element by element with the rest of it at hand; a damaged element loses itself alone.
func TestDocuments(t *testing.T) {
	const text = "table: companies\ncolumns: {uscc: code, name: 'names[0].full', kind: $.head.kind, name_en: $.tail}\neach: data.list\n"
	document := func(middle, last string) string {
		return `{"head":{"kind":"K"},"data":{"n":1,"list":[{"code":"C1","names":[{"full":"甲"}]},` + middle + `,{"code":"C3","names":[{"full":"丙"}]}` + last + `],"m":[2]},"tail":"T"}`
	}
	rows, refusals, _ := load(t, "x.json", document(`{"code":2,"names":"x"}`, ""), Options{Mapping: mappingOf(t, text)})
	if len(rows) != 2 || !slices.Equal(keysOf(refusals), []string{"1 name required"}) {
		t.Errorf("small: %q refused %q", rows, keysOf(refusals))
	}
	{
		rows, refusals, r := load(t, "x.json", document(`{"code":2,"names":"`+strings.Repeat("x", 2*RecordLimit)+`"}`, `,{"code":"C4","code":"C5"}`), Options{Mapping: mappingOf(t, text)})
		if len(rows) != 2 || !slices.Equal(keysOf(refusals), []string{"2  too_long", "4 code json_twice"}) {
			t.Fatalf("large: %q refused %q", rows, keysOf(refusals))
		}
		var out bytes.Buffer
		if err := WriteRefused(&out, r.Shape(), slices.Values(refusals[1:]), func(x Refusal) string { return x.Key }); err != nil {
			t.Fatal(err)
		}
		mended := strings.Replace(out.String(), `"code":"C5"`, `"names":[{"full":"丁"}]`, 1)
		f, err := Open(write(t, "x.refused.jsonl", mended))
		if err != nil {
			t.Fatal(err)
		}
		again, err := f.Reader(Options{Mapping: mappingOf(t, text)})
		if err != nil {
			t.Fatal(err)
		}
		if list, no := collect(t, again); len(list) != 1 || len(no) > 0 || list[0].Company.Kind != "K" || list[0].Company.NameEn != "T" {
			t.Errorf("mended: %+v %q\n%s", list, keysOf(no), mended)
		}
	}
	rows, refusals, _ = load(t, "companies.json", `[{"uscc":"C1","name":"甲"},{"uscc":"C2","name":"乙"} {"uscc":"C3"`, Options{})
	if len(rows) != 2 || !slices.Equal(keysOf(refusals), []string{"3  json_rest"}) {
		t.Errorf("%q refused %q", rows, keysOf(refusals))
	}
}

func TestArchives(t *testing.T) {
	files := [][2]string{{"data/companies.csv", companyLines}, {"../../evil/companies.csv", companyLines}, {"data/.hidden", "x"}, {"读我.txt", "x"}}
	var tarred, zipped bytes.Buffer
	tw, zw := tar.NewWriter(&tarred), zip.NewWriter(&zipped)
	for _, f := range files {
		if err := tw.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(tw, f[1])
		w, err := zw.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, f[1])
	}
	if err := errors.Join(tw.Close(), zw.Close()); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a.tar": tarred.String(), "a.tar.gz": packed(t, tarred.String()), "a.zip": zipped.String()} {
		dir := t.TempDir()
		list, is, err := Unpack(write(t, name, content), "*.csv", dir)
		if err != nil || !is || len(list) != 2 || list[0].Name != "data/companies.csv" || list[1].Name != "evil/companies.csv" {
			t.Fatalf("%s: %v %v %v", name, list, is, err)
		}
		for _, m := range list {
			if rel, err := filepath.Rel(dir, m.Path); err != nil || strings.HasPrefix(rel, "..") {
				t.Errorf("%s lies outside of the folder", m.Path)
			}
			if b, err := os.ReadFile(m.Path); err != nil || string(b) != companyLines {
				t.Errorf("%s: %q %v", m.Path, b, err)
			}
		}
		var fe *FileError
		if _, _, err := Unpack(write(t, name, content), "*.xml", t.TempDir()); !errors.As(err, &fe) || fe.Key != "ingest.file.no_member" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	w := tar.NewWriter(z)
	_ = w.WriteHeader(&tar.Header{Name: "companies.csv", Size: 100 << 20, Mode: 0o600})
	_, _ = io.Copy(w, io.LimitReader(same{}, 100<<20))
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	var fe *FileError
	if _, is, err := Unpack(write(t, "b.tar.gz", bomb.String()), "", t.TempDir()); !is || !errors.As(err, &fe) || fe.Key != "ingest.file.archive" {
		t.Errorf("a bomb: %v", err)
	}
	if _, is, err := Unpack(write(t, "companies.xlsx", workbook(t, func(*excelize.File) error { return nil })), "", t.TempDir()); is || err != nil {
		t.Errorf("a workbook was taken for an archive: %v", err)
	}
}

func TestFilesOfOtherKindsAreNamed(t *testing.T) {
	var mark []byte
	for _, c := range []byte("EncryptedPackage") {
		mark = append(mark, c, 0)
	}
	for name, c := range map[string]struct{ content, want string }{
		"encrypted.xlsx": {oleMagic + strings.Repeat("\x00", 70_000) + string(mark), "ingest.file.encrypted"},
		"old.xls":        {oleMagic + strings.Repeat("\x00", 70_000), "ingest.file.format XLS"},
		"a.pdf":          {"%PDF-1.7", "ingest.file.format PDF"},
		"a.docx":         {zipMagic + "x", "ingest.file.xlsx_damaged"},
		"cut.xlsx":       {workbook(t, func(f *excelize.File) error { return rowsOf(f, "Sheet1", []any{"uscc"}) })[:3000], "ingest.file.xlsx_damaged"},
		"cut.parquet":    {parquetCompanies(t)[:100], "ingest.file.parquet_damaged"},
		"none.xlsx":      {workbook(t, func(*excelize.File) error { return nil }), "ingest.file.empty"},
		"head.xlsx":      {workbook(t, func(f *excelize.File) error { return rowsOf(f, "Sheet1", []any{"uscc"}) }), "ingest.file.missing_column"},
	} {
		f, err := Open(write(t, name, c.content))
		if err == nil {
			_, err = f.Reader(Options{Table: models.TableCompanies})
		}
		var fe *FileError
		if !errors.As(err, &fe) || strings.TrimSpace(fe.Key+" "+fe.Args["format"]) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
