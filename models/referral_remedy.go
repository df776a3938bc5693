package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiezhi/law"
)

// needReasonOnly is the act of moves that ask for a reason and nothing else.
func needReasonOnly(_ context.Context, _ *tx, m *referralMove) error {
	m.needReason()
	m.data["number"] = m.in.Fields["number"]
	return nil
}

// actNumbered records the number of the paper that makes the move; none is asked for.
func actNumbered(_ context.Context, _ *tx, m *referralMove) error {
	m.data["number"] = m.in.Fields["number"]
	return nil
}

// lastDay reads the day that a paper sets: the limit ends with it. required says whether the paper must set one.
func (m *referralMove) lastDay(now Instant, required bool) time.Time {
	v := strings.TrimSpace(m.in.Fields["due"])
	if v == "" {
		if required {
			m.lack("due")
		}
		return time.Time{}
	}
	day, err := time.ParseInLocation(time.DateOnly, v[:min(len(v), len(time.DateOnly))], China)
	switch {
	case err != nil:
		m.wrong["due"] = "error.date"
	case day.AddDate(0, 0, 1).Before(now.Time()):
		m.wrong["due"] = "error.due_passed"
	}
	return day
}

// actOrderTransfer records the order of the superior government to refer within a set limit (310 art 16(1)).
func actOrderTransfer(_ context.Context, t *tx, m *referralMove) error {
	m.set["approver_id"] = t.actor.UserID
	m.data["number"] = m.need("number")
	m.due = m.lastDay(t.now, true)
	m.needReason()
	if ok, err := t.appointed(t.actor.UserID, m.r.AuthorityID); err != nil {
		return err
	} else if !ok {
		m.wrong["actor"] = "error.not_appointed"
	}
	return nil
}

// actHandOver lists what is handed over, or that there is nothing; the list names who received it.
func actHandOver(ctx context.Context, t *tx, m *referralMove) error {
	m.r.ItemList = m.need("item_list")
	receiver := m.need("receiver")
	if len(m.wrong) > 0 {
		return nil
	}
	m.set["item_list"] = m.r.ItemList
	m.data["receiver"] = receiver
	return t.issueOwn(ctx, m, DocumentHandOver, func(p *Paper) { p.Signer = receiver })
}

// actReconsider asks the police to reconsider; the principal's signature is named (310 art 9(1)).
func actReconsider(ctx context.Context, t *tx, m *referralMove) error {
	m.data["approver"] = m.need("approver")
	m.askGround()
	if len(m.wrong) > 0 {
		return nil
	}
	return t.issueOwn(ctx, m, DocumentReconsideration, func(p *Paper) { p.Approver = m.in.Fields["approver"] })
}

// askGround takes the ground of a request from the reason, or from the note.
func (m *referralMove) askGround() {
	if strings.TrimSpace(m.in.Reason) == "" && strings.TrimSpace(m.in.Note) == "" {
		m.lack("reason")
	}
}

// actAffirm keeps the decision not to file; the remedy is used with that.
func actAffirm(_ context.Context, _ *tx, m *referralMove) error {
	m.set["remedy_used"], m.set["outcome_reason"] = true, m.needReason()
	m.data["number"] = m.in.Fields["number"]
	return nil
}

// actSupervise proposes to the procuratorate to supervise the filing.
func actSupervise(ctx context.Context, t *tx, m *referralMove) error {
	m.askGround()
	if len(m.wrong) > 0 {
		return nil
	}
	return t.issueOwn(ctx, m, DocumentSupervision, m.toProcuratorate(t))
}

// toProcuratorate addresses a paper to the procuratorate of the referral.
func (m *referralMove) toProcuratorate(t *tx) func(*Paper) {
	return func(p *Paper) {
		var name string
		if m.r.ProcuratorateID != nil && t.db.Table("authorities").Select("name").Where("id = ?", *m.r.ProcuratorateID).Scan(&name).Error == nil {
			p.Receiver, p.CopyTo = Office{Name: name}, ""
		}
	}
}

// actReportOverdue tells the procuratorate that the police are past their limit; they explain within seven days.
func actReportOverdue(ctx context.Context, t *tx, m *referralMove) error {
	return t.issueOwn(ctx, m, DocumentOverdue, m.toProcuratorate(t))
}

// actExplain gives the reasons why the police did not file.
func actExplain(_ context.Context, _ *tx, m *referralMove) error {
	m.set["explained"], m.set["outcome_reason"] = true, m.needReason()
	return nil
}

// actOpinion sends the case back for an administrative decision, with the day by which the result is to be told.
func actOpinion(_ context.Context, t *tx, m *referralMove) error {
	m.due = m.lastDay(t.now, m.move.Event == law.EventNonProsecution)
	m.data["number"] = m.in.Fields["number"]
	m.needReason()
	return nil
}

// actReportResult tells the procuratorate what was decided.
func actReportResult(ctx context.Context, t *tx, m *referralMove) error {
	m.askGround()
	if len(m.wrong) > 0 {
		return nil
	}
	return t.issueOwn(ctx, m, DocumentResult, m.toProcuratorate(t))
}

// actNewFacts begins the referral again: what the police saw before stays with them, what is found now is not theirs to see
// until it is sent.
func actNewFacts(_ context.Context, t *tx, m *referralMove) error {
	m.needReason()
	for k, v := range map[string]any{"delivered_at": nil, "approver_id": nil, "review_line": 0, "remedy_used": false, "explained": false, "outcome_reason": "",
		"outcome_approver": "", "outcome_number": "", "missing": "", "filed_at": nil, "competent": ""} {
		m.set[k] = v
	}
	if err := t.db.Table("referral_units").Where("referral_id = ?", m.r.ID).Delete(nil).Error; err != nil {
		return fmt.Errorf("begin %s again: %w", m.r.Ref, err)
	}
	return nil
}

// issueOwn prints a paper of the agency's own, with its number in the same act.
func (t *tx) issueOwn(ctx context.Context, m *referralMove, kind string, adjust func(*Paper)) error {
	var sender Authority
	if err := t.db.Where("id = ?", m.r.AuthorityID).Take(&sender).Error; err != nil {
		return fmt.Errorf("read the sending authority: %w", err)
	}
	year := t.now.Time().In(China).Year()
	seq, err := t.nextNumber(kind, sender.Code, year)
	if err != nil {
		return err
	}
	number := m.press.Number(sender.office(), kind, year, seq)
	m.data["number"] = number
	return t.issue(ctx, m, kind, number, func(p *Paper) {
		p.Reason = strings.TrimSpace(m.in.Reason)
		if p.Reason == "" {
			p.Reason = strings.TrimSpace(m.in.Note)
		}
		p.OutcomeNumber, p.OutcomeReason = m.r.OutcomeNumber, m.r.OutcomeReason
		if adjust != nil {
			adjust(p)
		}
	})
}
