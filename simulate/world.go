package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"xiezhi/reference"
)

// company is an invented company.
type company struct {
	id, name, brand string
	division        string
	address, phone  string
	site            string
	profile         *profile
	established     time.Time
	known           time.Time // when the registry was read
	capital         int64     // yuan
	staff           int64
	legal, holder   int // persons
	account         string
	product         product
	shells          []int
}

// product is what a company offers; permille is the promised yield in thousandths.
type product struct {
	id, name  string
	permille  int64
	investors int64
	ticket    int64 // yuan per investor
	months    int
	growth    float64
	guarantee bool
	values    map[string]string
}

type person struct {
	id, name, division string
	birth              int64
	account            string
	bank               int
}

// world is a province before it is written. It grows with the number of companies, never with that of transfers.
type world struct {
	r         *rand.Rand
	lex       lexicon
	end       time.Time
	places    []place
	companies []company
	persons   []person // first the officers, then the residents
	officers  int
	taken     map[string]bool // credit codes and names
}

// The random streams: each part draws from its own, so that more transfers do not change the companies.
const (
	streamWorld = iota + 1
	streamFacts
	streamMoney
	streamStory
)

func stream(seed uint64, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }

func newWorld(o Options) (*world, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	end, err := o.end()
	if err != nil {
		return nil, err
	}
	places, err := o.places()
	if err != nil {
		return nil, err
	}
	return &world{r: stream(o.Seed, streamWorld), lex: readLexicon(), end: end, places: places, taken: map[string]bool{}}, nil
}

// Shares of the cohorts; whatever is left is ordinary.
const (
	oneBadIn      = 100
	oneNearIn     = 5
	oneLicensedIn = 20
)

// populate makes n companies, the shells of the bad ones, and the people.
func (w *world) populate(n int) error {
	profiles, err := readProfiles()
	if err != nil {
		return err
	}
	for _, p := range w.plan(profiles, n) {
		w.addCompany(p)
	}
	for i := range n {
		if w.companies[i].profile.typology == "near_miss_similar_name" {
			w.borrowBrand(i)
		}
		if w.companies[i].profile.cohort == cohortBad {
			w.addShells(i, wheelOf(profiles, cohortShell))
		}
	}
	w.officers = len(w.persons)
	for range max(50, 4*n) {
		w.addPerson(w.place(), 18, 82)
	}
	return nil
}

