package models

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// The kinds of a tie between companies: one hand over both, or something that both state.
const (
	TieHand    = "hand"
	TieAddress = "address"
	TiePhone   = "phone"
	TieDomain  = "domain"
)

// Tie is what a company shares with others as of a moment, with the fact of this company that says so. Alerted counts the others
// whose own facts, without any tie, put them at orange or red by then; Punished those that a penalty was recorded of. Others are their
// internal keys, for those that have to be looked at again when this company changes.
type Tie struct {
	Provenance
	Kind      string
	By        string // the hand's name, or what is shared
	Companies int64  // that share it, this one included
	Alerted   int64
	Punished  int64
	Others    []int64
}

// mostTied bounds how many companies of one tie are looked up: what more companies share says nothing of any of them.
const mostTied = 300

// handRelations are the kinds of relation by which one subject decides for a company; holders from a third of the capital on do.
const (
	relLegal      = "legal_representative"
	relController = "actual_controller"
	relHolder     = "shareholder"
	holderFrom    = 1.0 / 3
)

// tieFinder gathers the ties of some companies.
type tieFinder struct {
	db    *gorm.DB
	asOf  AsOf
	out   map[int64]*CompanyFacts
	state map[int64]tiedState // of the others

	waiting []pendingFacts // facts of companies whose statements are in no index yet
}

type tiedState struct {
	rank     int64
	punished bool
}

// companyTies adds to each company what it shares with others, by hands and by what it states.
func companyTies(db *gorm.DB, ids []int64, out map[int64]*CompanyFacts, asOf AsOf, incoming []storedFact) error {
	f := &tieFinder{db: db, asOf: asOf, out: out, state: map[int64]tiedState{}}
	if err := db.Where("tbl = ?", TableCompanies).Order("id").Find(&f.waiting).Error; err != nil {
		return fmt.Errorf("ask which facts wait for their index: %w", err)
	}
	if err := f.hands(incoming); err != nil {
		return err
	}
	byKey := make(map[string]int64, len(ids))
	for _, id := range ids {
		byKey[out[id].ID] = id
	}
	for i, kind := range []string{TiePhone, TieAddress, TieDomain} {
		if err := f.stated(ids, kind, i); err != nil {
			return err
		}
	}
	if err := f.told(ids, byKey); err != nil {
		return err
	}
	return f.judge(ids)
}

// hands finds the other companies of those who decide for a company.
func (f *tieFinder) hands(incoming []storedFact) error {
	type grip struct {
		company int64
		fact    storedFact
	}
	by := map[int64][]grip{}
	for _, r := range incoming {
		if f.out[*r.OtherID] != nil && f.decides(r) {
			by[r.SubjectID] = append(by[r.SubjectID], grip{*r.OtherID, r})
		}
	}
	if len(by) == 0 {
		return nil
	}
	hands := make([]int64, 0, len(by))
	for h := range by {
		hands = append(hands, h)
	}
	slices.Sort(hands)
	var list []storedFact
	q := bounded(f.db.Table("facts f").Select("f.id, f.subject_id, f.other_id, f.payload").Joins("JOIN subjects c ON c.id = f.other_id AND c.kind = 'company'"), f.asOf).
		Where("f.subject_id IN ? AND f.tbl = ?", hands, TableRelations)
	if err := q.Order("f.id").Find(&list).Error; err != nil {
		return fmt.Errorf("read what hands hold: %w", err)
	}
	held := map[int64]map[int64]bool{}
	for _, r := range list {
		if !f.decides(r) {
			continue
		}
		if held[r.SubjectID] == nil {
			held[r.SubjectID] = map[int64]bool{}
		}
		held[r.SubjectID][*r.OtherID] = true
	}
	names, err := f.names(hands)
	if err != nil {
		return err
	}
	for _, h := range hands {
		told := map[int64]bool{}
		for _, g := range by[h] {
			if !told[g.company] && len(held[h]) > 1 {
				told[g.company] = true
				f.add(g.company, Tie{Provenance: Provenance{FactID: g.fact.ID}, Kind: TieHand, By: names[h]}, held[h])
			}
		}
	}
	return nil
}

