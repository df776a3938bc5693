package detect

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

func (r *Rules) check(lx *lexicon) error {
	return errors.Join(r.checkFrame(), r.checkDimensions(), r.checkAreas(), r.checkIndicators(lx), r.checkTriggers(), r.checkMoney())
}

func (r *Rules) checkFrame() error {
	b := r.Bands
	switch {
	case r.Version == "":
		return errors.New("no version")
	case !(b.Red > b.Orange && b.Orange > b.Yellow && b.Yellow > b.Blue && b.Blue > 0 && b.Red <= 100):
		return errors.New("bands are not falling within 0-100")
	case r.EvidenceCap.Families < 1 || r.EvidenceCap.Level.rank() == 0:
		return errors.New("evidence cap is incomplete")
	case r.ValidityDays < 1 || r.EvidenceMax < 1:
		return errors.New("validity_days and evidence_max must be positive")
	case len(r.LPR.Rates) == 0:
		return errors.New("no one-year rate")
	case r.Yield.FullAtLPR <= 1 || r.Yield.GuaranteedBonus < 0:
		return errors.New("yield: full_at_lpr must exceed 1, the bonus must not be negative")
	}
	for i, rate := range r.LPR.Rates {
		if !(rate.Rate > 0 && rate.Rate < 1) || i > 0 && rate.From <= r.LPR.Rates[i-1].From {
			return fmt.Errorf("one-year rate of %s is out of order or range", rate.From)
		}
	}
	for i, a := range r.Yield.Anchors {
		if !(a.Score > 0 && a.Score < 100) || i > 0 && (a.At <= r.Yield.Anchors[i-1].At || a.Score < r.Yield.Anchors[i-1].Score) {
			return fmt.Errorf("yield anchor %v is out of order or range", a.At)
		}
	}
	return nil
}

func (r *Rules) checkDimensions() error {
	for _, d := range r.Dimensions {
		if !goodWeight(d.Weight) {
			return fmt.Errorf("dimension %s: weight outside 0-0.99", d.Code)
		}
		if _, ok := combines()[d.Combine]; !ok || d.Combine == "saturate" && !(d.K > 0) {
			return fmt.Errorf("dimension %s: combine %q with k %v", d.Code, d.Combine, d.K)
		}
	}
	if len(r.Dimensions) == 0 {
		return errors.New("no dimensions")
	}
	return nil
}

func goodWeight(w float64) bool { return !math.IsNaN(w) && w >= 0 && w <= 0.99 }

func (r *Rules) checkAreas() error {
	other := false
	for _, a := range r.Areas {
		other = other || a.Code == areaOther
		if !slices.Contains([]string{"product", "promise", "never"}, a.Needs) {
			return fmt.Errorf("area %s: needs %q", a.Code, a.Needs)
		}
		for code, w := range a.Weights {
			if !r.hasDimension(code) || !goodWeight(w) {
				return fmt.Errorf("area %s: weight of %s", a.Code, code)
			}
		}
	}
	if !other {
		return fmt.Errorf("area %s is missing", areaOther)
	}
	return nil
}

func (r *Rules) hasDimension(code string) bool {
	return slices.ContainsFunc(r.Dimensions, func(d DimensionRule) bool { return d.Code == code })
}

func (r *Rules) hasArea(code string) bool {
	return slices.ContainsFunc(r.Areas, func(a AreaRule) bool { return a.Code == code })
}

func (r *Rules) checkIndicators(lx *lexicon) error {
	seen := map[string]bool{}
	for _, ind := range r.Indicators {
		if err := r.checkIndicator(ind, lx); err != nil {
			return fmt.Errorf("indicator %s: %w", ind.Code, err)
		}
		if seen[ind.Code] {
			return fmt.Errorf("indicator %s is there twice", ind.Code)
		}
		seen[ind.Code] = true
	}
	return nil
}

func (r *Rules) checkIndicator(ind IndicatorRule, lx *lexicon) error {
	m, ok := measures()[ind.Measure]
	switch {
	case !ok:
		return fmt.Errorf("unknown measure %q", ind.Measure)
	case !r.hasDimension(ind.Dimension):
		return fmt.Errorf("unknown dimension %q", ind.Dimension)
	case !slices.Contains([]string{ElementIllegality, ElementPublicity, ElementInducement, ElementPublic}, ind.Element):
		return fmt.Errorf("unknown element %q", ind.Element)
	case !slices.Contains([]string{"critical", "high", "medium", "low"}, ind.Severity):
		return fmt.Errorf("unknown severity %q", ind.Severity)
	case ind.Article == "" || ind.Benign == "" || ind.Points < 0:
		return errors.New("article, benign explanation or points are missing or negative")
	}
	for _, p := range m.params {
		if v, ok := ind.Params[p]; !ok || math.IsNaN(v) || v < 0 {
			return fmt.Errorf("parameter %q is missing or negative", p)
		}
	}
	for i, b := range ind.Bands {
		if i > 0 && (b.From <= ind.Bands[i-1].From || b.Points < ind.Bands[i-1].Points) {
			return fmt.Errorf("band from %v is out of order", b.From)
		}
	}
	for _, a := range append(append([]string{}, ind.Areas...), ind.NotAreas...) {
		if !r.hasArea(a) {
			return fmt.Errorf("unknown area %q", a)
		}
	}
	for _, c := range append(append([]string{}, ind.Classes...), ind.Channels...) {
		if _, ok := lx.classes[c]; !ok {
			return fmt.Errorf("unknown class %q", c)
		}
	}
	return nil
}

func (r *Rules) checkMoney() error {
	if err := r.Money.Check(); err != nil {
		return err
	}
	for t, area := range r.Money.Areas {
		if !r.hasArea(area) {
			return fmt.Errorf("money: %s belongs to the unknown area %q", t, area)
		}
	}
	return nil
}

func (r *Rules) checkTriggers() error {
	for _, t := range r.Triggers {
		if !slices.ContainsFunc(r.Indicators, func(i IndicatorRule) bool { return i.Code == t.Indicator }) {
			return fmt.Errorf("trigger %s: no indicator %s", t.Code, t.Indicator)
		}
	}
	return nil
}
