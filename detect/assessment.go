package detect

import "xiezhi/models"

// The codes of the dimensions that are measured here, and of the area for what fits nowhere else.
const (
	DimensionCompliance = "COMP"
	DimensionYield      = "YIELD"
	DimensionComplaints = "CPLT"
	DimensionSpread     = "SPRD"
	DimensionWords      = "WORD"
	DimensionNetwork    = "NETW"

	areaOther = "OTHR"
)

// The four legal elements of illegal fundraising.
const (
	ElementIllegality = "illegality"
	ElementPublicity  = "publicity"
	ElementInducement = "inducement"
	ElementPublic     = "public"
)

// The hard triggers.
const (
	TriggerLostUnpaid = "lost_contact_unpaid"
	TriggerDailyYield = "daily_yield"
	TriggerPolice     = "police_filed"
	TriggerPyramid    = "pyramid"
)

// Assessment is what the rules say about one company as of a moment. It is stored as JSON and reads back unchanged.
type Assessment struct {
	ID           string         `json:"id"`
	AsOf         models.Instant `json:"as_of"`
	RuleVersion  string         `json:"rule_version"`
	Area         string         `json:"area"` // the area with the highest index
	Areas        []AreaIndex    `json:"areas"`
	Index        float64        `json:"index"`
	Level        Level          `json:"level"`
	Uncapped     Level          `json:"uncapped"`      // the level without the evidence cap
	Own          Level          `json:"own,omitempty"` // the level without what ties to others add, where that is another
	Trigger      *Trigger       `json:"trigger,omitempty"`
	Triggers     []string       `json:"triggers,omitempty"`
	Lifts        []Lift         `json:"lifts,omitempty"`
	Failed       []string       `json:"failed,omitempty"` // conditions that could not be computed and so did not hold
	SingleSource bool           `json:"single_source"`    // fewer source families than the cap asks for
	Capped       bool           `json:"capped"`
	Families     []string       `json:"families"`
	Dimensions   []Dimension    `json:"dimensions"`
	Indicators   []Indicator    `json:"indicators"`
	Suppressed   []string       `json:"suppressed,omitempty"` // indicators that hit and are not counted by decision
	Measures     Measures       `json:"measures"`
	Scheme       *SchemeSheet   `json:"scheme,omitempty"` // set where the assessment is that of a scheme of transfers
}

// OwnLevel is the level that the company's own facts give it, without its ties to others: only this reaches further companies.
func (a Assessment) OwnLevel() Level {
	if a.Own != "" {
		return a.Own
	}
	return a.Level
}

// AreaIndex is the index within one risk area.
type AreaIndex struct {
	Code  string  `json:"code"`
	Index float64 `json:"index"`
	Level Level   `json:"level"`
}

// Trigger is the hard trigger that decides the level, with the indicator that carries it.
type Trigger struct {
	Code      string `json:"code"`
	Indicator string `json:"indicator"`
	NameZh    string `json:"name_zh,omitempty"` // of a trigger that a rule version brought
	NameEn    string `json:"name_en,omitempty"`
}

// Lift is a condition of the rules that holds and lifts the level.
type Lift struct {
	Code   string `json:"code"`
	Level  Level  `json:"level"`
	NameZh string `json:"name_zh"`
	NameEn string `json:"name_en"`
}

// Dimension is one part of the index. The points of all dimensions add up to the index.
type Dimension struct {
	Code   string  `json:"code"`
	Score  float64 `json:"score"`
	Weight float64 `json:"weight"`
	Points float64 `json:"points"`
}

// Indicator is a hit. Points is its share of its dimension's points; Value is the measured number in Unit, Threshold what
// it is held against. Reason is the key of the message that says it in words with Args.
type Indicator struct {
	Code      string            `json:"code"`
	Dimension string            `json:"dimension"`
	Severity  string            `json:"severity"`
	Points    float64           `json:"points"`
	Value     float64           `json:"value"`
	Unit      string            `json:"unit"`
	Threshold float64           `json:"threshold"`
	Reason    string            `json:"reason"`
	Args      map[string]string `json:"args,omitempty"`
	Element   string            `json:"element"`
	Article   string            `json:"article"`
	Benign    string            `json:"benign"`
	Trigger   bool              `json:"trigger"`
	Evidence  []Evidence        `json:"evidence"`
	Facts     int               `json:"facts"` // pieces of evidence in all; Evidence holds the best
}

// Evidence is a fact behind an indicator. Excerpt quotes at most 200 characters of Field; Start and End are the hit's
// place in the excerpt, in characters.
type Evidence struct {
	FactID     int64          `json:"fact_id"`
	Source     string         `json:"source"`
	Family     string         `json:"family"`
	ObservedAt models.Instant `json:"observed_at"`
	Field      string         `json:"field"`
	Excerpt    string         `json:"excerpt"`
	Start      int            `json:"start"`
	End        int            `json:"end"`
	Hash       string         `json:"hash,omitempty"`
	Batch      string         `json:"batch,omitempty"`
	URL        string         `json:"url,omitempty"`
}

// Parts cuts the excerpt into what stands before the hit, the hit, and what stands behind it.
func (e Evidence) Parts() (before, hit, after string) {
	r := []rune(e.Excerpt)
	from, to := min(max(e.Start, 0), len(r)), min(max(e.End, 0), len(r))
	if to < from {
		to = from
	}
	return string(r[:from]), string(r[from:to]), string(r[to:])
}

// Measures are the plain numbers behind an assessment; nil is unknown. AmountFen, People and LossFen are for the
// calculators of thresholds: money raised, people reached, loss reported.
type Measures struct {
	MaxAnnualYield *float64 `json:"max_annual_yield,omitempty"`
	Guaranteed     bool     `json:"guaranteed"`
	Investors      *int64   `json:"investors,omitempty"`
	RaisedFen      *int64   `json:"raised_fen,omitempty"`
	Complaints90d  int64    `json:"complaints_90d"`
	AmountFen      *int64   `json:"amount_fen,omitempty"`
	People         *int64   `json:"people,omitempty"`
	LossFen        *int64   `json:"loss_fen,omitempty"`
}
