package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/referral"
	"xiezhi/views"
)

// newChecks holds the dossier against the five items of article 6: there, stated as none, or missing.
func newChecks(ctx context.Context, f models.ReferralFile) []views.Check {
	sent := !f.DeliveredAt.IsZero()
	list := []views.Check{documentCheck(ctx, f, models.DocumentLetter), documentCheck(ctx, f, models.DocumentReport),
		statedCheck(ctx, "item_list", f.ItemList, sent), statedCheck(ctx, "expert_report", f.ExpertReport, sent), otherCheck(ctx, f)}
	for i := range list {
		list[i].No = i18n.Integer(ctx, int64(i+1))
	}
	return list
}

func documentCheck(ctx context.Context, f models.ReferralFile, kind string) views.Check {
	c := views.Check{Name: i18n.T(ctx, "referral.item."+kind), Note: i18n.T(ctx, "referral.item_note."+kind), Pages: i18n.Unknown,
		Word: i18n.T(ctx, "referral.missing"), Tag: "open"}
	if d, ok := documentOf(f, kind); ok {
		c.Pages, c.Word, c.Tag, c.Note = pages(ctx, d.Pages), i18n.T(ctx, "referral.present"), "done", d.Number
	}
	return c
}

func pages(ctx context.Context, n int) string { return i18n.N(ctx, "referral.pages", int64(n)) }

// statedCheck judges an item that may be absent if that is said.
func statedCheck(ctx context.Context, item, text string, sent bool) views.Check {
	c := views.Check{Name: i18n.T(ctx, "referral.item."+item), Pages: i18n.Unknown}
	switch {
	case saysNone(text):
		c.Word, c.Tag, c.Note = i18n.T(ctx, "referral.stated_none"), "open", i18n.T(ctx, "referral.item_note.none")
	case text != "":
		c.Word, c.Tag, c.Note = i18n.T(ctx, "referral.present"), "done", text
	case sent:
		c.Word, c.Tag = i18n.T(ctx, "referral.missing"), "open"
	default:
		c.Word, c.Note = i18n.T(ctx, "referral.to_state"), i18n.T(ctx, "referral.item_note.to_state")
	}
	return c
}

// saysNone says whether a text states that there is no such item.
func saysNone(text string) bool {
	text = strings.TrimSpace(text)
	return text == noneZh || strings.EqualFold(text, "none")
}

// noneZh is the word by which a paper says that there is none (U+65E0).
const noneZh = "\u65e0"

func otherCheck(ctx context.Context, f models.ReferralFile) views.Check {
	c := views.Check{Name: i18n.T(ctx, "referral.item.other"), Pages: i18n.Unknown, Word: i18n.T(ctx, "referral.to_list"), Note: i18n.T(ctx, "referral.item_note.other")}
	if f.Evidence != "" {
		n := int64(len(strings.Split(strings.TrimSpace(f.Evidence), "\n")))
		c.Word, c.Tag, c.Note = i18n.T(ctx, "referral.present"), "done", i18n.N(ctx, "referral.evidence_lines", n)
	}
	return c
}

