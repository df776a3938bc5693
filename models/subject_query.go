package models

import (
	"context"
	"fmt"
	"strings"

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

// Companies lists companies in the actor's scope, highest index first, and says whether there are more.
func (s *Store) Companies(ctx context.Context, actor Actor, f CompanyFilter) ([]Subject, bool, error) {
	q := scoped(s.read(ctx), actor.Scope(ActCompanyRead), "").Where("kind = ?", KindCompany)
	if f.Level != "" {
		q = q.Where("level = ?", f.Level)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		if reference.LooksLikeUSCC(strings.ToUpper(text)) {
			q = q.Where("key = ?", strings.ToUpper(text))
		} else {
			q = q.Where("(name_fold LIKE ? ESCAPE '\\' OR key = ?)", "%"+escapeLike(reference.Fold(text))+"%", text)
		}
	}
	if f.After != nil {
		q = q.Where("(level_rank, idx, id) < (?, ?, ?)", f.After.LevelRank, f.After.Idx, f.After.ID)
	}
	var list []Subject
	if err := q.Order("level_rank DESC, idx DESC, id DESC").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list companies: %w", err)
	}
	more := len(list) > f.Limit
	return list[:min(len(list), f.Limit)], more, nil
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
