package models

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"strconv"
	"strings"

	"xiezhi/law"
)

func mapsKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// referralActs holds the guard and the documents of each open event; what is wrong goes into m.wrong by field.
var referralActs = map[law.Event]func(ctx context.Context, t *tx, m *referralMove) error{
	law.EventSubmitReport:      actSubmitReport,
	law.EventApprove:           actApprove,
	law.EventReject:            actReject,
	law.EventResubmit:          actResubmit,
	law.EventContinueAdmin:     actNothing,
	law.EventSend:              actSend,
	law.EventSignReceipt:       actSignReceipt,
	law.EventRequestSupplement: actRequestSupplement,
	law.EventSupply:            actSupply,
	law.EventStartReview:       actNothing,
	law.EventFile:              actFile,
	law.EventDecline:           actOutcome,
	law.EventAccept:            actAccept,
	law.EventClose:             actNothing,

	law.EventNotifyPoliceEarly:      actNotifyEarly,
	law.EventOrderTransfer:          actOrderTransfer,
	law.EventProcuratorialOpinion:   needReasonOnly,
	law.EventForward:                actForward,
	law.EventNotPoliceMatter:        actNotPolice,
	law.EventExtendReview:           actExtend,
	law.EventAskFurtherEnquiry:      needReasonOnly,
	law.EventReportPoliceOverdue:    actReportOverdue,
	law.EventHandOver:               actHandOver,
	law.EventJurisdictionChanged:    actJurisdictionChanged,
	law.EventUrge:                   actNumbered,
	law.EventWithdraw:               actWithdraw,
	law.EventProsecute:              actFeedback,
	law.EventNonProsecution:         actOpinion,
	law.EventJudge:                  actFeedback,
	law.EventCourtSendsBack:         actOpinion,
	law.EventReopen:                 actReopen,
	law.EventReportResult:           actReportResult,
	law.EventRequestReconsideration: actReconsider,
	law.EventAffirm:                 actAffirm,
	law.EventOverturn:               actFileAgain,
	law.EventRequestSupervision:     actSupervise,
	law.EventRefileOnNewFacts:       actFileAgain,
	law.EventRequireReasons:         actNumbered,
	law.EventNoBasis:                needReasonOnly,
	law.EventExplain:                actExplain,
	law.EventReasonsStand:           needReasonOnly,
	law.EventOrderFiling:            actNumbered,
	law.EventCorrect:                actNumbered,
	law.EventNewFacts:               actNewFacts,
}

func actNothing(context.Context, *tx, *referralMove) error { return nil }

// need asks for a field; its trimmed value comes back.
func (m *referralMove) need(name string) string {
	v := strings.TrimSpace(m.in.Fields[name])
	if v == "" {
		m.lack(name)
	}
	return v
}

func (m *referralMove) lack(name string) {
	if m.wrong[name] == "" {
		m.wrong[name] = "error.required"
	}
}

func (m *referralMove) needReason() string {
	m.in.Reason = strings.TrimSpace(m.in.Reason)
	if m.in.Reason == "" {
		m.lack("reason")
	}
	return m.in.Reason
}

// fen reads an amount of yuan with at most two decimals; an absent one is nil.
func (m *referralMove) fen(name string) *int64 {
	v := strings.ReplaceAll(strings.TrimSpace(m.in.Fields[name]), ",", "")
	if v == "" {
		return nil
	}
	whole, frac, _ := strings.Cut(v, ".")
	n, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil || n < 0 || len(frac) > 2 || strings.ContainsAny(frac, "+-") || whole == "" {
		m.wrong[name] = "error.amount"
		return nil
	}
	return &n
}

func (m *referralMove) count(name string) *int64 {
	v := strings.ReplaceAll(strings.TrimSpace(m.in.Fields[name]), ",", "")
	if v == "" {
		return nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		m.wrong[name] = "error.count"
		return nil
	}
	return &n
}

// report takes the fields of a report and prints it; the reported text stands as it was until a new one is submitted.
func (m *referralMove) report(ctx context.Context, t *tx) error {
	m.r.Facts, m.r.Offence = m.need("facts"), m.need("offence")
	m.r.AmountFen, m.r.People, m.r.LossFen = m.fen("amount"), m.count("people"), m.fen("loss")
	m.r.Proposal = strings.TrimSpace(m.in.Fields["proposal"])
	m.r.Evidence = strings.TrimSpace(m.in.Fields["evidence"])
	if o, ok := law.OffenceByCode(m.r.Offence); ok {
		m.r.Offence = o.Code
	}
	if len(m.wrong) > 0 {
		return nil
	}
	if m.r.Evidence == "" {
		list, err := t.defaultEvidence(m.cs)
		if err != nil {
			return err
		}
		m.r.Evidence = list
	}
	me := t.actor.UserID
	m.r.AuthorID = &me
	for k, v := range map[string]any{"facts": m.r.Facts, "offence": m.r.Offence, "amount_fen": m.r.AmountFen, "people": m.r.People,
		"loss_fen": m.r.LossFen, "evidence": m.r.Evidence, "proposal": m.r.Proposal, "author_id": me} {
		m.set[k] = v
	}
	m.data["offence"] = m.r.Offence
	return t.issue(ctx, m, DocumentReport, "", nil)
}

func actSubmitReport(ctx context.Context, t *tx, m *referralMove) error { return m.report(ctx, t) }

