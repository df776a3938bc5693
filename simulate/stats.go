package simulate

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiezhi/models"
)

// group is how the labels speak of a subject.
type group int

const (
	groupOrdinary group = iota
	groupNear
	groupBad
	groupUnknown
)

// Stats are figures of a written province, for holding it against the real world and for seeing how little one figure
// alone tells of who is bad.
type Stats struct {
	Companies  int
	Formats    []Share // kinds of companies, the most frequent first
	Measures   []Measure
	ByMonth    []Month
	FirstFacts []float64 // days from the first incriminating fact to the end, rising
}

// Share is how many of a kind there are.
type Share struct {
	Kind             string
	Count, Near, Bad int
}

// Measure is one figure of companies or accounts: quantiles per group, and how well it alone tells the bad from the near
// misses and from all others (the chance that a bad one has the higher figure; one half is chance).
type Measure struct {
	Name             string
	Bad, Near, Other Quantiles
	AgainstNear, All float64
}

// Quantiles are of the subjects that have the figure.
type Quantiles struct {
	Count                int
	Tenth, Half, Ninetie float64
}

// Month counts what was observed in a month.
type Month struct {
	Month                          string
	Transfers, Complaints, Adverts int
}

// figures are the values of one measure by subject.
type figures map[string]float64

// reading is what is gathered from the files.
type reading struct {
	end      time.Time
	groups   map[string]group
	kinds    map[string]string
	measures map[string]figures
	order    []string
	months   map[string]*Month
}

// MeasureProvince reads the files that Write made into dir. Memory grows with companies and accounts.
func MeasureProvince(dir string, o Options) (Stats, error) {
	end, err := o.end()
	if err != nil {
		return Stats{}, err
	}
	r := &reading{end: end, groups: map[string]group{}, kinds: map[string]string{}, measures: map[string]figures{}, months: map[string]*Month{}}
	first := []float64{}
	steps := []struct {
		file string
		take func(row map[string]string)
	}{{"labels", r.label}, {"companies", r.company}, {"products", r.product}, {"signals", r.signal}, {"accounts", r.account},
		{"transfers", r.transfer}, {"first_fact", func(row map[string]string) {
			if t, err := time.Parse(time.RFC3339, row["observed_at"]); err == nil {
				first = append(first, end.Sub(t).Hours()/24)
			}
		}}}
	for _, step := range steps {
		if err := eachRow(filepath.Join(dir, step.file+".csv"), step.take); err != nil {
			return Stats{}, fmt.Errorf("measure %s: %w", step.file, err)
		}
	}
	slices.Sort(first)
	return r.stats(first), nil
}

func eachRow(path string, take func(map[string]string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	in := csv.NewReader(f)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return err
	}
	head = slices.Clone(head)
	row := map[string]string{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, name := range head {
			row[name] = strings.Clone(cells[i])
		}
		take(row)
	}
}

// put raises or sets a figure.
func (r *reading) put(name, subject string, change func(old float64) float64) {
	m := r.measures[name]
	if m == nil {
		m = figures{}
		r.measures[name] = m
		r.order = append(r.order, name)
	}
	m[subject] = change(m[subject])
}

func set(v float64) func(float64) float64 { return func(float64) float64 { return v } }
func add(v float64) func(float64) float64 { return func(old float64) float64 { return old + v } }

func (r *reading) label(row map[string]string) {
	r.groups[row["subject"]] = map[string]group{"true": groupBad, "false": groupNear}[row["is_bad"]]
	if row["is_bad"] == "unknown" {
		r.groups[row["subject"]] = groupUnknown
	}
}

func (r *reading) company(row map[string]string) {
	s := "company:" + row["uscc"]
	r.kinds[s] = row["kind"]
	r.put("age in years", s, set(r.end.Sub(models.Date(row["established_on"]).Time(r.end.Location())).Hours()/24/365.25))
	capital, _ := strconv.ParseFloat(row["registered_capital"], 64)
	paid, _ := strconv.ParseFloat(row["paid_capital"], 64)
	r.put("registered capital, million yuan", s, set(capital/1e6))
	r.put("paid share of capital", s, set(paid/max(1, capital)))
	staff, _ := strconv.ParseFloat(row["insured_staff"], 64)
	r.put("insured staff", s, set(staff))
	r.put("changes in the registry", s, add(1))
	for _, name := range []string{"complaints in two years", "adverts, pages and apps in two years", "recruitment in two years"} {
		r.put(name, s, add(0))
	}
}

