package work

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xiezhi/models"
	"xiezhi/simulate"
)

// ProvinceOptions say which invented province is measured. Every KeepNear-th near miss and every KeepOrdinary-th other company is
// loaded, all bad ones are; what is left out counts by weight. With both 1 everything is loaded, accounts and transfers too.
type ProvinceOptions struct {
	Sim                    simulate.Options
	Dir                    string // for the files; must exist
	KeepNear, KeepOrdinary uint32
}

// ProvinceReport is what the scan of one invented province found. False counts companies that are neither bad nor of unknown
// standing, weighted by what was left out.
type ProvinceReport struct {
	Seed         uint64            `json:"seed"`
	Companies    int64             `json:"companies"`
	Bad          int               `json:"bad"`
	Orange       ProvinceLevel     `json:"orange"`
	Red          ProvinceLevel     `json:"red"`
	Yellow       ProvinceLevel     `json:"yellow"`
	Blue         ProvinceLevel     `json:"blue"`
	Areas        map[string][2]int `json:"areas"`         // typology -> found at orange, bad companies
	StoryAtOnce  bool              `json:"story_at_once"` // the trading company of 2018 is red when its first fact is known
	NeverAlerted int               `json:"never_alerted"`
	DaysToAlert  []float64         `json:"days_to_alert"` // from the first incriminating fact to orange, sorted
	Seconds      float64           `json:"seconds"`
}

// ProvinceLevel is what stands at a level or above.
type ProvinceLevel struct {
	Found        int     `json:"found"`
	False        float64 `json:"false"`
	Recall       float64 `json:"recall"`
	FalsePerTrue float64 `json:"false_per_true"`
}

// Exactly gives, for each level from red down, the bad and the false companies whose worst alert is of exactly that level.
func (r ProvinceReport) Exactly() (levels []string, found []int, wrong []float64) {
	var above ProvinceLevel
	for _, l := range []struct {
		name string
		at   ProvinceLevel
	}{{"red", r.Red}, {"orange", r.Orange}, {"yellow", r.Yellow}, {"blue", r.Blue}} {
		levels, found, wrong = append(levels, l.name), append(found, l.at.Found-above.Found), append(wrong, l.at.False-above.False)
		above = l.at
	}
	return levels, found, wrong
}

// MissedAreas lists the typologies of which nothing was found at orange, sorted.
func (r ProvinceReport) MissedAreas() []string {
	var list []string
	for _, area := range slices.Sorted(maps.Keys(r.Areas)) {
		if r.Areas[area][0] == 0 {
			list = append(list, area)
		}
	}
	return list
}

// MedianDays is the median time from the first incriminating fact to orange, in days; -1 where nothing was alerted.
func (r ProvinceReport) MedianDays() float64 {
	if len(r.DaysToAlert) == 0 {
		return -1
	}
	return r.DaysToAlert[len(r.DaysToAlert)/2]
}

// MeasureProvince invents a province, loads it into the desk's empty store as any files are loaded, scans it, and holds the alerts
// against the labels. The desk's clock must stand at the end of the province or later.
func (d *Desk) MeasureProvince(ctx context.Context, actor models.Actor, o ProvinceOptions) (ProvinceReport, error) {
	started := time.Now()
	rep := ProvinceReport{Seed: o.Sim.Seed, Areas: map[string][2]int{}}
	if _, err := simulate.Write(ctx, o.Dir, o.Sim); err != nil {
		return rep, err
	}
	labels, err := readLabelsFile(filepath.Join(o.Dir, "labels.csv"))
	if err != nil {
		return rep, err
	}
	tr := readTruth(slices.DeleteFunc(labels, func(l Label) bool { return !strings.HasPrefix(l.Subject, string(models.KindCompany)+":") }))
	paths, err := o.files(tr)
	if err != nil {
		return rep, err
	}
	load, err := d.Ingest(ctx, actor, IngestOptions{Paths: paths, Source: "SIM", Division: "440000"})
	if err != nil {
		return rep, err
	}
	if load.Refused() {
		return rep, fmt.Errorf("measure province %d: rows were refused", o.Sim.Seed)
	}
	scan, err := d.Scan(ctx, actor, ScanOptions{All: true})
	if err != nil {
		return rep, err
	}
	rep.Companies = scan.Subjects - scan.Money.Accounts
	for level, to := range map[string]*ProvinceLevel{"orange": &rep.Orange, "red": &rep.Red, "yellow": &rep.Yellow, "blue": &rep.Blue} {
		if *to, err = d.provinceLevel(ctx, tr, level, o); err != nil {
			return rep, err
		}
	}
	if err := d.provinceAreas(ctx, tr, &rep); err != nil {
		return rep, err
	}
	if err := d.provinceTimes(ctx, tr, o, &rep); err != nil {
		return rep, err
	}
	rep.Seconds = time.Since(started).Seconds()
	return rep, nil
}

