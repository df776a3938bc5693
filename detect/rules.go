package detect

import (
	"math"
	"sort"

	"xiezhi/detect/money"
	"xiezhi/models"
)

// Rules is one version of the rules: data read from YAML, checked, and compiled with the lexicon. The zero Rules assess
// nothing; make them with LoadRules or DefaultRules.
type Rules struct {
	Version      string          `yaml:"version"`
	Words        string          `yaml:"words,omitempty"` // the lexicon, as CSV; empty takes that of the first versions
	Bands        Bands           `yaml:"bands"`
	EvidenceCap  EvidenceCap     `yaml:"evidence_cap"`
	ValidityDays int             `yaml:"validity_days"`
	EvidenceMax  int             `yaml:"evidence_max"`
	WidenAreas   bool            `yaml:"widen_areas,omitempty"` // see view.guessAreas; versions before 2026.11.6 know one area alone
	LPR          LPRTable        `yaml:"lpr"`
	Yield        YieldRule       `yaml:"yield"`
	Dimensions   []DimensionRule `yaml:"dimensions"`
	Areas        []AreaRule      `yaml:"areas"`
	Triggers     []TriggerRule   `yaml:"triggers"`
	Lifts        []LiftRule      `yaml:"lifts,omitempty"`
	Indicators   []IndicatorRule `yaml:"indicators"`
	Money        *money.Rules    `yaml:"money"` // nil takes those that ship with the program

	conditions *compiledConditions
	compiled   *compiled
}

// Bands are the lowest indexes of the levels.
type Bands struct {
	Red    float64 `yaml:"red"`
	Orange float64 `yaml:"orange"`
	Yellow float64 `yaml:"yellow"`
	Blue   float64 `yaml:"blue"`
}

// EvidenceCap is the highest level with fewer than Families independent source families.
type EvidenceCap struct {
	Families int   `yaml:"families"`
	Level    Level `yaml:"level"`
}

// LPRTable is the dated one-year loan prime rate, oldest first. Recalled says that the values were not read from a source.
type LPRTable struct {
	Recalled bool      `yaml:"recalled"`
	Rates    []LPRRate `yaml:"rates"`
}

// LPRRate is a rate, as a fraction, from a date on.
type LPRRate struct {
	From models.Date `yaml:"from"`
	Rate float64     `yaml:"rate"`
}

// YieldRule says how a promised annual yield becomes a score.
type YieldRule struct {
	Anchors         []Anchor `yaml:"anchors"`
	FullAtLPR       float64  `yaml:"full_at_lpr"`
	GuaranteedBonus float64  `yaml:"guaranteed_bonus"`
}

// Anchor is a point of the score curve.
type Anchor struct {
	At    float64 `yaml:"at"`
	Score float64 `yaml:"score"`
}

// DimensionRule is a dimension: the most it can contribute alone, and how its indicators combine to a score of 0-100.
type DimensionRule struct {
	Code    string  `yaml:"code"`
	Weight  float64 `yaml:"weight"`
	Combine string  `yaml:"combine"`
	K       float64 `yaml:"k,omitempty"`
}

// AreaRule is a risk area: which licences cover it, when one is needed (product, promise, never), since when the area is
// closed to everybody, and its own weights.
type AreaRule struct {
	Code            string             `yaml:"code"`
	Needs           string             `yaml:"needs"`
	Licences        []string           `yaml:"licences"`
	ProhibitedSince models.Date        `yaml:"prohibited_since,omitempty"`
	Weights         map[string]float64 `yaml:"weights,omitempty"`
}

// TriggerRule is a hard trigger: red whatever the index. When is its condition; without one, the mark of the indicator decides.
// Indicator is the one named beside it; every indicator that the condition names and that hit carries it.
type TriggerRule struct {
	Code      string `yaml:"code"`
	Indicator string `yaml:"indicator"`
	When      string `yaml:"when,omitempty"`
	NameZh    string `yaml:"name_zh,omitempty"` // of a trigger that a rule version brought
	NameEn    string `yaml:"name_en,omitempty"`
}

// LiftRule lifts an area to at least a level where its condition holds. The evidence cap stays above it.
type LiftRule struct {
	Code   string `yaml:"code"`
	Level  Level  `yaml:"level"`
	When   string `yaml:"when"`
	NameZh string `yaml:"name_zh"`
	NameEn string `yaml:"name_en"`
}

// IndicatorRule is one indicator: what measures it, what it is worth, and how it is explained.
type IndicatorRule struct {
	Code      string             `yaml:"code"`
	Measure   string             `yaml:"measure"`
	Dimension string             `yaml:"dimension"`
	Severity  string             `yaml:"severity"`
	Points    float64            `yaml:"points,omitempty"`
	Areas     []string           `yaml:"areas,omitempty"`
	NotAreas  []string           `yaml:"not_areas,omitempty"`
	Element   string             `yaml:"element"`
	Article   string             `yaml:"article"`
	Benign    string             `yaml:"benign"`
	Classes   []string           `yaml:"classes,omitempty"`
	Channels  []string           `yaml:"channels,omitempty"`
	Kinds     []string           `yaml:"kinds,omitempty"`
	Params    map[string]float64 `yaml:"params,omitempty"`
	Bands     []BandRule         `yaml:"bands,omitempty"`
	When      string             `yaml:"when,omitempty"` // of measure "condition", with names of its own
	NameZh    string             `yaml:"name_zh,omitempty"`
	NameEn    string             `yaml:"name_en,omitempty"`
}

// measureCondition is the measure of an indicator that a rule version adds: a condition over the other ones.
const measureCondition = "condition"

// BandRule gives points from a count on.
type BandRule struct {
	From   float64 `yaml:"from"`
	Points float64 `yaml:"points"`
}

// LPRAt gives the one-year rate that stood at a moment; before the table begins, its first value.
func (r Rules) LPRAt(at models.Instant) float64 {
	us, table := at.Micro(), r.compiled.lpr
	i := sort.Search(len(table), func(i int) bool { return table[i].from > us })
	if i == 0 {
		return table[0].rate
	}
	return table[i-1].rate
}

// YieldScore gives the score of a promised annual yield of a date: 0 up to the one-year rate, then along the anchors to
// 100 at its multiple. It is continuous and never falls as the yield rises; anchors outside the two ends are left out.
func (r Rules) YieldScore(annual float64, at models.Instant) float64 {
	if math.IsNaN(annual) {
		return 0
	}
	lpr := r.LPRAt(at)
	full := lpr * r.Yield.FullAtLPR
	if annual <= lpr {
		return 0
	}
	if annual >= full {
		return 100
	}
	x, y := lpr, 0.0
	for _, a := range r.Yield.Anchors {
		if a.At <= x || a.At >= full {
			continue
		}
		if annual <= a.At {
			return y + (a.Score-y)*(annual-x)/(a.At-x)
		}
		x, y = a.At, a.Score
	}
	return y + (100-y)*(annual-x)/(full-x)
}

// LevelOf gives the level of an index.
func (r Rules) LevelOf(index float64) Level {
	switch {
	case index >= r.Bands.Red:
		return LevelRed
	case index >= r.Bands.Orange:
		return LevelOrange
	case index >= r.Bands.Yellow:
		return LevelYellow
	case index >= r.Bands.Blue:
		return LevelBlue
	default:
		return LevelNone
	}
}

// IndicatorCodes lists the codes of the indicators, in the order of the rules.
func (r *Rules) IndicatorCodes() []string {
	list := make([]string, len(r.Indicators))
	for i := range r.Indicators {
		list[i] = r.Indicators[i].Code
	}
	return list
}
