package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// company is an invented company.
type company struct {
	index           int
	id, name, brand string
	division        string
	address, phone  string
	site            string
	profile         *profile
	scheme          *scheme // of a bad one
	established     time.Time
	known           time.Time // when the registry was read
	capital         int64     // yuan
	staff           int64
	legal, holder   int // persons
	account         string
	product         product
	r               *rand.Rand // goes on where the drawing of the company stopped
}

// product is what a company offers; permyriad is the promised yield in ten-thousandths.
type product struct {
	id, name  string
	permyriad int64
	period    string
	investors int64
	ticket    int64 // yuan per investor
	from      time.Time
	guarantee bool
}

// person is an invented person.
type person struct {
	id, name, division string
	birth              int64
	account            string
	bank               int
	r                  *rand.Rand
}

func companyAccount(i int) string { return fmt.Sprintf("A-C%07d", i+1) }

func personAccount(i int) string { return fmt.Sprintf("A-P%07d", i+1) }

// company draws the i-th company: the same whenever asked.
func (w *world) company(i int) company {
	p := &w.profiles[w.plan[i]]
	r := w.nth(streamCompany, i)
	c := company{index: i, profile: p, division: w.place(r), brand: w.brand(i), account: companyAccount(i), r: r, scheme: w.at[i]}
	if c.scheme != nil {
		c.division = w.division(i)
	}
	if p.typology == "near_miss_similar_name" && len(w.schemes) > 0 {
		c.brand = w.brand(w.schemes[i%len(w.schemes)].company)
		if k := i / len(w.schemes); k%2 == 1 { // some add a word of their own
			c.brand += w.names[1][k%len(w.names[1])]
		}
	}
	c.id = w.creditCode(c.division, i)
	c.name = w.lex.pick(r, "city_"+c.division) + c.brand + w.lex.pick(r, p.suffix)
	c.address = w.address(r, c.division)
	c.phone = fmt.Sprintf("0755-55%06d", r.IntN(1_000_000))
	c.site = fmt.Sprintf("https://www.c%s.example", c.id[10:])
	c.established = w.established(r, &c)
	c.known = w.registered(r, c.established)
	c.capital = max(30_000, int64(lognormal(r, p.capital))/10_000*10_000)
	c.staff = int64(lognormal(r, span{low: p.staff.low + 1, high: p.staff.high + 1})) - 1
	c.legal, c.holder = 2*i, 2*i+1
	if w.serial(r, i) {
		c.legal = 2 * (i - 1 - r.IntN(min(i, 60)))
	}
	if r.IntN(3) == 0 {
		c.holder = c.legal
	}
	if s := c.scheme; s != nil && s.company != i {
		c.legal, c.holder = s.holder(w), 2*i
	}
	c.product = w.product(&c)
	return c
}

// division is where the i-th company is registered: shells lie beside their owner.
func (w *world) division(i int) string {
	if s := w.at[i]; s != nil {
		i = s.company
	}
	return w.place(w.nth(streamCompany, i))
}

// serial says that the legal representative of an ordinary company has another one.
func (w *world) serial(r *rand.Rand, i int) bool {
	return i > 0 && i < w.asked && r.IntN(16) == 0 && w.at[i] == nil
}

// lognormal draws from a span whose ends are far apart, the low end likelier.
func lognormal(r *rand.Rand, s span) float64 {
	low, high := math.Log(max(1, s.low)), math.Log(max(1, s.high))
	u := (r.Float64() + r.Float64() + r.Float64()) / 3
	return math.Exp(low + (high-low)*u)
}

func (w *world) established(r *rand.Rand, c *company) time.Time {
	days := between(r, 200, 7300)
	if r.IntN(4) == 0 {
		days = between(r, 60, 1500)
	}
	if a := c.profile.age; a.given {
		days = a.whole(r)
	}
	t := w.end.AddDate(0, 0, -int(days))
	if c.scheme == nil {
		return t
	}
	before := between(r, 20, 700)
	if r.IntN(4) == 0 {
		before = between(r, 700, 4500) // an old company that was bought
	}
	return c.scheme.life.start.AddDate(0, 0, -int(before))
}

// registered gives the day on which the registry's row was read: soon after the beginning, or with the first load.
func (w *world) registered(r *rand.Rand, established time.Time) time.Time {
	first := w.days.start
	if established.After(first) {
		first = established
	}
	t := first.Add(time.Duration(between(r, 24, 20*24)) * time.Hour)
	if !t.Before(w.end) {
		t = w.end.Add(-time.Hour)
	}
	return t
}

func (w *world) address(r *rand.Rand, division string) string {
	return w.lex.say(r, "address", voice{words: map[string]string{"place": w.lex.pick(r, "place_"+division)}})
}

// person draws the i-th person: officers first, then residents, then those who lend their accounts.
func (w *world) person(i int) person {
	r := w.nth(streamPerson, i)
	youngest, oldest := int64(18), int64(82)
	switch {
	case i < w.officers():
		youngest, oldest = 24, 68
	case i >= w.firstMule() && r.IntN(3) > 0:
		oldest = 29
	}
	name := w.lex.pick(r, "family") + w.lex.pick(r, "given")
	if r.IntN(4) > 0 {
		name += w.lex.pick(r, "given")
	}
	division := w.place(r)
	if i < w.officers() {
		division = w.division(i / 2)
	}
	return person{id: fmt.Sprintf("P-%07d", i+1), name: name, division: division, account: personAccount(i),
		birth: int64(w.end.Year()) - between(r, youngest, oldest), bank: r.IntN(len(w.lex.lines["bank_name"])), r: r}
}

// product draws what a company offers, from when on, and to how many.
func (w *world) product(c *company) product {
	p, r := c.profile, c.r
	if p.area == "" {
		return product{}
	}
	out := product{id: "PD-" + c.id[10:], ticket: between(r, 5, 120) * 1000}
	if len(p.yields) > 0 {
		if y := p.yields[r.IntN(len(p.yields))]; y.period != "" {
			out.period, out.permyriad = y.period, max(1, int64(math.Round(y.span.draw(r)*1000))*10)
			if y.span.high < 0.02 {
				out.permyriad = max(1, int64(math.Round(y.span.draw(r)*10_000)))
			}
		}
	}
	words := map[string]string{"brand": c.brand}
	out.name = w.lex.say(r, "product_"+p.area, voice{words: words})
	if p.investors.given {
		out.investors = int64(lognormal(r, p.investors))
	}
	out.from = w.registered(r, c.established.AddDate(0, 2, 0))
	if out.from.Before(c.known) {
		out.from = c.known
	}
	if c.scheme != nil {
		out.from, out.guarantee = c.scheme.life.grown, r.IntN(5) < 2
	}
	return out
}
