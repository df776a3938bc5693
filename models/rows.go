package models

// The canonical rows of the public contract, section 2. A row is what an office reports; a fact is a row with its
// provenance. Money is in fen, ratios and yields are fractions (0.08 is 8 %), unknown numbers are nil.

// Table names a canonical table.
type Table string

// The canonical tables, in dependency order.
const (
	TableInstitutions Table = "institutions"
	TableCompanies    Table = "companies"
	TablePersons      Table = "persons"
	TableAccounts     Table = "accounts"
	TableLicences     Table = "licences"
	TableProducts     Table = "products"
	TableRelations    Table = "relations"
	TableTransfers    Table = "transfers"
	TableSignals      Table = "signals"
)

// Tables lists the canonical tables in the order in which files of one call are loaded.
func Tables() []Table {
	return []Table{TableInstitutions, TableCompanies, TablePersons, TableAccounts, TableLicences, TableProducts,
		TableRelations, TableTransfers, TableSignals}
}

// SubjectKind is the kind of a subject of facts.
type SubjectKind string

// The kinds of subjects; a subject is written kind:ID.
const (
	KindCompany     SubjectKind = "company"
	KindPerson      SubjectKind = "person"
	KindAccount     SubjectKind = "account"
	KindInstitution SubjectKind = "institution"
	KindProduct     SubjectKind = "product"
)

// SubjectRef names a subject: its kind and its ID (1-64 characters of A-Z a-z 0-9 . _ -).
type SubjectRef struct {
	Kind SubjectKind
	ID   string
}

// String gives the written form kind:ID.
func (r SubjectRef) String() string { return string(r.Kind) + ":" + r.ID }

// CompanyRow is a row of companies.
type CompanyRow struct {
	USCC                 string `json:"uscc"`
	Name                 string `json:"name"`
	NameEn               string `json:"name_en,omitempty"`
	Kind                 string `json:"kind,omitempty"`
	IndustryCode         string `json:"industry_code,omitempty"`
	DivisionCode         string `json:"division_code,omitempty"`
	Address              string `json:"address,omitempty"`
	RegisteredCapitalFen *int64 `json:"registered_capital,omitempty"`
	PaidCapitalFen       *int64 `json:"paid_capital,omitempty"`
	EstablishedOn        Date   `json:"established_on,omitempty"`
	Status               string `json:"status,omitempty"`
	BusinessScope        string `json:"business_scope,omitempty"`
	Website              string `json:"website,omitempty"`
	Phone                string `json:"phone,omitempty"`
	InsuredStaff         *int64 `json:"insured_staff,omitempty"`
	AbnormalListedOn     Date   `json:"abnormal_listed_on,omitempty"`
}

// PersonRow is a row of persons.
type PersonRow struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	DivisionCode string `json:"division_code,omitempty"`
	BirthYear    *int64 `json:"birth_year,omitempty"`
}

// InstitutionRow is a row of institutions.
type InstitutionRow struct {
	Code         string `json:"code"`
	Name         string `json:"name"`
	Kind         string `json:"kind"`
	DivisionCode string `json:"division_code,omitempty"`
}

// AccountRow is a row of accounts; Holder is a written subject or empty.
type AccountRow struct {
	Number          string `json:"number"`
	InstitutionCode string `json:"institution_code"`
	Holder          string `json:"holder,omitempty"`
	Class           string `json:"class,omitempty"`
	OpenedOn        Date   `json:"opened_on,omitempty"`
	Status          string `json:"status,omitempty"`
	DivisionCode    string `json:"division_code,omitempty"`
	Phone           string `json:"phone,omitempty"`
}

// LicenceRow is a row of licences; Company is a plain company ID.
type LicenceRow struct {
	Company    string `json:"company"`
	Kind       string `json:"kind"`
	Number     string `json:"number"`
	IssuedBy   string `json:"issued_by"`
	ValidFrom  Date   `json:"valid_from"`
	ValidUntil Date   `json:"valid_until,omitempty"`
}

