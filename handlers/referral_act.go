package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// actForm is everything that the forms of a referral send; a move reads what is its own.
type actForm struct {
	Facts        string `form:"facts"`
	Offence      string `form:"offence"`
	OffenceText  string `form:"offence_text"`
	Amount       string `form:"amount"`
	People       string `form:"people"`
	Loss         string `form:"loss"`
	Evidence     string `form:"evidence"`
	Proposal     string `form:"proposal"`
	ItemList     string `form:"item_list"`
	ExpertReport string `form:"expert_report"`
	Approver     string `form:"approver"`
	Number       string `form:"number"`
	To           string `form:"to"`
	Due          string `form:"due"`
	Receiver     string `form:"receiver"`
	Competent    string `form:"competent"`
	Reason       string `form:"reason"`
	Note         string `form:"note"`
	Documents    string `form:"documents"`
	Version      string `form:"version"`
	Back         string `form:"back"`
	LateReason   string `form:"late_reason"`
}

// values gives what was written by field name.
func (f actForm) values() map[string]string {
	return map[string]string{"facts": f.Facts, "offence": f.Offence, "offence_text": f.OffenceText, "amount": f.Amount, "people": f.People, "loss": f.Loss,
		"evidence": f.Evidence, "proposal": f.Proposal, "item_list": f.ItemList, "expert_report": f.ExpertReport, "approver": f.Approver, "number": f.Number,
		"to": f.To, "due": f.Due, "receiver": f.Receiver, "competent": f.Competent, "late_reason": f.LateReason,
		"reason": f.Reason, "note": f.Note, "documents": f.Documents}
}

// input gives what the move of the domain takes.
func (f actForm) input() models.ReferralInput {
	in := models.ReferralInput{Reason: f.Reason, Note: f.Note, Documents: textLines(f.Documents), Fields: map[string]string{}, Version: readVersion(f.Version)}
	for name, v := range f.values() {
		switch name {
		case "reason", "note", "documents", "offence_text":
		default:
			if strings.TrimSpace(v) != "" {
				in.Fields[name] = v
			}
		}
	}
	if strings.TrimSpace(f.Offence) == "" && strings.TrimSpace(f.OffenceText) != "" {
		in.Fields["offence"] = strings.TrimSpace(f.OffenceText)
	}
	return in
}