// plan deals the cohorts out: every kind of bad and near miss in turn, the rest by weight, all in mixed order.
func (w *world) plan(profiles []profile, n int) []*profile {
	list := make([]*profile, 0, n)
	deal := func(c cohort, count int) {
		kinds := wheelOf(profiles, c)
		var turns []*profile
		for _, p := range kinds.list {
			for range p.weight {
				turns = append(turns, p)
			}
		}
		w.r.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		for i := 0; i < count && len(list) < n; i++ {
			list = append(list, turns[i%len(turns)])
		}
	}
	deal(cohortBad, (n+oneBadIn/2)/oneBadIn)
	deal(cohortNear, (n+oneNearIn-1)/oneNearIn)
	deal(cohortLicensed, n/oneLicensedIn)
	ordinary := wheelOf(profiles, cohortOrdinary)
	for len(list) < n {
		list = append(list, ordinary.draw(w.r))
	}
	w.r.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (w *world) place() string {
	total := int64(0)
	for _, p := range w.places {
		total += p.weight
	}
	n := w.r.Int64N(total)
	for _, p := range w.places {
		if n -= p.weight; n < 0 {
			return p.code
		}
	}
	return w.places[0].code
}

const creditCodeSet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode invents a valid code that is not taken.
func (w *world) creditCode(division string) string {
	for {
		org := []byte("MA")
		for range 6 {
			org = append(org, creditCodeSet[w.r.IntN(len(creditCodeSet))])
		}
		code := reference.NewUSCC("91", division, string(org))
		if code != "" && !w.taken[code] {
			w.taken[code] = true
			return code
		}
	}
}

func (w *world) addCompany(p *profile) *company {
	c := company{profile: p, division: w.place()}
	c.id = w.creditCode(c.division)
	c.brand = w.brand()
	c.name = w.freeName(c.division, &c.brand, p.suffix)
	c.address = w.address(w.r, c.division)
	c.phone = fmt.Sprintf("0755-55%06d", w.r.IntN(1_000_000))
	c.site = fmt.Sprintf("https://www.c%s.example", c.id[10:])
	age := between(w.r, 400, 7300)
	if p.cohort == cohortBad || p.cohort == cohortShell {
		age = between(w.r, 240, 900)
	}
	c.established = w.end.AddDate(0, 0, -int(age))
	c.known = w.end.Add(-time.Duration(between(w.r, 30*24, min(age-1, 720)*24)) * time.Hour)
	c.capital = int64(p.capital.draw(w.r)) / 10_000 * 10_000
	c.staff = p.staff.whole(w.r)
	c.legal = w.addPerson(c.division, 24, 66)
	c.holder = c.legal
	if w.r.IntN(3) > 0 {
		c.holder = w.addPerson(c.division, 24, 70)
	}
	c.account = fmt.Sprintf("A-C%07d", len(w.companies)+1)
	c.product = w.product(&c)
	w.companies = append(w.companies, c)
	return &w.companies[len(w.companies)-1]
}

func (w *world) brand() string {
	return w.lex.pick(w.r, "first") + w.lex.pick(w.r, "second") + w.lex.pick(w.r, "third")
}

// freeName draws names until one is not taken; with many companies the brands grow longer.
func (w *world) freeName(division string, brand *string, suffix string) string {
	for try := 0; ; try++ {
		name := w.lex.pick(w.r, "city_"+division) + *brand + w.lex.pick(w.r, suffix)
		if !w.taken[name] {
			w.taken[name] = true
			return name
		}
		if *brand = w.brand(); try > 3 {
			*brand += w.lex.pick(w.r, "second")
		}
	}
}

func (w *world) address(r *rand.Rand, division string) string {
	return w.lex.say(r, "address", map[string]string{"place": w.lex.pick(r, "place_"+division)})
}

func (w *world) addPerson(division string, youngest, oldest int64) int {
	i := len(w.persons)
	name := w.lex.pick(w.r, "surname") + w.lex.pick(w.r, "given")
	if w.r.IntN(4) > 0 {
		name += w.lex.pick(w.r, "given")
	}
	w.persons = append(w.persons, person{
		id: fmt.Sprintf("P-%07d", i+1), name: name, division: division, account: fmt.Sprintf("A-P%07d", i+1),
		birth: int64(w.end.Year()) - between(w.r, youngest, oldest), bank: w.r.IntN(len(w.lex["bank_name"])),
	})
	return i
}

// borrowBrand gives an honest company the brand of a bad one.
func (w *world) borrowBrand(i int) {
	for j := range w.companies {
		if other := &w.companies[(i+j)%len(w.companies)]; other.profile.cohort == cohortBad {
			name := w.lex.pick(w.r, "city_"+w.companies[i].division) + other.brand + w.lex.pick(w.r, w.companies[i].profile.suffix)
			if !w.taken[name] {
				w.taken[name] = true
				w.companies[i].brand, w.companies[i].name = other.brand, name
			}
			return
		}
	}
}

// addShells puts one to three empty companies around a bad one, at its address.
func (w *world) addShells(i int, shells wheel) {
	for range between(w.r, 1, 3) {
		shell := w.addCompany(shells.draw(w.r))
		owner := &w.companies[i]
		shell.division, shell.address, shell.phone = owner.division, owner.address, owner.phone
		shell.legal = owner.holder
		owner.shells = append(owner.shells, len(w.companies)-1)
	}
}

func (w *world) product(c *company) product {
	p := c.profile
	values := map[string]string{"name": c.name, "brand": c.brand, "product": c.brand, "rate": "0", "rate_text": ""}
	out := product{values: values, ticket: between(w.r, 8, 90) * 1000, months: 2, growth: 1.03}
	if p.yield.given {
		out.permille = max(1, int64(math.Round(p.yield.draw(w.r)*1000)))
		values["rate"] = percent(out.permille)
		values["rate_text"] = w.lex.say(w.r, "rate_"+p.period, values)
	}
	if p.area == "" {
		return out
	}
	out.id = "PD-" + c.id[10:]
	out.name = w.lex.say(w.r, "product_"+p.area, values)
	values["product"] = out.name
	if p.investors.given {
		out.investors = p.investors.whole(w.r)
	}
	if p.cohort == cohortBad || p.typology == "near_miss_honest_growth" {
		out.months, out.growth = int(between(w.r, 4, 11)), 1.15+w.r.Float64()/2
	}
	out.guarantee = p.cohort == cohortBad && w.r.IntN(3) > 0
	return out
}

// percent writes thousandths as per cent: 15 is 1.5.
func percent(permille int64) string {
	if permille%10 == 0 {
		return number(permille / 10)
	}
	return number(permille/10) + "." + number(permille%10)
}
