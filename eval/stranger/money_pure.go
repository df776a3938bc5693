package stranger

import (
	"fmt"
	"math"
	"time"
)

// shell registers a company that exists for its account alone. Whether such a company itself is bad is left open in the labels.
func (p *province) shell(at time.Time) *firm {
	f := p.newFirm(pick(p, p.texts.ordinary), at.AddDate(0, 0, -p.between(20, 200)))
	f.begun, f.paid, f.staff = f.established, 0, 0
	p.label("B-"+f.code[10:], "shell", f.subject(), "unknown")
	return f
}

// scatterGather: one purse goes out in many unequal parts to hired accounts and meets again in one, days later, a little smaller.
func (p *province) scatterGather() {
	from, to := p.fresh().account, p.fresh().account
	hired := p.accountsOf(p.freshOnes(p.many(7, 22)))
	at := p.anyDay()
	for _, h := range hired {
		sum := round(p.purse(6000, 90000), 10)
		out := p.moment(at.AddDate(0, 0, p.between(0, 4)), 9, 22)
		p.send(from, h, sum, out, "mobile", "")
		back := out.Add(p.minutes(50, 5000))
		p.send(h, to, sum*p.keep(.95, .995), back, "mobile", "")
	}
	p.scheme("scatter_gather", "true", append(append([]string{}, hired...), from, to)...)
}

// gatherScatter: many pay one within days, he pays as many others.
func (p *province) gatherScatter() {
	hub := p.fresh().account
	at := p.anyDay()
	pot := 0.0
	n := p.many(12, 35)
	for _, who := range p.strangers(n) {
		sum := round(p.purse(2000, 30000), 100)
		p.send(who.account, hub, sum, p.moment(at.AddDate(0, 0, p.between(0, 2)), 8, 22), "mobile", "")
		pot += sum
	}
	out := p.accountsOf(p.freshOnes(p.many(10, 25)))
	for _, to := range out {
		p.send(hub, to, pot/float64(len(out))*p.real(.85, 1), p.moment(at.AddDate(0, 0, p.between(3, 4)), 8, 22), "mobile", "")
	}
	p.scheme("gather_scatter", "true", append(out, hub)...)
}

// smurfs: a large sum in pieces just below fifty thousand, from one account to few, several a day.
func (p *province) smurfs() {
	from, to := p.fresh(), p.freshOnes(p.many(2, 4))
	at := p.anyDay()
	for d := range p.between(3, 8) {
		for range p.between(3, 7) {
			p.send(from.account, pick(p, to).account, round(p.real(45500, 49990), 10), p.moment(at.AddDate(0, 0, d), 9, 17), "counter", "")
		}
	}
	p.scheme("smurf", "true", append(p.accountsOf(to), from.account)...)
}

// roundTrip: three to six companies turn the same money round, with a fee and other words each time.
func (p *province) roundTrip() {
	at := p.anyDay()
	var ring []string
	for range p.between(3, 6) {
		ring = append(ring, p.shell(at).account)
	}
	sum := round(p.purse(300_000, 6_000_000), 1000)
	for range p.between(2, 4) {
		for i, from := range ring {
			p.send(from, ring[(i+1)%len(ring)], math.Round(sum), p.moment(at, 9, 17), "bank", pick(p, p.texts.shape("memo")))
			sum *= p.keep(.97, .999)
			at = at.AddDate(0, 0, p.between(0, 2))
			at = at.Add(24 * time.Hour)
		}
	}
	p.scheme("round_trip", "true", ring...)
}

// underground: a pool of accounts takes in from some and pays out the like sum to others the same day, for a margin.
func (p *province) underground() {
	pool := p.accountsOf(p.freshOnes(p.many(3, 6)))
	at := p.anyDay()
	for d := range p.between(15, 45) {
		for range p.between(1, 4) {
			sum := round(p.purse(80_000, 600_000), 10_000)
			in := p.moment(at.AddDate(0, 0, d), 9, 16)
			a, b := pick(p, pool), pick(p, pool)
			p.send(pick(p, p.people).account, a, sum, in, "bank", "")
			if a != b {
				p.send(a, b, sum, in.Add(p.minutes(4, 50)), "mobile", "")
			}
			p.send(b, pick(p, p.people).account, round(sum*p.keep(.985, .997), 100), in.Add(p.minutes(60, 300)), "bank", "")
		}
	}
	p.scheme("underground_bank", "true", pool...)
}

// cardCash: a till that sells nothing: a few customers pay large round sums and get them back within the hour, less one part in a hundred.
func (p *province) cardCash() {
	at := p.anyDay()
	shop := p.shell(at)
	till := p.openAccount(shop.subject(), "merchant", shop.division, at.AddDate(0, 0, -15))
	back := p.fresh().account
	customers := p.strangers(p.between(9, 18))
	for d := range p.between(10, 30) {
		for range p.between(2, 6) {
			who := pick(p, customers)
			sum := round(p.purse(4000, 49000), 100)
			in := p.moment(at.AddDate(0, 0, d), 10, 21)
			p.send(who.account, till, sum, in, "pos", "")
			p.send(till, back, sum*.996, in.Add(p.minutes(5, 25)), "bank", "")
			p.send(back, who.account, sum*p.keep(.985, .991), in.Add(p.minutes(26, 80)), "mobile", "")
		}
	}
	p.scheme("card_cash", "true", till, back)
}

// chain: the same money through four to seven pairs of hands within hours, several times.
func (p *province) chain(from time.Time) {
	hands := p.accountsOf(p.freshOnes(p.many(4, 7)))
	for wave := range p.between(3, 7) {
		at := p.moment(from.AddDate(0, 0, wave*p.between(1, 7)), 0, 23)
		sum := round(p.purse(50_000, 480_000), 1000)
		p.send(pick(p, p.people).account, hands[0], sum, at, "mobile", "")
		for i := 1; i < len(hands); i++ {
			at = at.Add(p.minutes(2, 45))
			sum *= p.keep(.96, .999)
			p.send(hands[i-1], hands[i], math.Round(sum), at, "mobile", "")
		}
	}
	p.scheme("chain", "true", hands...)
}

// points: hired accounts take small stakes of gamblers all day and send bundles to a head, less their commission; few devices for all.
func (p *province) points(f *firm, from time.Time) {
	hired := p.freshOnes(p.many(6, 16))
	head := p.fresh().account
	device := fmt.Sprintf("dev-%06x", p.rng.IntN(1<<24))
	ip := fmt.Sprintf("113.%d.%d.%d", p.rng.IntN(256), p.rng.IntN(256), p.rng.IntN(256))
	members := append(p.accountsOf(hired), head)
	if f != nil && p.chance(.5) {
		members = append(members, f.account)
	}
	for d := range p.between(4, 10) {
		for _, h := range hired {
			if p.chance(.35) {
				continue
			}
			at, pot := p.moment(from.AddDate(0, 0, d), 11, 15), 0.0
			for range p.between(6, 14) {
				at = at.Add(p.minutes(3, 40))
				sum := float64(pick(p, []int{100, 200, 300, 500, 500, 1000, 2000, 5000}))
				p.send(pick(p, p.people).account, h.account, sum, at, "mobile", "")
				p.mark(f, at)
				pot += sum
			}
			p.sendFrom(device, ip, h.account, head, math.Round(pot*p.keep(.98, .988)), at.Add(p.minutes(4, 45)), "mobile", "")
		}
	}
	if len(members) > len(hired)+1 {
		p.send(head, f.account, round(p.purse(20000, 90000), 1000), from.AddDate(0, 0, 11), "bank", "")
	}
	p.scheme("points", "true", members...)
}
