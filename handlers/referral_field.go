package handlers

import (
	"context"
	"strconv"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

// fieldSpec is a field of a move: its name, kind and rows; rows only for an area.
type fieldSpec struct {
	name     string
	kind     string
	rows     string
	required bool
}

func actFields(e law.Event) []fieldSpec {
	reason := fieldSpec{name: "reason", kind: "area", rows: "3", required: true}
	note := fieldSpec{name: "note", kind: "area", rows: "2"}
	documents := fieldSpec{name: "documents", kind: "area", rows: "2"}
	switch e {
	case law.EventSubmitReport, law.EventResubmit:
		must := e == law.EventSubmitReport
		fields := []fieldSpec{{"facts", "area", "6", must}, {"offence", "choice", "", must}, {"offence_text", "line", "", false}, {"amount", "line", "", false},
			{"people", "line", "", false}, {"loss", "line", "", false}, {"evidence", "area", "3", false}, {"proposal", "area", "2", false}}
		if must {
			return fields
		}
		return append(fields, note, documents)
	case law.EventReject, law.EventRequestSupplement:
		return []fieldSpec{reason}
	case law.EventSend:
		return []fieldSpec{{"item_list", "area", "3", true}, {"expert_report", "area", "2", true}, note}
	case law.EventSupply:
		return []fieldSpec{note, documents}
	case law.EventFile, law.EventDecline:
		return []fieldSpec{{"approver", "line", "", true}, {"number", "line", "", true}, reason}
	case law.EventAccept:
		return []fieldSpec{{"approver", "line", "", true}, note}
	case law.EventSignReceipt:
		return nil
	default:
		return laterFields(e, reason, note)
	}
}

// laterFields are the fields of the moves after delivery and of the remedies.
func laterFields(e law.Event, reason, note fieldSpec) []fieldSpec {
	approver, number, to := fieldSpec{"approver", "line", "", true}, fieldSpec{"number", "line", "", false}, fieldSpec{"to", "choice", "", true}
	must := func(f fieldSpec) fieldSpec { f.required = true; return f }
	switch e {
	case law.EventNotifyPoliceEarly:
		return []fieldSpec{must(note)}
	case law.EventOrderTransfer:
		return []fieldSpec{must(number), {"due", "date", "", true}, reason}
	case law.EventForward:
		return []fieldSpec{to, approver, number, reason}
	case law.EventNotPoliceMatter:
		return []fieldSpec{{"competent", "line", "", true}, number, reason}
	case law.EventExtendReview:
		return []fieldSpec{approver, reason}
	case law.EventJurisdictionChanged:
		to.required = false
		return []fieldSpec{to, reason}
	case law.EventHandOver:
		return []fieldSpec{{"item_list", "area", "3", true}, {"receiver", "line", "", true}, note}
	case law.EventOverturn, law.EventRefileOnNewFacts, law.EventRequestReconsideration:
		if e == law.EventRequestReconsideration {
			return []fieldSpec{approver, reason}
		}
		return []fieldSpec{approver, number, reason}
	case law.EventNonProsecution, law.EventCourtSendsBack:
		return []fieldSpec{number, {"due", "date", "", e == law.EventNonProsecution}, reason}
	case law.EventProcuratorialOpinion, law.EventAskFurtherEnquiry, law.EventWithdraw, law.EventAffirm, law.EventNoBasis, law.EventReasonsStand:
		return []fieldSpec{number, reason}
	case law.EventReopen, law.EventRequestSupervision, law.EventExplain, law.EventReportResult, law.EventNewFacts:
		return []fieldSpec{reason}
	case law.EventUrge, law.EventProsecute, law.EventJudge, law.EventRequireReasons, law.EventOrderFiling, law.EventCorrect:
		return []fieldSpec{number, note}
	default:
		return []fieldSpec{note}
	}
}

func newActField(ctx context.Context, f models.ReferralFile, e law.Event, spec fieldSpec, in actInput) views.ActField {
	field := views.ActField{Kind: spec.kind, Name: spec.name, ID: string(e) + "-" + spec.name, Label: fieldLabel(ctx, e, spec.name), Rows: spec.rows,
		Required: spec.required, Value: startValue(ctx, f, e, spec.name)}
	for _, key := range []string{"referral.hint." + string(e) + "." + spec.name, "referral.hint." + spec.name} {
		if i18n.Has(ctx, key) {
			field.Hint = i18n.T(ctx, key)
			break
		}
	}
	if spec.kind == "area" {
		links, start := phrasesFor(ctx, spec.name)
		field.Phrases, field.Value = links, firstOf(field.Value, start)
	}
	if in.event == e && len(in.wrong) > 0 {
		field.Value, field.Wrong = in.values[spec.name], in.wrong[spec.name]
	}
	switch spec.name {
	case "offence":
		field.Options = offenceOptions(ctx, field.Value)
	case "to":
		field.Options = unitOptions(ctx, f, field.Value)
	case "amount", "loss":
		field.Mode = "decimal"
	case "people":
		field.Mode = "numeric"
	}
	return field
}

func fieldLabel(ctx context.Context, e law.Event, name string) string {
	if key := "referral.label." + string(e) + "." + name; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	if key := "referral.label." + name; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "field."+name)
}

