package work

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xiezhi/detect"
	"xiezhi/models"
)

func (d *Desk) staleNotice(ctx context.Context, end models.Instant) (string, error) {
	newest, err := d.Store.NewestFactAt(ctx)
	if err != nil || newest.IsZero() || end.Sub(newest) < staleAfter {
		return "", err
	}
	return fmt.Sprintf("the newest fact is of %s, older than every window: scan history with --valid-at", newest.Time().Format(time.DateOnly)), nil
}

func (s *Tallies) count(a models.Assessed) {
	s.ByLevel[a.Level]++
	if a.LevelRank > 0 {
		s.ByArea[a.Area]++
		s.ByJurisdiction[a.Subject.DivisionCode]++
	}
}

// discount takes back what was counted of a company that is looked at once more.
func (s *Tallies) discount(c models.Subject) {
	s.ByLevel[c.Level]--
	if c.LevelRank > 0 {
		s.ByArea[c.Area]--
		s.ByJurisdiction[c.DivisionCode]--
	}
}

// countMoney counts the accounts looked at, each once: those whose schemes have a level by it, the others as none.
func (s *Tallies) countMoney(rep MoneyReport) {
	for _, l := range rep.levels {
		s.ByLevel[l.level]++
		s.ByArea[l.area]++
		s.ByJurisdiction[l.division]++
	}
	s.ByLevel["none"] += max(0, rep.Accounts-int64(len(rep.levels)))
}

// levelRank orders levels for lists: red 4 to blue 1, none 0.
func levelRank(l detect.Level) int {
	switch l {
	case detect.LevelRed:
		return 4
	case detect.LevelOrange:
		return 3
	case detect.LevelYellow:
		return 2
	case detect.LevelBlue:
		return 1
	default:
		return 0
	}
}

// assessed writes an evaluation for the store. Its JSON leaves the moment out, which the row has, so that equal evaluations are equal.
func assessed(c models.Subject, as detect.Assessment) (models.Assessed, error) {
	out := models.Assessed{Subject: c, Index: as.Index, Level: string(as.Level), LevelRank: levelRank(as.Level), Area: as.Area, OwnRank: levelRank(as.OwnLevel())}
	if out.LevelRank > 0 {
		f := models.AreaFinding{Area: as.Area, Level: string(as.Level), LevelRank: out.LevelRank, Index: as.Index,
			SingleSource: as.SingleSource, AmountFen: as.Measures.AmountFen, People: as.Measures.People}
		if as.Trigger != nil {
			f.Trigger = as.Trigger.Code
		}
		for _, ind := range as.Indicators {
			f.Reasons = append(f.Reasons, models.Reason{Indicator: ind.Code, Key: ind.Reason, Dimension: ind.Dimension, Points: ind.Points, Value: ind.Value, Args: ind.Args})
			f.Kinds = append(f.Kinds, ind.Code)
		}
		out.Areas = append(out.Areas, f)
	}
	as.AsOf = models.Instant{}
	payload, err := json.Marshal(as)
	if err != nil {
		return out, fmt.Errorf("write assessment: %w", err)
	}
	out.Payload = payload
	return out, nil
}
