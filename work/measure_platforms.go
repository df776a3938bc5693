package work

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiezhi/detect/outcome"
	"xiezhi/models"
)

// PlatformReport is how well failing within twelve months was foretold of rated lending platforms not seen in training.
type PlatformReport struct {
	Chosen outcome.Nested `json:"chosen"` // inputs chosen inside the folds
	Own    outcome.Nested `json:"own"`    // the same without the two figures of the calendar
	Stated outcome.Held   `json:"stated"` // inputs fixed by what each means, whatever they give
	Yield  outcome.Held   `json:"yield"`  // the advertised rate alone
	Until  models.Date    `json:"until"`  // the last rating whose twelve months are known
}

// platformInput is a column of a monthly rating, held against the platforms rated in the same month, or a figure of the failures
// before it. Stated ones were fixed by their meaning alone.
type platformInput struct {
	outcome.Input
	column string
	stated bool
}

// platformInputs are all figures there are with the direction that each has in lending: a rate above that of others buys money that
// others would not lend; a better rating, more inflow, longer terms, more lenders and borrowers, more business, liquidity, disclosure
// and compliance, an older platform speak against failing; a wave of failures, and one that has reached old platforms, for it.
func platformInputs() []platformInput {
	in := func(code string, sign float64, column string, stated bool) platformInput {
		return platformInput{outcome.Input{Code: code, Sign: sign}, column, stated}
	}
	return []platformInput{in("rate_above_peers", 1, "rate_percent", true), in("rating", -1, "score", true), in("liquidity", -1, "liquidity", true),
		in("disclosure", -1, "disclosure", true), in("compliance", -1, "compliance", true), in("term", -1, "term", false), in("inflow", -1, "inflow", false),
		in("operation", -1, "operation", false), in("regional", -1, "regional", false), in("invest", -1, "invest", false), in("borrow", -1, "borrow", false),
		in("age", -1, "=age", false), in("failed_lately", 1, "=failed", false), in("age_of_failed", 1, "=age_of_failed", false)}
}

// mostChosen bounds how many inputs a model of so few failures may have.
const mostChosen = 4

// MeasurePlatforms reads failures.csv.gz (failed_on, platform) and ratings.csv.gz (observed_on, platform and figures) of a folder and
// judges, platform by platform, the probability of failing within twelve months of a rating. A rating counts while its platform
// had not failed and where the list of failures covers the twelve months after it. Nothing is used but the ratings of the same
// month and the failures before it. Platforms are held out, months are not: a figure of the calendar may still know its wave.
func MeasurePlatforms(dir string) (PlatformReport, error) {
	var rep PlatformReport
	samples, err := rep.read(dir)
	if err != nil {
		return rep, err
	}
	inputs := platformInputs()
	all := make([]outcome.Input, len(inputs))
	var stated []int
	for i := range inputs {
		all[i] = inputs[i].Input
		if inputs[i].stated {
			stated = append(stated, i)
		}
	}
	if rep.Chosen, err = outcome.CrossValidateChosen(all, samples, mostChosen); err != nil {
		return rep, err
	}
	own := make([]int, 0, len(inputs))
	for i := range inputs {
		if !strings.Contains(inputs[i].column, "failed") {
			own = append(own, i)
		}
	}
	if rep.Own, err = outcome.CrossValidateChosen(columns(all, own), rows(samples, own), mostChosen); err != nil {
		return rep, err
	}
	if rep.Stated, err = outcome.CrossValidate(columns(all, stated), rows(samples, stated)); err != nil {
		return rep, err
	}
	rep.Yield, err = outcome.CrossValidate(all[:1], rows(samples, []int{0}))
	return rep, err
}

func columns(all []outcome.Input, at []int) []outcome.Input {
	out := make([]outcome.Input, len(at))
	for i, c := range at {
		out[i] = all[c]
	}
	return out
}

func rows(samples []outcome.Sample, at []int) []outcome.Sample {
	out := make([]outcome.Sample, len(samples))
	for i, s := range samples {
		out[i] = outcome.Sample{Bad: s.Bad, Group: s.Group}
		for _, c := range at {
			out[i].X = append(out[i].X, s.X[c])
		}
	}
	return out
}

