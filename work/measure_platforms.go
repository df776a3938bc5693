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
	Held  outcome.Held  `json:"held"`
	Yield outcome.Held  `json:"yield"` // the advertised rate alone
	Model outcome.Model `json:"model"`
	Until models.Date   `json:"until"` // the last rating whose twelve months are known
}

// platformInput is a column of a monthly rating, held against the platforms rated in the same month, with the reason for it.
type platformInput struct {
	outcome.Input
	column string
}

// platformInputs are fixed by what each means: a rate above that of others buys money that others would not lend (GEN-05); the
// rating weighs what a rater saw and we do not; and a wave that has reached old platforms reaches the established ones that
// are rated, while one among the newly founded does not (the mean age of those that failed in the half-year before).
func platformInputs() []platformInput {
	return []platformInput{{outcome.Input{Code: "rate_above_peers", Sign: 1}, "rate_percent"}, {outcome.Input{Code: "rating", Sign: -1}, "score"},
		{outcome.Input{Code: "age_of_failed", Sign: 1}, ""}}
}

// MeasurePlatforms reads failures.csv.gz (failed_on, platform) and ratings.csv.gz (observed_on, platform and figures) of a folder and
// judges, platform by platform, the probability of failing within twelve months of a rating. A rating counts while its platform
// had not failed and where the list of failures covers the twelve months after it. Nothing is used but the ratings of the same
// month and the failures before it.
func MeasurePlatforms(dir string) (PlatformReport, error) {
	var rep PlatformReport
	failed, last, err := readFailures(filepath.Join(dir, "failures.csv.gz"))
	if err != nil {
		return rep, err
	}
	ratings, err := readTable(filepath.Join(dir, "ratings.csv.gz"))
	if err != nil {
		return rep, err
	}
	known := last.AddDate(-1, 0, 0)
	failures, err := readTable(filepath.Join(dir, "failures.csv.gz"))
	if err != nil {
		return rep, err
	}
	inputs := platformInputs()
	months := map[string][]map[string]string{}
	for _, row := range ratings {
		months[row["observed_on"]] = append(months[row["observed_on"]], row)
	}
	var samples []outcome.Sample
	for _, row := range ratings {
		on, err := time.Parse(time.DateOnly, row["observed_on"])
		if err != nil {
			return rep, fmt.Errorf("read ratings: %w", err)
		}
		end, dead := failed[row["platform"]]
		if on.After(known) || dead && !end.After(on) {
			continue
		}
		if d := models.Date(row["observed_on"]); d > rep.Until {
			rep.Until = d
		}
		s := outcome.Sample{Bad: dead && !end.After(on.AddDate(1, 0, 0)), Group: row["platform"]}
		for _, in := range inputs {
			if in.column == "" {
				s.X = append(s.X, ageOfFailed(failures, on))
				continue
			}
			s.X = append(s.X, standing(months[row["observed_on"]], row, in.column))
		}
		samples = append(samples, s)
	}
	plain := make([]outcome.Input, len(inputs))
	for i := range inputs {
		plain[i] = inputs[i].Input
	}
	if rep.Held, err = outcome.CrossValidate(plain, samples); err != nil {
		return rep, err
	}
	if rep.Model, err = outcome.Fit(plain, samples); err != nil {
		return rep, err
	}
	alone := make([]outcome.Sample, len(samples))
	for i, s := range samples {
		alone[i] = outcome.Sample{X: s.X[:1], Bad: s.Bad, Group: s.Group}
	}
	rep.Yield, err = outcome.CrossValidate(plain[:1], alone)
	return rep, err
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

// standing is the share of the peers of the month that have a lower figure, ties counting half; NaN where the figure is unknown.
func standing(peers []map[string]string, row map[string]string, column string) float64 {
	own, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		return math.NaN()
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