func readLabelsFile(path string) ([]Label, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	defer f.Close()
	return ReadLabels(bufio.NewReader(f))
}

// weight is how many companies one kept company stands for.
func (o ProvinceOptions) weight(tr truth, subject string) float64 {
	switch {
	case tr.bad[subject] || tr.unknown[subject]:
		return 1
	case tr.known[subject]:
		return float64(max(1, o.KeepNear))
	default:
		return float64(max(1, o.KeepOrdinary))
	}
}

func (o ProvinceOptions) keeps(tr truth, subject string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(subject))
	return h.Sum32()%uint32(o.weight(tr, subject)) == 0
}

// files gives the files to load: all of them, or those of the kept companies alone.
func (o ProvinceOptions) files(tr truth) ([]string, error) {
	whole := o.KeepNear <= 1 && o.KeepOrdinary <= 1
	columns := map[models.Table]string{models.TableCompanies: "uscc", models.TableLicences: "company", models.TableProducts: "company", models.TableSignals: "subject"}
	var paths []string
	for _, table := range models.Tables() {
		path := filepath.Join(o.Dir, string(table)+".csv")
		if _, err := os.Stat(path); err != nil {
			continue
		}
		column := columns[table]
		if whole {
			paths = append(paths, path)
			continue
		}
		if column == "" {
			continue
		}
		dir := filepath.Join(o.Dir, "kept") // the table is read from the file's name
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("sift %s: %w", table, err)
		}
		kept := filepath.Join(dir, string(table)+".csv")
		if err := o.sift(tr, path, kept, column); err != nil {
			return nil, fmt.Errorf("sift %s: %w", table, err)
		}
		paths = append(paths, kept)
	}
	return paths, nil
}

func (o ProvinceOptions) sift(tr truth, from, to, column string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	r, w := csv.NewReader(bufio.NewReader(in)), csv.NewWriter(out)
	at := -1
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if at < 0 {
			if at = slices.Index(row, column); at < 0 {
				return fmt.Errorf("no column %s", column)
			}
		} else if subject := companySubject(row[at]); subject == "" || !o.keeps(tr, subject) {
			continue
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// companySubject reads a credit code or a subject as the subject of a company, or "".
func companySubject(cell string) string {
	prefix := string(models.KindCompany) + ":"
	if !strings.Contains(cell, ":") {
		return prefix + cell
	}
	if strings.HasPrefix(cell, prefix) {
		return cell
	}
	return ""
}

func (d *Desk) provinceLevel(ctx context.Context, tr truth, level string, o ProvinceOptions) (ProvinceLevel, error) {
	var p ProvinceLevel
	flags, err := d.Store.AlertedMembers(ctx, levelRanks[level])
	if err != nil {
		return p, err
	}
	seen := map[string]bool{}
	for _, f := range flags {
		if seen[f.Subject] || tr.unknown[f.Subject] || companySubject(f.Subject) == "" {
			continue
		}
		seen[f.Subject] = true
		if tr.bad[f.Subject] {
			p.Found++
			continue
		}
		p.False += o.weight(tr, f.Subject)
	}
	p.Recall = share(p.Found, tr.positives())
	if p.Found > 0 {
		p.FalsePerTrue = p.False / float64(p.Found)
	}
	return p, nil
}

func (d *Desk) provinceAreas(ctx context.Context, tr truth, rep *ProvinceReport) error {
	flags, err := d.Store.AlertedMembers(ctx, levelRanks["orange"])
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, f := range flags {
		found[f.Subject] = true
	}
	for _, list := range tr.schemes {
		for _, l := range list {
			if !l.Bad {
				continue
			}
			rep.Bad++
			a := rep.Areas[l.Typology]
			a[1]++
			if found[l.Subject] {
				a[0]++
			}
			rep.Areas[l.Typology] = a
		}
	}
	return nil
}
