package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// factRow is a row on its way into the table of facts.
type factRow struct {
	table    Table
	ident    [16]byte
	source   string
	subject  SubjectRef
	other    SubjectRef // zero where the row names no second subject
	line     int64
	stated   bool
	observed Instant
	hash     [32]byte
	payload  []byte
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

func (l *Loader) factRow(t *tx, r Row) (factRow, error) {
	subject, other, key, content, own := r.parts()
	payload, err := json.Marshal(content)
	if err != nil {
		return factRow{}, fmt.Errorf("line %d: write fact: %w", r.Line, err)
	}
	f := factRow{table: r.Table, source: r.Source, subject: subject, other: other, line: r.Line, payload: payload, hash: sha256.Sum256(payload)}
	if key == "" {
		key = fmt.Sprintf("%x", f.hash)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", r.Source, r.Table, key))
	copy(f.ident[:], sum[:16])
	switch {
	case !r.ObservedAt.IsZero():
		f.observed, f.stated = r.ObservedAt, true
	case !own.IsZero():
		f.observed, f.stated = own, true
	default:
		f.observed = t.now
	}
	return f, nil
}

// names gives what a row says of its own subject's name, place and owner.
func (l *Loader) names(r Row, f factRow) (naming, bool) {
	n := naming{ref: f.subject, at: f.observed, named: true, place: l.batch.Place, standing: l.standing(f.source)}
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
		n.owner, n.hasOwner = f.other, f.other.ID != ""
	case TableProducts:
		n.ref, n.name = f.other, r.Product.Name
		n.owner, n.hasOwner = f.subject, true
	default:
		return naming{}, false
	}
	if p, ok := PlaceOf(division); ok {
		n.place, n.placed = p, true
	}
	return n, true
}

func (l *Loader) storeFacts(ctx context.Context, t *tx, c *chunk) error {
	rows := make([]factRow, 0, len(c.rows))
	named := map[SubjectRef]naming{}
	mentioned := map[SubjectRef]bool{}
	for _, r := range c.rows {
		f, err := l.factRow(t, r)
		if err != nil {
			return err
		}
		rows = append(rows, f)
		mentioned[f.subject] = true
		if f.other.ID != "" {
			mentioned[f.other] = true
		}
		if n, ok := l.names(r, f); ok {
			mentioned[n.ref] = true
			if was, ok := named[n.ref]; ok {
				n = n.join(was)
			}
			named[n.ref] = n
		}
	}
	fresh, err := freshFacts(t, rows)
	if err != nil {
		return err
	}
	c.accepted, c.unchanged = int64(len(fresh)), int64(len(rows)-len(fresh))
	for i, f := range rows {
		c.came(f.source, i, f.payload)
	}
	for _, f := range fresh {
		c.tally[f.source].accepted++
	}
	if len(fresh) == 0 {
		return nil
	}
	var newest int64
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&newest).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	c.before = newest
	t.arrived = true
	made, err := t.putSubjects(ctx, l.known, named, mentioned, l.batch.Place, newest+int64(len(fresh)))
	if err != nil {
		return err
	}
	if err := t.setOwners(l.known, named); err != nil {
		return err
	}
	return l.writeFacts(ctx, t, fresh, made)
}

// freshFacts leaves out the rows that are already known. A row that states its own time is known when the newest fact of its
// identity and that time has the same content; one that does not, when the newest fact of its identity has. A fact that was
// retracted is not known: a source that insists says it anew.
func freshFacts(t *tx, rows []factRow) ([]factRow, error) {
	type at struct {
		ident [16]byte
		us    int64
	}
	newest := map[[16]byte][32]byte{}
	newestAt := map[at][32]byte{}
	idents := make([][]byte, 0, len(rows))
	asked := map[[16]byte]bool{}
	for _, f := range rows {
		if !asked[f.ident] {
			asked[f.ident] = true
			idents = append(idents, bytes.Clone(f.ident[:]))
		}
	}
	for from := 0; from < len(idents); from += 5000 {
		var have []struct {
			Ident      []byte
			ObservedAt Instant
			Stated     bool
			Hash       []byte
		}
		err := t.db.Table("facts f").Select("f.ident, f.observed_at, f.stated, f.hash").Where("f.ident IN ?", idents[from:min(from+5000, len(idents))]).
			Where("NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)").Order("f.id").Find(&have).Error
		if err != nil {
			return nil, fmt.Errorf("look known facts up: %w", err)
		}
		for _, h := range have {
			id, hash := [16]byte(h.Ident), [32]byte(h.Hash)
			newest[id] = hash
			if h.Stated {
				newestAt[at{id, h.ObservedAt.Micro()}] = hash
			}
		}
	}
	fresh := make([]factRow, 0, len(rows))
	for _, f := range rows {
		key := at{f.ident, f.observed.Micro()}
		was, known := newest[f.ident]
		if f.stated {
			was, known = newestAt[key]
		}
		if known && was == f.hash {
			continue
		}
		newest[f.ident] = f.hash
		if f.stated {
			newestAt[key] = f.hash
		}
		fresh = append(fresh, f)
	}
	return fresh, nil
}

