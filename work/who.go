package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xiezhi/models"
	"xiezhi/who"
)

// WhoReport says what a proposal found.
type WhoReport struct {
	Subjects  int            `json:"subjects"`
	Proposed  int            `json:"proposed"`
	New       int64          `json:"new"`
	ByVerdict map[string]int `json:"by_verdict"`
	Seconds   float64        `json:"seconds"`
}

// identityChunk is how many proposals are stored in one transaction.
const identityChunk = 2000

// ProposeIdentities compares all named subjects and stores which may be one or belong together; least is the least score, 0 for the usual.
// Institutions are those of the table institutions: whoever loads the list of licensed ones there has look-alikes of them proposed.
func (d *Desk) ProposeIdentities(ctx context.Context, actor models.Actor, least int) (WhoReport, error) {
	began := time.Now()
	var list []who.Record
	err := d.Store.IdentityRecords(ctx, func(r models.IdentityRecord) {
		rec := who.Record{ID: r.ID, Name: r.Name, Olds: r.Olds, Division: r.Division, Phone: r.Phone, Address: r.Address, Website: r.Website, BirthYear: int(r.BirthYear)}
		switch r.Kind {
		case models.KindPerson:
			rec.Kind = who.Person
		case models.KindInstitution:
			rec.Kind = who.Institution
		}
		list = append(list, rec)
	})
	rep := WhoReport{Subjects: len(list), ByVerdict: map[string]int{}}
	if err != nil {
		return rep, err
	}
	var chunk []models.Identity
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		fresh, err := d.Store.ProposeIdentities(ctx, actor, chunk)
		rep.New += fresh
		chunk = chunk[:0]
		return err
	}
	for c := range who.Propose(list, who.Options{Least: least}) {
		if err := ctx.Err(); err != nil {
			return rep, err
		}
		reasons, err := json.Marshal(c.Match.Reasons)
		if err != nil {
			return rep, fmt.Errorf("write reasons: %w", err)
		}
		rep.Proposed++
		rep.ByVerdict[string(c.Match.Verdict)]++
		chunk = append(chunk, models.Identity{AID: c.A, BID: c.B, Verdict: string(c.Match.Verdict), Relation: whoRelation(c.Match), Score: int64(c.Match.Score), Reasons: string(reasons)})
		if len(chunk) == identityChunk {
			if err := flush(); err != nil {
				return rep, err
			}
		}
	}
	err = flush()
	rep.Seconds = time.Since(began).Seconds()
	return rep, err
}

// whoRelation is the kind of relation that a yes to a match makes.
func whoRelation(m who.Match) string {
	switch m.Verdict {
	case who.Branch:
		return "branch"
	case who.LookAlike:
		return "imitates"
	case who.Shared:
		for _, r := range m.Reasons {
			switch r.Key {
			case "phone_same":
				return "same_phone"
			case "address_same":
				return "same_address"
			case "site_same":
				return "same_domain"
			}
		}
	}
	return "same_as"
}