// actResubmit needs new facts or a new report: a field that was not given keeps what was reported before.
func actResubmit(ctx context.Context, t *tx, m *referralMove) error {
	given := strings.TrimSpace(m.in.Note) != "" || len(m.in.Documents) > 0
	old := map[string]string{"facts": m.r.Facts, "offence": m.r.Offence, "evidence": m.r.Evidence, "proposal": m.r.Proposal,
		"amount": yuan(m.r.AmountFen), "loss": yuan(m.r.LossFen), "people": number(m.r.People)}
	fields := map[string]string{}
	for name, was := range old {
		fields[name] = was
		if v, ok := m.in.Fields[name]; ok && strings.TrimSpace(v) != "" {
			fields[name] = v
			given = given || strings.TrimSpace(v) != was
		}
	}
	if !given {
		m.wrong["facts"] = "error.resubmit_new"
		return nil
	}
	m.in.Fields = fields
	return m.report(ctx, t)
}

func yuan(fen *int64) string {
	if fen == nil {
		return ""
	}
	return fmt.Sprintf("%d.%02d", *fen/100, *fen%100)
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// approver checks that the decision is made by the recorded principal, or one in charge, who is not the report's author.
func (m *referralMove) approver(t *tx) error {
	if m.r.AuthorID != nil && *m.r.AuthorID == t.actor.UserID {
		m.wrong["actor"] = "error.author_is_approver"
	}
	ok, err := t.appointed(t.actor.UserID, m.r.AuthorityID)
	if err != nil {
		return err
	}
	if !ok {
		m.wrong["actor"] = "error.not_appointed"
	}
	return nil
}

func actApprove(_ context.Context, t *tx, m *referralMove) error {
	m.set["approver_id"] = t.actor.UserID
	return m.approver(t)
}

// actReject records why the referral was not approved, on a paper of its own.
func actReject(ctx context.Context, t *tx, m *referralMove) error {
	m.needReason()
	m.set["refused_at"] = t.now
	if err := m.approver(t); err != nil || len(m.wrong) > 0 {
		return err
	}
	return t.issueOwn(ctx, m, DocumentNotApproved, func(p *Paper) { p.Approver = t.actor.Display })
}

// actSend states item list and expert report, or that there are none, and issues the letter with its number in the same act.
func actSend(ctx context.Context, t *tx, m *referralMove) error {
	m.r.ItemList, m.r.ExpertReport = m.need("item_list"), m.need("expert_report")
	var n int64
	if err := t.db.Table("documents").Where("referral_id = ? AND kind = ?", m.r.ID, DocumentReport).Count(&n).Error; err != nil {
		return fmt.Errorf("look for the report: %w", err)
	}
	if n == 0 {
		m.wrong["report"] = "error.report_missing"
	}
	if len(m.wrong) > 0 {
		return nil
	}
	m.set["item_list"], m.set["expert_report"], m.set["delivered_at"] = m.r.ItemList, m.r.ExpertReport, t.now
	var sender Authority
	if err := t.db.Where("id = ?", m.r.AuthorityID).Take(&sender).Error; err != nil {
		return fmt.Errorf("read the sending authority: %w", err)
	}
	year := t.now.Time().In(China).Year()
	seq, err := t.nextNumber("letter", sender.Code, year)
	if err != nil {
		return err
	}
	letter := m.press.Number(sender.office(), DocumentLetter, year, seq)
	m.data["number"] = letter
	if err := t.addressTo(m.r.ID, m.r.PoliceID); err != nil {
		return err
	}
	return t.issue(ctx, m, DocumentLetter, letter, nil)
}

// actSignReceipt records who signed and when; the receipt repeats the letter's number.
func actSignReceipt(ctx context.Context, t *tx, m *referralMove) error {
	var letter Document
	if err := t.db.Where("referral_id = ? AND kind = ?", m.r.ID, DocumentLetter).Order("revision DESC").Omit("content").Take(&letter).Error; err != nil {
		return fmt.Errorf("read the letter of %s: %w", m.r.Ref, err)
	}
	return t.issue(ctx, m, DocumentReceipt, letter.Number, func(p *Paper) { p.Signer = t.actor.Display })
}

func actRequestSupplement(_ context.Context, _ *tx, m *referralMove) error {
	m.set["missing"] = m.needReason()
	return nil
}

// actSupply answers the police with documents or an explanation, by a letter of its own.
func actSupply(ctx context.Context, t *tx, m *referralMove) error {
	if strings.TrimSpace(m.in.Note) == "" && len(m.in.Documents) == 0 {
		m.wrong["note"] = "error.supply_something"
		return nil
	}
	return t.issueOwn(ctx, m, DocumentSupplement, func(p *Paper) {
		p.Evidence, p.OutcomeReason = strings.Join(m.in.Documents, "\n"), m.r.Missing
	})
}

// actOutcome records filing or declining with the head of a police organ of county level or above named as approver.
func actOutcome(_ context.Context, _ *tx, m *referralMove) error {
	m.set["outcome_approver"], m.set["outcome_number"], m.set["outcome_reason"] = m.need("approver"), m.need("number"), m.needReason()
	m.data["approver"], m.data["number"] = m.in.Fields["approver"], m.in.Fields["number"]
	return nil
}

// actAccept accepts that the police did not file; the principal's signature is named.
func actAccept(_ context.Context, _ *tx, m *referralMove) error {
	m.data["approver"] = m.need("approver")
	return nil
}

func (a Authority) office() Office {
	return Office{Name: a.Name, Short: a.ShortName, Phone: a.Phone, Code: a.Code}
}
