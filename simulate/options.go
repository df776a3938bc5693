package simulate

import (
	"fmt"
	"slices"
	"time"

	"xiezhi/models"
	"xiezhi/reference"
)

// DefaultUntil is the day up to which a province is made where none is named.
const DefaultUntil models.Date = "2026-11-20"

// Options say which province to make. The same options give the same bytes.
type Options struct {
	Companies    int         // beside those of the story and the shells of bad ones
	Transfers    int         // beside those of the story
	Seed         uint64      //
	Until        models.Date // nothing happens from this day on; empty: DefaultUntil
	Divisions    []string    // roots under which companies are registered; empty: 440000 and a few of 430100
	WithoutStory bool        // leave the trading company of 2018 out, to load it later by WriteStory
}

const (
	mostCompanies = 1_000_000
	mostTransfers = 1_000_000_000
)

// place is a county with its share of companies.
type place struct {
	code   string
	weight int64
}

func places() []place {
	return []place{{"440305", 26}, {"440304", 14}, {"440303", 16}, {"440106", 22}, {"440104", 16}, {"430104", 6}}
}

// span gives the places that lie under the roots of the options.
func (o Options) places() ([]place, error) {
	if len(o.Divisions) == 0 {
		return places(), nil
	}
	var list []place
	for _, p := range places() {
		if slices.ContainsFunc(o.Divisions, func(root string) bool { return reference.Covers(root, p.code) }) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("simulate: no company is made under %v", o.Divisions)
	}
	return list, nil
}

// end is the moment before which all happens: the beginning of the day Until in China.
func (o Options) end() (time.Time, error) {
	until := o.Until
	if until == "" {
		until = DefaultUntil
	}
	t := until.Time(time.FixedZone("Asia/Shanghai", 8*3600))
	if t.IsZero() {
		return t, fmt.Errorf("simulate: %q is no date", until)
	}
	return t, nil
}

func (o Options) check() error {
	if o.Companies < 0 || o.Companies > mostCompanies || o.Transfers < 0 || o.Transfers > mostTransfers {
		return fmt.Errorf("simulate: %d companies, %d transfers: out of range", o.Companies, o.Transfers)
	}
	return nil
}
