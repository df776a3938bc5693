package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"xiezhi/models"
)

func instants() cmp.Option {
	return cmp.Comparer(func(a, b models.Instant) bool { return a.Equal(b) })
}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(content))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func collect(t testing.TB, r *Reader) (rows []models.Row, refusals []Refusal) {
	t.Helper()
	for row, refusal := range r.Rows(context.Background()) {
		if refusal != nil {
			refusals = append(refusals, *refusal)
			continue
		}
		rows = append(rows, row)
	}
	return rows, refusals
}

func stream(t testing.TB, table models.Table, format Format, text string) ([]models.Row, []Refusal) {
	t.Helper()
	r, err := Stream("x", format, strings.NewReader(text), Options{Table: table})
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, r)
}

func keysOf(refusals []Refusal) (keys []string) {
	for _, r := range refusals {
		keys = append(keys, fmt.Sprintf("%d %s %s", r.Line, r.Column, strings.TrimPrefix(r.Key, "ingest.refused.")))
	}
	return keys
}

const transferHeader = "id,from_account,to_account,amount,at\n"

func TestTransferRow(t *testing.T) {
	rows, refusals := stream(t, models.TableTransfers, CSV, "\ufeffid,from_account,to_account,amount,currency,at,memo,observed_at,source\r\n"+
		"T1,A-1,A-2,12.30,CNY,2026-11-20T08:00:00,\"货款,\"\"七\"\"月\n尾款\",2026-11-21T00:00:00Z,BANK\r\n")
	if len(refusals) > 0 {
		t.Fatal(keysOf(refusals))
	}
	at, _ := parseInstant("2026-11-20T00:00:00Z", nil)
	seen, _ := parseInstant("2026-11-21T00:00:00Z", nil)
	want := []models.Row{{Table: models.TableTransfers, Line: 2, Source: "BANK", ObservedAt: seen, Transfer: &models.TransferRow{
		ID: "T1", FromAccount: "A-1", ToAccount: "A-2", AmountFen: 1230, Currency: "CNY", At: at, Memo: "货款,\"七\"月\n尾款"}}}
	if d := cmp.Diff(want, rows, instants()); d != "" {
		t.Error(d)
	}
}

