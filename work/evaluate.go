package work

import (
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
// labels hold; a subject without a label counts against precision, one labelled unknown counts nowhere.
func (d *Desk) Evaluate(ctx context.Context, labels []Label, target, minLevel string) (EvaluationReport, error) {
	rank, ok := levelRanks[minLevel]
	if !ok {
		return EvaluationReport{}, fmt.Errorf("unknown level %q", minLevel)
	}
	scores, err := d.Store.AlertedSubjects(ctx, rank)
	if err != nil {
		return EvaluationReport{}, err
	}
	return evaluate(labels, scores, target, minLevel), nil
}

func evaluate(labels []Label, scores []models.SubjectScore, target, minLevel string) EvaluationReport {
	rep := EvaluationReport{Target: target, MinLevel: minLevel, ByTypology: map[string]TypologyReport{}}
	kinds, bad, unknown := map[string]bool{}, map[string]bool{}, map[string]bool{}
	known := map[string]bool{}
	for _, l := range labels {
		kind, _, _ := strings.Cut(l.Subject, ":")
		kinds[kind] = true
		known[l.Subject] = known[l.Subject] || l.Known
		bad[l.Subject] = bad[l.Subject] || l.Bad
	}
	for s, k := range known {
		if !k {
			unknown[s] = true
			continue
		}
		rep.Labelled++
	}
	positives := 0
	for s, b := range bad {
		if b && !unknown[s] {
			positives++
		}
	}
	flagged := map[string]bool{}
	slices.SortStableFunc(scores, func(a, b models.SubjectScore) int {
		switch {
		case a.Idx > b.Idx:
			return -1
		case a.Idx < b.Idx:
			return 1
		}
		return strings.Compare(a.Subject, b.Subject)
	})
	for _, s := range scores {
		kind, _, _ := strings.Cut(s.Subject, ":")
		if !kinds[kind] || unknown[s.Subject] || flagged[s.Subject] {
			continue
		}
		flagged[s.Subject] = true
		rep.Flagged++
		if bad[s.Subject] {
			rep.TruePositive++
			rep.AveragePrecision += float64(rep.TruePositive) / float64(rep.Flagged)
		}
	}
	rep.Precision, rep.Recall = share(rep.TruePositive, rep.Flagged), share(rep.TruePositive, positives)
	if rep.Precision+rep.Recall > 0 {
		rep.F1 = 2 * rep.Precision * rep.Recall / (rep.Precision + rep.Recall)
	}
	if positives > 0 {
		rep.AveragePrecision /= float64(positives)
	}
	rep.typologies(labels, flagged)
	return rep
}

// typologies counts the schemes found. An alert has one member so far, so a scheme is found when it has one member that is
// flagged; larger ones need alerts that gather their members.
func (rep *EvaluationReport) typologies(labels []Label, flagged map[string]bool) {
	members := map[string][]Label{}
	for _, l := range labels {
		if l.Known {
			members[l.Scheme] = append(members[l.Scheme], l)
		}
	}
	hits, right := map[string]int{}, map[string]int{}
	for _, list := range members {
		kind := list[0].Typology
		for _, l := range list {
			if flagged[l.Subject] {
				hits[kind]++
				if l.Bad {
					right[kind]++
				}
			}
		}
		if !list[0].Bad {
			continue
		}
		t := rep.ByTypology[kind]
		t.Schemes++
		if len(list) == 1 && flagged[list[0].Subject] {
			t.Found++
		}
		rep.ByTypology[kind] = t
	}
	for kind, t := range rep.ByTypology {
		t.Recall, t.Precision = share(t.Found, t.Schemes), share(right[kind], hits[kind])
		rep.ByTypology[kind] = t
	}
}

func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
