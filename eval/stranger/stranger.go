package stranger

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Config says what to make. Zero fields take the defaults of Default.
type Config struct {
	Seed      uint64
	Companies int       // all companies, bad and near misses included
	Bad       int       // truly bad companies; every dress of words/bad.txt is worn before one is worn twice
	Near      int       // honest companies that resemble the bad ones
	Transfers int       // all transfers, schemes included; a floor, since schemes are written whole
	Until     time.Time // the last day; the story spans the two years before
	Rough     bool      // schemes of other habits by seed, offices that supply nothing, rows that come twice, late or wrong
}

// Default is the full scale: 3,000 companies of which 40 are bad and 300 near misses, 200,000 transfers, two years until 2026-10-31.
func Default(seed uint64) Config {
	return Config{Seed: seed, Companies: 3000, Bad: 40, Near: 300, Transfers: 200_000, Until: time.Date(2026, 10, 31, 0, 0, 0, 0, zone())}
}

func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// Write makes the province and leaves its files in dir, which must exist. It fails where a file cannot be written.
func Write(cfg Config, dir string) error {
	p, err := build(cfg)
	if err != nil {
		return err
	}
	return p.writeFiles(dir)
}

func build(cfg Config) (*province, error) {
	full := Default(cfg.Seed)
	if cfg.Companies == 0 {
		cfg.Companies = full.Companies
	}
	if cfg.Bad == 0 {
		cfg.Bad = full.Bad
	}
	if cfg.Near == 0 {
		cfg.Near = full.Near
	}
	if cfg.Transfers == 0 {
		cfg.Transfers = full.Transfers
	}
	if cfg.Until.IsZero() {
		cfg.Until = full.Until
	}
	if cfg.Companies < cfg.Bad+cfg.Near {
		return nil, fmt.Errorf("build province: %d companies cannot hold %d bad and %d near ones", cfg.Companies, cfg.Bad, cfg.Near)
	}
	texts, err := readTexts()
	if err != nil {
		return nil, err
	}
	p := &province{Config: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x5717)), texts: texts, tables: newTables(),
		start: cfg.Until.AddDate(-2, 0, 0), names: map[string]bool{}, used: map[string]bool{}}
	if cfg.Rough {
		p.roughen()
	}
	p.makeInstitutions()
	p.makePeople()
	p.makeBad()
	p.makeNear()
	p.makeOrdinary()
	p.makeRings()
	p.money()
	for _, f := range p.bad {
		p.row("first", "", time.Time{}, f.subject(), day(f.first))
	}
	p.describe()
	return p, nil
}

// province is all that is being made. Everything random comes from rng in one fixed order.
type province struct {
	Config
	rng    *rand.Rand
	texts  *texts
	tables map[string]*table
	start  time.Time

	banks    []string
	wallets  []string
	people   []*person
	spare    int // people before this one are already somebody's nominee, mule or victim
	firms    []*firm
	bad      []*firm
	near     []*firm
	ordinary []*firm
	names    map[string]bool
	used     map[string]bool
	moves    []move
	schemes  int
	serial   int
	rough    *rough
}

func (p *province) between(low, high int) int {
	if high <= low {
		return low
	}
	return low + p.rng.IntN(high-low+1)
}

func (p *province) real(low, high float64) float64 { return low + (high-low)*p.rng.Float64() }

func (p *province) chance(share float64) bool { return p.rng.Float64() < share }

func pick[T any](p *province, from []T) T { return from[p.rng.IntN(len(from))] }

// some gives n different elements, or all of them where there are fewer.
func some[T any](p *province, from []T, n int) []T {
	order := p.rng.Perm(len(from))
	if n > len(from) {
		n = len(from)
	}
	out := make([]T, 0, n)
	for _, i := range order[:n] {
		out = append(out, from[i])
	}
	return out
}

// moment is a time of the given day between two hours.
func (p *province) moment(day time.Time, from, to int) time.Time {
	d := time.Date(day.Year(), day.Month(), day.Day(), from, 0, 0, 0, zone())
	return d.Add(time.Duration(p.rng.IntN((to-from)*3600)) * time.Second)
}

// day is a random day from a to b.
func (p *province) day(a, b time.Time) time.Time {
	n := int(b.Sub(a).Hours() / 24)
	return a.AddDate(0, 0, p.between(0, max(n, 0)))
}
