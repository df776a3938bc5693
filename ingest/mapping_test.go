package ingest

import (
	"errors"
	"strings"
	"testing"

	"xiezhi/models"
)

func mapped(t testing.TB, yaml string, format Format, text string) ([]models.Row, []Refusal) {
	t.Helper()
	m, err := LoadMapping(strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Stream("x", format, strings.NewReader(text), Options{Mapping: &m})
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, r)
}

func TestMappingForms(t *testing.T) {
	const head = "table: transfers\nformat: {zone: UTC}\ncolumns:\n  from_account: {template: \"X-{a}\"}\n  to_account: b\n"
	for name, c := range map[string]struct{ id, amount, at, text, want string }{
		"row number":    {"{row_number: true}", "n", "t", "A,B,1,2026-01-01T00:00:00", "1 X-A B 100 2026-01-01T00:00:00Z"},
		"row and text":  {"{row_number: true, template: \"P-{row_number}-{a}\"}", "n", "t", "A,B,1,2026-01-01T00:00:00", "P-1-A X-A B 100 2026-01-01T00:00:00Z"},
		"fixed":         {"{value: 7}", "n", "t", "A,B,1,2026-01-01T00:00:00+08:00", "7 X-A B 100 2025-12-31T16:00:00Z"},
		"half even":     {"a", "{column: n, scale: 1, round: half_even}", "t", "A,B,1.125,2026-01-01T00:00:00", "A X-A B 112 2026-01-01T00:00:00Z"},
		"half up":       {"a", "{column: n, scale: 1, round: half_up}", "t", "A,B,1.125,2026-01-01T00:00:00", "A X-A B 113 2026-01-01T00:00:00Z"},
		"down, ten":     {"a", "{column: n, scale: 10, round: down}", "t", "A,B,1.1259,2026-01-01T00:00:00", "A X-A B 1125 2026-01-01T00:00:00Z"},
		"exponent":      {"a", "{column: n, scale: 1, round: half_even}", "t", "A,B,5.689852347E7,2026-01-01T00:00:00", "A X-A B 5689852347 2026-01-01T00:00:00Z"},
		"unrounded":     {"a", "{column: n, scale: \"0.1\"}", "t", "A,B,1.25,2026-01-01T00:00:00", "amount decimals"},
		"layout":        {"a", "n", "{column: t, layout: \"02.01.2006\"}", "A,B,1,31.12.2025", "A X-A B 100 2025-12-31T00:00:00Z"},
		"layout list":   {"a", "n", "{column: t, layout: [\"2006\", \"02.01.2006\"]}", "A,B,1,31.12.2025", "A X-A B 100 2025-12-31T00:00:00Z"},
		"layout broken": {"a", "n", "{column: t, layout: \"02.01.2006\"}", "A,B,1,2025", "at layout"},
		"epoch":         {"a", "n", "{epoch: \"2024-01-01\", step: 1h, column: t}", "A,B,1,25", "A X-A B 100 2024-01-02T01:00:00Z"},
		"epoch broken":  {"a", "n", "{epoch: \"2024-01-01\", step: 1h, column: t}", "A,B,1,later", "at whole_number"},
		"lookup":        {"{lookup: {A: Z}, column: a}", "n", "t", "A,B,1,2026-01-01T00:00:00", "Z X-A B 100 2026-01-01T00:00:00Z"},
		"lookup else":   {"{lookup: {Q: Z}, column: a, default: E}", "n", "t", "A,B,1,2026-01-01T00:00:00", "E X-A B 100 2026-01-01T00:00:00Z"},
		"lookup none":   {"{lookup: {Q: Z}, column: a}", "n", "t", "A,B,1,2026-01-01T00:00:00", "id lookup"},
		"slug clean":    {"{slug: a}", "n", "t", "a.B-1,B,1,2026-01-01T00:00:00", "a.B-1 X-a.B-1 B 100 2026-01-01T00:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			yaml := head + "  id: " + c.id + "\n  amount: " + c.amount + "\n  at: " + c.at + "\n"
			rows, refusals := mapped(t, yaml, CSV, "a,b,n,t\n"+c.text+"\n")
			got := ""
			if len(refusals) == 1 {
				got = refusals[0].Column + strings.TrimPrefix(refusals[0].Key, "ingest.refused") // ".key"
				got = strings.Replace(got, ".", " ", 1)
			} else if len(rows) == 1 {
				r := rows[0].Transfer
				got = strings.Join([]string{r.ID, r.FromAccount, r.ToAccount, decimalOf(r.AmountFen), r.At.String()}, " ")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func decimalOf(n int64) string {
	d, _ := parseDecimal("1")
	d.coef.SetInt64(n)
	return d.String()
}

func TestMappingOfNestedJSON(t *testing.T) {
	const yaml = `
table: relations
each: holdings.list
where: [{column: type, in: [share]}]
columns:
  from:  {template: "person:{who[0].id}"}
  to:    {template: "company:{$.firm.id}"}
  kind:  {value: shareholder}
  ratio: {column: percent, scale: "0.01"}
  since_on: {column: firm.since, layout: "2006/01/02"}
`
	const text = `{"firm":{"id":"C1","since":"2020/01/31"},"holdings":{"list":[{"type":"share","who":[{"id":"P1"}],"percent":25},` +
		`{"type":"loan"},{"type":"share","who":[],"percent":50}]}}` + "\n" + `{"firm":{"id":"C2"}}` + "\n"
	rows, refusals := mapped(t, yaml, JSONL, text)
	if len(rows) != 1 || rows[0].Relation.From != "person:P1" || rows[0].Relation.To != "company:C1" ||
		*rows[0].Relation.Ratio != 0.25 || rows[0].Relation.SinceOn != "2020-01-31" {
		t.Errorf("%+v", rows)
	}
	if len(refusals) != 1 || refusals[0].Column != "from" || refusals[0].Key != "ingest.refused.id" && refusals[0].Key != "ingest.refused.required" {
		t.Errorf("%v", keysOf(refusals))
	}
}

func TestHeadlessPlacesDatesAndDistinct(t *testing.T) {
	const yaml = `
table: companies
source: LIST
division: "440300"
date: "2026-01-02"
distinct: true
format: {delimiter: "|", header: false}
columns:
  uscc: {hash: [$1, $2]}
  name: $2
  division_code: {division: $3, lookup: {"-": ""}}
  website: {slug: $2}
`
	rows, refusals := mapped(t, yaml, CSV, "1|甲|广东省广州市\n1|甲|广东省广州市\n2|乙|-\n3|丙|无此地\n")
	if len(rows) != 2 || len(refusals) != 1 || refusals[0].Key != "ingest.refused.place" {
		t.Fatalf("%v %v", rows, keysOf(refusals))
	}
	a, b := rows[0].Company, rows[1].Company
	if a.DivisionCode != "440100" || b.DivisionCode != "440300" || len(a.USCC) != 32 || rows[0].Source != "LIST" ||
		rows[0].ObservedAt.String() != "2026-01-01T16:00:00Z" {
		t.Errorf("%+v %+v %v", a, b, rows[0].ObservedAt)
	}
	if a.Website == b.Website || !isID(a.Website) {
		t.Errorf("slugs %q %q", a.Website, b.Website)
	}
}

func TestSlugsDoNotCollide(t *testing.T) {
	seen := map[string]string{}
	inputs := []string{"a b", "a-b", "a/b", "a b ", strings.Repeat("x", 60), strings.Repeat("x", 61), "甲", "乙", "A", slug("a b")}
	for _, in := range inputs {
		s := slug(in)
		if other, taken := seen[s]; taken || !isID(s) {
			t.Errorf("%q and %q give %q", in, other, s)
		}
		seen[s] = in
	}
}

func TestMappingsThatAreRefused(t *testing.T) {
	const whole = "table: persons\ncolumns: {id: a, name: b"
	for name, c := range map[string]struct {
		yaml, key string
		line      int
	}{
		"unknown key":       {"table: persons\ncolour: red\n", "ingest.mapping.unknown_key", 2},
		"unknown in column": {"table: persons\ncolumns:\n  id:\n    kolumn: a\n", "ingest.mapping.unknown_key", 4},
		"unknown in format": {"table: persons\nformat: {quote: x}\n", "ingest.mapping.unknown_key", 2},
		"unknown table":     {"table: people\n", "ingest.mapping.table", 0},
		"unknown column":    {whole + ", age: c}\n", "ingest.mapping.column", 0},
		"required":          {"table: persons\ncolumns: {id: a}\n", "ingest.mapping.required", 0},
		"two origins":       {"table: persons\ncolumns: {id: {column: a, value: b}, name: b}\n", "ingest.mapping.origin", 2},
		"no origin":         {"table: persons\ncolumns: {id: {default: b}, name: b}\n", "ingest.mapping.origin", 2},
		"epoch alone":       {"table: persons\ncolumns: {id: {epoch: \"2024-01-01\", column: a}, name: b}\n", "ingest.mapping.origin", 2},
		"bad epoch":         {"table: persons\ncolumns: {id: {epoch: soon, step: 1h, column: a}, name: b}\n", "ingest.mapping.bad_value", 2},
		"bad round":         {whole + "}\nformat: {delimiter: \"ab\"}\n", "ingest.mapping.bad_value", 3},
		"bad zone":          {whole + "}\nformat: {zone: Local}\n", "ingest.mapping.bad_value", 3},
		"bad template":      {"table: persons\ncolumns: {id: {template: \"{a\"}, name: b}\n", "ingest.mapping.bad_value", 2},
		"twice":             {"table: persons\ntable: persons\n", "ingest.mapping.twice", 2},
		"alias":             {"table: &t persons\nsource: *t\n", "ingest.mapping.not_text", 2},
		"a list":            {"- table\n", "ingest.mapping.not_a_map", 1},
		"nothing":           {"", "ingest.mapping.yaml", 0},
		"not YAML":          {"a: [", "ingest.mapping.yaml", 0},
	} {
		_, err := LoadMapping(strings.NewReader(c.yaml))
		var me *MappingError
		if !errors.As(err, &me) || me.Key != c.key || me.Line != c.line {
			t.Errorf("%s: got %v, want %s at %d", name, err, c.key, c.line)
		}
	}
}

func TestShippedMappingsLoad(t *testing.T) {
	names := ShippedNames()
	if len(names) < 10 {
		t.Error(names)
	}
	for _, name := range names {
		if m, err := Shipped(name); err != nil || m.Table == "" || m.Source == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Shipped("../messages"); err == nil {
		t.Error("a path was taken for a name")
	}
}
