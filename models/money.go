package models

// MoneyTransfer is a transfer as the search for schemes reads it; At is in microseconds since 1970 UTC.
type MoneyTransfer struct {
	ID      int64
	FromID  int64
	ToID    int64
	Fen     int64
	At      int64
	Channel string
	Device  string
	IP      string
	Source  string

	Currency string // as the bank wrote it; empty is the yuan
}

// MoneyAccount is what is known of an account beside its transfers. OwnerKind is empty where nobody is known to hold it.
type MoneyAccount struct {
	ID           int64
	Place        Place
	OwnerID      int64
	OwnerKind    SubjectKind
	Institution  string
	Class        string
	OpenedOn     Date
	DivisionCode string
	OwnerPlace   string   // division of its holder, empty where nobody says
	BirthYear    int64    // of its holder, 0 unknown
	Reports      []string // what institutions, police and tips say of it
	Listed       bool     // the police or a penalty named it
	Charges      []Charge // what they say of it
	Exit         string   // the trade of its holder through which money leaves: an area code, empty for none
}

// Charge is what the police or a penalty says of an account, and the code of the source that brought it.
type Charge struct{ Source, Text string }

// MoneyMark is how far the last search for schemes in the present looked, and the base rates it found (the detector's JSON).
type MoneyMark struct {
	TransferID  int64
	FactID      int64
	RuleVersion string
	Population  string
	MarkedAt    Instant
}

// Again says that transfers were withdrawn since: the whole ledger has to be searched.
func (m MoneyMark) Again() bool { return m.RuleVersion == "" && !m.MarkedAt.IsZero() }

// SchemeMember is an account in a scheme, or beside it where Aside is set, with the sums of the proving transfers.
type SchemeMember struct {
	SubjectID int64
	Role      string
	Aside     bool
	InFen     int64
	OutFen    int64
}

// FoundScheme is a scheme on its way into the store. Subject is whom the alert names; Payload is the detector's JSON.
type FoundScheme struct {
	Subject  Subject
	Finding  AreaFinding
	Payload  []byte
	Typology string
	Members  []SchemeMember
	Families []string // source families of the proving transfers
	FirstAt  Instant
	LastAt   Instant
}

// Scheme is a stored scheme of an alert. Its level may be below the alert's, which is that of the strongest: then its accounts
// are not flagged at the alert's level.
type Scheme struct {
	ID           int64 `gorm:"primaryKey"`
	AlertID      int64
	AssessmentID int64
	Typology     string
	Score        float64
	Families     string // JSON list
	Level        string
	LevelRank    int
	Members      int64 // who act in it
	AmountFen    int64
	FirstAt      Instant
	LastAt       Instant
	FoundAt      Instant
	ChangedAt    Instant
	RuleVersion  string
}

// AlertMember is an account of an alert's schemes with what lists show of it.
type AlertMember struct {
	SchemeID     int64
	SubjectID    int64
	Kind         SubjectKind
	Key          string
	Ref          *string
	Name         string
	OwnerKind    SubjectKind
	OwnerKey     string
	OwnerName    string
	DivisionCode string
	Role         string
	Aside        bool
	InFen        int64
	OutFen       int64
	AddedAt      Instant
}

// SchemeFact says that an account of a company acts in a scheme whose alert nobody dismissed.
type SchemeFact struct {
	Provenance
	Alert     string // public number of the alert
	Typology  string
	Role      string
	Score     float64
	AmountFen int64
	Members   int64
	Families  []string
}
