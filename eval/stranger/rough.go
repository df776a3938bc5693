package stranger

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// rough is how one seed differs from the next where the province is asked to be rough: the habits of its schemes, and what its offices
// fail to supply. A province that is not rough has none of it and draws the same numbers as ever.
type rough struct {
	amounts  float64 // what schemes move, against the plain province
	slow     float64 // how much longer they wait
	fees     float64 // what more stays with each pair of hands
	size     float64 // how many more or fewer take part
	absent   []string
	share    float64 // of the rows of an absent table that are missing
	repeated float64 // transfers that come twice under two numbers
	late     float64 // facts seen up to two months after they happened
	wrong    float64 // registry rows with a wrong trade
}

// roughen draws the habits of a seed.
func (p *province) roughen() {
	r := rand.New(rand.NewPCG(p.Seed, 0x0a0b))
	pow := func(low, high float64) float64 {
		return math.Exp(math.Log(low) + r.Float64()*(math.Log(high)-math.Log(low)))
	}
	p.rough = &rough{amounts: pow(.25, 5), slow: pow(.5, 3), fees: r.Float64() * .03, size: pow(.6, 1.6), share: .3 + .7*r.Float64(),
		repeated: .02 * r.Float64(), late: .2 * r.Float64(), wrong: .1 * r.Float64()}
	tables := []string{"licences", "products", "relations", "persons", "complaints", "adverts", "registry"}
	r.Shuffle(len(tables), func(i, j int) { tables[i], tables[j] = tables[j], tables[i] })
	p.rough.absent = tables[:1+r.IntN(2)]
}

// minutes is a wait within a scheme.
func (p *province) minutes(low, high int) time.Duration {
	d := time.Duration(p.between(low, high)) * time.Minute
	if p.rough != nil {
		return time.Duration(float64(d) * p.rough.slow)
	}
	return d
}

// keep is the share that goes on.
func (p *province) keep(low, high float64) float64 {
	v := p.real(low, high)
	if p.rough != nil {
		return v - p.rough.fees
	}
	return v
}

// many is how many take part.
func (p *province) many(low, high int) int {
	n := p.between(low, high)
	if p.rough != nil {
		return max(min(low, 3), int(float64(n)*p.rough.size+.5))
	}
	return n
}

// purse is a sum that a scheme moves.
func (p *province) purse(low, high float64) float64 {
	v := p.real(low, high)
	if p.rough != nil {
		return v * p.rough.amounts
	}
	return v
}

// spoil takes away what the offices of a rough province do not supply, repeats transfers, makes facts late and trades wrong.
func (p *province) spoil() {
	if p.rough == nil {
		return
	}
	r := rand.New(rand.NewPCG(p.Seed, 0x0c0d))
	for _, name := range p.rough.absent {
		p.lose(r, name)
	}
	moves := p.tables["transfers"]
	for _, row := range moves.rows[:len(moves.rows):len(moves.rows)] {
		if r.Float64() < p.rough.repeated {
			twice := slices.Clone(row)
			twice[0] += "R"
			moves.rows = append(moves.rows, twice)
		}
	}
	for _, name := range []string{"signals", "products", "licences"} {
		for _, row := range p.tables[name].rows {
			if r.Float64() < p.rough.late {
				seen, err := time.Parse(time.RFC3339, row[len(row)-1])
				if later := seen.AddDate(0, 0, r.IntN(60)); err == nil && later.Before(p.Until) {
					row[len(row)-1] = stamp(later)
				}
			}
		}
	}
	for _, row := range p.tables["companies"].rows {
		if r.Float64() < p.rough.wrong {
			row[3] = "F" + strconv.Itoa(5100+r.IntN(90))
		}
	}
}

// lose drops rows of one supplier by chance; of the registry it blanks what small offices do not keep.
func (p *province) lose(r *rand.Rand, name string) {
	gone := func() bool { return r.Float64() < p.rough.share }
	switch name {
	case "complaints", "adverts":
		kinds := map[string][]string{"complaints": {"complaint", "petition", "tip"}, "adverts": {"advert", "web_page", "app"}}[name]
		t := p.tables["signals"]
		t.rows = slices.DeleteFunc(t.rows, func(row []string) bool { return slices.Contains(kinds, row[1]) && gone() })
	case "registry":
		for _, row := range p.tables["companies"].rows {
			if gone() {
				row[5], row[7], row[11], row[12], row[13] = "", "", "", "", ""
			}
		}
	case "licences", "relations":
		if t := p.tables[name]; len(t.rows) > 1 {
			kept := t.rows[:1:1] // a file must hold something
			for _, row := range t.rows[1:] {
				if name == "licences" || !gone() {
					kept = append(kept, row)
				}
			}
			t.rows = kept
		}
	default:
		t := p.tables[name]
		first := t.rows[:1:1]
		t.rows = append(first, slices.DeleteFunc(slices.Clone(t.rows[1:]), func([]string) bool { return gone() })...)
	}
}