// Each broken cell is refused by name and reason; the good row beside it is not.
func TestRefusedCells(t *testing.T) {
	const subjectRow, companyRow = "subject,kind,at", "uscc,name"
	for _, c := range []struct {
		table       models.Table
		header, row string
		want        string
	}{
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,,1,2026-01-01T00:00:00Z", "to_account required"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B C,1,2026-01-01T00:00:00Z", "to_account id"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,1.234,2026-01-01T00:00:00Z", "amount decimals"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,-1,2026-01-01T00:00:00Z", "amount negative"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,1e3,2026-01-01T00:00:00Z", "amount amount"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", `T,A,B,"1,000",2026-01-01T00:00:00Z`, "amount amount"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,99999999999999999999,2026-01-01T00:00:00Z", "amount too_large"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,1,2026-02-30T00:00:00Z", "at instant"},
		{models.TableTransfers, "id,from_account,to_account,amount,at", "T,A,B,1,2026-02-03", "at instant"},
		{models.TableTransfers, "id,from_account,to_account,amount,currency,at", "T,A,B,1,yuan,2026-02-03T00:00:00Z", "currency currency"},
		{models.TableCompanies, companyRow, "91440300MA5EXAMPL1,甲", "uscc check_digit"},
		{models.TableCompanies, companyRow, "C1,\u202e甲", "name text"},
		{models.TableCompanies, companyRow, "C1," + strings.Repeat("甲", 201), "name too_many_characters"},
		{models.TableCompanies, companyRow + ",division_code", "C1,甲,999999", "division_code division"},
		{models.TableCompanies, companyRow + ",established_on", "C1,甲,2026-13-01", "established_on date"},
		{models.TableCompanies, companyRow + ",insured_staff", "C1,甲,many", "insured_staff whole_number"},
		{models.TableCompanies, companyRow + ",observed_at", "C1,甲,gestern", "observed_at instant"},
		{models.TableSignals, subjectRow, "C1,complaint,2026-01-01T00:00:00Z", "subject subject"},
		{models.TableSignals, subjectRow, "firm:C1,complaint,2026-01-01T00:00:00Z", "subject subject"},
		{models.TableSignals, subjectRow, "company:,complaint,2026-01-01T00:00:00Z", "subject id"},
		{models.TableSignals, subjectRow, "company:C1,rumour,2026-01-01T00:00:00Z", "kind not_in_list"},
		{models.TableSignals, subjectRow + ",severity", "company:C1,tip,2026-01-01T00:00:00Z,severe", "severity not_in_list"},
		{models.TableSignals, subjectRow + ",count", "company:C1,tip,2026-01-01T00:00:00Z,-3", "count negative"},
		{models.TableRelations, "from,to,kind,ratio", "company:A,company:B,shareholder,1.2", "ratio ratio"},
		{models.TableRelations, "from,to,kind,ratio", "company:A,company:B,shareholder,NaN", "ratio number"},
		{models.TableRelations, "from,to,kind,since_on,until_on", "company:A,company:B,director,2026-02-01,2026-01-01", "until_on ends_first"},
		{models.TableProducts, "id,company,name,area,promised_yield,yield_period", "P,C,甲,P2P,Inf,day", "promised_yield number"},
		{models.TableProducts, "id,company,name,area,promised_yield,yield_period", "P,C,甲,P2P,-0.1,day", "promised_yield negative"},
		{models.TableProducts, "id,company,name,area,yield_period", "P,C,甲,P2P,decade", "yield_period not_in_list"},
		{models.TableProducts, "id,company,name,area", "P,C,甲,XYZ", "area not_in_list"},
		{models.TableProducts, "id,company,name,area,guaranteed", "P,C,甲,P2P,yes", "guaranteed true_false"},
		{models.TableLicences, "company,kind,number,issued_by,valid_from,valid_until", "C,pawn,1,某局,2026-01-02,2026-01-01", "valid_until ends_first"},
		{models.TableInstitutions, "code,name,kind", "B,某行,shop", "kind not_in_list"},
		{models.TableAccounts, "number,institution_code,class", "N,B,IV", "class not_in_list"},
		{models.TableAccounts, "number,institution_code,holder", "N,B,who", "holder subject"},
		{models.TablePersons, "id,name,birth_year", "P,张三,12", "birth_year date"},
	} {
		_, refusals := stream(t, c.table, CSV, c.header+"\n"+c.row+"\n")
		if got := keysOf(refusals); !slices.Equal(got, []string{"2 " + c.want}) {
			t.Errorf("%s %s: got %q, want %q", c.table, c.row, got, c.want)
		}
	}
}

