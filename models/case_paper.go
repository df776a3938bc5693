package models

import "slices"

// CasePaper is a paper of a case that needs no referral: an officer drafts it, somebody else issues it, and then it never changes.
type CasePaper struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	CaseID     int64
	Kind       string
	State      PaperState
	Fields     string // JSON of what was filled in
	Number     string
	SHA256     string `gorm:"column:sha256"`
	SM3        string `gorm:"column:sm3"`
	SigningKey string
	SigEd25519 string `gorm:"column:sig_ed25519"`
	SigSM2     string `gorm:"column:sig_sm2"`
	Pages      int
	Source     string
	Content    []byte
	DraftedBy  int64
	DraftedAt  Instant
	IssuedBy   *int64
	IssuedAt   Instant
	Version    int64
}

// PaperState says how far a paper of a case is.
type PaperState string

// The states.
const (
	PaperDraft   PaperState = "draft"
	PaperIssued  PaperState = "issued"
	PaperDropped PaperState = "dropped"
)

// The kinds of paper of a case.
const (
	PaperRiskReminder     = "risk_reminder"
	PaperInterviewNotice  = "interview_notice"
	PaperInterviewMinutes = "interview_minutes"
	PaperStopOrder        = "stop_order"
	PaperAccountQuery     = "account_query"
	PaperDetermination    = "determination"
	PaperObjectionResult  = "objection_result"
	PaperSiteRecord       = "site_record"
	PaperPropertyList     = "property_list"
	PaperAccountReply     = "account_reply" // what a bank answered to an approved query, masked
	PaperSeizure          = "seizure_decision"
)

// PaperSpec says what a kind of paper must be given and who issues it. Basis is the article it rests on.
type PaperSpec struct {
	Kind   string
	Issue  Action
	Basis  []string
	Fields []PaperField
}

// PaperField is a place of a paper that is filled in. Needed ones must not be empty; Long ones may have several lines.
type PaperField struct {
	Name   string
	Needed bool
	Long   bool
}

// need, long and may write down a field.
func need(name string) PaperField { return PaperField{Name: name, Needed: true} }
func long(name string) PaperField { return PaperField{Name: name, Needed: true, Long: true} }
func may(name string) PaperField  { return PaperField{Name: name, Long: true} }

// PaperSpecs lists the kinds of paper of a case. Acts that the law reserves to the principal (737 art 21) are his to issue; so are, as
// our own rule, the order to stop and the determination.
func PaperSpecs() []PaperSpec {
	return []PaperSpec{
		{Kind: PaperRiskReminder, Issue: ActPaperIssue, Basis: []string{"737.18"}, Fields: []PaperField{long("facts"), long("advice"), may("basis")}},
		{Kind: PaperInterviewNotice, Issue: ActPaperIssue, Basis: []string{"737.18"}, Fields: []PaperField{need("person"), need("when"), need("where"), long("matters"), may("bring")}},
		{Kind: PaperInterviewMinutes, Issue: ActPaperIssue, Basis: []string{"737.18", "737.21.2"}, Fields: []PaperField{need("when"), need("where"), need("person"), may("duty"), need("recorder"), long("record"), may("remarks")}},
		{Kind: PaperStopOrder, Issue: ActPaperPrincipal, Basis: []string{"737.22", "737.23"}, Fields: []PaperField{long("facts"), long("measures"), need("deadline"), may("remedy")}},
		{Kind: PaperAccountQuery, Issue: ActPaperPrincipal, Basis: []string{"737.21.1.4"}, Fields: []PaperField{need("institution"), long("accounts"), long("reason"), need("period")}},
		{Kind: PaperDetermination, Issue: ActPaperPrincipal, Basis: []string{"737.23"}, Fields: []PaperField{long("facts"), long("evidence"), long("conclusion"), may("remedy")}},
		{Kind: PaperSiteRecord, Issue: ActPaperIssue, Basis: []string{"737.21", "737.21.2"}, Fields: []PaperField{need("when"), need("where"), need("person"), may("witness"), need("recorder"), long("found"), may("taken"), may("remarks")}},
		{Kind: PaperPropertyList, Issue: ActPaperIssue, Basis: []string{"310.6"}, Fields: []PaperField{need("when"), need("kept"), may("burdens"), long("items"), may("remarks")}},
		{Kind: PaperAccountReply, Issue: ActPaperIssue, Basis: []string{"737.21.1.4"}, Fields: []PaperField{need("institution"), need("approved"), need("reply_number"), need("when"), long("accounts"), long("result")}},
		{Kind: PaperSeizure, Issue: ActPaperPrincipal, Basis: []string{"737.24", "AEL.18", "AEL.25"}, Fields: []PaperField{long("facts"), long("items"), need("kept"), need("period"), may("remedy")}},
		{Kind: PaperObjectionResult, Issue: ActPaperIssue, Basis: []string{"APL.45"}, Fields: []PaperField{need("person"), long("objection"), long("checked"), long("result"), may("remedy")}},
	}
}

// PaperSpecOf gives the kind of paper of a case by its word.
func PaperSpecOf(kind string) (PaperSpec, bool) {
	specs := PaperSpecs()
	if i := slices.IndexFunc(specs, func(s PaperSpec) bool { return s.Kind == kind }); i >= 0 {
		return specs[i], true
	}
	return PaperSpec{}, false
}

// CasePaperKinds lists the words of the kinds.
func CasePaperKinds() []string {
	var kinds []string
	for _, s := range PaperSpecs() {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// CasePaperLine is a row of the list of a case's papers.
type CasePaperLine struct {
	CasePaper
	CaseRef   string
	Drafter   string
	DrafterEn string
	Issuer    string
	IssuerEn  string
}

// CasePaperFile is a paper with what its page shows: Paper is what it says, whole where it was issued and as it would read where not.
type CasePaperFile struct {
	CasePaperLine
	Place     Place
	Paper     Paper
	MayChange bool
	MayIssue  bool
	IssueRule string // the key of why the actor may not issue it, empty where he may
}

// document gives an issued paper in the form in which papers are signed and verified.
func (p CasePaper) document() Document {
	return Document{Kind: p.Kind, Revision: 1, Number: p.Number, SHA256: p.SHA256, SM3: p.SM3, SigningKey: p.SigningKey, SigEd25519: p.SigEd25519, SigSM2: p.SigSM2,
		Pages: p.Pages, Source: p.Source, Content: p.Content, CreatedAt: p.IssuedAt}
}
