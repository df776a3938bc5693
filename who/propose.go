package who

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"xiezhi/reference"
)

// Kind is what a record is a record of.
type Kind int

// The kinds of records. An institution is a licensed one: what comes near its name is a look-alike.
const (
	Company Kind = iota
	Person
	Institution
)

// Record is what is known of a subject for proposing: its internal key, its names and what else may tell it. Olds are names it had.
type Record struct {
	ID        int64
	Kind      Kind
	Name      string
	Olds      []string
	Division  string
	Phone     string
	Address   string
	Website   string
	BirthYear int
}

// Candidate is a proposed pair with the reasons; A is the smaller key.
type Candidate struct {
	A, B  int64
	Match Match
}

// Options bound a proposal.
type Options struct {
	Least int // the least score; 0 is 50
	Block int // how many records that have one sign in common are all compared with each other; above, each with its next neighbours alone; 0 is 60
}

// Propose compares records that have a sign in common: the words of the name in any order, its reading, the name less one character, what stands in
// a former name, a telephone, an address, a website. The work grows as n log n with the records: a sign that many share is not spread over all pairs.
func Propose(list []Record, o Options) iter.Seq[Candidate] {
	if o.Least == 0 {
		o.Least = 50
	}
	if o.Block == 0 {
		o.Block = 60
	}
	return func(yield func(Candidate) bool) {
		p := newProposer(list)
		for _, pair := range p.pairs(o.Block) {
			m := p.compare(int(pair>>32), int(uint32(pair)))
			if m.Verdict == Other || m.Score < o.Least {
				continue
			}
			a, b := list[pair>>32].ID, list[uint32(pair)].ID
			if !yield(Candidate{A: min(a, b), B: max(a, b), Match: m}) {
				return
			}
		}
	}
}

type proposer struct {
	list  []Record
	names []Name
	seed  maphash.Seed
	signs []sign
}

type sign struct {
	hash uint64
	row  uint32
}

func newProposer(list []Record) *proposer {
	p := &proposer{list: list, names: make([]Name, len(list)), seed: maphash.MakeSeed(), signs: make([]sign, 0, 8*len(list))}
	brands := map[string]bool{}
	for i, r := range list {
		p.names[i] = Read(r.Name, sortOf(r.Kind))
		if b := brand(p.names[i]); r.Kind == Institution && b != "" {
			brands[b] = true
		}
	}
	for i, r := range list {
		p.sign(i, r, brands)
	}
	slices.SortFunc(p.signs, func(a, b sign) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row)) })
	return p
}

func sortOf(k Kind) Sort {
	if k == Person {
		return OfPerson
	}
	return OfBody
}

const brandLength = 4 // characters that make a name of an institution known by themselves

// brand gives the beginning of an institution's name without the nation.
func brand(n Name) string {
	if n.han == nil {
		return ""
	}
	core := n.han.name.core
	if w, ok := leading(core, words().nation); ok {
		core = core[len(w.word):]
	}
	if r := []rune(core); len(r) >= brandLength {
		return string(r[:brandLength])
	}
	return ""
}

func (p *proposer) put(row int, parts ...string) {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, part := range parts {
		_, _ = h.WriteString(part)
		_ = h.WriteByte(0)
	}
	p.signs = append(p.signs, sign{h.Sum64(), uint32(row)})
}

func (p *proposer) sign(row int, r Record, brands map[string]bool) {
	n := p.names[row]
	if r.Kind == Person {
		if r.BirthYear > 0 && n.fold != "" {
			p.put(row, "person", n.fold, string(rune(r.BirthYear)))
		}
		return
	}
	if n.fold != "" {
		p.put(row, "fold", n.fold)
	}
	if n.han != nil {
		p.signHan(row, n.han.name)
		for _, old := range slices.Concat(n.han.olds, n.han.now) {
			p.signHan(row, old)
		}
		core := []rune(n.han.name.core)
		for i := 0; i+brandLength <= len(core) && len(brands) > 0; i++ {
			if b := string(core[i : i+brandLength]); brands[b] {
				p.put(row, "brand", b)
			}
		}
	} else if n.fold != "" {
		list := readLatin(r.Name, false, latinLetters).words
		sounded := make([]string, len(list))
		for i, w := range list {
			sounded[i] = sounds(w)
		}
		p.put(row, "latin", strings.Join(sounded, ""))
		slices.Sort(sounded)
		p.put(row, "words", strings.Join(sounded, " "))
	}
	for _, old := range r.Olds {
		if t := Read(old, OfBody); t.han != nil {
			p.signHan(row, t.han.name)
		}
	}
	for _, s := range [][2]string{{"phone", phone(r.Phone)}, {"address", address(r.Address)}, {"site", site(r.Website)}} {
		if s[1] != "" {
			p.put(row, s[0], s[1])
		}
	}
}

