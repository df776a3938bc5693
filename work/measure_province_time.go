package work

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
)

// provinceTimes looks at each bad company day by day from its first incriminating fact on, with what was observed by then, and
// counts the days until it stands at orange. Schemes of transfers are left out, since their alerts are those of the last scan.
func (d *Desk) provinceTimes(ctx context.Context, tr truth, o ProvinceOptions, rep *ProvinceReport) error {
	first, err := readFirstFacts(filepath.Join(o.Dir, "first_fact.csv"))
	if err != nil {
		return err
	}
	rules, err := d.RulesNow(ctx)
	if err != nil {
		return err
	}
	end := d.Store.Now()
	facts, err := d.badFacts(ctx, tr)
	if err != nil {
		return err
	}
	for _, scheme := range slices.Sorted(maps.Keys(tr.schemes)) {
		at, known := first[scheme]
		list := tr.schemes[scheme]
		if !known || !list[0].Bad || facts[list[0].Subject] == nil {
			continue
		}
		f := *facts[list[0].Subject]
		f.Schemes = nil
		days, level := daysTo(f, rules, at, end)
		if days < 0 {
			rep.NeverAlerted++
			continue
		}
		rep.DaysToAlert = append(rep.DaysToAlert, days)
		if strings.Contains(scheme, "-STORY-") {
			rep.StoryAtOnce = days == 0 && level == detect.LevelRed
		}
	}
	slices.Sort(rep.DaysToAlert)
	return nil
}

// daysTo gives the days from a moment until the company first stands at orange, looked at daily, and its level then; -1 is never.
func daysTo(f models.CompanyFacts, rules detect.Rules, from, end models.Instant) (float64, detect.Level) {
	for day := 0; ; day++ {
		at := from.Add(time.Duration(day) * 24 * time.Hour)
		if at.After(end) {
			return -1, detect.LevelNone
		}
		as := detect.Assess(f, nil, rules, at)
		if as.Level == detect.LevelOrange || as.Level == detect.LevelRed {
			return float64(day), as.Level
		}
	}
}

func (d *Desk) badFacts(ctx context.Context, tr truth) (map[string]*models.CompanyFacts, error) {
	var refs []models.SubjectRef
	for s, bad := range tr.bad {
		if bad {
			refs = append(refs, models.SubjectRef{Kind: models.KindCompany, ID: strings.TrimPrefix(s, string(models.KindCompany)+":")})
		}
	}
	names, err := d.Store.Names(ctx, models.Within(models.ScopeOf("000000")), refs)
	if err != nil {
		return nil, err
	}
	list := slices.Collect(maps.Values(names))
	sources, err := d.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	byID, err := d.Store.CompanyFactsBy(ctx, list, sources, models.AsOf{ObservedBy: d.Store.Now()})
	if err != nil {
		return nil, err
	}
	out := map[string]*models.CompanyFacts{}
	for _, s := range list {
		out[string(models.KindCompany)+":"+s.Key] = byID[s.ID]
	}
	return out, nil
}

func readFirstFacts(path string) (map[string]models.Instant, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read first facts: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read first facts: %w", err)
	}
	out := map[string]models.Instant{}
	for _, row := range rows[1:] {
		t, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			return nil, fmt.Errorf("read first facts: %w", err)
		}
		out[row[0]] = models.At(t)
	}
	return out, nil
}
