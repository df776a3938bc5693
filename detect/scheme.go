package detect

import (
	"slices"
	"strconv"
	"strings"

	"xiezhi/detect/money"
	"xiezhi/models"
)

// DimensionFlow is the dimension of abnormal fund flow.
const DimensionFlow = "FLOW"

// SchemeFacts are what the assessment of a scheme needs beside the scheme: the source families of the proving transfers, and
// the transfers as the store knows them.
type SchemeFacts struct {
	Subject   string
	Families  []string
	Transfers []SchemeTransfer
	Signs     []SchemeSign
}

// SchemeSign is a sign of single accounts that some acting members show: how many, and the share of all accounts that do.
type SchemeSign struct {
	Code  string  `json:"code"`
	Count int     `json:"count"`
	Base  float64 `json:"base"`
}

// SchemeTransfer is a proving transfer: the store's keys of transfer and accounts.
type SchemeTransfer struct {
	ID   int64          `json:"id"`
	From int64          `json:"from"`
	To   int64          `json:"to"`
	Fen  int64          `json:"fen"`
	At   models.Instant `json:"at"`
}

// SchemeSheet is what an assessment says about a scheme beyond index and indicators. Count is how many transfers prove it;
// Transfers holds the first and last of them where there are many. Chance is 10 to the minus Surprise: how many such structures
// a ledger with these base rates would show by chance.
type SchemeSheet struct {
	Typology  money.Typology   `json:"typology"`
	Also      []money.Typology `json:"also,omitempty"`
	Acting    int              `json:"acting"`
	Aside     int              `json:"aside"`
	AmountFen int64            `json:"amount_fen"`
	First     models.Instant   `json:"first_at"`
	Last      models.Instant   `json:"last_at"`
	Count     int              `json:"count"`
	Surprise  float64          `json:"surprise,omitempty"`
	Transfers []SchemeTransfer `json:"transfers"`
	Signs     []SchemeSign     `json:"signs,omitempty"`
}

// AssessScheme writes a scheme as an assessment of its subject: the score is the index, held against the bands and the
// evidence cap; one bank's ledger is one source family. The company formula and hard triggers do not apply.
func AssessScheme(s money.Scheme, facts SchemeFacts, rules Rules) Assessment {
	a := Assessment{ID: facts.Subject, RuleVersion: rules.Version, Area: rules.Money.Areas[s.Typology], Index: s.Score, Families: facts.Families}
	if a.Area == "" {
		a.Area = areaOther
	}
	a.SingleSource = len(a.Families) < rules.EvidenceCap.Families
	a.Uncapped = rules.LevelOf(a.Index)
	a.Level = rules.levelWith(a.Uncapped, false, a.SingleSource)
	a.Capped = a.Level != a.Uncapped
	a.Areas = []AreaIndex{{a.Area, a.Index, a.Level}}
	a.Dimensions = []Dimension{{DimensionFlow, a.Index, 1, a.Index}}
	for _, p := range s.Parts {
		if ind, ok := schemeIndicator(p, s, rules); ok {
			for _, family := range facts.Families {
				ind.Evidence = append(ind.Evidence, Evidence{Source: family, Family: family, ObservedAt: models.AtMicro(s.Last), Field: "scheme"})
			}
			a.Indicators = append(a.Indicators, ind)
		}
	}
	sheet := SchemeSheet{Typology: s.Typology, Also: s.Also, AmountFen: s.Fen, First: models.AtMicro(s.First), Last: models.AtMicro(s.Last), Count: s.Count,
		Surprise: s.Surprise, Transfers: facts.Transfers, Signs: facts.Signs}
	for _, m := range s.Members {
		if m.Aside {
			sheet.Aside++
			continue
		}
		sheet.Acting++
	}
	people := int64(sheet.Acting + sheet.Aside)
	a.Measures = Measures{AmountFen: &sheet.AmountFen, People: &people}
	a.Scheme = &sheet
	return a
}

func schemeIndicator(p money.Part, s money.Scheme, rules Rules) (Indicator, bool) {
	sign, ok := rules.Money.Sign(p.Code)
	if !ok {
		return Indicator{}, false
	}
	args := map[string]string{"value": plain(round(p.Value, 2)), "percent": percentText(p.Value), "threshold": percentText(p.Threshold),
		"chance": chanceText(s.Surprise), "limit": plain(round(p.Threshold, 2))}
	return Indicator{Code: sign.Code, Dimension: DimensionFlow, Severity: sign.Severity, Points: p.Points, Value: p.Value, Unit: sign.Unit, Threshold: p.Threshold,
		Reason: "money." + p.Code + ".reason", Args: args, Element: sign.Element, Article: sign.Article, Benign: sign.Benign, Evidence: []Evidence{}, Facts: s.Count}, true
}

func round(v float64, digits int) float64 {
	scale := 1.0
	for range digits {
		scale *= 10
	}
	return float64(int64(v*scale+0.5)) / scale
}

func percentText(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + " %" }

// chanceText writes how seldom a structure is by chance: one in so many ledgers, as a power of ten.
func chanceText(surprise float64) string {
	n := min(int64(surprise), 12)
	switch {
	case n < 1:
		return "1"
	case n < 4:
		return "1" + strings.Repeat("0", int(n))
	case n < 10:
		return "10" + string([]rune("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")[n])
	default:
		return "10\u00b9" + string([]rune("\u2070\u00b9\u00b2")[n-10])
	}
}

// Kinds lists what kinds of evidence an assessment has, by which a dismissal holds: its indicators, and the patterns of money.
func (a Assessment) Kinds() []string {
	var list []string
	for _, ind := range a.Indicators {
		kind := ind.Code
		if a.Scheme != nil {
			kind = ind.Reason
		}
		if !slices.Contains(list, kind) {
			list = append(list, kind)
		}
	}
	if a.Scheme != nil {
		list = append(list, "money."+string(a.Scheme.Typology))
	}
	return list
}
