package ingest

import (
	"math"
	"time"

	"xiezhi/models"
)

// table knows the columns of the rows R, how a finished row goes into a models.Row, and what must hold between columns.
type table[R any] struct {
	fields []field[R]
	put    func(*models.Row, *R, string) // the string is the division of rows that have none
	whole  func(*R) (string, problem)    // the column to blame and what is wrong; nil: nothing to check
}

// plan is a table of any row type.
type plan interface {
	columns() []columnSpec
	build(cells []cell, x *evaluation, row *models.Row) []Problem
}

// provenance are the columns that every table takes beside its own.
func provenance() []columnSpec {
	return []columnSpec{{name: "source"}, {name: "observed_at", kind: holdsInstant}}
}

func (t table[R]) columns() []columnSpec {
	list := make([]columnSpec, 0, len(t.fields)+2)
	for _, f := range t.fields {
		list = append(list, f.columnSpec)
	}
	return append(list, provenance()...)
}

// build checks a record column by column and gives all its problems; cells stand in the order of the fields.
func (t table[R]) build(cells []cell, x *evaluation, row *models.Row) (problems []Problem) {
	r := new(R)
	for i := range t.fields {
		if cells[i].absent {
			continue
		}
		v, p := cells[i].value(x)
		if p.ok() {
			if v == "" {
				if !t.fields[i].required {
					continue
				}
				p = bad("ingest.refused.required")
			} else {
				p = t.fields[i].set(r, v, x.zone)
			}
		}
		if !p.ok() {
			problems = append(problems, p.public(t.fields[i].name, v))
		}
	}
	if len(problems) == 0 && t.whole != nil {
		if column, p := t.whole(r); !p.ok() {
			problems = append(problems, p.public(column, ""))
		}
	}
	t.put(row, r, x.division)
	return problems
}

func ordered(from, until models.Date, column string) (string, problem) {
	if from != "" && until != "" && until < from {
		return column, bad("ingest.refused.ends_first", "start", string(from), "end", string(until))
	}
	return "", problem{}
}

func orElse(own *string, other string) {
	if *own == "" {
		*own = other
	}
}

func plans() map[models.Table]plan {
	return map[models.Table]plan{
		models.TableCompanies: companies(), models.TablePersons: persons(), models.TableInstitutions: institutions(),
		models.TableAccounts: accounts(), models.TableLicences: licences(), models.TableProducts: products(),
		models.TableRelations: relations(), models.TableTransfers: transfers(), models.TableSignals: signals(),
	}
}

func companies() plan {
	type row = models.CompanyRow
	return table[row]{
		fields: []field[row]{
			id("uscc", models.KindCompany, func(r *row) *string { return &r.USCC }).must(),
			called("name", func(r *row) *string { return &r.Name }).must(),
			called("name_en", func(r *row) *string { return &r.NameEn }),
			free("kind", codeRunes, func(r *row) *string { return &r.Kind }),
			free("industry_code", codeRunes, func(r *row) *string { return &r.IndustryCode }),
			division(func(r *row) *string { return &r.DivisionCode }),
			free("address", addressRunes, func(r *row) *string { return &r.Address }),
			money("registered_capital", func(r *row) **int64 { return &r.RegisteredCapitalFen }),
			money("paid_capital", func(r *row) **int64 { return &r.PaidCapitalFen }),
			day("established_on", func(r *row) *models.Date { return &r.EstablishedOn }),
			free("status", codeRunes, func(r *row) *string { return &r.Status }),
			free("business_scope", textRunes, func(r *row) *string { return &r.BusinessScope }),
			free("website", linkRunes, func(r *row) *string { return &r.Website }),
			free("phone", codeRunes, func(r *row) *string { return &r.Phone }),
			count("insured_staff", math.MaxInt32, func(r *row) **int64 { return &r.InsuredStaff }),
			day("abnormal_listed_on", func(r *row) *models.Date { return &r.AbnormalListedOn }),
		},
		put: func(to *models.Row, r *row, division string) { to.Company = r; orElse(&r.DivisionCode, division) },
	}
}