func (r *reading) product(row map[string]string) {
	s := "company:" + row["company"]
	if y, err := strconv.ParseFloat(row["promised_yield"], 64); err == nil {
		perYear := map[string]float64{"day": 365, "week": 52, "month": 12, "year": 1}[row["yield_period"]]
		r.put("promised yield a year (simple)", s, set(y*perYear))
	}
	if n, err := strconv.ParseFloat(row["investors"], 64); err == nil {
		r.put("investors", s, set(n))
	}
}

func (r *reading) month(at string) *Month {
	m := r.months[at[:7]]
	if m == nil {
		m = &Month{Month: at[:7]}
		r.months[at[:7]] = m
	}
	return m
}

func (r *reading) signal(row map[string]string) {
	switch row["kind"] {
	case "complaint", "petition":
		r.month(row["at"]).Complaints++
		r.put("complaints in two years", row["subject"], add(1))
	case "advert", "web_page", "app":
		r.month(row["at"]).Adverts++
		r.put("adverts, pages and apps in two years", row["subject"], add(1))
	case "recruitment":
		r.put("recruitment in two years", row["subject"], add(1))
	}
}

func (r *reading) account(row map[string]string) {
	r.put("account: transfers", "account:"+row["number"], add(0))
}

func (r *reading) transfer(row map[string]string) {
	r.month(row["at"]).Transfers++
	fen, _ := strconv.ParseFloat(row["amount"], 64)
	from, to := "account:"+row["from_account"], "account:"+row["to_account"]
	r.put("account: transfers", from, add(1))
	r.put("account: transfers", to, add(1))
	r.put("account: received, thousand yuan", to, add(fen/1000))
	r.put("account: sent, thousand yuan", from, add(fen/1000))
}

func (r *reading) stats(first []float64) Stats {
	st := Stats{Companies: len(r.kinds), FirstFacts: first}
	shares := map[string]*Share{}
	for s, kind := range r.kinds {
		sh := shares[kind]
		if sh == nil {
			sh = &Share{Kind: kind}
			shares[kind] = sh
		}
		sh.Count++
		switch r.groups[s] {
		case groupBad:
			sh.Bad++
		case groupNear:
			sh.Near++
		}
	}
	for _, sh := range shares {
		st.Formats = append(st.Formats, *sh)
	}
	slices.SortFunc(st.Formats, func(a, b Share) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Kind, b.Kind)) })
	for _, name := range r.order {
		st.Measures = append(st.Measures, r.measure(name))
	}
	for _, m := range r.months {
		st.ByMonth = append(st.ByMonth, *m)
	}
	slices.SortFunc(st.ByMonth, func(a, b Month) int { return strings.Compare(a.Month, b.Month) })
	return st
}

func (r *reading) measure(name string) Measure {
	var by [groupUnknown + 1][]float64
	for s, v := range r.measures[name] {
		by[r.groups[s]] = append(by[r.groups[s]], v)
	}
	for _, list := range by {
		slices.Sort(list)
	}
	rest := slices.Concat(by[groupOrdinary], by[groupNear])
	slices.Sort(rest)
	return Measure{Name: name, Bad: quantiles(by[groupBad]), Near: quantiles(by[groupNear]), Other: quantiles(by[groupOrdinary]),
		AgainstNear: chance(by[groupBad], by[groupNear]), All: chance(by[groupBad], rest)}
}

func quantiles(sorted []float64) Quantiles {
	n := len(sorted)
	if n == 0 {
		return Quantiles{}
	}
	return Quantiles{Count: n, Tenth: sorted[n/10], Half: sorted[n/2], Ninetie: sorted[n*9/10]}
}

// chance is that one of a is above one of b, ties counting half; both rise.
func chance(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0.5
	}
	sum := 0.0
	for _, v := range a {
		below, _ := slices.BinarySearch(b, v)
		above, _ := slices.BinarySearchFunc(b, v, func(x, v float64) int {
			if x <= v {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(a)) / float64(len(b))
}
