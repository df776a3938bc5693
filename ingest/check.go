package ingest

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xiezhi/models"
	"xiezhi/reference"
)

// The longest texts, in runes.
const (
	codeRunes    = 64
	nameRunes    = 200
	addressRunes = 500
	linkRunes    = 2048
	textRunes    = 100_000
)

// valueKind tells the mapping what a canonical column holds.
type valueKind int

const (
	holdsText valueKind = iota
	holdsMoney
	holdsWhole
	holdsNumber
	holdsDate
	holdsInstant
)

// role tells whoever maps a column what it names.
type role int

const (
	namesNothing role = iota
	namesSubject      // kind:ID
	namesID           // the ID of a subject of one kind
	namesKey          // an ID that names no subject
	namesPlace
	namesYesNo
)

// columnSpec is what the outside needs to know of a canonical column.
type columnSpec struct {
	name     string
	required bool
	kind     valueKind
	role     role
	choices  []string // a closed list
}

// field is a column of a table of rows R: set checks a value that is not empty and puts it into the row.
type field[R any] struct {
	columnSpec
	set func(row *R, value string, zone *time.Location) problem
}

func (f field[R]) must() field[R] {
	f.required = true
	return f
}

// idRune says whether c may stand in an ID.
func idRune(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' || c == '_' || c == '-'
}

func isID(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !idRune(s[i]) {
			return false
		}
	}
	return true
}

// realNumber is the length of every number that has a check digit: credit code and identity number.
const realNumber = 18

func checkID(kind models.SubjectKind, s string) problem {
	if isRounded(s) {
		return bad("ingest.refused.rounded")
	}
	if !isID(s) {
		return bad("ingest.refused.id")
	}
	if len(s) != realNumber {
		return problem{}
	}
	if err := reference.CheckSubjectID(string(kind), s); err != nil {
		return bad("ingest.refused.check_digit")
	}
	return problem{}
}

func checkSubject(s string) problem {
	kind, id, _ := strings.Cut(s, ":")
	switch k := models.SubjectKind(kind); k {
	case models.KindCompany, models.KindPerson, models.KindAccount, models.KindInstitution, models.KindProduct:
		return checkID(k, id)
	}
	return bad("ingest.refused.subject")
}

func checkDivision(s string) problem {
	if s == "000000" {
		return problem{}
	}
	if _, ok := reference.NormalDivision(s); !ok {
		return bad("ingest.refused.division")
	}
	return problem{}
}

// simpleText says whether s is made of printable ASCII alone and so needs no cleaning.
func simpleText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func cleaned(s string, limit int, clean func(string) (string, error)) (string, problem) {
	if !simpleText(s) {
		var err error
		if s, err = clean(s); err != nil {
			return "", bad("ingest.refused.text")
		}
	}
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return "", bad("ingest.refused.too_many_characters", "limit", strconv.Itoa(limit))
	}
	return s, problem{}
}

// cleanSource checks the code of a source.
func cleanSource(s string) (string, problem) { return cleaned(s, codeRunes, reference.CleanName) }

func id[R any](name string, kind models.SubjectKind, at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: name, role: namesID}, func(r *R, v string, _ *time.Location) problem {
		*at(r) = reference.NormalSubjectID(string(kind), v)
		return checkID(kind, v)
	}}
}

// key is an ID that names no subject.
func key[R any](name string, at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: name, role: namesKey}, func(r *R, v string, _ *time.Location) problem {
		*at(r) = v
		if isRounded(v) {
			return bad("ingest.refused.rounded")
		}
		if !isID(v) {
			return bad("ingest.refused.id")
		}
		return problem{}
	}}
}

func subject[R any](name string, at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: name, role: namesSubject}, func(r *R, v string, _ *time.Location) problem {
		kind, plain, _ := strings.Cut(v, ":")
		*at(r) = v
		if normal := reference.NormalSubjectID(kind, plain); normal != plain {
			*at(r) = kind + ":" + normal
		}
		return checkSubject(v)
	}}
}

func called[R any](name string, at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: name}, func(r *R, v string, _ *time.Location) (p problem) {
		*at(r), p = cleaned(v, nameRunes, reference.CleanName)
		return p
	}}
}

// numbered is a text by which something is named: a number that a spreadsheet has rounded names nothing.
func numbered[R any](name string, limit int, at func(*R) *string) field[R] {
	f := free(name, limit, at)
	return field[R]{f.columnSpec, func(r *R, v string, zone *time.Location) problem {
		if isRounded(v) {
			return bad("ingest.refused.rounded")
		}
		return f.set(r, v, zone)
	}}
}

func free[R any](name string, limit int, at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: name}, func(r *R, v string, _ *time.Location) (p problem) {
		*at(r), p = cleaned(v, limit, reference.CleanText)
		return p
	}}
}

func oneOf[R any](name string, list []string, at func(*R) *string) field[R] {
	known := make(map[string]bool, len(list))
	for _, v := range list {
		known[v] = true
	}
	allowed := strings.Join(list, " ")
	return field[R]{columnSpec{name: name, choices: list}, func(r *R, v string, _ *time.Location) problem {
		*at(r) = v
		if !known[v] {
			return bad("ingest.refused.not_in_list", "allowed", allowed)
		}
		return problem{}
	}}
}

func division[R any](at func(*R) *string) field[R] {
	return field[R]{columnSpec{name: "division_code", role: namesPlace}, func(r *R, v string, _ *time.Location) problem {
		p := checkDivision(v)
		if normal, ok := reference.NormalDivision(v); ok {
			v = normal
		}
		*at(r) = v
		return p
	}}
}

func money[R any](name string, at func(*R) **int64) field[R] {
	return field[R]{columnSpec{name: name, kind: holdsMoney}, func(r *R, v string, _ *time.Location) problem {
		fen, p := parseFen(v)
		*at(r) = &fen
		return p
	}}
}

func count[R any](name string, most int64, at func(*R) **int64) field[R] {
	return field[R]{columnSpec{name: name, kind: holdsWhole}, func(r *R, v string, _ *time.Location) problem {
		n, p := parseCount(v)
		if p.ok() && n > most {
			return bad("ingest.refused.too_large")
		}
		*at(r) = &n
		return p
	}}
}

func fraction[R any](name string, most float64, at func(*R) **float64) field[R] {
	return field[R]{columnSpec{name: name, kind: holdsNumber}, func(r *R, v string, _ *time.Location) problem {
		f, p := parseFraction(v)
		if p.ok() && f > most {
			return bad("ingest.refused.ratio")
		}
		*at(r) = &f
		return p
	}}
}

func day[R any](name string, at func(*R) *models.Date) field[R] {
	return field[R]{columnSpec{name: name, kind: holdsDate}, func(r *R, v string, _ *time.Location) problem {
		if _, ok := parseDay(v); !ok {
			return bad("ingest.refused.date")
		}
		*at(r) = models.Date(v)
		return problem{}
	}}
}

func moment[R any](name string, at func(*R) *models.Instant) field[R] {
	return field[R]{columnSpec{name: name, kind: holdsInstant}, func(r *R, v string, zone *time.Location) (p problem) {
		*at(r), p = parseInstant(v, zone)
		return p
	}}
}

func yesNo[R any](name string, at func(*R) **bool) field[R] {
	return field[R]{columnSpec{name: name, role: namesYesNo}, func(r *R, v string, _ *time.Location) problem {
		b := v == "true"
		if !b && v != "false" {
			return bad("ingest.refused.true_false")
		}
		*at(r) = &b
		return problem{}
	}}
}
