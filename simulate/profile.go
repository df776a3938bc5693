package simulate

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed profiles.csv
var profilesText string

// cohort is what share of the province a company belongs to.
type cohort string

const (
	cohortBad      cohort = "bad"
	cohortNear     cohort = "near"
	cohortLicensed cohort = "licensed"
	cohortShell    cohort = "shell"
	cohortOrdinary cohort = "ordinary"
	cohortMacro    cohort = "macro"
)

// profile is a way for a company to be.
type profile struct {
	cohort    cohort
	typology  string
	weight    int64
	kind      string
	industry  string
	suffix    string
	scope     string
	licence   string
	licensed  int // per cent of the companies that have the licence
	area      string
	yields    []yieldSpan // of which a company draws one
	investors span
	capital   span
	staff     span
	class     string
	age       span // days
	signals   []signalPlan
}

// yieldSpan is a range of promised yields per period; no period: nothing is promised in figures.
type yieldSpan struct {
	period string
	span   span
}

// span is a range of numbers; one that was not given says nothing.
type span struct {
	low, high float64
	given     bool
}

func (s span) draw(r *rand.Rand) float64 { return s.low + r.Float64()*(s.high-s.low) }

func (s span) whole(r *rand.Rand) int64 { return between(r, int64(s.low), int64(s.high)) }

// signalPlan says what is reported of a company: which kind, by which source, worded by which section, how often, when.
type signalPlan struct {
	kind, source, section string
	times                 span
	pattern               string
}

func readProfiles() ([]profile, error) {
	rows, err := csv.NewReader(strings.NewReader(profilesText)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	list := make([]profile, 0, len(rows))
	macros := map[string][]signalPlan{}
	for _, row := range rows[1:] {
		p, err := readProfile(row, macros)
		if err != nil {
			return nil, fmt.Errorf("read profile %s: %w", row[1], err)
		}
		if p.cohort == cohortMacro {
			macros[p.typology] = p.signals
			continue
		}
		list = append(list, p)
	}
	return list, nil
}

func readProfile(row []string, macros map[string][]signalPlan) (profile, error) {
	p := profile{cohort: cohort(row[0]), typology: row[1], kind: row[3], industry: row[4], suffix: row[5], scope: row[6],
		area: row[8], class: row[13], licensed: 100}
	var err error
	if p.weight, err = strconv.ParseInt(row[2], 10, 64); err != nil {
		return p, err
	}
	kind, share, some := strings.Cut(row[7], "%")
	if p.licence = kind; some {
		if p.licensed, err = strconv.Atoi(share); err != nil {
			return p, err
		}
	}
	for word := range strings.FieldsSeq(row[9]) {
		period, text, _ := strings.Cut(word, ":")
		y := yieldSpan{}
		if period != "none" {
			if y.span, err = readSpan(text); err != nil {
				return p, err
			}
			y.period = period
		}
		p.yields = append(p.yields, y)
	}
	for i, into := range []*span{&p.investors, &p.capital, &p.staff, nil, &p.age} {
		if into == nil {
			continue
		}
		if *into, err = readSpan(row[10+i]); err != nil {
			return p, err
		}
	}
	p.signals, err = readSignals(row[15], macros)
	return p, err
}

func readSignals(text string, macros map[string][]signalPlan) ([]signalPlan, error) {
	var list []signalPlan
	for word := range strings.FieldsSeq(text) {
		if name, ok := strings.CutPrefix(word, "@"); ok {
			list = append(list, macros[name]...)
			continue
		}
		f := strings.Split(word, ":")
		if len(f) != 5 {
			return nil, fmt.Errorf("signals %q", word)
		}
		times, err := readSpan(f[3])
		if err != nil {
			return nil, err
		}
		list = append(list, signalPlan{kind: f[0], source: f[1], section: f[2], times: times, pattern: f[4]})
	}
	return list, nil
}

func readSpan(s string) (span, error) {
	if s == "" {
		return span{}, nil
	}
	a, b, _ := strings.Cut(s, "-")
	low, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return span{}, fmt.Errorf("span %q: %w", s, err)
	}
	high, err := strconv.ParseFloat(b, 64)
	if err != nil {
		return span{}, fmt.Errorf("span %q: %w", s, err)
	}
	return span{low: low, high: high, given: true}, nil
}

// ofCohort gives the numbers of the profiles of one cohort, each as often as it weighs; the first round holds each once.
func ofCohort(all []profile, c cohort, shuffle func(int, func(i, j int))) []uint8 {
	var turns []uint8
	for round := int64(0); ; round++ {
		from := len(turns)
		for i := range all {
			if all[i].cohort == c && all[i].weight > round {
				turns = append(turns, uint8(i))
			}
		}
		if len(turns) == from {
			return turns
		}
		part := turns[from:]
		shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	}
}
