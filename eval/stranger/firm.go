package stranger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// firm is a company with what it is and, where it is bad, its story.
type firm struct {
	code, name, short, city, division string
	from                              *section
	address, phone, website, scope    string
	industry                          string
	capital, paid                     int
	established                       time.Time
	staff                             int
	head                              *person
	account                           string
	abnormal                          time.Time
	moved                             bool

	area, dress string
	promise     promise
	least       int // the smallest stake in yuan
	crowd       int // how many put money in
	begun       time.Time
	broken      time.Time // zero while it still runs
	first       time.Time // the first incriminating fact
}

func (f *firm) subject() string { return "company:" + f.code }

const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode makes an 18-character code with both check digits: that of the organisation code (GB 11714) and its own (GB 32100).
func (p *province) creditCode(division string) string {
	for {
		body := "91" + division
		org := make([]byte, 8)
		weights := []int{3, 7, 9, 10, 5, 8, 4, 2}
		sum := 0
		for i := range org {
			v := p.rng.IntN(31)
			org[i] = codeAlphabet[v]
			sum += weights[i] * orgValue(org[i])
		}
		check := 11 - sum%11
		if check == 10 {
			continue // the organisation code would end in X, which is allowed but rare
		}
		body += string(org) + strconv.Itoa(check%11)
		code := body + creditCheck(body)
		if !p.used[code] {
			p.used[code] = true
			return code
		}
	}
}

func orgValue(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

func creditCheck(body string) string {
	sum, weight := 0, 1
	for i := range len(body) {
		sum += strings.IndexByte(codeAlphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return string(codeAlphabet[(31-sum%31)%31])
}

// newFirm registers a company of a section of the word files.
func (p *province) newFirm(s *section, established time.Time) *firm {
	city, division := p.place()
	f := &firm{from: s, city: city, division: division, established: established}
	for {
		f.short = pick(p, p.texts.shape("brand")) + pick(p, p.texts.shape("brand"))
		if p.chance(.3) {
			f.short += pick(p, p.texts.shape("brand"))
		}
		f.name = city + f.short + pick(p, s.trades()) + pick(p, p.texts.shape("suffix"))
		if !p.names[f.name] {
			break
		}
	}
	p.names[f.name] = true
	f.code = p.creditCode(division)
	f.industry, f.scope = s.one("industry"), s.one("scope")
	f.address = p.newAddress(city)
	f.phone = fmt.Sprintf("057%d%08d", p.between(1, 9), p.rng.IntN(100_000_000))
	if p.chance(.5) {
		f.website = fmt.Sprintf("www.%c%c%d.cn", 'a'+rune(p.rng.IntN(26)), 'a'+rune(p.rng.IntN(26)), p.between(10, 99999))
	}
	f.capital = pick(p, []int{50, 100, 200, 500, 1000, 3000, 5000}) * 10_000
	f.paid = f.capital * p.between(0, 10) / 10
	low, high := p.span(s.one("staff"), 1, 15)
	f.staff = p.between(int(low), int(high))
	f.head = pick(p, p.people)
	f.account = p.openAccount(f.subject(), "corporate", division, established.AddDate(0, 0, p.between(3, 40)))
	p.firms = append(p.firms, f)
	return f
}

func (p *province) newAddress(city string) string {
	return fmt.Sprintf("%s%s%d-%s%d", city, pick(p, p.texts.shape("street")), p.between(1, 999), pick(p, p.texts.shape("building")), p.between(101, 2806))
}

// span reads "low high".
func (p *province) span(text string, low, high float64) (float64, float64) {
	parts := strings.Fields(text)
	if len(parts) < 2 {
		return low, high
	}
	a, errA := strconv.ParseFloat(parts[len(parts)-2], 64)
	b, errB := strconv.ParseFloat(parts[len(parts)-1], 64)
	if errA != nil || errB != nil {
		return low, high
	}
	return a, b
}

// describe writes the registry rows of all companies, in an order that tells nothing.
func (p *province) describe() {
	for _, i := range p.rng.Perm(len(p.firms)) {
		f := p.firms[i]
		p.registry(f, f.address, p.later(f.established, p.start), time.Time{})
		since := day(f.established)
		p.row("relations", "SAMR", p.later(f.established, p.start), f.head.subject(), f.subject(), "legal_representative", "", "", since, "")
		p.row("relations", "SAMR", p.later(f.established, p.start), f.head.subject(), f.subject(), "shareholder", "0.6", "", since, "")
		p.row("relations", "SAMR", p.later(f.established, p.start), pick(p, p.people).subject(), f.subject(), "shareholder", "0.4", "", since, "")
		if f.moved {
			moved := p.later(f.begun, p.start).AddDate(0, 0, p.between(20, 120))
			p.registry(f, p.newAddress(f.city), p.sooner(moved, p.Until), time.Time{})
		}
		if !f.abnormal.IsZero() {
			p.registry(f, f.address, f.abnormal, f.abnormal)
		}
	}
}

func (p *province) registry(f *firm, address string, at, abnormal time.Time) {
	listed := ""
	if !abnormal.IsZero() {
		listed = day(abnormal)
	}
	p.row("companies", "SAMR", at, f.code, f.name, "limited", f.industry, f.division, address, strconv.Itoa(f.capital), strconv.Itoa(f.paid),
		day(f.established), "active", f.scope, f.website, f.phone, strconv.Itoa(f.staff), listed)
}

func (p *province) later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (p *province) sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