// read makes a sample of each rating that counts.
func (rep *PlatformReport) read(dir string) ([]outcome.Sample, error) {
	failed, last, err := readFailures(filepath.Join(dir, "failures.csv.gz"))
	if err != nil {
		return nil, err
	}
	ratings, err := readTable(filepath.Join(dir, "ratings.csv.gz"))
	if err != nil {
		return nil, err
	}
	failures, err := readTable(filepath.Join(dir, "failures.csv.gz"))
	if err != nil {
		return nil, err
	}
	known := last.AddDate(-1, 0, 0)
	months := map[string][]map[string]string{}
	for _, row := range ratings {
		months[row["observed_on"]] = append(months[row["observed_on"]], row)
	}
	var samples []outcome.Sample
	for _, row := range ratings {
		on, err := time.Parse(time.DateOnly, row["observed_on"])
		if err != nil {
			return nil, fmt.Errorf("read ratings: %w", err)
		}
		end, dead := failed[row["platform"]]
		if on.After(known) || dead && !end.After(on) {
			continue
		}
		if d := models.Date(row["observed_on"]); d > rep.Until {
			rep.Until = d
		}
		s := outcome.Sample{Bad: dead && !end.After(on.AddDate(1, 0, 0)), Group: row["platform"]}
		for _, in := range platformInputs() {
			s.X = append(s.X, in.value(months[row["observed_on"]], row, failures, on))
		}
		samples = append(samples, s)
	}
	return samples, nil
}

// value measures one input of one rating; NaN where it is unknown.
func (in platformInput) value(peers []map[string]string, row map[string]string, failures []map[string]string, on time.Time) float64 {
	switch in.column {
	case "=age":
		launched, err := time.Parse(time.DateOnly, row["launched_on"])
		if err != nil {
			return math.NaN()
		}
		return on.Sub(launched).Hours() / 24 / 365.25
	case "=failed":
		n := 0.0
		for _, f := range failures {
			if end, err := time.Parse(time.DateOnly, f["failed_on"]); err == nil && !end.After(on) && on.Sub(end) < 182*24*time.Hour {
				n++
			}
		}
		return n
	case "=age_of_failed":
		return ageOfFailed(failures, on)
	default:
		return standing(peers, row, in.column)
	}
}

// ageOfFailed is the mean age in years of the platforms that failed in the 182 days up to a day; NaN where there are none.
func ageOfFailed(failures []map[string]string, on time.Time) float64 {
	sum, n := 0.0, 0.0
	for _, row := range failures {
		end, err1 := time.Parse(time.DateOnly, row["failed_on"])
		begin, err2 := time.Parse(time.DateOnly, row["launched_on"])
		if err1 != nil || err2 != nil || end.After(on) || on.Sub(end) >= 182*24*time.Hour {
			continue
		}
		sum, n = sum+end.Sub(begin).Hours()/24/365.25, n+1
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / n
}

// standing is the share of the peers of the month that have a lower figure, ties counting half. A figure that is unknown
// stands in the middle: that a rater did not publish it in some months must not tell the model which months these were.
func standing(peers []map[string]string, row map[string]string, column string) float64 {
	own, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		return 0.5
	}
	below, n := 0.0, 0.0
	for _, p := range peers {
		v, err := strconv.ParseFloat(p[column], 64)
		if err != nil {
			continue
		}
		n++
		switch cmp.Compare(v, own) {
		case -1:
			below++
		case 0:
			below += 0.5
		}
	}
	return below / n
}

// readFailures gives the first failure of each platform and the last one of all.
func readFailures(path string) (map[string]time.Time, time.Time, error) {
	rows, err := readTable(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	out, last := map[string]time.Time{}, time.Time{}
	for _, row := range rows {
		on, err := time.Parse(time.DateOnly, row["failed_on"])
		if err != nil {
			continue // a failure without a date tells nothing
		}
		if old, ok := out[row["platform"]]; !ok || on.Before(old) {
			out[row["platform"]] = on
		}
		if on.After(last) {
			last = on
		}
	}
	return out, last, nil
}

// readTable reads a table with a header, gzipped where its name says so.
func readTable(path string) (rows []map[string]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		in = z
	}
	cells, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(cells) == 0 {
		return nil, fmt.Errorf("read %s: no header", path)
	}
	for _, c := range cells[1:] {
		row := make(map[string]string, len(c))
		for i, name := range cells[0] {
			row[name] = c[i]
		}
		rows = append(rows, row)
	}
	return slices.Clip(rows), nil
}
