package detect

import (
	"fmt"
	"io"
	"math"
	"sort"

	"go.yaml.in/yaml/v3"

	"xiezhi/detect/money"
	"xiezhi/models"
)

// Rules is one version of the rules: data read from YAML, checked, and compiled with the lexicon. The zero Rules assess
// nothing; make them with LoadRules or DefaultRules.
type Rules struct {
	Version      string          `yaml:"version"`
	Bands        Bands           `yaml:"bands"`
	EvidenceCap  EvidenceCap     `yaml:"evidence_cap"`
	ValidityDays int             `yaml:"validity_days"`
	EvidenceMax  int             `yaml:"evidence_max"`
	LPR          LPRTable        `yaml:"lpr"`
	Yield        YieldRule       `yaml:"yield"`
	Dimensions   []DimensionRule `yaml:"dimensions"`
	Areas        []AreaRule      `yaml:"areas"`
	Triggers     []TriggerRule   `yaml:"triggers"`
	Indicators   []IndicatorRule `yaml:"indicators"`
	Money        *money.Rules    `yaml:"money"` // nil takes those that ship with the program

	compiled *compiled
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
	K       float64 `yaml:"k"`
}

// AreaRule is a risk area: which licences cover it, when one is needed (product, promise, never), since when the area is
// closed to everybody, and its own weights.
type AreaRule struct {
	Code            string             `yaml:"code"`
	Needs           string             `yaml:"needs"`
	Licences        []string           `yaml:"licences"`
	ProhibitedSince models.Date        `yaml:"prohibited_since"`
	Weights         map[string]float64 `yaml:"weights"`
}

// TriggerRule is a hard trigger and the indicator that carries it.
type TriggerRule struct {
	Code      string `yaml:"code"`
	Indicator string `yaml:"indicator"`
}

// IndicatorRule is one indicator: what measures it, what it is worth, and how it is explained.
type IndicatorRule struct {
	Code      string             `yaml:"code"`
	Measure   string             `yaml:"measure"`
	Dimension string             `yaml:"dimension"`
	Severity  string             `yaml:"severity"`
	Points    float64            `yaml:"points"`
	Areas     []string           `yaml:"areas"`
	NotAreas  []string           `yaml:"not_areas"`
	Element   string             `yaml:"element"`
	Article   string             `yaml:"article"`
	Benign    string             `yaml:"benign"`
	Classes   []string           `yaml:"classes"`
	Channels  []string           `yaml:"channels"`
	Kinds     []string           `yaml:"kinds"`
	Params    map[string]float64 `yaml:"params"`
	Bands     []BandRule         `yaml:"bands"`
}

// BandRule gives points from a count on.
type BandRule struct {
	From   float64 `yaml:"from"`
	Points float64 `yaml:"points"`
}

// DefaultRules gives the rule version that ships with the program. It fails only when the embedded files are broken.
func DefaultRules() (Rules, error) {
	f, err := embedded.Open("rules/2026.11.1.yaml")
	if err != nil {
		return Rules{}, fmt.Errorf("open the embedded rules: %w", err)
	}
	defer f.Close()
	return LoadRules(f)
}

// LoadRules reads, checks and compiles a rule version. It refuses unknown fields, unknown measures, dimensions, areas
// and classes, weights outside 0-0.99 and missing parameters.
func LoadRules(r io.Reader) (Rules, error) {
	var rules Rules
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&rules); err != nil {
		return Rules{}, fmt.Errorf("read rules: %w", err)
	}
	if rules.Money == nil {
		var err error
		if rules.Money, err = defaultMoney(); err != nil {
			return Rules{}, fmt.Errorf("rules %s: %w", rules.Version, err)
		}
	}
	f, err := embedded.Open("lexicon.csv")
	if err != nil {
		return Rules{}, fmt.Errorf("open the embedded lexicon: %w", err)
	}
	defer f.Close()
	lx, err := loadLexicon(f)
	if err != nil {
		return Rules{}, fmt.Errorf("rules %s: %w", rules.Version, err)
	}
	if err := rules.check(lx); err != nil {
		return Rules{}, fmt.Errorf("rules %s: %w", rules.Version, err)
	}
	rules.compile(lx)
	return rules, nil
}

// defaultMoney reads the money patterns that ship with the program.
func defaultMoney() (*money.Rules, error) {
	f, err := embedded.Open("rules/money-2026.11.1.yaml")
	if err != nil {
		return nil, fmt.Errorf("open the embedded money rules: %w", err)
	}
	defer f.Close()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	var m money.Rules
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("read money rules: %w", err)
	}
	return &m, nil
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
