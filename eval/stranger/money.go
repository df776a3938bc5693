package stranger

import (
	"fmt"
	"math"
	"time"
)

// money makes all transfers: schemes of bad companies, schemes that stand alone, honest look-alikes, and daily life for the rest.
func (p *province) money() {
	for _, f := range p.bad {
		if p.chance(.7) {
			p.companyMoney(f)
		}
	}
	each := max(1, p.Transfers/50_000)
	for range each {
		p.scatterGather()
		p.gatherScatter()
		p.smurfs()
		p.roundTrip()
		p.underground()
		p.cardCash()
		p.chain(p.anyDay())
		p.points(nil, p.anyDay())
		p.collect(nil, p.anyDay())
	}
	p.honestMoney(each)
	p.dailyLife()
}

// anyDay leaves room before and after for a scheme of up to three months.
func (p *province) anyDay() time.Time {
	return p.day(p.start.AddDate(0, 1, 0), p.Until.AddDate(0, -3, 0))
}

// scheme labels the accounts that act in one scheme and gives back its name.
func (p *province) scheme(typology, bad string, accounts ...string) {
	p.schemes++
	name := fmt.Sprintf("Z-%04d", p.schemes)
	seen := map[string]bool{}
	for _, a := range accounts {
		if !seen[a] {
			seen[a] = true
			p.label(name, typology, "account:"+a, bad)
		}
	}
}

func (p *province) companyMoney(f *firm) {
	switch f.from.one("money") {
	case "ponzi":
		p.ponzi(f)
	case "collect":
		p.collect(f, f.begun)
	case "mlm":
		p.headCount(f)
	case "points":
		p.points(f, f.begun)
	case "shark":
		p.shark(f)
	case "flight":
		p.flight(f)
	case "chain":
		p.chain(f.begun)
	}
}

func (p *province) mark(f *firm, at time.Time) {
	if f != nil && (f.first.IsZero() || at.Before(f.first)) {
		f.first = at
	}
}

func round(v, to float64) float64 { return math.Round(v/to) * to }

// stake is what one person puts in: mostly the smallest, sometimes many times it.
func (p *province) stake(f *firm) float64 {
	return float64(f.least) * float64(pick(p, []int{1, 1, 1, 2, 2, 3, 5, 8}))
}

// monthly is the promise as a part of the stake a month, for paying it.
func (pr promise) monthly() float64 {
	switch pr.period {
	case "year":
		return pr.percent / 1200
	case "month":
		return pr.percent / 100
	case "week":
		return pr.percent * 4 / 100
	case "day":
		return pr.percent * 20 / 100
	}
	return .01
}

// ponzi: a growing crowd pays in, the old are paid from the new month by month, sellers get a cut, the hand behind takes the most.
// One in three companies takes the money through a seller's own account and does some honest business beside it.
func (p *province) ponzi(f *firm) {
	hand, seller := p.fresh(), p.fresh()
	till := f.account
	members := []string{f.account, hand.account}
	if p.chance(.34) {
		till = seller.account
		members = append(members, seller.account)
	}
	crowd := p.strangers(min(f.crowd, p.between(60, 260)))
	last := f.broken
	if last.IsZero() {
		last = p.Until
	}
	days := max(30, int(last.Sub(f.begun).Hours()/24))
	rate := math.Min(f.promise.monthly(), .15)
	for i, who := range crowd {
		at := p.moment(f.begun.AddDate(0, 0, int(float64(days)*math.Sqrt(float64(i)/float64(len(crowd))))), 9, 20)
		sum := p.stake(f)
		p.send(who.account, till, sum, at, "mobile", "")
		p.mark(f, at)
		if till != f.account && p.chance(.7) {
			p.send(till, f.account, sum*.9, at.Add(time.Duration(p.between(2, 40))*time.Hour), "bank", "")
		}
		for pay := at.AddDate(0, 1, p.between(-2, 2)); pay.Before(last); pay = pay.AddDate(0, 1, p.between(-1, 1)) {
			p.send(till, who.account, sum*rate, p.moment(pay, 9, 17), "bank", "")
		}
		if p.chance(.25) {
			p.send(f.account, seller.account, sum*p.real(.02, .06), at.AddDate(0, 0, p.between(1, 6)), "bank", "")
		}
	}
	for at := f.begun.AddDate(0, 0, 9); at.Before(last); at = at.AddDate(0, 0, p.between(4, 16)) {
		p.send(f.account, hand.account, round(float64(f.least)*float64(len(crowd))*p.real(.004, .03), 1000), p.moment(at, 10, 22), "bank", "")
	}
	if p.chance(.4) {
		p.trade(f, f.begun, last, 20)
	}
	p.scheme("ponzi", "true", members...)
}

// trade is honest business beside: rent, suppliers, customers.
func (p *province) trade(f *firm, from, to time.Time, n int) {
	for range n {
		other := pick(p, p.firms)
		at := p.moment(p.day(from, to), 9, 18)
		p.send(f.account, other.account, math.Round(p.real(800, 60000)*100)/100, at, "bank", pick(p, p.texts.shape("memo")))
		p.send(other.account, f.account, math.Round(p.real(800, 60000)*100)/100, at.Add(27*time.Hour), "bank", pick(p, p.texts.shape("memo")))
	}
}

