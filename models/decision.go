package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"xiezhi/law"
)

// decisions are the events at which somebody in office decided on the strength of what was known: of the case, and of its referral.
var decisions = map[string][]law.Event{
	objectCase: {"file", law.CaseNoCase, law.CaseRectified, law.CaseDetermine, law.CaseOrderStop, law.CaseNotifyPenalty, law.CaseDecide, law.CaseNoPenalty, law.CaseNoViolation, law.CaseClose},
	objectReferral: {law.EventSubmitReport, law.EventApprove, law.EventReject, law.EventSend, law.EventFile, law.EventDecline, law.EventAccept, law.EventRequestReconsideration,
		law.EventRequestSupervision, law.EventHandOver},
}

// IsDecision says whether an event of a case or of its referral is a decision, which has a record of what was known then.
func (e Event) IsDecision() bool {
	return slices.Contains(decisions[e.ObjectKind], law.Event(e.Event))
}

// DecisionFile is a decision with what stood in the file at that moment: nothing in it came later.
type DecisionFile struct {
	Event      Event
	Case       CaseFile
	Papers     []CasePaperLine // issued by then
	Documents  []Document      // of the referral, the newest revision by then
	Evidence   []EvidenceLine  // received by then, none for who may not read evidence
	Thresholds []ThresholdNoteLine
	Clocks     []Clock // that had begun
	Before     []Event // the story up to the decision
}

// Decision gives what was known when a decision was made, to who reads the case; number is that of the event in its story.
func (s *Store) Decision(ctx context.Context, actor Actor, caseRef string, number int64) (DecisionFile, error) {
	var d DecisionFile
	var err error
	if d.Case, err = s.CaseFile(ctx, actor, caseRef); err != nil {
		return d, err
	}
	i := slices.IndexFunc(d.Case.Events, func(e Event) bool { return e.ID == number && e.IsDecision() })
	if i < 0 || d.Case.Held {
		return d, NotFound("decision")
	}
	d.Event = d.Case.Events[i]
	at := d.Event.At
	later := func(x Instant) bool { return x.IsZero() || x.After(at) }
	for _, e := range d.Case.Events {
		if !e.At.After(at) && e.ID <= d.Event.ID {
			d.Before = append(d.Before, e)
		}
	}
	d.Clocks = slices.DeleteFunc(slices.Clone(d.Case.Clocks), func(c Clock) bool { return later(c.StartedAt) })
	d.Case.Alerts = slices.DeleteFunc(d.Case.Alerts, func(al AlertLine) bool { return later(al.RaisedAt) })
	d.Case.Measures = slices.DeleteFunc(d.Case.Measures, func(m MeasureLine) bool { return later(m.AskedAt) })
	if d.Papers, err = s.CasePapers(ctx, actor, caseRef); err != nil {
		return d, err
	}
	d.Papers = slices.DeleteFunc(d.Papers, func(p CasePaperLine) bool { return later(p.IssuedAt) })
	if d.Documents, err = s.documentsBy(ctx, actor, d.Case.ReferralRef, at); err != nil {
		return d, err
	}
	if d.Thresholds, err = s.ThresholdNotes(ctx, actor, caseRef); err != nil {
		return d, err
	}
	d.Thresholds = slices.DeleteFunc(d.Thresholds, func(n ThresholdNoteLine) bool { return later(n.SavedAt) })
	list, _, err := s.CaseEvidence(ctx, actor, caseRef)
	if err != nil && KindOf(err) != KindForbidden {
		return d, err
	}
	d.Evidence = slices.DeleteFunc(list, func(e EvidenceLine) bool { return later(e.ReceivedAt) })
	return d, nil
}

// documentsBy gives of each kind of paper of a referral the newest revision there was at a moment, without its bytes.
func (s *Store) documentsBy(ctx context.Context, actor Actor, referralRef string, at Instant) ([]Document, error) {
	if referralRef == "" {
		return nil, nil
	}
	r, err := s.referral(ctx, actor, referralRef)
	if err != nil {
		return nil, err
	}
	held, err := s.look(ctx, actor).withheldFrom(r)
	if err != nil || held {
		return nil, err
	}
	var list []Document
	if err := s.read(ctx).Omit("content").Where("referral_id = ? AND created_at <= ?", r.ID, at).Order("kind, revision DESC").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("documents of %s: %w", referralRef, err)
	}
	return slices.CompactFunc(list, func(a, b Document) bool { return a.Kind == b.Kind }), nil
}

// Digest gives the SHA-256 over the digests of all facts, sorted and one a line, and how many there are of each table: who holds the same
// facts computes the same.
func (c *CompanyFacts) Digest() (digest string, counts map[Table]int) {
	counts = map[Table]int{}
	var all []string
	note := func(table Table, list []Provenance) {
		for _, p := range list {
			all = append(all, p.Hash)
			counts[table]++
		}
	}
	note(TableCompanies, provenances(c.Registry))
	note(TableLicences, provenances(c.Licences))
	note(TableProducts, provenances(c.Products))
	note(TableSignals, provenances(c.Signals))
	note(TableRelations, provenances(c.Relations))
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:]), counts
}

func provenances[R any](list []Fact[R]) []Provenance {
	out := make([]Provenance, 0, len(list))
	for _, f := range list {
		out = append(out, f.Provenance)
	}
	return out
}
