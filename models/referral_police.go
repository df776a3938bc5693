package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"xiezhi/law"
)

// actNotifyEarly tells the police of a plain crime before the report is made; a copy is kept.
func actNotifyEarly(ctx context.Context, t *tx, m *referralMove) error {
	if strings.TrimSpace(m.in.Note) == "" {
		m.lack("note")
		return nil
	}
	return t.issueOwn(ctx, m, DocumentEarlyNotice, nil)
}

// actForward hands the case to the police organ that is competent: another unit, named by its code, with the approver.
func actForward(_ context.Context, t *tx, m *referralMove) error {
	m.data["approver"] = m.need("approver")
	m.data["number"] = m.in.Fields["number"]
	m.needReason()
	unit, err := t.policeUnit(m, m.need("to"))
	if err != nil || len(m.wrong) > 0 {
		return err
	}
	m.set["police_id"] = unit.ID
	m.data["unit"] = unit.Name
	return t.addressTo(m.r.ID, unit.ID)
}

// policeUnit finds the police unit a referral goes on to: one of the directory, and not the one that has it.
func (t *tx) policeUnit(m *referralMove, code string) (Authority, error) {
	var unit Authority
	if code == "" {
		return unit, nil
	}
	err := t.db.Where("code = ? AND kind = ?", code, PoliceUnit).Take(&unit).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && unit.ID == m.r.PoliceID {
		m.wrong["to"] = "error.police_unit"
		return unit, nil
	}
	if err != nil {
		return unit, fmt.Errorf("read the police unit %s: %w", code, err)
	}
	return unit, nil
}

// addressTo lets a police unit see the referral from now on; those addressed before keep their sight.
func (t *tx) addressTo(referralID, authorityID int64) error {
	row := map[string]any{"referral_id": referralID, "authority_id": authorityID, "since": t.now}
	if err := t.db.Table("referral_units").Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
		return fmt.Errorf("address the referral: %w", err)
	}
	return nil
}

// actNotPolice records the written notice that the matter is another authority's, and which one is competent.
func actNotPolice(_ context.Context, _ *tx, m *referralMove) error {
	m.set["competent"] = m.need("competent")
	m.data["competent"], m.data["number"] = m.in.Fields["competent"], m.in.Fields["number"]
	m.needReason()
	return nil
}

// actExtend moves the review on to its next line: 10, 30, then 60 days from its start.
func actExtend(_ context.Context, t *tx, m *referralMove) error {
	m.data["approver"] = m.need("approver")
	m.needReason()
	if len(m.wrong) > 0 {
		return nil
	}
	c, ok := running(m.clocks, law.ClockPoliceReview)
	if !ok {
		return fmt.Errorf("extend the review of %s: no clock runs", m.r.Ref)
	}
	due, err := c.Due()
	if err != nil {
		return err
	}
	line := due.OuterAt[m.r.ReviewLine]
	due.DueAt = line
	working, err := json.Marshal(due)
	if err != nil {
		return fmt.Errorf("write the working of %s: %w", c.Name, err)
	}
	m.set["review_line"] = m.r.ReviewLine + 1
	m.data["due_at"] = At(line)
	if err := t.db.Table("clocks").Where("id = ?", c.ID).Updates(map[string]any{"due_at": At(line), "working": string(working)}).Error; err != nil {
		return fmt.Errorf("extend the review of %s: %w", m.r.Ref, err)
	}
	return nil
}

// actJurisdictionChanged tells the agency that another unit has the case now.
func actJurisdictionChanged(_ context.Context, t *tx, m *referralMove) error {
	m.needReason()
	code := strings.TrimSpace(m.in.Fields["to"])
	unit, err := t.policeUnit(m, code)
	if err != nil || code == "" || len(m.wrong) > 0 {
		return err
	}
	m.set["police_id"], m.data["unit"] = unit.ID, unit.Name
	return t.addressTo(m.r.ID, unit.ID)
}

// actWithdraw records the decision to withdraw the criminal case, which goes back to the agency.
func actWithdraw(_ context.Context, _ *tx, m *referralMove) error {
	m.needReason()
	m.data["number"] = m.in.Fields["number"]
	return nil
}

// actFeedback records what became of the case: sent for prosecution, judged.
func actFeedback(_ context.Context, _ *tx, m *referralMove) error {
	m.data["number"] = m.in.Fields["number"]
	return nil
}

// actFile records the filing and from when the procuratorate counts its three months.
func actFile(ctx context.Context, t *tx, m *referralMove) error {
	m.set["filed_at"] = t.now
	return actOutcome(ctx, t, m)
}

// actFileAgain files on new facts or after a remedy: with the approver named, and a reason.
func actFileAgain(_ context.Context, t *tx, m *referralMove) error {
	m.set["filed_at"], m.set["outcome_approver"] = t.now, m.need("approver")
	m.set["outcome_number"], m.set["outcome_reason"] = m.in.Fields["number"], m.needReason()
	m.data["approver"], m.data["number"] = m.in.Fields["approver"], m.in.Fields["number"]
	return nil
}

// actReopen files a withdrawn case again on new facts.
func actReopen(_ context.Context, t *tx, m *referralMove) error {
	m.set["filed_at"] = t.now
	m.needReason()
	return nil
}
