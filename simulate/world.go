package simulate

import (
	"math/rand/v2"
	"time"

	"xiezhi/reference"
)

// world is a province before it is written. Companies and people are not held: each is drawn again from its number
// whenever it is asked for, so that a million of them cost two bytes each.
type world struct {
	seed      uint64
	lex       *lexicon
	end       time.Time
	days      *almanac
	places    []place
	profiles  []profile
	plan      []uint8         // the profile of each company: first those asked for, then the shells, then the chain
	asked     int             // companies that were asked for
	schemes   []*scheme       // of the bad companies
	at        map[int]*scheme // by company, also of the shells
	chain     []int           // companies that hold one another, from the nearest to the last
	names     [3][]string     // the parts of a brand
	residents int             // people who are no officers
	mules     int             // people who lend their accounts, after the residents
}

// The random streams: each part draws from its own, so that more transfers do not change the companies.
const (
	streamWorld = iota + 1
	streamFacts
	streamMoney
	streamStory
	streamCompany
	streamPerson
	streamScheme
	streamActor
)

func stream(seed, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }

// nth is the stream of one thing of a kind.
func (w *world) nth(kind uint64, i int) *rand.Rand { return stream(w.seed, kind<<40|uint64(i)) }

func newWorld(o Options) (*world, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	end, err := o.end()
	if err != nil {
		return nil, err
	}
	w := &world{seed: o.Seed, end: end, at: map[int]*scheme{}}
	if w.places, err = o.places(); err != nil {
		return nil, err
	}
	if w.lex, err = readLexicon(); err != nil {
		return nil, err
	}
	if w.days, err = newAlmanac(end, w.lex.lines["spring_festival"]); err != nil {
		return nil, err
	}
	w.names = [3][]string{w.lex.lines["brand_a"], w.lex.lines["brand_b"], w.lex.lines["brand_c"]}
	w.profiles, err = readProfiles()
	return w, err
}

// Shares of the cohorts; whatever is left is ordinary. 60 of 11,000 are bad, as of the companies that were analysed in
// Shenzhen in 2018; a small province has more of them, so that there is something to find.
const (
	oneBadIn      = 11_000 / 60
	oneBadInSmall = 10
	fewBad        = 24
	oneNearIn     = 5
	oneLicensedIn = 3
	chainFrom     = 1000 // companies from which on a province has a chain
	chainLength   = 35   // companies of it
)

// populate plans n companies, the shells of the bad ones, the chain, and the people.
func (w *world) populate(n int) {
	w.asked = n
	w.plan = w.deal(n)
	shell := ofCohort(w.profiles, cohortShell, func(int, func(i, j int)) {})[0]
	for i := range n {
		if w.profiles[w.plan[i]].cohort == cohortBad {
			w.addScheme(i, shell)
		}
	}
	if n >= chainFrom {
		for range chainLength {
			w.chain = append(w.chain, len(w.plan))
			w.plan = append(w.plan, shell)
		}
	}
	w.residents = max(50, 3*n/2)
	for _, s := range w.schemes {
		s.firstMule = w.firstMule() + w.mules
		w.mules += s.mules
	}
	w.mules += ringsOf(n) * ringMules
}

// officers is the number of the first person who is no officer: each company has room for two.
func (w *world) officers() int { return 2 * len(w.plan) }

func (w *world) firstMule() int { return w.officers() + w.residents }

func badOf(n int) int { return max(n/oneBadIn, min((n+oneBadInSmall/2)/oneBadInSmall, fewBad)) }

// deal gives each company its profile, the cohorts in mixed order.
func (w *world) deal(n int) []uint8 {
	r := stream(w.seed, streamWorld)
	list := make([]uint8, 0, n)
	give := func(c cohort, count int) {
		turns := ofCohort(w.profiles, c, r.Shuffle)
		for i := 0; i < count && len(list) < n; i++ {
			list = append(list, turns[i%len(turns)])
		}
	}
	give(cohortBad, badOf(n))
	give(cohortNear, (n+oneNearIn-1)/oneNearIn)
	give(cohortLicensed, n/oneLicensedIn)
	ordinary := ofCohort(w.profiles, cohortOrdinary, r.Shuffle)
	for len(list) < n {
		list = append(list, ordinary[r.IntN(len(ordinary))])
	}
	r.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (w *world) place(r *rand.Rand) string {
	total := int64(0)
	for _, p := range w.places {
		total += p.weight
	}
	n := r.Int64N(total)
	for _, p := range w.places {
		if n -= p.weight; n < 0 {
			return p.code
		}
	}
	return w.places[0].code
}

const creditCodeSet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode gives the valid code of the i-th company; no two are the same.
func (w *world) creditCode(division string, i int) string {
	const space = 31 * 31 * 31 * 31 * 31
	n := (uint64(i)*7_368_787 + w.seed%space*613) % space // 7,368,787 and 31 share no factor: no number comes twice
	org := []byte("MA5")
	for range 5 {
		org = append(org, creditCodeSet[n%31])
		n /= 31
	}
	if code := reference.NewUSCC("91", division, string(org)); code != "" {
		return code
	}
	return reference.NewUSCC("92", division, string(org))
}

// brand gives the brand of the i-th company; no two are the same.
func (w *world) brand(i int) string {
	a, b, c := len(w.names[0]), len(w.names[1]), len(w.names[2])
	if i%3 != 0 && i < a*b {
		k := (i*5_003 + int(w.seed%9973)) % (a * b)
		return w.names[0][k%a] + w.names[1][k/a]
	}
	k := (i*15_485_863 + int(w.seed%9973)) % (a * b * c)
	tail := ""
	for n := i / (a * b * c); n > 0; n /= b {
		tail += w.names[1][n%b]
	}
	return w.names[0][k%a] + w.names[1][k/a%b] + w.names[2][k/a/b] + tail
}
