package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook writes one with an independent library.
func workbook(t testing.TB, fill func(f *excelize.File) error) []byte {
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
	return b.Bytes()
}

func read(t testing.TB, b []byte, sheet int) []string {
	t.Helper()
	book, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for row, ok := rows.Next(); ok; row, ok = rows.Next() {
		line := fmt.Sprint(row.Number)
		for _, c := range row.Cells {
			mark := map[Kind]string{Empty: "-", Text: "", Number: "#", Date: "@", Bool: "?", Uncomputed: "=", Broken: "!", TooLong: "~"}[c.Kind]
			if c.Across {
				mark += "<"
			}
			line += "|" + mark + c.Text
		}
		out = append(out, line)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return out
}

func TestCells(t *testing.T) {
	b := workbook(t, func(f *excelize.File) error {
		day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		zh := `yyyy"年"m"月"d"日"`
		chinese, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &zh})
		hours := "[h]:mm"
		elapsed, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &hours})
		percent, _ := f.NewStyle(&excelize.Style{NumFmt: 10})
		return errors.Join(
			f.MergeCell("Sheet1", "A1", "D1"), f.SetCellValue("Sheet1", "A1", "情况表"),
			f.SetCellValue("Sheet1", "A2", 45000), f.SetCellStyle("Sheet1", "A2", "A2", day),
			f.SetCellValue("Sheet1", "B2", 45000.5), f.SetCellStyle("Sheet1", "B2", "B2", chinese),
			f.SetCellValue("Sheet1", "C2", 1.5), f.SetCellStyle("Sheet1", "C2", "C2", elapsed),
			f.SetCellValue("Sheet1", "D2", 0.085), f.SetCellStyle("Sheet1", "D2", "D2", percent),
			f.SetCellStr("Sheet1", "E2", "007 & <b>"), f.SetCellBool("Sheet1", "F2", true),
			f.SetCellFormula("Sheet1", "G2", "1+1"), f.SetCellValue("Sheet1", "H2", 0.1+0.2),
			f.SetCellValue("Sheet1", "I2", 1.2e17), f.SetCellValue("Sheet1", "J2", 60), f.SetCellStyle("Sheet1", "J2", "J2", day),
			f.MergeCell("Sheet1", "A4", "A5"), f.SetCellValue("Sheet1", "A4", "甲"), f.SetCellValue("Sheet1", "B4", 1), f.SetCellValue("Sheet1", "B5", 2))
	})
	want := []string{"1|情况表|<情况表|<情况表|<情况表",
		"2|@2023-03-15|@2023-03-15 12:00:00|#1.5|#0.085|007 & <b>|?true|=|#0.3|#1.20000000000000E+17|!60", "4|甲|#1", "5|甲|#2"}
	if got := read(t, b, 0); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDatesOfBothSystems(t *testing.T) {
	for serial := 1; serial < 80_000; serial += 7 {
		text, ok := dated(float64(serial), false)
		if serial == 60 {
			if ok {
				t.Error("1900-02-29 was taken for a day")
			}
			continue
		}
		want, err := excelize.ExcelDateToTime(float64(serial), false)
		if err != nil || serial > 60 && want.Format(time.DateOnly) != text {
			t.Fatalf("%d is %s, want %s (%v)", serial, text, want, err)
		}
		text04, _ := dated(float64(serial), true)
		if want, err := excelize.ExcelDateToTime(float64(serial), true); err != nil || want.Format(time.DateOnly) != text04 {
			t.Fatalf("1904: %d is %s, want %s", serial, text04, want)
		}
	}
	if text, _ := dated(1, false); text != "1900-01-01" {
		t.Error(text)
	}
}

