package money

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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
	Window  Window      `yaml:"window"`
	Sure    float64     `yaml:"sure"`
	Least   float64     `yaml:"least_surprise"`
	Report  float64     `yaml:"least_score"`
	Proof   int         `yaml:"proof_max"`
	Ring    int         `yaml:"ring_max"`
	Fan     FanRule     `yaml:"fan"`
	Scatter ScatterRule `yaml:"scatter_gather"`
	Gather  GatherRule  `yaml:"gather_scatter"`
	Cycle   CycleRule   `yaml:"cycle"`
	Pass    PassRule    `yaml:"pass_through"`
	Round   RoundRule   `yaml:"round,omitempty"` // of versions from 2026.11.5 on
	Split   SplitRule   `yaml:"split,omitempty"` // of versions from 2026.11.5 on

	HeadCount HeadCountRule `yaml:"head_count,omitempty"` // of versions from 2026.11.5 on

	Test TestRule `yaml:"test"`

	Ponzi    PonziRule  `yaml:"ponzi"`
	Pair     PairRule   `yaml:"pairing"`
	Wake     WakeRule   `yaml:"dormant"`
	Signs20  SignLimits `yaml:"account_signs"`
	Channels struct {
		CashOut []string `yaml:"cash_out"`
		CashIn  []string `yaml:"cash_in"`
		Payment []string `yaml:"payment"`
	} `yaml:"channels"`
	Areas map[Typology]string `yaml:"areas"`
	Signs []SignRule          `yaml:"signs"`
}

// SignRule is one reason of a score: the sign of the catalogue it stands for, what it weighs, and how it is explained.
type SignRule struct {
	Part     string  `yaml:"part"`
	Unit     string  `yaml:"unit"`
	Code     string  `yaml:"code"`
	Weight   float64 `yaml:"weight"`
	Severity string  `yaml:"severity"`
	Element  string  `yaml:"element"`
	Article  string  `yaml:"article"`
	Benign   string  `yaml:"benign"`
}

// Sign gives the rule of a part; false for a part the rules do not know.
func (r *Rules) Sign(part string) (SignRule, bool) {
	for _, s := range r.Signs {
		if s.Part == part {
			return s, true
		}
	}
	return SignRule{}, false
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

	// Of versions from 2026.11.5 on; zero does without: who passes so much of a burst on to persons within the hours collects for
	// others, and those who paid him are no members.
	OnwardShare float64 `yaml:"onward_share,omitempty"`
	OnwardHours float64 `yaml:"onward_hours,omitempty"`
	OnwardPart  float64 `yaml:"onward_part,omitempty"`

	// Of versions from 2026.11.6 on: payers with a life of their own stand beside the scheme, see payersAside.
	Victims bool `yaml:"victims,omitempty"`
}

// ScatterRule is for one source and one sink with the same accounts between.
type ScatterRule struct {
	Least  int `yaml:"least"`
	HubMax int `yaml:"hub_max"`

	// Of versions from 2026.11.6 on; zero does without: where more of the accounts between send on more than this part of what they got than
	// an even chance would have, they pay interest and are the customers of a lender.
	Interest   float64 `yaml:"interest,omitempty"`
	LentChance float64 `yaml:"lent_chance,omitempty"`
}

// GatherRule is for an account that collects and then spreads.
type GatherRule struct {
	Side   int `yaml:"side"`
	Least  int `yaml:"least"`
	HubMax int `yaml:"hub_max"`

	// Of versions from 2026.11.6 on; zero is the ring's limit: as many payees act, and payers with a life of their own stand beside.
	Payees  int  `yaml:"payees_max,omitempty"`
	Victims bool `yaml:"victims,omitempty"`
}

// CycleRule is for money that comes back.
type CycleRule struct {
	Length int `yaml:"length_max"`
	Degree int `yaml:"degree_max"`
	Steps  int `yaml:"steps_max"`

	Narrower []float64 `yaml:"narrower"`
	Onward   float64   `yaml:"onward_max"`
}

// RoundRule is for the same money turned round again and again; zero laps do without.
type RoundRule struct {
	Laps   int     `yaml:"laps"`
	FenMin int64   `yaml:"fen_min"`
	Hours  float64 `yaml:"hours"`
	Share  float64 `yaml:"share"`
	Least  int     `yaml:"least"`
	Most   int     `yaml:"most"`
}

// HeadCountRule is for a fee for joining with rewards out of the fees of those who come later; zero payers do without. Equal and Fixed are
// shares of payers and of payouts, Parts is how many different rewards a scale has.
type HeadCountRule struct {
	Payers int     `yaml:"payers"`
	Equal  float64 `yaml:"equal"`
	Paid   int     `yaml:"paid"`
	Fixed  float64 `yaml:"fixed"`
	Parts  int     `yaml:"parts_max"`
}

// SplitRule is for sums in pieces below a limit of reporting; zero days do without. Near is a share of the limit.
type SplitRule struct {
	Days  int     `yaml:"days"`
	Daily int     `yaml:"daily"`
	Near  float64 `yaml:"near"`
	Ends  int     `yaml:"ends_max"`
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

	// Of versions from 2026.11.5 on; zero does without.
	Heads    int `yaml:"heads,omitempty"`    // so many accounts that pass on to the same person act for him
	Carriers int `yaml:"carriers,omitempty"` // a payer whose so many payments, and no other, all left at once is no business partner either

	// Of versions from 2026.11.6 on; zero does without: a contact that took what had just come, as often as this and on the average within
	// so many days, is a relay; who ends it acts.
	Relays    int     `yaml:"relays,omitempty"`
	RelayDays float64 `yaml:"relay_days,omitempty"`

	// Along a relay money may rest longer, and more of it may stay; zero hours do without.
	RelayHours float64 `yaml:"relay_hours,omitempty"`
	RelayShare float64 `yaml:"relay_share,omitempty"`
}

