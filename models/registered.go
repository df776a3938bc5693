package models

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Registered is what the registries say of a company, column by column, with what contradicts it.
type Registered struct {
	CompanyRow
	Conflicts []ColumnConflict
}

// ColumnConflict is a column on which sources say different things: the first claim is the one that counts.
type ColumnConflict struct {
	Column string
	Claims []Claim
}

// Claim is what one source says of a column, by its newest fact that says anything of it.
type Claim struct {
	Provenance
	Value string
}

// Registered merges the registry facts of a company. For each column the source of lowest standing number that says anything
// counts, among equals the newest observation, then the one recorded last.
func (c CompanyFacts) Registered() Registered {
	facts := slices.Clone(c.Registry)
	slices.SortStableFunc(facts, func(a, b Fact[CompanyRow]) int {
		if a.Standing != b.Standing {
			return cmp.Compare(a.Standing, b.Standing)
		}
		if !a.ObservedAt.Equal(b.ObservedAt) {
			return b.ObservedAt.Time().Compare(a.ObservedAt.Time())
		}
		return cmp.Compare(b.FactID, a.FactID)
	})
	claims := map[string][]Claim{}
	merged := map[string]json.RawMessage{}
	var order []string
	for _, f := range facts {
		names, values := columnsOf(f.Row)
		for _, name := range names {
			value := values[name]
			if _, ok := merged[name]; !ok {
				merged[name] = value
				order = append(order, name)
			}
			said := slices.ContainsFunc(claims[name], func(k Claim) bool { return k.Source == f.Source })
			if !said {
				claims[name] = append(claims[name], Claim{Provenance: f.Provenance, Value: strings.Trim(string(value), `"`)})
			}
		}
	}
	var out Registered
	whole, err := json.Marshal(merged)
	if err == nil {
		err = json.Unmarshal(whole, &out.CompanyRow)
	}
	if err != nil {
		return Registered{} // the columns were read from rows of this very type
	}
	for _, name := range order {
		list := claims[name]
		differs := func(k Claim) bool { return k.Value != list[0].Value }
		if slices.ContainsFunc(list, differs) {
			out.Conflicts = append(out.Conflicts, ColumnConflict{Column: name, Claims: list})
		}
	}
	return out
}

// columnsOf gives the columns of a row that have a value, in the order of the table.
func columnsOf(row CompanyRow) ([]string, map[string]json.RawMessage) {
	b, err := json.Marshal(row)
	if err != nil {
		return nil, nil
	}
	values := map[string]json.RawMessage{}
	if json.Unmarshal(b, &values) != nil {
		return nil, nil
	}
	var names []string
	for _, name := range companyColumns {
		if v, ok := values[name]; ok && string(v) != `""` {
			names = append(names, name)
		}
	}
	return names, values
}

// companyColumns are the columns of companies in the order of contract.md, section 2.
var companyColumns = []string{"uscc", "name", "name_en", "kind", "industry_code", "division_code", "address", "registered_capital", "paid_capital",
	"established_on", "status", "business_scope", "website", "phone", "insured_staff", "abnormal_listed_on"}
