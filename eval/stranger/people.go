package stranger

import (
	"fmt"
	"strings"
	"time"
)

type person struct {
	id, name, division string
	born               int
	account            string
	second             string
	wallet             string
	opened             time.Time
}

func (n *person) subject() string { return "person:" + n.id }

func (p *province) makeInstitutions() {
	for i := range 9 {
		code := fmt.Sprintf("YB%02d", i+1)
		p.banks = append(p.banks, code)
		p.row("institutions", "BANK", p.start, code, pick(p, p.texts.shape("brand"))+pick(p, p.texts.shape("brand"))+p.bankWord(), "bank", "330000")
	}
	for i := range 3 {
		code := fmt.Sprintf("YW%02d", i+1)
		p.wallets = append(p.wallets, code)
		p.row("institutions", "BANK", p.start, code, pick(p, p.texts.shape("brand"))+pick(p, p.texts.shape("brand")), "payment", "330000")
	}
}

// bankWord is the trade of the first honest bank in near.txt, cut to its last two characters.
func (p *province) bankWord() string {
	for _, s := range p.texts.near {
		if s.one("licence") == "bank" {
			runes := []rune(s.trades()[0])
			return string(runes[len(runes)-2:])
		}
	}
	return ""
}

// number is an account number of 19 digits, used once.
func (p *province) number(prefix string) string {
	for {
		n := fmt.Sprintf("%s%0*d", prefix, 19-len(prefix), p.rng.Int64N(100_000_000_000))
		if !p.used[n] {
			p.used[n] = true
			return n
		}
	}
}

func (p *province) place() (city, division string) {
	city, division, _ = strings.Cut(pick(p, p.texts.shape("place")), "=")
	return city, division
}

func (p *province) openAccount(holder, class, division string, opened time.Time) string {
	number, bank := p.number("6228"), pick(p, p.banks)
	if class == "wallet" || class == "merchant" {
		bank = pick(p, p.wallets)
	}
	p.row("accounts", "BANK", opened, number, bank, holder, class, day(opened), "normal", division, "")
	return number
}

// makePeople makes about one person for 30 transfers, each with an account, some with a second one or a wallet.
func (p *province) makePeople() {
	n := max(400, p.Transfers/30)
	for i := range n {
		_, division := p.place()
		given := pick(p, p.texts.shape("given"))
		if p.chance(.3) {
			given = string([]rune(given)[:1]) + string([]rune(pick(p, p.texts.shape("given")))[:1])
		}
		who := &person{id: fmt.Sprintf("ZR-%06d", i+1), name: pick(p, p.texts.shape("surname")) + given, division: division, born: p.between(1944, 2006)}
		who.opened = p.day(p.start.AddDate(-8, 0, 0), p.start.AddDate(0, -1, 0))
		p.people = append(p.people, who)
		p.row("persons", "SAMR", p.start, who.id, who.name, division, fmt.Sprint(who.born))
		who.account = p.openAccount(who.subject(), "I", division, who.opened)
		if p.chance(.12) {
			who.second = p.openAccount(who.subject(), "II", division, who.opened)
		}
		if p.chance(.2) {
			who.wallet = p.openAccount(who.subject(), "wallet", division, who.opened)
		}
	}
}

// fresh gives the next person nobody has used for a part in a story.
func (p *province) fresh() *person {
	who := p.people[p.spare%len(p.people)]
	p.spare++
	return who
}

func (p *province) freshOnes(n int) []*person {
	out := make([]*person, n)
	for i := range out {
		out[i] = p.fresh()
	}
	return out
}

// strangers gives n people at random, whoever they are.
func (p *province) strangers(n int) []*person {
	out := make([]*person, n)
	for i := range out {
		out[i] = pick(p, p.people)
	}
	return out
}