// TestRule is for a small payment that tries the way for a large one.
type TestRule struct {
	FenMax  int64   `yaml:"fen_max"`
	Times   int64   `yaml:"times"`
	Minutes float64 `yaml:"minutes"`
}

// PonziRule is for new money that pays old.
type PonziRule struct {
	Payers    int     `yaml:"payers"`
	Paid      int     `yaml:"paid"`
	PaidShare float64 `yaml:"paid_share"`
	Spread    float64 `yaml:"spread_max"`

	// Of versions from 2026.11.5 on; zero does without: what a person, or a company, must take out of all that came to act in it.
	InsiderPart float64 `yaml:"insider_part,omitempty"`
	PoolPart    float64 `yaml:"pool_part,omitempty"`
	OneVote     bool    `yaml:"one_vote,omitempty"` // each payer tells of his share once, by the middle one of his payouts
}

// PairRule is for value that moves while no money does.
type PairRule struct {
	Hours  float64 `yaml:"hours"`
	Margin float64 `yaml:"margin"`
	Least  int     `yaml:"least"`
	FenMin int64   `yaml:"fen_min"`
	Crowd  int     `yaml:"crowd_max"`
}

// WakeRule is for accounts that wake.
type WakeRule struct {
	SilentDays float64 `yaml:"silent_days"`
	Days       float64 `yaml:"days"`
	Transfers  int     `yaml:"transfers"`
	Least      int     `yaml:"least"`
	FenMin     int64   `yaml:"fen_min"`
}

// SignLimits are the limits of the signs of single accounts (FLOW-01 to FLOW-19). Fen are amounts.
type SignLimits struct {
	Fan           int     `yaml:"fan"`
	FewEnds       int     `yaml:"few_ends"`
	DwellMinutes  float64 `yaml:"dwell_minutes"`
	Share         float64 `yaml:"share"`
	EmptyDays     int     `yaml:"empty_days"`
	SilentDays    float64 `yaml:"silent_days"`
	WakeTransfers int     `yaml:"wake_transfers"`
	WakeFen       int64   `yaml:"wake_fen"`
	Limits        []int64 `yaml:"limits_fen"`
	Splits        int     `yaml:"splits"`
	TestFen       int64   `yaml:"test_fen"`
	TestTimes     float64 `yaml:"test_times"`
	NightShare    float64 `yaml:"night_share"`
	NightLeast    int     `yaml:"night_least"`
	YoungDays     float64 `yaml:"young_days"`
	YoungFen      int64   `yaml:"young_fen"`
	RoundShare    float64 `yaml:"round_share"`
	RoundPayers   int     `yaml:"round_payers"`
	DeviceHolders int     `yaml:"device_holders"`

	// Of versions from 2026.11.4 on; zero does without the sign.
	Provinces    int     `yaml:"provinces,omitempty"` // FLOW-06
	ProvinceDays float64 `yaml:"province_days,omitempty"`
	OpenedAt     int     `yaml:"opened_institutions,omitempty"` // FLOW-11
	OpenedDays   float64 `yaml:"opened_days,omitempty"`
	YoungAge     int     `yaml:"young_age,omitempty"` // FLOW-16
	OldAge       int     `yaml:"old_age,omitempty"`
	AgeFen       int64   `yaml:"age_fen,omitempty"`
	ListedHops   int     `yaml:"listed_hops,omitempty"` // FLOW-18
	Reported     bool    `yaml:"reported,omitempty"`    // FLOW-17, FLOW-19
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
	case r.Ponzi.Payers < 2 || r.Ponzi.Spread <= 0 || r.Pair.Hours <= 0 || r.Pair.Margin <= 0 || r.Pair.Least < 2 || r.Wake.SilentDays <= 0 || r.Wake.Days <= 0:
		return errors.New("money: ponzi, pairing or dormant is incomplete")
	case r.Signs20.Fan < 2 || r.Signs20.Share <= 0 || len(r.Signs20.Limits) == 0 || r.Signs20.TestFen <= 0 || r.Signs20.DeviceHolders < 2:
		return errors.New("money: account_signs are incomplete")
	case r.Pass.Hours <= 0 || r.Pass.Share <= 0 || r.Pass.Share > 1:
		return errors.New("money: pass_through needs hours and a share up to 1")
	}
	for _, s := range r.Signs {
		if !(s.Weight >= 0 && s.Weight < 1) || s.Code == "" || s.Benign == "" || s.Article == "" {
			return fmt.Errorf("money: sign %s is incomplete, or its weight is outside 0-1", s.Part)
		}
	}
	if len(r.Signs) == 0 || len(r.Areas) == 0 {
		return errors.New("money: no signs or no areas")
	}
	return nil
}

// ChannelOf reads a channel's name as the rules list them; any other is a transfer between accounts.
func (r *Rules) ChannelOf(name string) Channel {
	name = strings.ToLower(name)
	switch {
	case slices.Contains(r.Channels.CashOut, name):
		return ChannelCashOut
	case slices.Contains(r.Channels.CashIn, name):
		return ChannelCashIn
	case slices.Contains(r.Channels.Payment, name):
		return ChannelPayment
	default:
		return ChannelTransfer
	}
}