// newThresholds holds what the report says against the lines of the offence: the filing lines, and the graver ones that the
// figures reach.
func newThresholds(ctx context.Context, r models.Referral) views.ThresholdTable {
	o, ok := law.OffenceByCode(r.Offence)
	if !ok {
		t := views.ThresholdTable{Offence: r.Offence, Verdict: i18n.T(ctx, "referral.lines_other")}
		if r.Offence == "" {
			t.Offence, t.Verdict = i18n.T(ctx, "referral.lines_none"), i18n.T(ctx, "referral.lines_none_hint")
		}
		return t
	}
	lines := law.Reached(o, law.Measure{AmountFen: r.AmountFen, People: r.People, LossFen: r.LossFen})
	t := views.ThresholdTable{Offence: i18n.Pick(ctx, o.NameZh, o.NameEn), Law: i18n.T(ctx, "referral.offence_law", "n", o.Article), Verdict: i18n.T(ctx, "referral.verdict_not")}
	if law.TierReached(lines, law.TierFiling) {
		t.Verdict = i18n.T(ctx, "referral.verdict_reached")
	}
	if len(lines) == 0 {
		t.Verdict = i18n.T(ctx, "referral.verdict_conduct")
	}
	recalled := o.Mark == law.MarkRecalled
	for _, l := range lines {
		if l.Mark == law.MarkRecalled {
			recalled = true
		}
		row := newThresholdRow(ctx, l)
		if l.Tier == law.TierFiling {
			t.Filing = append(t.Filing, row)
		} else if l.Reached {
			row.Tier = i18n.T(ctx, "law.tier."+string(l.Tier))
			t.Graver = append(t.Graver, row)
		}
	}
	if o.Note != "" {
		t.Notes = append(t.Notes, i18n.T(ctx, o.Note))
	}
	if recalled {
		t.Notes = appendNew(t.Notes, i18n.T(ctx, "law.note.recalled"))
	}
	return t
}

func newThresholdRow(ctx context.Context, l law.Line) views.ThresholdRow {
	row := views.ThresholdRow{Name: i18n.T(ctx, l.Name), Limit: quantity(ctx, l.Quantity, l.Limit), Measured: i18n.Unknown, Times: i18n.Unknown, Reached: l.Reached}
	if l.LimitHigh > 0 {
		row.Limit = i18n.T(ctx, "referral.range", "low", row.Limit, "high", quantity(ctx, l.Quantity, l.LimitHigh))
	}
	if l.Known {
		row.Measured, row.Times = quantity(ctx, l.Quantity, l.Measured), i18n.Decimal(ctx, l.Times, 1)
	}
	if l.Condition != "" {
		row.Condition, row.Reached = i18n.T(ctx, "referral.with_condition", "condition", i18n.T(ctx, l.Condition)), false
	}
	row.Law, _ = firstArticle(ctx, []string{l.Article})
	return row
}

func offenceName(ctx context.Context, code string) string {
	if o, ok := law.OffenceByCode(code); ok {
		return i18n.Pick(ctx, o.NameZh, o.NameEn)
	}
	if code == "" {
		return i18n.Unknown
	}
	return code
}

// newReferralFacts lists what the report says and what the police decided.
func newReferralFacts(ctx context.Context, f models.ReferralFile) []views.Fact {
	fact := func(key, value string) views.Fact {
		return views.Fact{Label: i18n.T(ctx, "referral.fact."+key), Value: value}
	}
	facts := []views.Fact{fact("offence", offenceName(ctx, f.Offence)), fact("amount", i18n.MoneyFull(ctx, f.AmountFen)), fact("people", i18n.Count(ctx, f.People)),
		fact("loss", i18n.MoneyFull(ctx, f.LossFen)), fact("officers", officerNames(ctx, f)), fact("facts", orUnknown(f.Facts))}
	if f.Procuratorate != nil {
		facts = append(facts, fact("copy", i18n.Pick(ctx, f.Procuratorate.Name, f.Procuratorate.NameEn)))
	}
	for _, opt := range []struct{ key, value string }{{"evidence", f.Evidence}, {"proposal", f.Proposal}, {"missing", f.Missing}, {"outcome_reason", f.OutcomeReason},
		{"outcome_approver", f.OutcomeApprover}, {"outcome_number", f.OutcomeNumber}} {
		if opt.value != "" {
			facts = append(facts, fact(opt.key, opt.value))
		}
	}
	return facts
}

func officerNames(ctx context.Context, f models.ReferralFile) string {
	list := make([]string, 0, len(f.Officers))
	for _, o := range newTeam(ctx, f.Officers) {
		list = append(list, i18n.T(ctx, "case.officer", "name", o.Name, "number", o.Number))
	}
	return strings.Join(list, i18n.T(ctx, "clock.listing"))
}

