package work

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xiezhi/models"
)

// Label is a line of ground truth: a subject acts in a scheme of a typology, or does not; Known is false for "unknown", which
// leaves the subject out of every count.
type Label struct {
	Scheme   string
	Typology string
	Subject  string
	Bad      bool
	Known    bool
}

// ReadLabels reads a labels file: scheme, typology, subject, is_bad (true, false or unknown).
func ReadLabels(r io.Reader) ([]Label, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = 4
	rows, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "scheme,typology,subject,is_bad" {
		return nil, errors.New("read labels: the header must be scheme,typology,subject,is_bad")
	}
	list := make([]Label, 0, len(rows)-1)
	for i, row := range rows[1:] {
		l := Label{Scheme: row[0], Typology: row[1], Subject: row[2], Known: true}
		switch strings.ToLower(row[3]) {
		case "true":
			l.Bad = true
		case "false":
		case "unknown":
			l.Known = false
		default:
			return nil, fmt.Errorf("read labels: line %d: is_bad is %q", i+2, row[3])
		}
		list = append(list, l)
	}
	return list, nil
}

// EvaluationReport holds alerts against ground truth, in the form of the public contract.
type EvaluationReport struct {
	Target           string                    `json:"target"`
	MinLevel         string                    `json:"min_level"`
	Labelled         int                       `json:"labelled"`
	Flagged          int                       `json:"flagged"`
	TruePositive     int                       `json:"true_positive"`
	Precision        float64                   `json:"precision"`
	Recall           float64                   `json:"recall"`
	F1               float64                   `json:"f1"`
	AveragePrecision float64                   `json:"average_precision"`
	ByTypology       map[string]TypologyReport `json:"by_typology"`
}

// TypologyReport is the share of schemes of one kind that were found. Precision is that of the flagged subjects labelled with it.
type TypologyReport struct {
	Schemes   int     `json:"schemes"`
	Found     int     `json:"found"`
	Recall    float64 `json:"recall"`
	Precision float64 `json:"precision"`
}

var levelRanks = map[string]int{"red": 4, "orange": 3, "yellow": 2, "blue": 1}

// Evaluate holds every alert of at least a level against labels. Flagged are the distinct alerted subjects of the kinds that the
// labels hold, and the members of alerts that act in their schemes; a subject without a label counts against precision, one labelled unknown counts nowhere.
func (d *Desk) Evaluate(ctx context.Context, labels []Label, target, minLevel string) (EvaluationReport, error) {
	rank, ok := levelRanks[minLevel]
	if !ok {
		return EvaluationReport{}, fmt.Errorf("unknown level %q", minLevel)
	}
	flags, err := d.Store.AlertedMembers(ctx, rank)
	if err != nil {
		return EvaluationReport{}, err
	}
	return evaluate(labels, flags, target, minLevel), nil
}

// truth is what the labels say.
type truth struct {
	kinds   map[string]bool
	known   map[string]bool // subjects that count
	bad     map[string]bool
	unknown map[string]bool // subjects that nothing is known of
	schemes map[string][]Label
}

func readTruth(labels []Label) truth {
	tr := truth{kinds: map[string]bool{}, known: map[string]bool{}, bad: map[string]bool{}, unknown: map[string]bool{}, schemes: map[string][]Label{}}
	for _, l := range labels {
		kind, _, _ := strings.Cut(l.Subject, ":")
		tr.kinds[kind] = true
		if l.Known {
			tr.known[l.Subject] = true
			tr.bad[l.Subject] = tr.bad[l.Subject] || l.Bad
			tr.schemes[l.Scheme] = append(tr.schemes[l.Scheme], l)
		}
	}
	for _, l := range labels {
		if !tr.known[l.Subject] {
			tr.unknown[l.Subject] = true
		}
	}
	return tr
}

func (tr truth) positives() int {
	n := 0
	for _, bad := range tr.bad {
		if bad {
			n++
		}
	}
	return n
}

func evaluate(labels []Label, flags []models.AlertedMember, target, minLevel string) EvaluationReport {
	tr := readTruth(labels)
	rep := EvaluationReport{Target: target, MinLevel: minLevel, Labelled: len(tr.known), ByTypology: map[string]TypologyReport{}}
	slices.SortStableFunc(flags, func(a, b models.AlertedMember) int {
		return cmp.Or(cmp.Compare(b.Idx, a.Idx), cmp.Compare(a.Subject, b.Subject))
	})
	flagged := map[string]bool{}
	alerts := map[int64]map[string]bool{}
	for _, f := range flags {
		kind, _, _ := strings.Cut(f.Subject, ":")
		if !tr.kinds[kind] || tr.unknown[f.Subject] {
			continue
		}
		if alerts[f.AlertID] == nil {
			alerts[f.AlertID] = map[string]bool{}
		}
		alerts[f.AlertID][f.Subject] = true
		if flagged[f.Subject] {
			continue
		}
		flagged[f.Subject] = true
		rep.Flagged++
		if tr.bad[f.Subject] {
			rep.TruePositive++
			rep.AveragePrecision += float64(rep.TruePositive) / float64(rep.Flagged)
		}
	}
	positives := tr.positives()
	rep.Precision, rep.Recall = share(rep.TruePositive, rep.Flagged), share(rep.TruePositive, positives)
	if rep.Precision+rep.Recall > 0 {
		rep.F1 = 2 * rep.Precision * rep.Recall / (rep.Precision + rep.Recall)
	}
	if positives > 0 {
		rep.AveragePrecision /= float64(positives)
	}
	rep.typologies(tr, flagged, alerts)
	return rep
}

// typologies counts the schemes found, each by one alert that holds at least half its members while at least half of the
// alert's known members belong to it; a scheme with one subject is found when that subject is flagged.
func (rep *EvaluationReport) typologies(tr truth, flagged map[string]bool, alerts map[int64]map[string]bool) {
	holding := map[string][]int64{} // subject -> alerts
	for id, members := range alerts {
		for s := range members {
			holding[s] = append(holding[s], id)
		}
	}
	hits, right := map[string]int{}, map[string]int{}
	for _, list := range tr.schemes {
		kind := list[0].Typology
		for _, l := range list {
			if flagged[l.Subject] {
				hits[kind]++
				if l.Bad {
					right[kind]++
				}
			}
		}
		if !slices.ContainsFunc(list, func(l Label) bool { return l.Bad }) {
			continue
		}
		t := rep.ByTypology[kind]
		t.Schemes++
		if tr.found(list, flagged, alerts, holding) {
			t.Found++
		}
		rep.ByTypology[kind] = t
	}
	for kind, t := range rep.ByTypology {
		t.Recall, t.Precision = share(t.Found, t.Schemes), share(right[kind], hits[kind])
		rep.ByTypology[kind] = t
	}
}

func (tr truth) found(list []Label, flagged map[string]bool, alerts map[int64]map[string]bool, holding map[string][]int64) bool {
	members := map[string]bool{}
	for _, l := range list {
		members[l.Subject] = true
	}
	if len(members) == 1 {
		return flagged[list[0].Subject]
	}
	shared := map[int64]int{}
	for s := range members {
		for _, id := range holding[s] {
			shared[id]++
		}
	}
	for id, n := range shared {
		known := 0
		for s := range alerts[id] {
			if tr.known[s] {
				known++
			}
		}
		if 2*n >= len(members) && 2*n >= known {
			return true
		}
	}
	return false
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