// ProductRow is a row of products. PromisedYield is a fraction per YieldPeriod (day, week, month, year).
type ProductRow struct {
	ID            string   `json:"id"`
	Company       string   `json:"company"`
	Name          string   `json:"name"`
	Area          string   `json:"area"`
	PromisedYield *float64 `json:"promised_yield,omitempty"`
	YieldPeriod   string   `json:"yield_period,omitempty"`
	TermDays      *int64   `json:"term_days,omitempty"`
	Investors     *int64   `json:"investors,omitempty"`
	RaisedFen     *int64   `json:"raised,omitempty"`
	Guaranteed    *bool    `json:"guaranteed,omitempty"`
	Channel       string   `json:"channel,omitempty"`
	URL           string   `json:"url,omitempty"`
	Text          string   `json:"text,omitempty"`
}

// RelationRow is a row of relations; From and To are written subjects.
type RelationRow struct {
	From      string   `json:"from"`
	To        string   `json:"to"`
	Kind      string   `json:"kind"`
	Ratio     *float64 `json:"ratio,omitempty"`
	AmountFen *int64   `json:"amount,omitempty"`
	SinceOn   Date     `json:"since_on,omitempty"`
	UntilOn   Date     `json:"until_on,omitempty"`
}

// TransferRow is a row of transfers; the accounts are plain IDs.
type TransferRow struct {
	ID          string  `json:"id"`
	FromAccount string  `json:"from_account"`
	ToAccount   string  `json:"to_account"`
	AmountFen   int64   `json:"amount"`
	Currency    string  `json:"currency,omitempty"`
	At          Instant `json:"at"`
	Channel     string  `json:"channel,omitempty"`
	Device      string  `json:"device,omitempty"`
	IP          string  `json:"ip,omitempty"`
	Memo        string  `json:"memo,omitempty"`
}

// SignalRow is a row of signals; Subject is a written subject.
type SignalRow struct {
	Subject   string  `json:"subject"`
	Kind      string  `json:"kind"`
	At        Instant `json:"at"`
	Count     *int64  `json:"count,omitempty"`
	AmountFen *int64  `json:"amount,omitempty"`
	Text      string  `json:"text,omitempty"`
	URL       string  `json:"url,omitempty"`
	Severity  string  `json:"severity,omitempty"`
	Ref       string  `json:"ref,omitempty"`
}

// Row is one checked canonical row on its way into the store: exactly one of the pointers is set, that of Table.
// ObservedAt is zero where the row does not say; then the row's own time (signals, transfers), else the mapping's file
// date, else the time of recording stands in. Source is empty for the batch's default.
type Row struct {
	Table      Table
	Line       int64
	Source     string
	ObservedAt Instant

	Company     *CompanyRow
	Person      *PersonRow
	Institution *InstitutionRow
	Account     *AccountRow
	Licence     *LicenceRow
	Product     *ProductRow
	Relation    *RelationRow
	Transfer    *TransferRow
	Signal      *SignalRow
}

// Provenance is where a fact comes from: Source is the source's code, Family its source family (two facts of one family
// are not independent), ObservedAt when it was true, RecordedAt when we learned it, Hash the SHA-256 of the row in hex.
type Provenance struct {
	FactID     int64
	Source     string
	Family     string
	Purpose    Purpose
	Standing   int64
	ObservedAt Instant
	RecordedAt Instant
	BatchRef   string
	Hash       string
}

// Purpose limits what a source's facts may be used for (law.md 0.8, 0.9).
type Purpose string

// The purposes; device, IP and location facts are anti-fraud only and never feed a fundraising score.
const (
	PurposeGeneral       Purpose = "general"
	PurposeAntiFraudOnly Purpose = "anti_fraud_only"
	PurposeSTR           Purpose = "str_confidential"
)

// Fact is a row with its provenance.
type Fact[R any] struct {
	Provenance
	Row R
}

// CompanyFacts is all that is known about one company as of a moment: retracted facts are left out, and each slice is
// ordered by ObservedAt, then FactID, oldest first, so that the last entry of an identity is the current one.
type CompanyFacts struct {
	ID           string // the plain company ID
	DivisionCode string
	Registry     []Fact[CompanyRow]
	Licences     []Fact[LicenceRow]
	Products     []Fact[ProductRow]  // every observation of every product
	Signals      []Fact[SignalRow]   // whose subject is the company or one of its products
	Relations    []Fact[RelationRow] // that start or end at the company
	Schemes      []SchemeFact        // of transfers, in which accounts of the company act
	Ties         []Tie               // to other companies, by a hand or by what both state
	Suppressed   []string            // indicators that are not counted for the company, by a decision that holds then
}
