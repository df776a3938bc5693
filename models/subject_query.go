package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/reference"
)

// CompanyFilter narrows the list of companies; empty fields do not.
type CompanyFilter struct {
	Text  string // part of a name, or a credit code
	Level string
	After *CompanyKey
	Limit int
}

// CompanyKey is where the next page of companies begins.
type CompanyKey struct {
	LevelRank int
	Idx       float64
	ID        int64
}

// Companies lists companies in the actor's scope, highest index first, and says whether there are more. Those that somebody looked at
// stand in indexes by level; those that still wait have neither level nor index and are found among all that waits.
func (s *Store) Companies(ctx context.Context, actor Actor, f CompanyFilter) ([]Subject, bool, error) {
	list, err := s.companies(s.read(ctx), actor, f, "listed", "level_rank DESC, idx DESC, id DESC")
	if err != nil {
		return nil, false, fmt.Errorf("list companies: %w", err)
	}
	ends := len(list) <= f.Limit || list[len(list)-1].LevelRank == 0 && list[len(list)-1].Idx <= 0
	if ends && (f.Level == "" || f.Level == "none") {
		waiting, err := s.companies(s.waiting(ctx), actor, f, isWaiting+" AND NOT listed", "id DESC")
		if err != nil {
			return nil, false, fmt.Errorf("list companies that wait: %w", err)
		}
		list = append(list, waiting...)
		slices.SortFunc(list, func(a, b Subject) int {
			return cmp.Or(cmp.Compare(b.LevelRank, a.LevelRank), cmp.Compare(b.Idx, a.Idx), cmp.Compare(b.ID, a.ID))
		})
	}
	more := len(list) > f.Limit
	return list[:min(len(list), f.Limit)], more, nil
}

// isWaiting finds companies with facts that no scan has looked at.
const isWaiting = "kind = 'company' AND newest_fact_id > assessed_fact_id"

// waiting reads subjects by the index of isWaiting. SQLite, which has no figures on how few they are, would else walk all companies.
func (s *Store) waiting(ctx context.Context) *gorm.DB {
	if s.dialect == "sqlite" {
		return s.read(ctx).Table("subjects INDEXED BY subjects_dirty")
	}
	return s.read(ctx).Table("subjects")
}

// companies reads a page of some companies, and one more.
func (s *Store) companies(from *gorm.DB, actor Actor, f CompanyFilter, which, order string) ([]Subject, error) {
	q := scoped(from, actor.Scope(ActCompanyRead), "").Where(which)
	if f.Level != "" {
		q = q.Where("level = ?", f.Level)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		if reference.LooksLikeUSCC(strings.ToUpper(text)) {
			q = q.Where("kind = 'company' AND key = ?", strings.ToUpper(text))
		} else {
			q = q.Where("(name_fold LIKE ? ESCAPE '\\' OR key = ?)", "%"+escapeLike(reference.Fold(text))+"%", text)
		}
	}
	if f.After != nil {
		q = q.Where("(level_rank, idx, id) < (?, ?, ?)", f.After.LevelRank, f.After.Idx, f.After.ID)
	}
	var list []Subject
	err := q.Order(order).Limit(f.Limit + 1).Find(&list).Error
	return list, err
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Names gives the names of subjects in sight; others are left out, and shown masked.
func (s *Store) Names(ctx context.Context, sight Sight, refs []SubjectRef) (map[SubjectRef]Subject, error) {
	by := map[SubjectKind][]string{}
	for _, r := range refs {
		by[r.Kind] = append(by[r.Kind], r.ID)
	}
	out := make(map[SubjectRef]Subject, len(refs))
	for kind, keys := range by {
		var list []Subject
		if err := seenSubjects(s.read(ctx), sight).Where("kind = ? AND key IN ?", kind, keys).Find(&list).Error; err != nil {
			return nil, fmt.Errorf("read names: %w", err)
		}
		for _, sub := range list {
			out[sub.Written()] = sub
		}
	}
	return out, nil
}
