package models

import (
	"context"

	"xiezhi/law"
)

// Referral is the handing of a case to the police as an object of its own: its state is a word of the machine in law, which
// alone says what may happen next.
type Referral struct {
	ID              int64 `gorm:"primaryKey"`
	Ref             string
	CaseID          int64
	State           law.State
	AuthorityID     int64
	PoliceID        int64
	ProcuratorateID *int64
	Place           `gorm:"embedded"`
	Facts           string
	Offence         string
	AmountFen       *int64
	People          *int64
	LossFen         *int64
	Evidence        string
	Proposal        string
	ItemList        string
	ExpertReport    string
	AuthorID        *int64
	ApproverID      *int64
	Missing         string
	OutcomeReason   string
	OutcomeApprover string
	OutcomeNumber   string
	CreatedAt       Instant `gorm:"autoCreateTime:false"`
	ChangedAt       Instant
	DeliveredAt     Instant
	RefusedAt       Instant
	FiledAt         Instant
	ReviewLine      int64  // how often the police's review was extended
	RemedyUsed      bool   // reconsideration was asked for and refused
	Explained       bool   // the police gave their reasons to the procuratorate
	Competent       string // the authority that the police found competent instead
	Version         int64
}

// ReferralLine is a row of the list of referrals and of the intake desk.
type ReferralLine struct {
	Referral
	CaseRef       string
	CaseTitle     string
	CaseLevel     string
	CaseArea      string
	CaseSeal      string
	SubjectID     int64
	SubjectKind   SubjectKind
	SubjectRef    *string // public number of a person or an account
	SubjectKey    string
	SubjectName   string
	AuthorityName string
	PoliceName    string
	Clocks        []Clock `gorm:"-"`
	Withheld      bool    `gorm:"-"` // the police hold the case back from this reader
}

// Document is an issued paper: its bytes never change, its hash proves it.
type Document struct {
	ID         int64 `gorm:"primaryKey"`
	ReferralID int64
	Kind       string
	Revision   int
	Number     string
	SHA256     string `gorm:"column:sha256"`
	SM3        string `gorm:"column:sm3"` // empty on papers from before signatures, like the three below
	SigningKey string // id of the office's key
	SigEd25519 string `gorm:"column:sig_ed25519" json:"-"` // base64; made with randomness, and never part of an answer
	SigSM2     string `gorm:"column:sig_sm2" json:"-"`
	Pages      int
	Source     string
	Content    []byte
	CreatedBy  int64
	CreatedAt  Instant `gorm:"autoCreateTime:false"`
}

// The kinds of document of this portal.
const (
	DocumentReport  = "report"
	DocumentLetter  = "letter"
	DocumentReceipt = "receipt"

	DocumentEarlyNotice     = "early_notice"
	DocumentHandOver        = "hand_over"
	DocumentReconsideration = "reconsideration"
	DocumentSupervision     = "supervision"
	DocumentOverdue         = "overdue"
	DocumentResult          = "result"
	DocumentNotApproved     = "not_approved"
	DocumentSupplement      = "supplement"
)

// DocumentKinds lists every kind of paper that the portal prints.
func DocumentKinds() []string {
	return []string{DocumentLetter, DocumentReport, DocumentReceipt, DocumentEarlyNotice, DocumentHandOver, DocumentReconsideration, DocumentSupervision,
		DocumentOverdue, DocumentResult, DocumentNotApproved, DocumentSupplement}
}

// ReferralFile is a referral with everything its page shows.
type ReferralFile struct {
	ReferralLine
	Authority     Authority
	Police        Authority
	Procuratorate *Authority
	Units         []Authority // the police units of the directory, for those who may hand the case on
	Officers      []Officer
	Documents     []Document // newest revision of each kind, without content
	Events        []Event
	Moves         []law.Event          // lawful now, and this actor's
	Barred        map[law.Event]string // this actor's, but for what the message key says
	Held          bool                 // by the police: the status alone is here
	MayHold       bool                 // the actor's unit may hold the case back now
	MayRelease    bool                 // and let it go again
	Decides       bool                 // the actor is the recorded principal, who decides on limits
	Acting        bool                 // the actor is on the team, the principal or the addressed unit
}

// ReferralInput is what comes with a move. Fields are the words of the contract: facts, offence, amount, people, loss, evidence,
// proposal, item_list, expert_report, approver, number.
type ReferralInput struct {
	Reason    string
	Note      string
	Documents []string
	Fields    map[string]string
	Version   int64
}

// Paper is what a printed document says, as data; the press turns it into Chinese words.
type Paper struct {
	Kind         string         `json:"kind"`
	Number       string         `json:"number"`
	ReferralRef  string         `json:"referral_ref"`
	CaseRef      string         `json:"case_ref"`
	CaseTitle    string         `json:"case_title"`
	Sender       Office         `json:"sender"`
	Receiver     Office         `json:"receiver"`
	CopyTo       string         `json:"copy_to"`
	Party        Party          `json:"party"`
	Facts        string         `json:"facts"`
	Offence      string         `json:"offence"`
	AmountFen    *int64         `json:"amount_fen"`
	People       *int64         `json:"people"`
	LossFen      *int64         `json:"loss_fen"`
	Lines        []law.Line     `json:"lines"`
	Evidence     string         `json:"evidence"`
	Proposal     string         `json:"proposal"`
	ItemList     string         `json:"item_list"`
	ExpertReport string         `json:"expert_report"`
	ReportPages  int            `json:"report_pages"`
	Officers     []PaperOfficer `json:"officers"`
	Approver     string         `json:"approver"`
	OpenedAt     Instant        `json:"opened_at"`
	At           Instant        `json:"at"`
	Signer       string         `json:"signer"`
	SignerOffice string         `json:"signer_office"`

	Reason        string `json:"reason,omitempty"`
	OutcomeNumber string `json:"outcome_number,omitempty"`
	OutcomeReason string `json:"outcome_reason,omitempty"`

	Fields map[string]string `json:"fields,omitempty"` // what was filled into a paper of a case
	Rows   [][]string        `json:"rows,omitempty"`   // the list of a dossier's index
}

// Office is an authority as a paper names it.
type Office struct {
	Name  string `json:"name"`
	Short string `json:"short"`
	Phone string `json:"phone"`
	Code  string `json:"code,omitempty"` // finds the office's own wording
}

// Party is the company as a paper names it.
type Party struct {
	Name                string `json:"name"`
	USCC                string `json:"uscc"`
	LegalRepresentative string `json:"legal_representative"`
	Address             string `json:"address"`
}

// PaperOfficer is a handler as a paper names him.
type PaperOfficer struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// Press prints papers. Number gives the document number of an office's n-th paper of a kind in a year; Print gives the PDF and
// how many pages it has, or KindInvalid naming characters that no font has.
type Press interface {
	Number(office Office, kind string, year int, n int64) string
	Print(ctx context.Context, p Paper) (pdf []byte, pages int, err error)
}