// textLines splits a text into its lines without empty ones.
func textLines(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// actInput is a refused form: which move, what was written, what is wrong by field.
type actInput struct {
	hold   string // what is wrong with the reason of a hold
	event  law.Event
	values map[string]string
	wrong  map[string]string
}

// backDesk names the intake desk as the page that a form came from.
const backDesk = "desk"

// referralMove answers the forms of a referral: the move is made, or the same page shows what is wrong.
func (a *App) referralMove(c *gin.Context) error {
	var f actForm
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, ref, event := a.Context(c), c.Param("ref"), law.Event(c.Param("event"))
	err := a.Store.MoveReferral(ctx, ActorOf(c), ref, event, f.input(), a.Press)
	if wrong, ok := wrongFields(err); ok {
		in := actInput{event: event, values: f.values(), wrong: wrong}
		if f.Back == backDesk {
			return a.showDesk(c, ref, in)
		}
		return a.showReferral(c, in)
	}
	if err != nil {
		return err
	}
	to := "/referrals/" + ref
	if f.Back == backDesk {
		to = "/desk?ref=" + ref
	}
	return a.done(c, to, i18n.T(ctx, "referral.done."+string(event)), "")
}

// mainMoves are the next steps in the order in which one becomes the primary button.
func mainMoves() []law.Event {
	return []law.Event{law.EventSubmitReport, law.EventApprove, law.EventSend, law.EventResubmit, law.EventSignReceipt, law.EventSupply, law.EventStartReview,
		law.EventFile, law.EventHandOver, law.EventRequestReconsideration, law.EventRequestSupervision, law.EventAccept, law.EventExplain, law.EventAffirm, law.EventRequireReasons,
		law.EventOrderFiling, law.EventReportResult, law.EventProsecute, law.EventJudge, law.EventContinueAdmin, law.EventClose}
}

// newActPanel offers exactly the lawful moves of the actor and lists the others of the state with who may and the article.
func newActPanel(ctx context.Context, f models.ReferralFile, in actInput, back string, now models.Instant) views.ActPanel {
	p := views.ActPanel{Wrong: in.wrong, Note: i18n.T(ctx, "referral.wait."+string(f.State))}
	primary := law.Event("")
	for _, e := range mainMoves() {
		if slices.Contains(f.Moves, e) {
			primary = e
			break
		}
	}
	for _, e := range slices.SortedStableFunc(slices.Values(f.Moves), func(a, b law.Event) int { return rank(a == primary) - rank(b == primary) }) {
		form := newActForm(ctx, f, e, in, back, now)
		form.Primary = e == primary
		p.Forms = append(p.Forms, form)
	}
	for _, m := range law.MovesFrom(f.State) {
		if slices.Contains(f.Moves, m.Event) {
			continue
		}
		act := views.NextAct{Label: i18n.T(ctx, "referral.act."+string(m.Event)), Law: citations(ctx, m.Articles),
			Reason: i18n.T(ctx, "referral.not_yours", "role", i18n.T(ctx, "referral.role."+m.Actor))}
		if key, ok := f.Barred[m.Event]; ok {
			act.Reason = i18n.T(ctx, key)
		}
		p.Barred = append(p.Barred, act)
	}
	return p
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

func newActForm(ctx context.Context, f models.ReferralFile, e law.Event, in actInput, back string, now models.Instant) views.ActForm {
	form := views.ActForm{Event: string(e), Label: i18n.T(ctx, "referral.act."+string(e)), Icon: actIcon(e), Action: "/referrals/" + f.Ref + "/" + string(e),
		Version: strconv.FormatInt(f.Version, 10), Back: back, Open: in.event == e && len(in.wrong) > 0}
	if key := "referral.intro." + string(e); i18n.Has(ctx, key) {
		form.Intro = i18n.T(ctx, key)
	}
	for _, id := range followArticles(e) {
		if citation, summary := firstArticle(ctx, []string{id}); citation != "" {
			form.Follows = append(form.Follows, citation+i18n.T(ctx, "punct.colon")+summary)
		}
	}
	if e == law.EventSend {
		form.Answers = sendAnswers(ctx, f)
	}
	for _, spec := range actFields(e) {
		form.Fields = append(form.Fields, newActField(ctx, f, e, spec, in))
	}
	if move, ok := law.FindMove(f.State, e); ok && move.Actor == string(models.RolePrincipal) && slices.ContainsFunc(f.Clocks, func(c models.Clock) bool {
		return slices.Contains(move.Ends, law.ClockName(c.Name)) && c.NeedsExcuse(now)
	}) {
		form.Fields = append(form.Fields, newActField(ctx, f, e, fieldSpec{name: "late_reason", kind: "area", rows: "2", required: true}, in))
	}
	return form
}

func actIcon(e law.Event) string {
	switch e {
	case law.EventSubmitReport, law.EventResubmit, law.EventReportResult, law.EventExplain:
		return "file-text"
	case law.EventApprove, law.EventSignReceipt:
		return "signature"
	case law.EventSend, law.EventSupply, law.EventForward, law.EventRequestReconsideration, law.EventRequestSupervision, law.EventHandOver, law.EventNotifyPoliceEarly:
		return "send"
	case law.EventFile, law.EventOrderFiling, law.EventOverturn, law.EventRefileOnNewFacts, law.EventReopen, law.EventJudge:
		return "gavel"
	case law.EventExtendReview, law.EventUrge, law.EventReportPoliceOverdue:
		return "alarm"
	case law.EventStartReview:
		return "eye-check"
	default:
		return "check"
	}
}

// followArticles are what follows in law from a move that refuses.
func followArticles(e law.Event) []string {
	switch e {
	case law.EventReject:
		return []string{"310.5.2", "310.11", "310.14"}
	case law.EventDecline:
		return []string{"310.8", "310.9.1", "310.9.2"}
	case law.EventContinueAdmin, law.EventAccept:
		return []string{"310.10", "310.11"}
	case law.EventRequestReconsideration, law.EventAffirm:
		return []string{"310.9.1", "310.9.2"}
	case law.EventHandOver:
		return []string{"310.12"}
	default:
		return nil
	}
}

// sendAnswers is what goes out with the letter, to be checked before sending.
func sendAnswers(ctx context.Context, f models.ReferralFile) []views.Fact {
	fact := func(key, value string) views.Fact {
		return views.Fact{Label: i18n.T(ctx, "referral.fact."+key), Value: value}
	}
	list := []views.Fact{fact("receiver", i18n.Pick(ctx, f.Police.Name, f.Police.NameEn)), {Label: i18n.T(ctx, "referral.fact.party"), Value: partyName(ctx, f.SubjectKind, f.SubjectName, f.SubjectKey), Company: true},
		fact("offence", offenceName(ctx, f.Offence)), fact("amount", i18n.MoneyFull(ctx, f.AmountFen)), fact("people", i18n.Count(ctx, f.People)),
		fact("loss", i18n.MoneyFull(ctx, f.LossFen)), fact("officers", officerNames(ctx, f))}
	if d, ok := documentOf(f, models.DocumentReport); ok {
		list = append(list, fact("report", pages(ctx, d.Pages)))
	}
	if f.Procuratorate != nil {
		list = append(list, fact("copy", i18n.Pick(ctx, f.Procuratorate.Name, f.Procuratorate.NameEn)))
	}
	return list
}