func persons() plan {
	type row = models.PersonRow
	return table[row]{
		fields: []field[row]{
			id("id", models.KindPerson, func(r *row) *string { return &r.ID }).must(),
			called("name", func(r *row) *string { return &r.Name }).must(),
			division(func(r *row) *string { return &r.DivisionCode }),
			count("birth_year", lastYear, func(r *row) **int64 { return &r.BirthYear }),
		},
		put: func(to *models.Row, r *row, division string) { to.Person = r; orElse(&r.DivisionCode, division) },
		whole: func(r *row) (string, problem) {
			if r.BirthYear != nil && *r.BirthYear < firstYear {
				return "birth_year", bad("ingest.refused.date")
			}
			return "", problem{}
		},
	}
}

func institutions() plan {
	type row = models.InstitutionRow
	return table[row]{
		fields: []field[row]{
			id("code", models.KindInstitution, func(r *row) *string { return &r.Code }).must(),
			called("name", func(r *row) *string { return &r.Name }).must(),
			oneOf("kind", institutionKinds(), func(r *row) *string { return &r.Kind }).must(),
			division(func(r *row) *string { return &r.DivisionCode }),
		},
		put: func(to *models.Row, r *row, division string) { to.Institution = r; orElse(&r.DivisionCode, division) },
	}
}

func accounts() plan {
	type row = models.AccountRow
	return table[row]{
		fields: []field[row]{
			id("number", models.KindAccount, func(r *row) *string { return &r.Number }).must(),
			id("institution_code", models.KindInstitution, func(r *row) *string { return &r.InstitutionCode }).must(),
			subject("holder", func(r *row) *string { return &r.Holder }),
			oneOf("class", accountClasses(), func(r *row) *string { return &r.Class }),
			day("opened_on", func(r *row) *models.Date { return &r.OpenedOn }),
			free("status", codeRunes, func(r *row) *string { return &r.Status }),
			division(func(r *row) *string { return &r.DivisionCode }),
			free("phone", codeRunes, func(r *row) *string { return &r.Phone }),
		},
		put: func(to *models.Row, r *row, division string) { to.Account = r; orElse(&r.DivisionCode, division) },
	}
}

func licences() plan {
	type row = models.LicenceRow
	return table[row]{
		fields: []field[row]{
			id("company", models.KindCompany, func(r *row) *string { return &r.Company }).must(),
			oneOf("kind", licenceKinds(), func(r *row) *string { return &r.Kind }).must(),
			numbered("number", nameRunes, func(r *row) *string { return &r.Number }).must(),
			called("issued_by", func(r *row) *string { return &r.IssuedBy }).must(),
			day("valid_from", func(r *row) *models.Date { return &r.ValidFrom }).must(),
			day("valid_until", func(r *row) *models.Date { return &r.ValidUntil }),
		},
		put:   func(to *models.Row, r *row, _ string) { to.Licence = r },
		whole: func(r *row) (string, problem) { return ordered(r.ValidFrom, r.ValidUntil, "valid_until") },
	}
}

func products() plan {
	type row = models.ProductRow
	return table[row]{
		fields: []field[row]{
			id("id", models.KindProduct, func(r *row) *string { return &r.ID }).must(),
			id("company", models.KindCompany, func(r *row) *string { return &r.Company }).must(),
			called("name", func(r *row) *string { return &r.Name }).must(),
			oneOf("area", riskAreas(), func(r *row) *string { return &r.Area }).must(),
			fraction("promised_yield", math.MaxFloat64, func(r *row) **float64 { return &r.PromisedYield }),
			oneOf("yield_period", yieldPeriods(), func(r *row) *string { return &r.YieldPeriod }),
			count("term_days", math.MaxInt32, func(r *row) **int64 { return &r.TermDays }),
			count("investors", math.MaxInt64, func(r *row) **int64 { return &r.Investors }),
			money("raised", func(r *row) **int64 { return &r.RaisedFen }),
			yesNo("guaranteed", func(r *row) **bool { return &r.Guaranteed }),
			free("channel", nameRunes, func(r *row) *string { return &r.Channel }),
			free("url", linkRunes, func(r *row) *string { return &r.URL }),
			free("text", textRunes, func(r *row) *string { return &r.Text }),
		},
		put: func(to *models.Row, r *row, _ string) { to.Product = r },
	}
}