// decides says whether a relation gives its subject a say over the company at the end of what is asked.
func (f *tieFinder) decides(r storedFact) bool {
	if r.Tbl != "" && r.Tbl != TableRelations {
		return false
	}
	var row RelationRow
	if json.Unmarshal([]byte(r.Payload), &row) != nil || row.UntilOn != "" && !f.asOf.ObservedBy.IsZero() && row.UntilOn < dateOf(f.asOf.ObservedBy) {
		return false
	}
	switch row.Kind {
	case relLegal, relController:
		return true
	case relHolder:
		return row.Ratio != nil && *row.Ratio >= holderFrom
	default:
		return false
	}
}

func (f *tieFinder) names(ids []int64) (map[int64]string, error) {
	var list []Subject
	if err := f.db.Select("id, name, key").Where("id IN ?", ids).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	out := map[int64]string{}
	for _, s := range list {
		if out[s.ID] = s.Name; s.Name == "" {
			out[s.ID] = s.Key
		}
	}
	return out, nil
}

func cutText(s string) string {
	if len(s) <= 200 {
		return strings.TrimSpace(s)
	}
	if r := []rune(strings.TrimSpace(s)); len(r) > 200 {
		return string(r[:200])
	}
	return strings.TrimSpace(s)
}

// told takes the relations that a source itself calls the same address, telephone or site.
func (f *tieFinder) told(ids []int64, byKey map[string]int64) error {
	kinds := map[string]string{"same_address": TieAddress, "same_phone": TiePhone, "same_domain": TieDomain}
	const prefix = string(KindCompany) + ":"
	type link struct {
		company int64
		kind    string
		other   string
		prov    Provenance
	}
	var links []link
	wanted := map[string]bool{}
	for _, id := range ids {
		for _, r := range f.out[id].Relations {
			kind := kinds[r.Row.Kind]
			if kind == "" {
				continue
			}
			for _, end := range []string{r.Row.From, r.Row.To} {
				if key, ok := strings.CutPrefix(end, prefix); ok && key != f.out[id].ID {
					links = append(links, link{id, kind, key, r.Provenance})
					if byKey[key] == 0 {
						wanted[key] = true
					}
				}
			}
		}
	}
	if len(wanted) > 0 {
		keys := make([]string, 0, len(wanted))
		for k := range wanted {
			keys = append(keys, k)
		}
		var list []Subject
		if err := f.db.Select("id, key").Where("kind = ? AND key IN ?", KindCompany, keys).Find(&list).Error; err != nil {
			return fmt.Errorf("read tied companies: %w", err)
		}
		for _, s := range list {
			byKey[s.Key] = s.ID
		}
	}
	for _, l := range links {
		if other := byKey[l.other]; other != 0 {
			f.add(l.company, Tie{Provenance: l.prov, Kind: l.kind}, map[int64]bool{l.company: true, other: true})
		}
	}
	return nil
}

// add notes a tie; whom it leads to is judged when all are known.
func (f *tieFinder) add(company int64, t Tie, share map[int64]bool) {
	t.Companies = int64(len(share))
	for id := range share {
		if id != company {
			t.Others = append(t.Others, id)
		}
	}
	slices.Sort(t.Others)
	t.Others = t.Others[:min(len(t.Others), mostTied)]
	c := f.out[company]
	if p, ok := c.provenanceOf(t.FactID); ok {
		t.Provenance = p
	}
	c.Ties = append(c.Ties, t)
}

// provenanceOf finds where a relation or an entry of the register came from.
func (c *CompanyFacts) provenanceOf(fact int64) (Provenance, bool) {
	for _, r := range c.Relations {
		if r.FactID == fact {
			return r.Provenance, true
		}
	}
	for _, r := range c.Registry {
		if r.FactID == fact {
			return r.Provenance, true
		}
	}
	return Provenance{}, false
}