func TestDateCodes(t *testing.T) {
	for code, want := range map[string]dateKind{"yyyy-mm-dd": showsDate, `yyyy"年"m"月"`: showsDate, "[$-804]yyyy/m/d": showsDate, "h:mm": showsDate,
		"[h]:mm": noDate, "0.00E+00": noDate, `0.0"day"`: noDate, "General": noDate, "#,##0.00": noDate, `\d0`: noDate, "[Red]0": noDate, "@": noDate, "": noDate} {
		if got := dateCode(code); got != want {
			t.Errorf("%q: %d", code, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for raw, want := range map[string]string{"12": "12", "1234.5600000000001": "1234.56", "1E-3": "0.001", "123456789012345678": "123456789012345678",
		"123456789012345000": "1.23456789012345E+17", "1.23456789012346E+17": "1.23456789012346E+17", "-0.5": "-0.5", "100000000000000": "100000000000000"} {
		if got, ok := number(raw); !ok || got != want {
			t.Errorf("%s: %s %v", raw, got, ok)
		}
	}
	for _, raw := range []string{"", "x", "NaN", "1e999", "0x10", "1_0"} {
		if got, ok := number(raw); ok {
			t.Errorf("%q: %s", raw, got)
		}
	}
}

// rezip writes parts as an archive.
func rezip(t testing.TB, parts map[string]string, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range parts {
		add(name, text)
	}
	for i := 0; i+1 < len(more); i += 2 {
		add(more[i], more[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parts(sheet string) map[string]string {
	const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="` + types + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="` + types + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + types + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	}
}

// Every trick is refused by the name of what it is, before a row is read.
func TestTricksAreRefused(t *testing.T) {
	const row = `<worksheet><sheetData><row><c t="inlineStr"><is><t>a</t></is></c></row></sheetData></worksheet>`
	with := func(name, text string) map[string]string {
		p := parts(row)
		p[name] = text
		return p
	}
	good := rezip(t, parts(row))
	if got := read(t, good, 0); len(got) != 1 {
		t.Fatal(got)
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"entity":       {rezip(t, parts(`<!DOCTYPE w [<!ENTITY a "b">]>`+row)), ErrEntities},
		"own entity":   {rezip(t, parts(strings.Replace(row, "<t>a", "<t>&a;", 1))), ErrEntities},
		"utf-16":       {rezip(t, parts("\xff\xfe<\x00")), ErrDamaged},
		"encoding":     {rezip(t, parts(`<?xml version="1.0" encoding="UTF-7"?>`+row)), ErrDamaged},
		"unclosed":     {rezip(t, parts(strings.TrimSuffix(row, "</worksheet>"))), ErrDamaged},
		"crossed":      {rezip(t, parts(strings.Replace(row, "</is></c>", "</c></is>", 1))), ErrDamaged},
		"deep":         {rezip(t, parts(strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100))), ErrDamaged},
		"endless tag":  {rezip(t, parts("<worksheet a='"+strings.Repeat("x", 1<<20)+"'/>")), ErrDamaged},
		"bomb":         {rezip(t, with("xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("0", 64<<20)+"</t></si></sst>")), ErrBomb},
		"strings":      {rezip(t, parts("<worksheet><sheetData>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 100)+"</sheetData></worksheet>"), "xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("0", 1<<20)+"</t></si></sst>"), ErrBomb},
		"twice":        {rezip(t, parts(row), "xl/workbook.xml", "<workbook/>"), ErrDamaged},
		"cut":          {good[:len(good)-30], ErrDamaged},
		"no workbook":  {rezip(t, map[string]string{"word/document.xml": "<a/>"}), ErrForeign},
		"empty":        {rezip(t, nil), ErrForeign},
		"no such part": {rezip(t, map[string]string{"_rels/.rels": parts(row)["_rels/.rels"]}), ErrForeign},
		"merges":       {rezip(t, parts(`<worksheet><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:ZZ1000000"/>`, 9)+`</mergeCells></worksheet>`)), ErrTooMany},
	} {
		_, err := Open(bytes.NewReader(c.file), int64(len(c.file)))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// What the standard reader takes for well-formed and plain, the scanner reads with the same texts.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`<a x="1>2"><b/>t&amp;&#x41;<![CDATA[<]]></a>`))
	f.Add([]byte(`<?xml version="1.0" encoding="utf-8"?><!-- c --><a>é</a>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := newScanner(bytes.NewReader(b), 1<<20)
		got := ""
		for kind := x.next(); kind != tokenEnd; kind = x.next() {
			switch kind {
			case tokenOpen:
				got += "<" + string(x.name)
			case tokenClose:
				got += ">"
			case tokenText:
				got += string(x.text)
			}
		}
		want, err := standard(b)
		if err == nil && x.err == nil && got != want {
			t.Fatalf("%q: %q, standard %q", b, got, want)
		}
	})
}

func standard(b []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	out := ""
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return "", err
		}
		switch v := token.(type) {
		case xml.StartElement:
			out += "<" + v.Name.Local
		case xml.EndElement:
			out += ">"
		case xml.CharData:
			out += string(v)
			if bytes.ContainsAny(v, "\n") {
				return "", errors.New("line ends are brought to one form by the standard reader")
			}
		}
	}
}

func FuzzBook(f *testing.F) {
	f.Add(rezip(f, parts(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c><f>1</f></c></row></sheetData></worksheet>`), "xl/sharedStrings.xml", "<sst><si><t>a</t></si></sst>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		book, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		defer func() { _ = book.Close() }()
		for i := range book.Sheets {
			rows, err := book.Rows(i)
			if err != nil {
				continue
			}
			last := 0
			for row, ok := rows.Next(); ok; row, ok = rows.Next() {
				if row.Number <= last || len(row.Cells) > columnsLimit {
					t.Fatalf("row %d after %d", row.Number, last)
				}
				last = row.Number
			}
			_ = rows.Close()
		}
	})
}