func (p *proposer) signHan(row int, n hanName) {
	core := []rune(n.core)
	if len(core) == 0 {
		return
	}
	sorted := slices.Clone(core)
	slices.Sort(sorted)
	p.put(row, "core", string(sorted))
	p.put(row, "pinyin", reference.Pinyin(n.core))
	if len(core) < 3 {
		return
	}
	for i := range core {
		p.put(row, "less", string(core[:i])+string(core[i+1:]))
	}
}

// pairs gives the pairs of rows that have a sign in common, each once.
func (p *proposer) pairs(block int) []uint64 {
	var out []uint64
	const neighbours = 8
	for from := 0; from < len(p.signs); {
		to := from + 1
		for to < len(p.signs) && p.signs[to].hash == p.signs[from].hash {
			to++
		}
		reach := to - from
		if reach > block {
			reach = neighbours
		}
		for i := from; i < to; i++ {
			for j := i + 1; j < min(to, i+1+reach); j++ {
				if p.signs[i].row != p.signs[j].row {
					out = append(out, uint64(p.signs[i].row)<<32|uint64(p.signs[j].row))
				}
			}
		}
		from = to
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// compare weighs a pair: the names now and before, then what else both have in common.
func (p *proposer) compare(i, j int) Match {
	a, b := p.list[i], p.list[j]
	if (a.Kind == Person) != (b.Kind == Person) || a.Kind == Institution && b.Kind == Institution {
		return Match{Verdict: Other}
	}
	m := p.names[i].With(p.names[j])
	if m.Verdict != Same {
		m = better(m, former(a, p.names[j]), former(b, p.names[i]))
	}
	if a.Kind == Person {
		return persons(m, a, b)
	}
	if a.Kind == Institution || b.Kind == Institution {
		return p.lookAlike(m, i, j)
	}
	return shared(m, a, b)
}

// former compares the names that a record had with the name of another.
func former(r Record, name Name) Match {
	best := Match{Verdict: Other}
	for _, old := range r.Olds {
		if m := Read(old, name.sort).With(name); m.Verdict == Same {
			m.add(-8, "old_name")
			best = m
		}
	}
	return best
}

func better(list ...Match) Match {
	best := list[0]
	for _, m := range list[1:] {
		if m.Verdict == Same && best.Verdict != Same {
			best = m
		}
	}
	return best
}

// persons takes two persons of one name for one only where the year of birth speaks for it too.
func persons(m Match, a, b Record) Match {
	if m.Verdict != Same || a.BirthYear == 0 || a.BirthYear != b.BirthYear {
		return Match{Verdict: Other}
	}
	m.add(-38, "common_name")
	m.add(8, "birth_same")
	switch fitPlaces(divisionOf(a), divisionOf(b)) {
	case placeSame:
		m.add(12, "place_same")
	case placeWithin:
		m.add(6, "place_within")
	case placeOther:
		m.add(-20, "place_other")
	}
	return m.as(Alike)
}

func divisionOf(r Record) []string {
	if r.Division == "" || r.Division == reference.NationCode {
		return nil
	}
	return []string{r.Division}
}

// shared adds what two companies have in common beside their names.
func shared(m Match, a, b Record) Match {
	common := 0
	for _, s := range [][3]string{{"phone_same", phone(a.Phone), phone(b.Phone)}, {"address_same", address(a.Address), address(b.Address)}, {"site_same", site(a.Website), site(b.Website)}} {
		if s[1] == "" || s[1] != s[2] {
			continue
		}
		common++
		if m.Verdict == Other {
			m.add(50, s[0])
		} else {
			m.add(8, s[0])
		}
	}
	if m.Verdict == Other && common > 0 {
		return m.as(Shared)
	}
	return m
}

// lookAlike says of a company beside a licensed institution whether its name comes near without being it.
func (p *proposer) lookAlike(m Match, i, j int) Match {
	if p.list[i].Kind != Institution {
		i, j = j, i
	}
	if m.Verdict == Branch || m.Verdict == Same && m.Score >= 98 {
		return Match{Verdict: Other} // the institution itself, or a branch of it, in the register of companies
	}
	if b := brand(p.names[i]); m.Verdict == Other && b != "" && p.names[j].han != nil && strings.Contains(p.names[j].han.name.core, b) {
		m = Match{}
		m.add(60, "brand_inside", "brand", b)
	} else if m.Verdict == Other {
		return m
	}
	return m.as(LookAlike)
}

func phone(s string) string {
	var out strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out.WriteRune(r)
		}
	}
	d := strings.TrimPrefix(out.String(), "0086")
	if len(d) < 7 {
		return ""
	}
	return d
}

func address(s string) string {
	f := reference.Fold(s)
	if len([]rune(f)) < 8 || !strings.ContainsAny(f, "0123456789") {
		return "" // a street without a number is no address two companies could share
	}
	return f
}

func site(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	s, _, _ = strings.Cut(s, "/")
	return strings.TrimPrefix(s, "www.")
}
