package models

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// AsOf bounds what a question may know: facts recorded by RecordedBy and observed by ObservedBy, where a zero bound does not
// limit; and facts of sources of general purpose, unless Purposes names others too (law.md 0.8, 0.9).
type AsOf struct {
	RecordedBy Instant
	ObservedBy Instant
	Purposes   []Purpose
}

// permitted keeps what comes from sources whose purpose allows the question; column holds the source's code.
func (a AsOf) permitted(q *gorm.DB, column string) *gorm.DB {
	may := append([]Purpose{PurposeGeneral}, a.Purposes...)
	return q.Where(column+" NOT IN (SELECT code FROM sources WHERE purpose NOT IN ?)", may)
}

// storedFact is a row of facts joined with its subjects.
type storedFact struct {
	ID         int64
	Tbl        Table
	Source     string
	SubjectID  int64
	OtherID    *int64
	BatchRef   string
	ObservedAt Instant
	RecordedAt Instant
	Hash       []byte
	Payload    string
}

func (f storedFact) provenance(sources map[string]Source) Provenance {
	src, ok := sources[f.Source]
	if !ok {
		src = Source{Family: f.Source, Purpose: PurposeGeneral, Standing: CommonStanding}
	}
	return Provenance{FactID: f.ID, Source: f.Source, Family: src.Family, Purpose: src.Purpose, Standing: src.Standing, ObservedAt: f.ObservedAt,
		RecordedAt: f.RecordedAt, BatchRef: f.BatchRef, Hash: hex.EncodeToString(f.Hash)}
}

func bounded(q *gorm.DB, asOf AsOf) *gorm.DB {
	q = asOf.permitted(q, "f.source")
	if !asOf.ObservedBy.IsZero() {
		q = q.Where("f.observed_at <= ?", asOf.ObservedBy)
	}
	if asOf.RecordedBy.IsZero() {
		return q.Where("NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id)")
	}
	return q.Where("f.recorded_at <= ?", asOf.RecordedBy).
		Where("NOT EXISTS (SELECT 1 FROM retractions x WHERE x.fact_id = f.id AND x.recorded_at <= ?)", asOf.RecordedBy)
}

// companyFacts gathers, for companies by internal key, all that is known as of a moment.
func companyFacts(db *gorm.DB, companies []Subject, sources map[string]Source, asOf AsOf) (map[int64]*CompanyFacts, error) {
	out := make(map[int64]*CompanyFacts, len(companies))
	ids := make([]int64, 0, len(companies))
	for _, c := range companies {
		out[c.ID] = &CompanyFacts{ID: c.Key, DivisionCode: c.DivisionCode}
		ids = append(ids, c.ID)
	}
	if len(ids) == 0 {
		return out, nil
	}
	var products []Subject
	mine := db.Select("id, owner_id").Where("kind = ? AND owner_id IN ?", KindProduct, ids)
	if !asOf.RecordedBy.IsZero() {
		mine = mine.Where(`EXISTS (SELECT 1 FROM facts f WHERE f.other_id = subjects.id AND f.tbl = ? AND f.subject_id = subjects.owner_id AND f.recorded_at <= ?)`,
			TableProducts, asOf.RecordedBy) // whose it is may have been learned later
	}
	if err := mine.Find(&products).Error; err != nil {
		return nil, fmt.Errorf("read products: %w", err)
	}
	owner := map[int64]int64{}
	about := append([]int64(nil), ids...)
	for _, p := range products {
		owner[p.ID] = *p.OwnerID
		about = append(about, p.ID)
	}
	const fields = "f.id, f.tbl, f.source, f.subject_id, f.other_id, f.observed_at, f.recorded_at, f.hash, f.payload, b.ref AS batch_ref"
	var list, incoming []storedFact
	base := func() *gorm.DB {
		return bounded(db.Table("facts f").Select(fields).Joins("LEFT JOIN batches b ON b.id = f.batch_id"), asOf)
	}
	if err := base().Where("f.subject_id IN ?", about).Order("f.observed_at, f.id").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	if err := base().Where("f.other_id IN ? AND f.tbl = ?", ids, TableRelations).Order("f.observed_at, f.id").Find(&incoming).Error; err != nil {
		return nil, fmt.Errorf("read relations: %w", err)
	}
	for _, f := range list {
		id := f.SubjectID
		if o, ok := owner[id]; ok {
			id = o
		}
		if cf := out[id]; cf != nil {
			if err := cf.add(f, sources); err != nil {
				return nil, err
			}
		}
	}
	if err := companySchemes(db, ids, out, asOf); err != nil {
		return nil, err
	}
	if err := companySuppressions(db, ids, out, asOf); err != nil {
		return nil, err
	}
	for _, f := range incoming {
		if cf := out[*f.OtherID]; cf != nil && f.SubjectID != *f.OtherID {
			if err := cf.add(f, sources); err != nil {
				return nil, err
			}
		}
	}
	return out, companyTies(db, ids, out, asOf, incoming)
}

func (c *CompanyFacts) add(f storedFact, sources map[string]Source) error {
	p := f.provenance(sources)
	switch f.Tbl {
	case TableCompanies:
		return push(&c.Registry, p, f)
	case TableLicences:
		return push(&c.Licences, p, f)
	case TableProducts:
		return push(&c.Products, p, f)
	case TableSignals:
		return push(&c.Signals, p, f)
	case TableRelations:
		return push(&c.Relations, p, f)
	default:
		return nil
	}
}

func push[R any](list *[]Fact[R], p Provenance, f storedFact) error {
	fact := Fact[R]{Provenance: p}
	if err := json.Unmarshal([]byte(f.Payload), &fact.Row); err != nil {
		return fmt.Errorf("read fact %d: %w", f.ID, err)
	}
	*list = append(*list, fact)
	return nil
}

// CompanyFactsBy gathers what is known about companies, for scans; it asks for no scope since a scan looks at everybody.
func (s *Store) CompanyFactsBy(ctx context.Context, companies []Subject, sources map[string]Source, asOf AsOf) (map[int64]*CompanyFacts, error) {
	return companyFacts(s.read(ctx), companies, sources, asOf)
}

// Company gives a company in the actor's sight with all that is known about it as of a moment.
func (s *Store) Company(ctx context.Context, actor Actor, key string, asOf AsOf) (Subject, *CompanyFacts, error) {
	c, err := s.seenSubject(ctx, actor.Sight(ActCompanyRead), KindCompany, key)
	if err != nil {
		return c, nil, err
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return c, nil, err
	}
	facts, err := companyFacts(s.read(ctx), []Subject{c}, sources, asOf)
	if err != nil {
		return c, nil, fmt.Errorf("company %s: %w", key, err)
	}
	return c, facts[c.ID], nil
}

func (s *Store) seenSubject(ctx context.Context, sight Sight, kind SubjectKind, key string) (Subject, error) {
	var sub Subject
	err := seenSubjects(s.read(ctx), sight).Where("kind = ? AND key = ?", kind, key).Take(&sub).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return sub, NotFound(string(kind))
	}
	if err != nil {
		return sub, fmt.Errorf("%s %s: %w", kind, key, err)
	}
	return sub, nil
}
