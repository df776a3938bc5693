package money

import (
	"errors"
	"fmt"
)

// Rules are the thresholds of the money patterns: data of a rule version, each with its reason in the file.
type Rules struct {
	Passing struct {
		Transfers int     `yaml:"transfers"`
		Days      float64 `yaml:"days"`
	} `yaml:"passing"`
	Quiet struct {
		Transfers int `yaml:"transfers"`
	} `yaml:"quiet"`
	Window  Window             `yaml:"window"`
	Sure    float64            `yaml:"sure"`
	Least   float64            `yaml:"least_surprise"`
	Report  float64            `yaml:"least_score"`
	Proof   int                `yaml:"proof_max"`
	Ring    int                `yaml:"ring_max"`
	Fan     FanRule            `yaml:"fan"`
	Scatter ScatterRule        `yaml:"scatter_gather"`
	Gather  GatherRule         `yaml:"gather_scatter"`
	Cycle   CycleRule          `yaml:"cycle"`
	Pass    PassRule           `yaml:"pass_through"`
	Test    TestRule           `yaml:"test"`
	Weights map[string]float64 `yaml:"weights"`
}

// Window bounds a scheme in time, in days.
type Window struct {
	Days  float64   `yaml:"days"`
	Burst []float64 `yaml:"burst"`
}

// FanRule is for fans in and out.
type FanRule struct {
	Least     int     `yaml:"least"`
	OutFactor float64 `yaml:"out_factor"`
	Margin    float64 `yaml:"own_margin"`
}

// ScatterRule is for one source and one sink with the same accounts between.
type ScatterRule struct {
	Least  int `yaml:"least"`
	HubMax int `yaml:"hub_max"`
}

// GatherRule is for an account that collects and then spreads.
type GatherRule struct {
	Side   int `yaml:"side"`
	Least  int `yaml:"least"`
	HubMax int `yaml:"hub_max"`
}

// CycleRule is for money that comes back.
type CycleRule struct {
	Length int `yaml:"length_max"`
	Degree int `yaml:"degree_max"`
	Steps  int `yaml:"steps_max"`
}

// PassRule is for money that does not stay.
type PassRule struct {
	Hours     float64 `yaml:"hours"`
	Share     float64 `yaml:"share"`
	Over      float64 `yaml:"over"`
	Volume    float64 `yaml:"volume"`
	FirstDays float64 `yaml:"first_days"`
	Depth     int     `yaml:"depth"`
	Emptied   float64 `yaml:"emptied"`
}

// TestRule is for a small payment that tries the way for a large one.
type TestRule struct {
	FenMax  int64   `yaml:"fen_max"`
	Times   int64   `yaml:"times"`
	Minutes float64 `yaml:"minutes"`
}

// Check says what is wrong with the rules.
func (r *Rules) Check() error {
	switch {
	case r.Passing.Transfers < 1 || r.Passing.Days <= 0:
		return errors.New("money: passing contacts need a number of transfers and of days")
	case r.Quiet.Transfers < 1:
		return errors.New("money: quiet.transfers must be positive")
	case r.Window.Days <= 0 || len(r.Window.Burst) == 0:
		return errors.New("money: window needs days and bursts")
	case r.Sure <= r.Least || r.Least < 0:
		return errors.New("money: sure must exceed least_surprise")
	case r.Proof < 1 || r.Ring < 3:
		return errors.New("money: proof_max and ring_max are too small")
	case r.Fan.Least < 3 || r.Scatter.Least < 2 || r.Gather.Side < 1 || r.Cycle.Length < 3:
		return errors.New("money: a pattern needs more accounts")
	case r.Pass.Hours <= 0 || r.Pass.Share <= 0 || r.Pass.Share > 1:
		return errors.New("money: pass_through needs hours and a share up to 1")
	}
	for code, w := range r.Weights {
		if !(w >= 0 && w < 1) {
			return fmt.Errorf("money: weight of %s is outside 0-1", code)
		}
	}
	return nil
}
