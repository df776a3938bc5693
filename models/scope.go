package models

import (
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/reference"
)

// Place is a division of GB/T 2260 as the scoped tables store it: the code and the province, city and county it lies in,
// each empty where the division stands above that level.
type Place struct {
	DivisionCode string
	P2           string
	C4           string
	C6           string
}

// PlaceOf looks a division code up in the versioned table; false for a code that the table does not hold.
func PlaceOf(code string) (Place, bool) {
	d, ok := reference.DivisionByCode(code)
	if !ok {
		return Place{}, false
	}
	return Place{DivisionCode: code, P2: d.P2(), C4: d.C4(), C6: d.C6()}, true
}

// Scope is the part of the country whose rows a question may see. Its zero value sees nothing. It is built from grants
// alone and never from what a user typed.
type Scope struct {
	nation bool
	p2     []string
	c4     []string
	c6     []string
}

// ScopeOf makes the scope of one division: the nation, a province, a city or a county with all that lies in it. An unknown
// code gives the scope that sees nothing.
func ScopeOf(code string) Scope {
	d, ok := reference.DivisionByCode(code)
	if !ok {
		return Scope{}
	}
	switch d.Level {
	case reference.LevelNation:
		return Scope{nation: true}
	case reference.LevelProvince:
		return Scope{p2: []string{d.P2()}}
	case reference.LevelCity:
		return Scope{c4: []string{d.C4()}}
	default:
		return Scope{c6: []string{d.C6()}}
	}
}

// Union gives the scope that sees what either sees.
func (s Scope) Union(t Scope) Scope {
	u := Scope{nation: s.nation || t.nation}
	u.p2 = merge(s.p2, t.p2)
	u.c4 = merge(s.c4, t.c4)
	u.c6 = merge(s.c6, t.c6)
	return u
}

func merge(a, b []string) []string {
	m := slices.Concat(a, b)
	slices.Sort(m)
	return slices.Compact(m)
}

// Empty says whether the scope sees nothing.
func (s Scope) Empty() bool { return !s.nation && len(s.p2)+len(s.c4)+len(s.c6) == 0 }

// Covers says whether a row of the place is seen.
func (s Scope) Covers(p Place) bool {
	switch {
	case s.nation:
		return true
	case p.P2 != "" && slices.Contains(s.p2, p.P2):
		return true
	case p.C4 != "" && slices.Contains(s.c4, p.C4):
		return true
	default:
		return p.C6 != "" && slices.Contains(s.c6, p.C6)
	}
}

// sql gives the condition that keeps rows of the scope, for the columns of the aliased table.
func (s Scope) sql(alias string) (string, []any) {
	if s.nation {
		return "1 = 1", nil
	}
	col := func(name string) string {
		if alias == "" {
			return name
		}
		return alias + "." + name
	}
	var parts []string
	var args []any
	for _, c := range []struct {
		name   string
		values []string
	}{{"p2", s.p2}, {"c4", s.c4}, {"c6", s.c6}} {
		if len(c.values) == 0 {
			continue
		}
		parts = append(parts, col(c.name)+" IN ?")
		args = append(args, c.values)
	}
	if len(parts) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// scoped keeps the rows of the scope; every later condition is joined by AND, since a bare OR would leak past it.
func scoped(db *gorm.DB, s Scope, alias string) *gorm.DB {
	cond, args := s.sql(alias)
	return db.Where(cond, args...)
}

// selfAndAbove gives the division and every division it lies in: the places whose grants cover it.
func selfAndAbove(code string) []string {
	return append([]string{code}, reference.Ancestors(code)...)
}