// startValue is what a field holds before anything was written: the old report where it is submitted again, none where the law
// lets an item be stated as absent.
func startValue(ctx context.Context, f models.ReferralFile, e law.Event, name string) string {
	switch {
	case e == law.EventSend && name == "item_list":
		return f.ItemList
	case e == law.EventSend && name == "expert_report":
		return f.ExpertReport
	case e == law.EventSubmitReport && name == "offence":
		return defaultOffence(f.CaseArea)
	case e != law.EventResubmit:
		return ""
	}
	switch name {
	case "facts":
		return f.Facts
	case "offence":
		if _, ok := law.OffenceByCode(f.Offence); ok {
			return f.Offence
		}
	case "offence_text":
		if _, ok := law.OffenceByCode(f.Offence); !ok {
			return f.Offence
		}
	case "amount":
		return plainYuan(f.AmountFen)
	case "people":
		if f.People != nil {
			return strconv.FormatInt(*f.People, 10)
		}
	case "loss":
		return plainYuan(f.LossFen)
	case "evidence":
		return f.Evidence
	case "proposal":
		return f.Proposal
	}
	return ""
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// defaultOffence is the offence that the field begins with, by the area of the case; the officer decides.
func defaultOffence(area string) string {
	if area == "MLM" {
		return "224-1"
	}
	return "176"
}

func plainYuan(fen *int64) string {
	if fen == nil {
		return ""
	}
	return strconv.FormatInt(*fen/100, 10) + "." + strconv.FormatInt(*fen%100+100, 10)[1:]
}

func offenceOptions(ctx context.Context, chosen string) []ui.Option {
	list := []ui.Option{}
	for _, o := range law.Offences() {
		list = append(list, ui.Option{Value: o.Code, Label: i18n.Pick(ctx, o.NameZh, o.NameEn) + i18n.T(ctx, "referral.offence_article", "n", o.Article), Chosen: o.Code == chosen})
	}
	return append(list, ui.Option{Value: "", Label: i18n.T(ctx, "referral.offence_other"), Chosen: chosen == ""})
}

// unitOptions lists the police units that a referral may go on to; the one that has it is left out.
func unitOptions(ctx context.Context, f models.ReferralFile, chosen string) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "referral.choose_unit"), Chosen: chosen == ""}}
	for _, u := range f.Units {
		if u.ID != f.PoliceID {
			list = append(list, ui.Option{Value: u.Code, Label: i18n.Pick(ctx, u.Name, u.NameEn), Chosen: u.Code == chosen})
		}
	}
	return list
}