var factColumns = []column{{"tbl", textColumn}, {"ident", bytesColumn}, {"source", textColumn}, {"subject_id", intColumn},
	{"other_id", intColumn}, {"batch_id", intColumn}, {"line", intColumn}, {"stated", boolColumn}, {"observed_at", instantColumn},
	{"recorded_at", instantColumn}, {"hash", bytesColumn}, {"payload", textColumn}}

// writeFacts stores facts and marks whom they are about, but for those that were just made with their mark.
func (l *Loader) writeFacts(ctx context.Context, t *tx, rows []factRow, made map[int64]bool) error {
	touched := map[int64]bool{}
	put := bulk{table: "facts", columns: factColumns}
	_, err := put.insert(ctx, t.db, len(rows), func(row, col int) any {
		f := &rows[row]
		switch factColumns[col].name {
		case "tbl":
			return string(f.table)
		case "ident":
			return f.ident[:]
		case "source":
			return f.source
		case "subject_id":
			id := l.known[f.subject]
			touched[id] = true
			return id
		case "other_id":
			if f.other.ID == "" {
				return nil
			}
			id := l.known[f.other]
			touched[id] = true
			return id
		case "batch_id":
			return l.batch.ID
		case "line":
			return f.line
		case "stated":
			return f.stated
		case "observed_at":
			return f.observed
		case "recorded_at":
			return t.now
		case "hash":
			return f.hash[:]
		default:
			return string(f.payload)
		}
	})
	if err != nil {
		return err
	}
	var products []int64
	for _, f := range rows {
		if f.table == TableProducts {
			products = append(products, l.known[f.other])
		}
	}
	for id := range made {
		delete(touched, id)
	}
	for _, id := range products {
		touched[id] = true // for its owner
	}
	return t.touch(touched)
}

// touch marks subjects, and the companies that own them, as having newer facts than their last assessment. The mark always
// rises, also when another load, whose facts have later numbers, was committed and assessed first.
func (t *tx) touch(ids map[int64]bool) error {
	t.arrived = t.arrived || len(ids) > 0
	var newest int64
	if err := t.db.Table("facts").Select("COALESCE(MAX(id), 0)").Scan(&newest).Error; err != nil {
		return fmt.Errorf("read the newest fact: %w", err)
	}
	mark := gorm.Expr("CASE WHEN newest_fact_id >= ? THEN newest_fact_id + 1 ELSE ? END", newest, newest)
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	for from := 0; from < len(list); from += 5000 {
		part := list[from:min(from+5000, len(list))]
		if err := t.db.Table("subjects").Where("id IN ?", part).Update("newest_fact_id", mark).Error; err != nil {
			return fmt.Errorf("mark subjects: %w", err)
		}
		owners := t.db.Table("subjects").Select("owner_id").Where("id IN ? AND kind = ? AND owner_id IS NOT NULL", part, KindProduct)
		if err := t.db.Table("subjects").Where("id IN (?)", owners).Update("newest_fact_id", mark).Error; err != nil {
			return fmt.Errorf("mark owners: %w", err)
		}
	}
	return nil
}

// setOwners records whose a product or an account is; an older row, arriving late, changes nothing.
func (t *tx) setOwners(known subjectIndex, named map[SubjectRef]naming) error {
	by := map[int64][]int64{}
	owned := map[int64]naming{}
	for _, n := range named {
		if n.hasOwner {
			owned[known[n.ref]] = n
		}
	}
	ids := slices.Collect(maps.Keys(owned))
	for from := 0; from < len(ids); from += 5000 {
		var now []Subject
		if err := t.db.Select("id, named_at").Where("id IN ?", ids[from:min(from+5000, len(ids))]).Find(&now).Error; err != nil {
			return fmt.Errorf("read owners: %w", err)
		}
		for _, sub := range now {
			if n := owned[sub.ID]; !n.at.Before(sub.NamedAt) {
				by[known[n.owner]] = append(by[known[n.owner]], sub.ID)
			}
		}
	}
	for owner, ids := range by {
		err := t.db.Table("subjects").Where("id IN ? AND (owner_id IS NULL OR owner_id <> ?)", ids, owner).Update("owner_id", owner).Error
		if err != nil {
			return fmt.Errorf("record owners: %w", err)
		}
	}
	return nil
}
