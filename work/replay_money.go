package work

import (
	"context"

	"xiezhi/detect"
	"xiezhi/models"
)

// sides gives what each version knows of a company: where they judge schemes of transfers apart, each knows the schemes that it finds
// itself, over by the moment.
func (r *replayer) sides(ctx context.Context, rp *models.RuleReplay, company int64, facts models.CompanyFacts, at models.Instant) (before, after models.CompanyFacts, err error) {
	if r.acting[0] == nil {
		if err := r.findActing(ctx, rp); err != nil {
			return facts, facts, err
		}
	}
	before, after = facts, facts
	if len(r.acting[0]) > 0 || len(r.acting[1]) > 0 {
		before.Schemes, after.Schemes = endedBy(r.acting[0][company], at), endedBy(r.acting[1][company], at)
	}
	return before, after, nil
}

func endedBy(list []models.SchemeFact, at models.Instant) []models.SchemeFact {
	var out []models.SchemeFact
	for _, f := range list {
		if !f.ObservedAt.After(at) {
			out = append(out, f)
		}
	}
	return out
}

// findActing searches the ledger by both versions, where they judge schemes apart, for the companies whose accounts act in schemes.
func (r *replayer) findActing(ctx context.Context, rp *models.RuleReplay) error {
	r.acting = [2]map[int64][]models.SchemeFact{{}, {}}
	alike, err := r.sameMoney()
	if err != nil || alike {
		return err
	}
	newest, err := r.desk.Store.NewestTransfer(ctx)
	if err != nil || newest == 0 {
		return err
	}
	for i, rules := range []detect.Rules{r.from, r.to} {
		p := &moneyPass{desk: r.desk, rules: rules, scan: &models.Scan{Ref: rp.Ref}, bounds: replayBounds(rp, rp.AsOf), sources: r.sources}
		found, _, _, err := p.search(ctx)
		if err != nil {
			return err
		}
		if r.acting[i], err = r.byHolder(ctx, found); err != nil {
			return err
		}
	}
	return nil
}

// byHolder gives the schemes in which accounts of each company act.
func (r *replayer) byHolder(ctx context.Context, found []models.FoundScheme) (map[int64][]models.SchemeFact, error) {
	var accounts []int64
	for _, f := range found {
		for _, m := range f.Members {
			accounts = append(accounts, m.SubjectID)
		}
	}
	subjects, err := r.desk.Store.UnscopedSubjects(ctx, accounts)
	if err != nil {
		return nil, err
	}
	out := map[int64][]models.SchemeFact{}
	for n, f := range found {
		told := map[int64]bool{}
		for _, m := range f.Members {
			owner := subjects[m.SubjectID].OwnerID
			if m.Aside || owner == nil || told[*owner] {
				continue
			}
			told[*owner] = true
			fact := models.SchemeFact{Provenance: models.Provenance{FactID: int64(n + 1), Source: "LEDGER", Family: "LEDGER", Purpose: models.PurposeGeneral, ObservedAt: f.LastAt},
				Typology: f.Typology, Role: m.Role, Score: f.Finding.Index, Members: int64(len(f.Members)), Families: f.Families}
			if len(f.Families) > 0 {
				fact.Source, fact.Family = f.Families[0], f.Families[0]
			}
			out[*owner] = append(out[*owner], fact)
		}
	}
	return out, nil
}