func newDocumentRows(ctx context.Context, f models.ReferralFile) []views.DocumentRow {
	rows := make([]views.DocumentRow, 0, len(f.Documents))
	for _, d := range f.Documents {
		row := views.DocumentRow{Name: documentName(ctx, d.Kind), Number: orUnknown(d.Number), Pages: i18n.Integer(ctx, int64(d.Pages)), Hash: d.SHA256,
			Short: d.SHA256[:min(16, len(d.SHA256))], URL: "/referrals/" + f.Ref + "/documents/" + d.Kind, At: whenMinute(d.CreatedAt)}
		if d.Revision > 1 {
			row.Name = i18n.T(ctx, "referral.revision", "name", row.Name, "n", i18n.Integer(ctx, int64(d.Revision)))
		}
		rows = append(rows, row)
	}
	return rows
}

func documentName(ctx context.Context, kind string) string {
	if key := "document." + kind; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return kind
}

// newPaperView shows the letter: as it was issued, or before that as a draft of what the report says.
func newPaperView(ctx context.Context, f models.ReferralFile, now models.Instant) (views.PaperView, error) {
	d, issued := documentOf(f, models.DocumentLetter)
	if !issued && f.Facts == "" {
		return views.PaperView{Hint: i18n.T(ctx, "referral.no_preview_hint")}, nil
	}
	paper := draftPaper(f, now)
	if issued {
		paper = models.Paper{}
		if err := json.Unmarshal([]byte(d.Source), &paper); err != nil {
			return views.PaperView{}, fmt.Errorf("read the letter of %s: %w", f.Ref, err)
		}
	}
	doc, err := referral.Compose(paper)
	if err != nil || len(doc.Parts) == 0 {
		return views.PaperView{}, fmt.Errorf("compose the letter of %s: %w", f.Ref, err)
	}
	v := views.PaperView{Shown: true, Draft: !issued, Part: doc.Parts[0], Caption: i18n.T(ctx, "referral.draft_caption")}
	if issued {
		v.Caption = i18n.T(ctx, "referral.issued_caption", "pages", pages(ctx, d.Pages), "hash", d.SHA256[:min(16, len(d.SHA256))])
	}
	return v, nil
}

// draftPaper is the letter as it would read if it were issued now; its number comes with the sending.
func draftPaper(f models.ReferralFile, now models.Instant) models.Paper {
	office := func(a models.Authority) models.Office {
		return models.Office{Name: a.Name, Short: a.ShortName, Phone: a.Phone, Code: a.Code}
	}
	p := models.Paper{Kind: models.DocumentLetter, ReferralRef: f.Ref, CaseRef: f.CaseRef, CaseTitle: f.CaseTitle, Sender: office(f.Authority), Receiver: office(f.Police),
		Party: models.Party{Name: f.SubjectName, USCC: f.SubjectKey}, Facts: f.Facts, Offence: f.Offence, AmountFen: f.AmountFen, People: f.People, LossFen: f.LossFen,
		Evidence: f.Evidence, Proposal: f.Proposal, ItemList: f.ItemList, ExpertReport: f.ExpertReport, At: now, SignerOffice: f.Police.Name}
	if o, ok := law.OffenceByCode(f.Offence); ok {
		p.Lines = law.Reached(o, law.Measure{AmountFen: f.AmountFen, People: f.People, LossFen: f.LossFen})
	}
	if f.Procuratorate != nil {
		p.CopyTo = f.Procuratorate.Name
	}
	if d, ok := documentOf(f, models.DocumentReport); ok {
		p.ReportPages = d.Pages
	}
	for _, o := range f.Officers {
		p.Officers = append(p.Officers, models.PaperOfficer{Name: o.DisplayName, Number: o.EnforcementNumber})
	}
	return p
}
