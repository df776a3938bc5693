package reference

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// NationCode is the code of the whole nation, the root of the table.
const NationCode = "000000"

// Level says how deep a division stands.
type Level string

// The four levels. A municipality is a province; its districts are counties without a city.
const (
	LevelNation   Level = "nation"
	LevelProvince Level = "province"
	LevelCity     Level = "city"
	LevelCounty   Level = "county"
)

// Division is one place of GB/T 2260. Short is the name without its kind, as offices use it in speech.
// Parent is "" for the nation.
type Division struct {
	Code, Name, NameEn, Short, Parent string
	Level                             Level
}

//go:embed divisions.csv
var divisionsCSV []byte

type divisionTable struct {
	byCode   map[string]Division
	children map[string][]Division
}

// divisions reads the embedded table once. A broken table is a fault of the build and panics; a test reads it.
var divisions = sync.OnceValue(func() divisionTable {
	rows, err := csv.NewReader(bytes.NewReader(divisionsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("read divisions.csv: %v", err))
	}
	t := divisionTable{byCode: make(map[string]Division, len(rows)), children: map[string][]Division{}}
	for _, r := range rows[1:] {
		d := Division{Code: r[0], Name: r[1], NameEn: r[2], Level: Level(r[3]), Parent: r[4], Short: r[5]}
		t.byCode[d.Code] = d
		t.children[d.Parent] = append(t.children[d.Parent], d)
	}
	return t
})

// DivisionByCode returns the division with the 6-digit code. A code that is not in the table is not found, also when its
// province is known; see NormalDivision for codes in other forms.
func DivisionByCode(code string) (Division, bool) {
	d, ok := divisions().byCode[code]
	return d, ok
}

// NormalDivision brings a code to the form of the table: 2 and 4 digits are filled with zeros, and a group that is no
// place of its own (110100, 500200, 429000) becomes its province. It fails for a code that is unknown even so.
func NormalDivision(code string) (string, bool) {
	if len(code) == 2 || len(code) == 4 {
		code += "0000"[:6-len(code)]
	}
	if len(code) != 6 {
		return "", false
	}
	table := divisions().byCode
	if _, ok := table[code]; ok {
		return code, true
	}
	if code[4:] != "00" {
		return "", false
	}
	municipal := code[2:4] == "01" || code[2:4] == "02"
	if province := code[:2] + "0000"; code[2:4] == "90" || municipal {
		if _, ok := table[province]; ok && hasGroup(province) {
			return province, true
		}
	}
	return "", false
}

// hasGroup reports whether counties stand directly under the province.
func hasGroup(province string) bool {
	return slices.ContainsFunc(divisions().children[province], func(d Division) bool { return d.Level == LevelCounty })
}

// P2 returns the 2-digit province, "" for the nation.
func (d Division) P2() string {
	if d.Level == LevelNation || len(d.Code) != 6 {
		return ""
	}
	return d.Code[:2]
}

// C4 returns the 4-digit city of a city or of a county below one, and "" for everything that is not below a city.
func (d Division) C4() string {
	if d.Level == LevelCity || d.Level == LevelCounty && divisions().byCode[d.Parent].Level == LevelCity {
		return d.Code[:4]
	}
	return ""
}

// C6 returns the 6-digit code of a county, "" for everything above.
func (d Division) C6() string {
	if d.Level != LevelCounty {
		return ""
	}
	return d.Code
}

// Ancestors returns the codes above a division, nearest first and 000000 last; none for the nation or an unknown code.
func Ancestors(code string) []string {
	table := divisions().byCode
	var chain []string
	for d, ok := table[code]; ok && d.Parent != ""; d, ok = table[d.Parent] {
		chain = append(chain, d.Parent)
	}
	return chain
}

// Covers reports whether inner is outer or lies within it, by the table. An unknown code covers nothing and is covered
// by nothing.
func Covers(outer, inner string) bool {
	table := divisions().byCode
	if _, ok := table[outer]; !ok {
		return false
	}
	for d, ok := table[inner]; ok; d, ok = table[d.Parent] {
		if d.Code == outer {
			return true
		}
	}
	return false
}

// Children returns the divisions directly below code, by code.
func Children(code string) []Division {
	if code == "" {
		return nil
	}
	return slices.Clone(divisions().children[code])
}

// Divisions returns the whole table, by code, the nation first.
func Divisions() []Division {
	all := make([]Division, 0, len(divisions().byCode))
	for _, d := range divisions().byCode {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Division) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// PathName returns the full name: from the province down and unspaced in Chinese, from the place up and with commas where
// lang is "en". It is "" for an unknown code.
func PathName(code, lang string) string {
	d, ok := DivisionByCode(code)
	if !ok {
		return ""
	}
	name := divisionName(d, lang)
	for _, above := range Ancestors(code) {
		if above == NationCode {
			break
		}
		upper := divisions().byCode[above]
		if lang == "en" {
			name += ", " + divisionName(upper, lang)
			continue
		}
		name = divisionName(upper, lang) + name
	}
	return name
}

func divisionName(d Division, lang string) string {
	if lang == "en" {
		return d.NameEn
	}
	return d.Name
}