func TestBrokenRecordsLoseNoGoodRow(t *testing.T) {
	good := func(id string) string { return id + ",A,B,1,2026-01-01T00:00:00Z\n" }
	for name, c := range map[string]struct {
		text string
		ids  []string
		want []string
	}{
		"ragged":          {good("1") + "2,A,B\n" + good("3"), []string{"1", "3"}, []string{"3  ragged"}},
		"blank lines":     {"\n" + good("1") + "\r\n" + good("3"), []string{"1", "3"}, nil},
		"no last newline": {good("1") + strings.TrimSpace(good("2")), []string{"1", "2"}, nil},
		"unclosed to the end": {good("1") + `2,"A,B,1,2026-01-01T00:00:00Z` + "\n" + good("3"), []string{"1", "3"},
			[]string{"3  quote"}},
		"unclosed at the very end": {good("1") + `2,"A`, []string{"1"}, []string{"3  quote"}},
		"closed by a later quote": {`2,"A,B,1,x` + "\n" + good("3") + "\"4\"" + good("")[0:], []string{"3", "4"},
			[]string{"2  quote"}},
		"unclosed beyond the limit": {`2,"A` + "\n" + strings.Repeat(good("n"), RecordLimit/20), nil, []string{"2  quote"}},
		"overlong": {good("1") + strings.Repeat("x", 2*RecordLimit) + "\n" + good("3"), []string{"1", "3"},
			[]string{"3  too_long"}},
		"bare quote":    {"1\"2,A,B,1,2026-01-01T00:00:00Z\n" + good("3"), []string{"3"}, []string{"2  quote"}},
		"invalid UTF-8": {"1,A,\xff,1,2026-01-01T00:00:00Z\n" + good("3"), []string{"3"}, []string{"2  encoding"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, refusals := stream(t, models.TableTransfers, CSV, transferHeader+c.text)
			var ids []string
			for _, r := range rows {
				if r.Transfer.ID != "n" {
					ids = append(ids, r.Transfer.ID)
				}
			}
			if !slices.Equal(ids, c.ids) || !slices.Equal(keysOf(refusals), c.want) {
				t.Errorf("rows %q, refusals %q; want %q and %q", ids, keysOf(refusals), c.ids, c.want)
			}
		})
	}
	_, refusals := stream(t, models.TableTransfers, CSV, transferHeader+"1,A,\xff,1,x\n")
	if refusals[0].Args["offset"] != "4" || refusals[0].Value != `1,A,\xff,1,x` {
		t.Errorf("offset %q, value %q", refusals[0].Args["offset"], refusals[0].Value)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	whole := packed(t, transferHeader+strings.Repeat("1,A,B,1,2026-01-01T00:00:00Z\n", 5000))
	for name, c := range map[string]struct{ file, content, want string }{
		"empty":            {"transfers.csv", "", "ingest.file.empty"},
		"only a mark":      {"transfers.csv", "\ufeff", "ingest.file.empty"},
		"zip":              {"transfers.csv", "PK\x03\x04", "ingest.file.xlsx_damaged"},
		"binary":           {"transfers.csv", "a\x00b", "ingest.file.format"},
		"cut gzip":         {"transfers.csv.gz", whole[:len(whole)-9], "ingest.file.gzip"},
		"damaged gzip":     {"transfers.csv.gz", whole[:60] + "\xff\xff" + whole[62:], "ingest.file.gzip"},
		"bomb":             {"transfers.csv.gz", packed(t, strings.Repeat("0", 80<<20)), "ingest.file.bomb"},
		"header twice":     {"transfers.csv", "id,id,from_account,to_account,amount,at\n", "ingest.file.twice"},
		"column missing":   {"transfers.csv", "id,from_account,to_account,at\n", "ingest.file.missing_column"},
		"table not known":  {"money.csv", transferHeader, "ingest.file.table"},
		"header unclosed":  {"transfers.csv", "id,\"from\n", "ingest.file.header"},
		"header too long":  {"transfers.csv", strings.Repeat("x", 2<<20), "ingest.file.header"},
		"UTF-16":           {"transfers.csv", "\xff\xfei\x00d\x00", "ingest.file.missing_column"},
		"gzip of nothing":  {"transfers.csv.gz", packed(t, ""), "ingest.file.empty"},
		"gzip header only": {"transfers.csv.gz", "\x1f\x8b", "ingest.file.gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Open(write(t, c.file, c.content))
			if err == nil {
				_, err = f.Reader(Options{})
			}
			var fe *FileError
			if !errors.As(err, &fe) || fe.Key != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "no.csv")); err == nil {
		t.Error("a missing file was opened")
	}
}

func TestOpenFindsFormatTableAndDigest(t *testing.T) {
	f, err := Open(write(t, "companies.2026.csv.gz", packed(t, "uscc,name\nC1,甲\n")))
	if err != nil {
		t.Fatal(err)
	}
	if f.Table != models.TableCompanies || f.Format != CSV || !f.Packed || len(f.SHA256) != 64 || f.Size == 0 {
		t.Errorf("%+v", f)
	}
	g, err := Open(write(t, "data.bin", "\ufeff {\"uscc\":\"C1\",\"name\":\"甲\"}\n"))
	if err != nil || g.Format != JSONL || g.Table != "" {
		t.Errorf("%+v %v", g, err)
	}
}

func TestGB18030(t *testing.T) {
	encode := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	text := encode("uscc,name\nC1,深圳市晨光贸易有限公司\nC2,广州市南方商行\n")
	rows, refusals := readFile(t, write(t, "companies.csv", text), Options{})
	if len(rows) != 2 || len(refusals) != 0 || rows[0].Company.Name != "深圳市晨光贸易有限公司" {
		t.Errorf("%v %v", rows, keysOf(refusals))
	}
	_, refusals = readFile(t, write(t, "companies.csv", text+"C3,\xb9\xff\n"), Options{Mapping: nil})
	if len(refusals) == 0 {
		t.Error("a damaged character was accepted")
	}
	damaged := "uscc,name\nC1,甲\xe4\xb8\nC2,深圳市晨光贸易有限公司\n"
	rows, refusals = readFile(t, write(t, "companies.csv", damaged), Options{})
	if len(rows) != 1 || len(refusals) != 1 || refusals[0].Key != "ingest.refused.encoding" {
		t.Errorf("damaged UTF-8 was taken for GB18030: %v %v", rows, keysOf(refusals))
	}
}

func TestJSONL(t *testing.T) {
	text := strings.Join([]string{
		`{"id":"T1","from_account":"A","to_account":"B","amount":12.30,"at":"2026-01-01T00:00:00Z","extra":1}`,
		`{"id":"T2","from_account":"A","to_account":"B","amount":"90071992547409.93","at":"2026-01-01T00:00:00Z"}`,
		`{"id":"T3","id":"T4","from_account":"A","to_account":"B","amount":1,"at":"2026-01-01T00:00:00Z"}`,
		`{"id":"T5","from_account":{"n":1},"to_account":"B","amount":1,"at":"2026-01-01T00:00:00Z"}`,
		``,
		`[1]`,
		`{"id":`,
		strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
		`{"id":"T6","from_account":"A","to_account":"B","amount":1,"at":"2026-01-01T00:00:00Z"} x`,
		`{"id":"T7","from_account":"A","to_account":"B","at":null,"amount":1}`,
		`{"id":"T8","from_account":"A","to_account":"B","amount":1,"at":"2026-01-01T00:00:00Z","memo":"\ud800"}`,
	}, "\n")
	r, err := Stream("x", JSONL, strings.NewReader(text), Options{Table: models.TableTransfers})
	if err != nil {
		t.Fatal(err)
	}
	rows, refusals := collect(t, r)
	want := []string{"3 id json_twice", "4 from_account nested", "6  json_object", "7  json", "8  json_depth", "9  json",
		"10 at required", "11  encoding"}
	if len(rows) != 2 || rows[0].Transfer.AmountFen != 1230 || rows[1].Transfer.AmountFen != 9007199254740993 {
		t.Errorf("%+v", rows)
	}
	if d := cmp.Diff(want, keysOf(refusals)); d != "" {
		t.Error(d)
	}
	if w := r.Warnings(); len(w) != 1 || w[0].Args["column"] != "extra" {
		t.Errorf("warnings %v", w)
	}
}

func TestEveryProblemOfARowIsTold(t *testing.T) {
	_, refusals := stream(t, models.TableTransfers, CSV, transferHeader+",A,B,x,y\n")
	if len(refusals) != 1 || refusals[0].Column != "id" || len(refusals[0].Others) != 2 || refusals[0].Raw != ",A,B,x,y" {
		t.Errorf("%+v", refusals)
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{"a\x00\u202e\n": `a\x00\u202e\n`, "\xff": `\xff`, "甲": "甲",
		strings.Repeat("甲", 81): strings.Repeat("甲", 80) + "..."} {
		if got := Escape(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Reading a file in parts, each resumed after the last line of the one before, gives what reading it whole gives.
func TestPartsGiveTheWhole(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "1", ",", "\n", "\"", "\r\n", "T,A,B,1,2026-01-01T00:00:00Z\n", "甲", "\xff",
		"T,A,B,1,2026-01-01T00:00:00Z,\"x\ny\"\n"})
	rapid.Check(t, func(t *rapid.T) {
		text := transferHeader + strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "")
		after := rapid.Int64Range(0, 12).Draw(t, "after")
		read := func(from, until int64) (out []string) {
			r, err := Stream("x", CSV, strings.NewReader(text), Options{Table: models.TableTransfers, After: from})
			if err != nil {
				t.Fatal(err)
			}
			last := int64(0)
			for row, refusal := range r.Rows(context.Background()) {
				line := row.Line
				if refusal != nil {
					line = refusal.Line
				}
				if line <= last {
					t.Fatalf("line %d after %d", line, last)
				}
				if last = line; line <= until {
					out = append(out, fmt.Sprintf("%d %v %v", line, row.Transfer, refusal))
				}
			}
			return out
		}
		whole := read(0, 1<<40)
		parts := append(read(0, after), read(after, 1<<40)...)
		if len(whole) != len(parts) {
			t.Fatalf("%d rows whole, %d in parts of %q at %d", len(whole), len(parts), text, after)
		}
	})
}

func TestRefusedRowsComeBackUnchanged(t *testing.T) {
	text := "uscc,name,phone,website\nC 1,=甲,+86,'x\nC2,乙\nC 3,\"a\"\"b\",1,2\nC 4,\"unclosed,1,2\n"
	r, err := Stream("companies.csv", CSV, strings.NewReader(text), Options{Table: models.TableCompanies})
	if err != nil {
		t.Fatal(err)
	}
	_, first := collect(t, r)
	var out bytes.Buffer
	say := func(r Refusal) string { return r.Key }
	if err := WriteRefused(&out, r.Shape(), slices.Values(first), say); err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{",'=甲,'+86,''x\n", "C 4,\"unclosed"} {
		if !strings.Contains(out.String(), cell) {
			t.Errorf("%q is not in\n%s", cell, out.String())
		}
	}
	mended := strings.NewReplacer("C ", "C", "C2,乙", "C2,乙,,", "\"unclosed", "unclosed").Replace(out.String())
	again, err := Stream("companies.csv", CSV, strings.NewReader(mended), Options{Table: models.TableCompanies})
	if err != nil {
		t.Fatal(err)
	}
	rows, second := collect(t, again)
	if len(rows) != 4 || len(second) != 0 {
		t.Fatalf("%d rows, refused %v of\n%s", len(rows), keysOf(second), mended)
	}
	if c := rows[0].Company; c.Name != "=甲" || c.Phone != "+86" || c.Website != "'x" {
		t.Errorf("%+v", c)
	}
}

func TestRefusedObjectsComeBackUnchanged(t *testing.T) {
	raw := `{"uscc":"C 1","name":"甲"}`
	for range 2 {
		_, refusals := stream(t, models.TableCompanies, JSONL, raw+"\n")
		if len(refusals) != 1 || refusals[0].Column != "uscc" {
			t.Fatalf("%v", keysOf(refusals))
		}
		var out bytes.Buffer
		shape := Shape{Format: JSONL}
		if err := WriteRefused(&out, shape, slices.Values(refusals), func(Refusal) string { return "why" }); err != nil {
			t.Fatal(err)
		}
		if raw = strings.TrimSpace(out.String()); strings.Count(raw, "_refused") != 1 {
			t.Fatal(raw)
		}
	}
	rows, refusals := stream(t, models.TableCompanies, JSONL, strings.Replace(raw, "C 1", "C1", 1))
	if len(rows) != 1 || len(refusals) != 0 {
		t.Errorf("%v %v", rows, keysOf(refusals))
	}
}

func TestOrder(t *testing.T) {
	in := []models.Table{models.TableSignals, models.TableCompanies, models.TableTransfers, models.TableInstitutions}
	Order(in, func(t models.Table) models.Table { return t })
	want := []models.Table{models.TableInstitutions, models.TableCompanies, models.TableTransfers, models.TableSignals}
	if !slices.Equal(in, want) {
		t.Error(in)
	}
}

// Every key that the code hands out has its wording in both languages, and no wording stands without a key.
func TestMessagesAreWhole(t *testing.T) {
	messages, err := Messages()
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && !strings.HasSuffix(f, "_test.go") {
			code.Write(b)
		}
	}
	worded := map[string]bool{}
	for _, m := range messages {
		worded[m.Key] = true
		if m.Zh == "" || m.En == "" || !strings.Contains(code.String(), `"`+m.Key+`"`) {
			t.Errorf("%s is not whole or not used", m.Key)
		}
	}
	for part := range strings.SplitSeq(code.String(), `"ingest.`) {
		key, _, ok := strings.Cut("ingest."+part, `"`)
		if ok && !strings.ContainsAny(key, " \n") && !worded[key] {
			t.Errorf("%s has no wording", key)
		}
	}
	if got := Fill("{a} {b}", map[string]string{"a": "{b}"}); got != "{b} {b}" {
		t.Error(got)
	}
}