func relations() plan {
	type row = models.RelationRow
	return table[row]{
		fields: []field[row]{
			subject("from", func(r *row) *string { return &r.From }).must(),
			subject("to", func(r *row) *string { return &r.To }).must(),
			oneOf("kind", relationKinds(), func(r *row) *string { return &r.Kind }).must(),
			fraction("ratio", 1, func(r *row) **float64 { return &r.Ratio }),
			money("amount", func(r *row) **int64 { return &r.AmountFen }),
			day("since_on", func(r *row) *models.Date { return &r.SinceOn }),
			day("until_on", func(r *row) *models.Date { return &r.UntilOn }),
		},
		put:   func(to *models.Row, r *row, _ string) { to.Relation = r },
		whole: func(r *row) (string, problem) { return ordered(r.SinceOn, r.UntilOn, "until_on") },
	}
}

func transfers() plan {
	type row = models.TransferRow
	amount := field[row]{columnSpec{name: "amount", kind: holdsMoney}, func(r *row, v string, _ *time.Location) (p problem) {
		r.AmountFen, p = parseFen(v)
		return p
	}}
	currency := field[row]{columnSpec{name: "currency"}, func(r *row, v string, _ *time.Location) problem {
		r.Currency = v
		if len(v) != 3 || v[0] < 'A' || v[0] > 'Z' || v[1] < 'A' || v[1] > 'Z' || v[2] < 'A' || v[2] > 'Z' {
			return bad("ingest.refused.currency")
		}
		return problem{}
	}}
	return table[row]{
		fields: []field[row]{
			key("id", func(r *row) *string { return &r.ID }).must(),
			id("from_account", models.KindAccount, func(r *row) *string { return &r.FromAccount }).must(),
			id("to_account", models.KindAccount, func(r *row) *string { return &r.ToAccount }).must(),
			amount.must(),
			currency,
			moment("at", func(r *row) *models.Instant { return &r.At }).must(),
			free("channel", codeRunes, func(r *row) *string { return &r.Channel }),
			free("device", nameRunes, func(r *row) *string { return &r.Device }),
			free("ip", codeRunes, func(r *row) *string { return &r.IP }),
			free("memo", textRunes, func(r *row) *string { return &r.Memo }),
		},
		put: func(to *models.Row, r *row, _ string) { to.Transfer = r },
	}
}

func signals() plan {
	type row = models.SignalRow
	return table[row]{
		fields: []field[row]{
			subject("subject", func(r *row) *string { return &r.Subject }).must(),
			oneOf("kind", signalKinds(), func(r *row) *string { return &r.Kind }).must(),
			moment("at", func(r *row) *models.Instant { return &r.At }).must(),
			count("count", math.MaxInt64, func(r *row) **int64 { return &r.Count }),
			money("amount", func(r *row) **int64 { return &r.AmountFen }),
			free("text", textRunes, func(r *row) *string { return &r.Text }),
			free("url", linkRunes, func(r *row) *string { return &r.URL }),
			oneOf("severity", severities(), func(r *row) *string { return &r.Severity }),
			numbered("ref", nameRunes, func(r *row) *string { return &r.Ref }),
		},
		put: func(to *models.Row, r *row, _ string) { to.Signal = r },
	}
}
