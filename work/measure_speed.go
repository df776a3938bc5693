package work

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiezhi/detect"
	"xiezhi/ingest"
	"xiezhi/models"
)

// FactsOfFiles reads canonical files of companies, licences, products, signals and relations into the facts of each company, as the
// store would hand them out; nothing is stored. Refused rows are an error. It is for measuring the detector alone.
func FactsOfFiles(ctx context.Context, paths []string) ([]models.CompanyFacts, error) {
	by := map[string]*models.CompanyFacts{}
	products := map[string]string{}
	n := int64(0)
	for _, path := range paths {
		f, err := ingest.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		r, err := f.Reader(ingest.Options{})
		if err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		for row, no := range r.Rows(ctx) {
			if no != nil {
				return nil, fmt.Errorf("read facts: %s line %d: %s", path, no.Line, no.Key)
			}
			n++
			placeFact(by, products, row, n)
		}
		if err := r.Close(); err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
	}
	keys := slices.Sorted(maps.Keys(by))
	out := make([]models.CompanyFacts, 0, len(keys))
	for _, k := range keys {
		out = append(out, *by[k])
	}
	return out, nil
}

func cutSubject(written string) (kind, key string, ok bool) { return strings.Cut(written, ":") }

func placeFact(by map[string]*models.CompanyFacts, products map[string]string, row models.Row, n int64) {
	p := models.Provenance{FactID: n, Source: row.Source, Family: row.Source, Purpose: models.PurposeGeneral, ObservedAt: row.ObservedAt, RecordedAt: row.ObservedAt}
	of := func(key string) *models.CompanyFacts {
		if by[key] == nil {
			by[key] = &models.CompanyFacts{ID: key}
		}
		return by[key]
	}
	switch row.Table {
	case models.TableCompanies:
		c := of(row.Company.USCC)
		c.Registry = append(c.Registry, models.Fact[models.CompanyRow]{Provenance: p, Row: *row.Company})
	case models.TableLicences:
		c := of(row.Licence.Company)
		c.Licences = append(c.Licences, models.Fact[models.LicenceRow]{Provenance: p, Row: *row.Licence})
	case models.TableProducts:
		products[row.Product.ID] = row.Product.Company
		c := of(row.Product.Company)
		c.Products = append(c.Products, models.Fact[models.ProductRow]{Provenance: p, Row: *row.Product})
	case models.TableSignals:
		kind, key, _ := cutSubject(row.Signal.Subject)
		if kind == string(models.KindProduct) {
			key = products[key]
		} else if kind != string(models.KindCompany) {
			return
		}
		if p.ObservedAt.IsZero() {
			p.ObservedAt = row.Signal.At
		}
		c := of(key)
		c.Signals = append(c.Signals, models.Fact[models.SignalRow]{Provenance: p, Row: *row.Signal})
	case models.TableRelations:
		for _, end := range []string{row.Relation.From, row.Relation.To} {
			if kind, key, _ := cutSubject(end); kind == string(models.KindCompany) {
				c := of(key)
				c.Relations = append(c.Relations, models.Fact[models.RelationRow]{Provenance: p, Row: *row.Relation})
			}
		}
	}
}

// AssessAll holds the rules against facts that are loaded and counts the levels.
func AssessAll(list []models.CompanyFacts, rules detect.Rules, at models.Instant) map[detect.Level]int {
	levels := map[detect.Level]int{}
	for i := range list {
		levels[detect.Assess(list[i], nil, rules, at).Level]++
	}
	return levels
}
