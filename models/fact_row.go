package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"xiezhi/reference"
)

// factRow is a row on its way into the table of facts.
type factRow struct {
	ident    [16]byte
	hash     [32]byte
	table    Table
	source   string
	subject  int // the place of its subject among those of the load
	other    int // of the second subject, -1 where the row names none
	line     int64
	stated   bool
	observed Instant // zero: when it is stored
	payload  string
	marks    [3]int64 // of telephone, address and site, 0 where there is none
	names    bool
	naming   naming
	unknown  bool // the identity holds no subject: that a subject is new does not say that the fact is
}

// observedOr gives when the fact was observed, now where it does not say.
func (f *factRow) observedOr(now Instant) Instant {
	if f.observed.IsZero() {
		return now
	}
	return f.observed
}

// parts gives what a row is about, the key of its identity (contract.md 2) and its content.
func (r Row) parts() (subject, other SubjectRef, key string, content any, own Instant) {
	switch r.Table {
	case TableCompanies:
		return SubjectRef{KindCompany, r.Company.USCC}, other, r.Company.USCC, r.Company, own
	case TablePersons:
		return SubjectRef{KindPerson, r.Person.ID}, other, r.Person.ID, r.Person, own
	case TableInstitutions:
		return SubjectRef{KindInstitution, r.Institution.Code}, other, r.Institution.Code, r.Institution, own
	case TableAccounts:
		other, _ = parseSubject(r.Account.Holder)
		return SubjectRef{KindAccount, r.Account.Number}, other, r.Account.Number, r.Account, own
	case TableLicences:
		return SubjectRef{KindCompany, r.Licence.Company}, other, r.Licence.Company + "|" + r.Licence.Kind + "|" + r.Licence.Number, r.Licence, own
	case TableProducts:
		return SubjectRef{KindCompany, r.Product.Company}, SubjectRef{KindProduct, r.Product.ID}, r.Product.ID, r.Product, own
	case TableRelations:
		subject, _ = parseSubject(r.Relation.From)
		other, _ = parseSubject(r.Relation.To)
		return subject, other, r.Relation.From + "|" + r.Relation.To + "|" + r.Relation.Kind + "|" + string(r.Relation.SinceOn), r.Relation, own
	default:
		subject, _ = parseSubject(r.Signal.Subject)
		return subject, other, r.Signal.Ref, r.Signal, r.Signal.At
	}
}

// addFact makes a row of facts ready.
func (p *Prepared) addFact(r Row) error {
	subject, other, key, content, own := r.parts()
	payload, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("line %d: write fact: %w", r.Line, err)
	}
	f := factRow{table: r.Table, source: r.Source, line: r.Line, other: -1, payload: string(payload), hash: sha256.Sum256(payload), unknown: r.Table == TableSignals && key != ""}
	if key == "" {
		key = hex.EncodeToString(f.hash[:])
	}
	p.scratch = fmt.Appendf(p.scratch[:0], "%s\x00%s\x00%s", r.Source, r.Table, key)
	sum := sha256.Sum256(p.scratch)
	copy(f.ident[:], sum[:16])
	switch {
	case !r.ObservedAt.IsZero():
		f.observed, f.stated = r.ObservedAt, true
	case !own.IsZero():
		f.observed, f.stated = own, true
	}
	f.subject = p.subject(subject)
	if other.ID != "" {
		f.other = p.subject(other)
	}
	if r.Table == TableCompanies {
		for i, text := range statedBy(*r.Company) {
			f.marks[i] = tieMark(text)
		}
	}
	f.naming, f.names = r.naming(subject, other)
	p.size += len(payload)
	p.facts = append(p.facts, f)
	return nil
}

// naming gives what a row says of a subject's name, place and owner; false for one that names nobody.
func (r Row) naming(subject, other SubjectRef) (naming, bool) {
	n := naming{ref: subject, named: true}
	division := ""
	switch r.Table {
	case TableCompanies:
		n.name, division = r.Company.Name, r.Company.DivisionCode
	case TablePersons:
		n.name, division = r.Person.Name, r.Person.DivisionCode
	case TableInstitutions:
		n.name, division = r.Institution.Name, r.Institution.DivisionCode
	case TableAccounts:
		n.name, division = r.Account.Number, r.Account.DivisionCode
		n.owner, n.hasOwner = other, other.ID != ""
	case TableProducts:
		n.ref, n.name = other, r.Product.Name
		n.owner, n.hasOwner = subject, true
	default:
		return naming{}, false
	}
	n.fold = reference.Fold(n.name)
	if p, ok := PlaceOf(division); ok {
		n.place, n.placed = p, true
	}
	return n, true
}

// statedBy gives what a company states that others may state too: telephone, address and site, in the order of the columns that hold
// their marks.
func statedBy(r CompanyRow) [3]string {
	return [3]string{cutText(r.Phone), cutText(r.Address), cutText(r.Website)}
}

// tieMark makes the number by which what a company states is found again; 0 for nothing.
func tieMark(text string) int64 {
	if text == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(text))
	return int64(binary.BigEndian.Uint64(sum[:8]) | 1) // any number serves, and that of a text is never 0
}
