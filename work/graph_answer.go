package work

import (
	"fmt"
	"math"
	"time"

	"xiezhi/models"
)

// The answers of the graph in the form of the public contract, section 3. A subject is written as the asker's Namer writes it.

// GraphStep is a relation of a chain, in the order in which the chain is walked; Reverse says that the relation itself runs from To to
// From.
type GraphStep struct {
	From    string       `json:"from"`
	To      string       `json:"to"`
	Kind    string       `json:"kind"`
	Ratio   *float64     `json:"ratio"`
	SinceOn *models.Date `json:"since_on"`
	Source  string       `json:"source"`
	Reverse bool         `json:"reverse,omitempty"`

	FromID int64 `json:"-"`
	ToID   int64 `json:"-"`
}

// PathAnswer is a shortest chain; Length is -1 where there is none within the limit. More holds further chains, where asked for.
type PathAnswer struct {
	From   string        `json:"from"`
	To     string        `json:"to"`
	Length int           `json:"length"`
	Steps  []GraphStep   `json:"steps"`
	More   [][]GraphStep `json:"more,omitempty"`
}

// NeighboursAnswer is what stands around a subject: how many relations of each kind, then the subjects.
type NeighboursAnswer struct {
	Subject    string           `json:"subject"`
	Counts     []KindCount      `json:"counts"`
	Neighbours []GraphNeighbour `json:"neighbours"`
	Truncated  bool             `json:"truncated"`
}

// KindCount counts relations of a kind.
type KindCount struct {
	Kind string `json:"kind"`
	Out  int    `json:"out"`
	In   int    `json:"in"`
}

// GraphNeighbour is a subject near another one, with a relation by which it is reached.
type GraphNeighbour struct {
	Subject string    `json:"subject"`
	Depth   int       `json:"depth"`
	Via     GraphStep `json:"via"`

	ID int64 `json:"-"`
}

// ControllersAnswer is who owns or controls a company in the end.
type ControllersAnswer struct {
	Company     string            `json:"company"`
	Controllers []GraphController `json:"controllers"`
	Warnings    []GraphWarning    `json:"warnings"`
}

// GraphController is one of them: How is majority, actual_controller or legal_representative where ByControl is true.
type GraphController struct {
	Subject   string      `json:"subject"`
	Share     float64     `json:"share"`
	ByControl bool        `json:"by_control"`
	How       string      `json:"how"`
	Chain     []GraphStep `json:"chain"`

	ID int64 `json:"-"`
}

// GraphWarning tells of holdings that cannot be right.
type GraphWarning struct {
	Kind    string  `json:"kind"`
	Subject string  `json:"subject"`
	Sum     float64 `json:"sum"`
}

// KeyFiguresAnswer ranks those who hold a set together.
type KeyFiguresAnswer struct {
	Subjects []GraphFigure `json:"subjects"`
}

// GraphFigure is one of them, with the reasons in words.
type GraphFigure struct {
	Subject string   `json:"subject"`
	Score   float64  `json:"score"`
	Reasons []string `json:"reasons"`

	ID int64 `json:"-"`
}

// GroupAnswer is what is in one hand.
type GroupAnswer struct {
	Subject   string        `json:"subject"`
	Companies []GraphMember `json:"companies"`
	Truncated bool          `json:"truncated"`
}

// GraphMember is a company in that hand.
type GraphMember struct {
	Subject string      `json:"subject"`
	How     string      `json:"how"`
	Chain   []GraphStep `json:"chain"`
}

// GraphTime is the time a question about money looks at; an open end is null.
type GraphTime struct {
	From models.Instant `json:"from"`
	To   models.Instant `json:"to"`
}

// TraceAnswer is where money went, or came from.
type TraceAnswer struct {
	Start     string       `json:"start"`
	Direction string       `json:"direction"`
	Window    GraphTime    `json:"window"`
	Method    string       `json:"method"`
	Hops      []GraphHop   `json:"hops"`
	Accounts  []GraphLayer `json:"accounts"`
	Truncated bool         `json:"truncated"`

	Sums map[string][]GraphSum `json:"sums,omitempty"`

	Whole []MoneyWhole `json:"-"` // by currency, in the order of Hops
}

// GraphHop is one payment, in units of its currency.
type GraphHop struct {
	Depth    int            `json:"depth"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	Amount   Yuan           `json:"amount"`
	At       models.Instant `json:"at"`
	Transfer string         `json:"transfer"`
	Carried  Yuan           `json:"carried"`
	Currency string         `json:"currency"`

	FromID, ToID int64 `json:"-"`
	Listed       bool  `json:"-"` // as in GraphLayer
}

// GraphLayer is an account that traced money of one currency reached. Where a question bounds what is written out, Account and Institution
// stand in those that are Listed alone: others are counted and added up, and nobody was asked who they are. Alone says that a picture draws
// the account by itself, which is always Listed.
type GraphLayer struct {
	Account     string `json:"account"`
	Depth       int    `json:"depth"`
	In          Yuan   `json:"in"`
	Out         Yuan   `json:"out"`
	Remaining   Yuan   `json:"remaining"`
	Institution string `json:"institution"`
	Currency    string `json:"currency"`

	ID     int64  `json:"-"`
	Place  string `json:"-"`
	Listed bool   `json:"-"`
	Alone  bool   `json:"-"`
}

// GraphSum adds one currency of a trace up by institution or place.
type GraphSum struct {
	Name      string `json:"name"`
	Accounts  int    `json:"accounts"`
	In        Yuan   `json:"in"`
	Out       Yuan   `json:"out"`
	Inside    Yuan   `json:"inside"`
	Remaining Yuan   `json:"remaining"`
	Currency  string `json:"currency"`
}

// CyclesAnswer is the rings of payments that were found.
type CyclesAnswer struct {
	Cycles    []GraphCycle `json:"cycles"`
	Truncated bool         `json:"truncated"`
}

// GraphCycle is a ring of payments in one currency; Accounts and Transfers are in the order in which they were made.
type GraphCycle struct {
	Accounts  []string       `json:"accounts"`
	Transfers []string       `json:"transfers"`
	AmountMin Yuan           `json:"amount_min"`
	FirstAt   models.Instant `json:"first_at"`
	LastAt    models.Instant `json:"last_at"`
	Currency  string         `json:"currency"`

	IDs []int64 `json:"-"`
}

// Yuan is an amount in fen that is written in yuan with two decimals.
type Yuan int64

// String writes the amount as the tables of the contract do.
func (y Yuan) String() string {
	sign, v := "", uint64(y)
	if y < 0 {
		sign, v = "-", uint64(-y)
	}
	return fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
}

// MarshalJSON writes a decimal string.
func (y Yuan) MarshalJSON() ([]byte, error) { return []byte(`"` + y.String() + `"`), nil }

// shareOf cuts the noise of floating point off a share.
func shareOf(v float64) float64 { return math.Round(v*1e12) / 1e12 }

// dateOf writes a day counted from 1970; nil for an unknown one.
func dateOf(day int32) *models.Date {
	if day == 0 {
		return nil
	}
	d := models.Date(time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly))
	return &d
}