// collect: victims from everywhere pay one to three mules, who pass it on within the hour through a second rank to an exit.
func (p *province) collect(f *firm, from time.Time) {
	first := p.accountsOf(p.freshOnes(p.many(1, 3)))
	if f != nil {
		first = append([]string{f.account}, first...)
	}
	second := p.accountsOf(p.freshOnes(p.many(3, 7)))
	exit := p.fresh().account
	waves := p.between(2, 9)
	for wave := range waves {
		day := from.AddDate(0, 0, wave*p.between(1, 6))
		front := first[wave%len(first)]
		at := p.moment(day, 8, 16)
		pot := 0.0
		for _, victim := range p.strangers(p.between(8, 28)) {
			at = at.Add(p.minutes(1, 25))
			sum := round(p.real(300, 48000), pick(p, []float64{1, 100, 1000}))
			p.send(victim.account, front, sum, at, "mobile", "")
			p.mark(f, at)
			pot += sum
			if pot > 60000 && p.chance(.5) {
				pot -= p.passOn(front, second, pot*p.keep(.93, .99), at)
			}
		}
		p.passOn(front, second, pot*p.keep(.93, .995), at.Add(4*time.Minute))
		for _, mule := range second {
			if p.chance(.8) {
				p.send(mule, exit, p.real(.7, .97)*pot/float64(len(second)), at.Add(p.minutes(35, 240)), "mobile", "")
			}
		}
	}
	p.scheme("collect", "true", append(append(append([]string{}, first...), second...), exit)...)
}

// passOn splits a pot over some of the next rank within minutes and gives back what was sent.
func (p *province) passOn(from string, next []string, pot float64, at time.Time) float64 {
	parts := some(p, next, p.between(2, len(next)))
	for i, to := range parts {
		p.send(from, to, math.Round(pot/float64(len(parts))*p.keep(.9, 1)), at.Add(time.Duration(3+i*p.between(1, 5))*time.Minute), "mobile", "")
	}
	return pot
}

func (p *province) accountsOf(who []*person) []string {
	out := make([]string, len(who))
	for i, w := range who {
		out[i] = w.account
	}
	return out
}

// headCount: an entry fee to the company, part of it up the line to the three above.
func (p *province) headCount(f *firm) {
	fee := float64(pick(p, []int{398, 980, 2980, 3800, 9800, 69800}))
	tree := []*person{p.fresh(), p.fresh(), p.fresh()}
	parent := map[*person]*person{tree[1]: tree[0], tree[2]: tree[0]}
	gains := map[*person]int{}
	at := f.begun
	for range min(p.between(70, 260), max(30, f.crowd)) {
		who := pick(p, p.people)
		if parent[who] != nil || who == tree[0] {
			continue
		}
		parent[who] = tree[int(float64(len(tree))*math.Pow(p.rng.Float64(), 1.7))]
		tree = append(tree, who)
		at = at.Add(time.Duration(p.between(1, 60)) * time.Hour)
		paid := p.moment(at, 9, 23)
		p.send(who.account, f.account, fee, paid, "mobile", "")
		p.mark(f, paid)
		up := parent[who]
		for _, share := range []float64{.2, .1, .05} {
			if up == nil {
				break
			}
			p.send(f.account, up.account, math.Round(fee*share), paid.AddDate(0, 0, p.between(1, 5)), "bank", "")
			gains[up]++
			up = parent[up]
		}
	}
	members := []string{f.account}
	for _, who := range tree {
		if gains[who] >= 8 {
			members = append(members, who.account)
		}
	}
	p.send(f.account, tree[0].account, fee*float64(len(tree))*.3, at, "bank", "")
	p.scheme("head_count", "true", members...)
}

// shark: small loans out with the fee cut off before, the whole back after a week, again and again.
func (p *province) shark(f *firm) {
	lender, till := p.fresh(), p.fresh()
	last := p.sooner(f.begun.AddDate(0, 0, 150), p.Until)
	for range p.between(60, 160) {
		who := pick(p, p.people)
		nominal := float64(pick(p, []int{1500, 2000, 3000, 5000, 10000}))
		at := p.moment(p.day(f.begun, last), 9, 23)
		for range p.between(1, 3) {
			p.send(lender.account, who.account, round(nominal*p.real(.66, .75), 50), at, "mobile", "")
			p.mark(f, at)
			at = at.AddDate(0, 0, p.between(6, 8))
			p.send(who.account, till.account, nominal, at, "mobile", "")
			at = at.Add(time.Duration(p.between(1, 30)) * time.Hour)
		}
	}
	for at := f.begun.AddDate(0, 0, 8); at.Before(last); at = at.AddDate(0, 0, p.between(2, 5)) {
		p.send(till.account, lender.account, round(p.purse(8000, 45000), 1000), p.moment(at, 8, 12), "mobile", "")
	}
	p.scheme("shark", "true", lender.account, till.account)
}

// flight: an honest-looking till fills faster and faster, is emptied to the owner in the last weeks, and he sends it on.
func (p *province) flight(f *firm) {
	owner, beyond := p.fresh(), p.fresh()
	last := f.broken
	if last.IsZero() {
		last = p.Until
	}
	days := max(40, int(last.Sub(f.begun).Hours()/24))
	for range min(f.crowd, p.between(90, 320)) {
		at := p.moment(f.begun.AddDate(0, 0, int(float64(days)*math.Sqrt(p.rng.Float64()))), 9, 21)
		p.send(pick(p, p.people).account, f.account, round(p.real(800, 21000), 100), at, "mobile", "")
	}
	p.trade(f, f.begun, last, 12)
	for i := range p.between(5, 14) {
		at := p.moment(last.AddDate(0, 0, -i*2), 9, 22)
		p.mark(f, at)
		p.send(f.account, owner.account, round(p.purse(40000, 160000), 1000), at, "bank", "")
		p.send(owner.account, beyond.account, round(p.purse(38000, 150000), 1000), at.Add(p.minutes(10, 400)), "mobile", "")
	}
	p.scheme("flight", "true", f.account, owner.account, beyond.account)
}
