package models

import (
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Reach is what a company brings to those tied to it: whether its own facts put it at orange or above, whether it was punished, and
// by what it is tied to whom (internal keys).
type Reach struct {
	Up       bool     `json:"up,omitempty"`
	Punished bool     `json:"punished,omitempty"`
	Ties     []string `json:"ties,omitempty"`
	IDs      []int64  `json:"ids,omitempty"`
}

// reachRank is the own level from which a company counts for those tied to it: orange.
const reachRank = 3

// ReachOf says what a company brings to others by its own level and the facts known of it.
func ReachOf(ownRank int, facts *CompanyFacts) Reach {
	r := Reach{Up: ownRank >= reachRank}
	for i := range facts.Signals {
		r.Punished = r.Punished || slices.Contains(punishing(), facts.Signals[i].Row.Kind)
	}
	for _, t := range facts.Ties {
		r.Ties = append(r.Ties, t.Kind+"|"+t.By)
		r.IDs = append(r.IDs, t.Others...)
	}
	slices.Sort(r.Ties)
	slices.Sort(r.IDs)
	r.Ties, r.IDs = slices.Compact(r.Ties), slices.Compact(r.IDs)
	return r
}

// punishing are the kinds of signals by which an authority or a court says that a company broke the law or does not pay what it was
// sentenced to. A judgment alone is none: it may be over a delivery.
func punishing() []string { return []string{"penalty", "dishonest_debtor"} }

// reachOut marks those tied to a company where what it brings them changed. In a whole scan everybody sees the same facts, so that
// only the company's own standing can be news to those looked at before it.
func (t *tx) reachOut(sc *Scan, a Assessed, set map[string]any, tally *ScanTally) error {
	text := ""
	if len(a.Reach.IDs) > 0 {
		b, err := json.Marshal(a.Reach)
		if err != nil {
			return fmt.Errorf("write what the company reaches: %w", err)
		}
		text = string(b)
	}
	if text == a.Subject.Reach {
		return nil
	}
	set["reach"] = text
	var was Reach
	if a.Subject.Reach != "" {
		if err := json.Unmarshal([]byte(a.Subject.Reach), &was); err != nil {
			return fmt.Errorf("read what the company reached: %w", err)
		}
	}
	news := was.Up != a.Reach.Up || was.Punished != a.Reach.Punished
	if !news && sc.ScopeAll {
		return nil
	}
	ids := append(slices.Clone(was.IDs), a.Reach.IDs...)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil
	}
	t.arrived = true
	tally.Reached = append(tally.Reached, ids...)
	for part := range slices.Chunk(ids, 2000) {
		err := t.db.Table("subjects").Where("id IN ? AND newest_fact_id <= assessed_fact_id", part).Update("assessed_fact_id", gorm.Expr("newest_fact_id - 1")).Error
		if err != nil {
			return fmt.Errorf("mark tied companies: %w", err)
		}
	}
	return nil
}
