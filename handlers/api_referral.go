package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/law"
	"xiezhi/models"
)

type documentJSON struct {
	Kind      string         `json:"kind"`
	Number    string         `json:"number"`
	Revision  int            `json:"revision"`
	SHA256    string         `json:"sha256"`
	Pages     int            `json:"pages"`
	CreatedAt models.Instant `json:"created_at"`
}

type referralLineJSON struct {
	Ref         string         `json:"ref"`
	State       law.State      `json:"state"`
	Case        string         `json:"case"`
	Subject     string         `json:"subject"`
	Name        string         `json:"name"`
	Level       string         `json:"level"`
	Area        string         `json:"area"`
	Division    string         `json:"division"`
	Authority   string         `json:"authority"`
	Police      string         `json:"police"`
	Clocks      []clockJSON    `json:"clocks"`
	CreatedAt   models.Instant `json:"created_at"`
	DeliveredAt models.Instant `json:"delivered_at"`
	Version     int64          `json:"version"`
	Held        bool           `json:"held"` // by the police, from this reader: the status alone is here
}

func newReferralLineJSON(r models.ReferralLine, now models.Instant) referralLineJSON {
	held, subject := r.Withheld, partyWritten(r.SubjectKind, r.SubjectKey, r.SubjectRef)
	if held {
		subject = ""
	}
	return referralLineJSON{Held: held, Ref: r.Ref, State: r.State, Case: r.CaseRef, Subject: subject, Name: r.SubjectName, Level: r.CaseLevel, Area: r.CaseArea,
		Division: r.DivisionCode, Authority: r.AuthorityName, Police: r.PoliceName, Clocks: newClocksJSON(r.Clocks, now), CreatedAt: r.CreatedAt,
		DeliveredAt: r.DeliveredAt, Version: r.Version}
}

type referralJSON struct {
	referralLineJSON
	PoliceCode    string         `json:"police_code"`
	Procuratorate *string        `json:"procuratorate"`
	Officers      []string       `json:"officers"`
	Moves         []law.Event    `json:"moves"`
	Documents     []documentJSON `json:"documents"`
	Timeline      []eventJSON    `json:"timeline"`
	Fields        fieldsJSON     `json:"fields"`
	Missing       string         `json:"missing"`
	Outcome       *outcomeJSON   `json:"outcome"`
}

// fieldsJSON is what the report and the letter say; amounts are yuan as text, null where nothing is known.
type fieldsJSON struct {
	Facts        string  `json:"facts"`
	Offence      string  `json:"offence"`
	Amount       *string `json:"amount"`
	People       *int64  `json:"people"`
	Loss         *string `json:"loss"`
	Evidence     string  `json:"evidence"`
	Proposal     string  `json:"proposal"`
	ItemList     string  `json:"item_list"`
	ExpertReport string  `json:"expert_report"`
}

type outcomeJSON struct {
	Approver string `json:"approver"`
	Number   string `json:"number"`
	Reason   string `json:"reason"`
}

func newReferralJSON(f models.ReferralFile, now models.Instant) referralJSON {
	out := referralJSON{referralLineJSON: newReferralLineJSON(f.ReferralLine, now), PoliceCode: f.Police.Code, Officers: officerUsers(f.Officers),
		Moves: append([]law.Event{}, f.Moves...), Documents: []documentJSON{}, Timeline: newTimelineJSON(f.Events), Missing: f.Missing,
		Fields: fieldsJSON{Facts: f.Facts, Offence: f.Offence, Amount: orNull(plainYuan(f.AmountFen)), People: f.People, Loss: orNull(plainYuan(f.LossFen)),
			Evidence: f.Evidence, Proposal: f.Proposal, ItemList: f.ItemList, ExpertReport: f.ExpertReport}}
	if f.Procuratorate != nil {
		out.Procuratorate = &f.Procuratorate.Name
	}
	for _, d := range f.Documents {
		out.Documents = append(out.Documents, documentJSON{Kind: d.Kind, Number: d.Number, Revision: d.Revision, SHA256: d.SHA256, Pages: d.Pages, CreatedAt: d.CreatedAt})
	}
	if f.OutcomeNumber != "" {
		out.Outcome = &outcomeJSON{Approver: f.OutcomeApprover, Number: f.OutcomeNumber, Reason: f.OutcomeReason}
	}
	return out
}

type apiReferralQuery struct {
	State string `form:"state"`
	After string `form:"after"`
	Limit int    `form:"limit"`
}

func (a *App) apiReferrals(c *gin.Context) error {
	if !ActorOf(c).ReadsReferrals() {
		return models.Forbidden(models.ActReferralRead)
	}
	var q apiReferralQuery
	if err := bind(c, &q); err != nil {
		return err
	}
	var key listKey
	if _, err := readCursor(q.After, &key); err != nil {
		return err
	}
	list, more, err := a.Store.Referrals(c.Request.Context(), ActorOf(c), models.ReferralFilter{State: q.State, Before: key.ID, Limit: apiLimit(q.Limit)})
	if err != nil {
		return err
	}
	out := make([]referralLineJSON, 0, len(list))
	for _, r := range list {
		out = append(out, newReferralLineJSON(r, a.Store.Now()))
	}
	next := ""
	if more {
		next = cursor(listKey{list[len(list)-1].ID})
	}
	return a.json(c, items(out, next))
}

func (a *App) apiReferral(c *gin.Context) error {
	file, err := a.Store.ReferralFile(c.Request.Context(), ActorOf(c), c.Param("ref"))
	if err != nil {
		return err
	}
	return a.json(c, newReferralJSON(file, a.Store.Now()))
}

type referralMoveJSON struct {
	Reason    string          `json:"reason"`
	Note      string          `json:"note"`
	Documents []string        `json:"documents"`
	Fields    map[string]text `json:"fields"`
	Version   int64           `json:"version"`
}

func (in referralMoveJSON) input() models.ReferralInput {
	fields := make(map[string]string, len(in.Fields))
	for name, v := range in.Fields {
		fields[name] = string(v)
	}
	return models.ReferralInput{Reason: in.Reason, Note: in.Note, Documents: in.Documents, Fields: fields, Version: in.Version}
}

// apiReferralMove makes one move of a referral and answers with the referral as it then stands.
func (a *App) apiReferralMove(c *gin.Context) error {
	ctx, ref, event := c.Request.Context(), c.Param("ref"), law.Event(c.Param("event"))
	var in referralMoveJSON
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowMove(ctx, actor, ref, event) },
		Do: func(actor models.Actor) error {
			return a.Store.MoveReferral(ctx, actor, ref, event, in.input(), a.Press)
		},
		Answer: func(actor models.Actor) (int, any, error) {
			file, err := a.Store.ReferralFile(ctx, actor, ref)
			return http.StatusOK, newReferralJSON(file, a.Store.Now()), err
		}})
}

// apiReferralDocument sends a paper of a referral as it was issued.
func (a *App) apiReferralDocument(c *gin.Context) error { return a.referralDocument(c) }
