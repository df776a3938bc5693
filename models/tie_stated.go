package models

import (
	"fmt"
	"maps"
	"slices"
)

// stating is a company that states a text.
type stating struct {
	SubjectID int64
	Value     string
}

// stated finds the companies that state the same telephone, address or site; which is its place among those of statedBy.
func (f *tieFinder) stated(ids []int64, kind string, which int) error {
	by := map[string][]int64{}
	facts := map[int64]Provenance{}
	for _, id := range ids {
		list := f.out[id].Registry
		if len(list) == 0 {
			continue
		}
		newest := list[len(list)-1]
		if v := statedBy(newest.Row)[which]; v != "" {
			by[v] = append(by[v], id)
			facts[id] = newest.Provenance
		}
	}
	if len(by) == 0 {
		return nil
	}
	values := slices.Sorted(maps.Keys(by))
	list, err := f.whoStates(values, which)
	if err != nil {
		return fmt.Errorf("read who states the same %s: %w", kind, err)
	}
	share := map[string]map[int64]bool{}
	for _, r := range list {
		if share[r.Value] == nil {
			share[r.Value] = map[int64]bool{}
		}
		share[r.Value][r.SubjectID] = true
	}
	for _, v := range values {
		if len(share[v]) < 2 {
			continue
		}
		for _, id := range by[v] {
			f.add(id, Tie{Provenance: facts[id], Kind: kind, By: v}, share[v])
		}
	}
	return nil
}

// statedFields are the names in a row of what statedBy gives.
func statedFields() [3]string { return [3]string{"phone", "address", "website"} }

// whoStates gives the companies that state one of some texts, by the index of what is stated and, one by one, among the facts that wait
// for it.
func (f *tieFinder) whoStates(values []string, which int) ([]stating, error) {
	field := statedFields()[which]
	text := "substr(json_extract(f.payload, '$." + field + "'), 1, 200)"
	if f.db.Name() == "postgres" {
		text = "substr(f.payload::jsonb ->> '" + field + "', 1, 200)"
	}
	marks := make([]int64, len(values))
	for i, v := range values {
		marks[i] = tieMark(v)
	}
	columns := "DISTINCT f.subject_id, " + text + " AS value"
	var list []stating
	q := bounded(f.db.Table("stated s").Select(columns).Joins("CROSS JOIN facts f"), f.asOf).
		Where("f.id = s.fact_id AND s.kind = ? AND s.mark IN ?", which+1, marks).Where(text+" IN ?", values)
	if err := q.Order("f.subject_id").Find(&list).Error; err != nil {
		return nil, err
	}
	for _, span := range f.waiting {
		var more []stating
		q := bounded(f.db.Table("facts f").Select(columns), f.asOf).Where("f.id BETWEEN ? AND ? AND f."+field+"_mark IN ?", span.FirstFact, span.LastFact, marks).
			Where(text+" IN ?", values)
		if err := q.Order("f.subject_id").Find(&more).Error; err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}
