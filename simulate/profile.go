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
	area      string
	yield     span
	period    string
	investors span
	capital   span
	staff     span
	class     string
	signals   []signalPlan
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
	for _, row := range rows[1:] {
		p := profile{cohort: cohort(row[0]), typology: row[1], kind: row[3], industry: row[4], suffix: row[5], scope: row[6],
			licence: row[7], area: row[8], period: row[10], class: row[14]}
		if p.weight, err = strconv.ParseInt(row[2], 10, 64); err != nil {
			return nil, fmt.Errorf("read profile %s: %w", p.typology, err)
		}
		for into, text := range map[*span]string{&p.yield: row[9], &p.investors: row[11], &p.capital: row[12], &p.staff: row[13]} {
			if *into, err = readSpan(text); err != nil {
				return nil, fmt.Errorf("read profile %s: %w", p.typology, err)
			}
		}
		for word := range strings.FieldsSeq(row[15]) {
			part := strings.Split(word, ":")
			times, err := readSpan(part[3])
			if err != nil {
				return nil, fmt.Errorf("read profile %s: %w", p.typology, err)
			}
			p.signals = append(p.signals, signalPlan{kind: part[0], source: part[1], section: part[2], times: times, pattern: part[4]})
		}
		list = append(list, p)
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

// wheel draws profiles of one cohort by weight.
type wheel struct {
	list  []*profile
	total int64
}

func wheelOf(all []profile, c cohort) wheel {
	var w wheel
	for i := range all {
		if all[i].cohort == c {
			w.list = append(w.list, &all[i])
			w.total += all[i].weight
		}
	}
	return w
}

func (w wheel) draw(r *rand.Rand) *profile {
	n := r.Int64N(w.total)
	for _, p := range w.list {
		if n -= p.weight; n < 0 {
			return p
		}
	}
	return w.list[0]
}
