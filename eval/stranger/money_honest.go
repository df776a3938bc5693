package stranger

import (
	"math"
	"time"
)

// honestMoney makes what looks like a scheme and is none.
func (p *province) honestMoney(each int) {
	for range each {
		p.payroll(pick(p, p.near))
		p.rents()
		p.stall()
		p.groupBuying()
		p.donations(pick(p, p.near))
		p.wedding()
		p.pooling()
		p.dividends(pick(p, p.near))
		p.circle()
		p.lendingHouse(p.nearOf("lender"))
		p.fund(p.nearOf("fund"))
		p.tuition(p.nearOf("tuition"))
		p.foreman()
		p.supplyRing()
	}
}

// nearOf is an honest company of the kind that has such money, or any where there is none.
func (p *province) nearOf(money string) *firm {
	for _, f := range some(p, p.near, len(p.near)) {
		if f.from.one("money") == money {
			return f
		}
	}
	return pick(p, p.near)
}

func (p *province) payroll(f *firm) {
	staff := p.strangers(p.between(20, 90))
	for at := p.start; at.Before(p.Until); at = at.AddDate(0, 1, 0) {
		if !p.chance(.6) {
			continue
		}
		for _, who := range staff {
			p.send(f.account, who.account, math.Round(p.real(4200, 15500)*100)/100, p.moment(at.AddDate(0, 0, 9), 9, 11), "bank", pick(p, p.texts.shape("memo")[:1]))
		}
	}
	p.scheme("honest_payroll", "false", f.account)
}

func (p *province) rents() {
	landlord, owner := p.fresh(), p.fresh()
	tenants := p.strangers(p.between(14, 40))
	for at := p.start; at.Before(p.Until); at = at.AddDate(0, 1, 0) {
		sum := 0.0
		for _, who := range tenants {
			rent := float64(p.between(9, 35)) * 100
			p.send(who.account, landlord.account, rent, p.moment(at.AddDate(0, 0, p.between(0, 4)), 8, 22), "mobile", p.texts.shape("memo")[2])
			sum += rent
		}
		p.send(landlord.account, owner.account, round(sum*.92, 100), p.moment(at.AddDate(0, 0, 6), 9, 20), "mobile", "")
	}
	p.scheme("honest_rents", "false", landlord.account, owner.account)
}

// stall is a market trader: dozens of small payments a day, the take to the wholesaler before dawn.
func (p *province) stall() {
	trader, wholesaler := p.fresh(), pick(p, p.ordinary)
	from := p.anyDay()
	for d := range p.between(20, 50) {
		take := 0.0
		for range p.between(10, 26) {
			sum := math.Round(p.real(6, 190)*10) / 10
			p.send(pick(p, p.people).account, trader.account, sum, p.moment(from.AddDate(0, 0, d), 6, 19), "qr", "")
			take += sum
		}
		p.send(trader.account, wholesaler.account, round(take*p.real(.7, .95), 10), p.moment(from.AddDate(0, 0, d+1), 3, 5), "mobile", p.texts.shape("memo")[1])
	}
	p.scheme("honest_stall", "false", trader.account)
}

func (p *province) groupBuying() {
	leader, platform := p.fresh(), p.nearOf("marketplace")
	from := p.anyDay()
	for d := range p.between(8, 25) {
		take := 0.0
		for range p.between(9, 30) {
			sum := math.Round(p.real(9, 160)*10) / 10
			p.send(pick(p, p.people).account, leader.account, sum, p.moment(from.AddDate(0, 0, d*2), 7, 21), "qr", "")
			take += sum
		}
		p.send(leader.account, platform.account, math.Round(take*92)/100, p.moment(from.AddDate(0, 0, d*2), 22, 23), "mobile", "")
	}
	p.scheme("honest_group_buying", "false", leader.account)
}

func (p *province) donations(f *firm) {
	from := p.anyDay()
	for range p.between(80, 240) {
		p.send(pick(p, p.people).account, f.account, float64(pick(p, []int{10, 20, 50, 50, 100, 200, 1000})), p.moment(from.AddDate(0, 0, p.between(0, 12)), 7, 23), "mobile", "")
	}
	p.send(f.account, pick(p, p.people).account, 20000, from.AddDate(0, 0, 16), "bank", "")
	p.scheme("honest_donations", "false", f.account)
}

func (p *province) wedding() {
	couple, hotel := p.fresh(), pick(p, p.ordinary)
	at := p.anyDay()
	for range p.between(25, 70) {
		p.send(pick(p, p.people).account, couple.account, float64(pick(p, []int{500, 600, 800, 1000, 1200, 2000})), p.moment(at, 8, 22), "mobile", "")
	}
	p.send(couple.account, hotel.account, round(p.real(20000, 60000), 100), at.AddDate(0, 0, 1), "mobile", "")
	p.scheme("honest_wedding", "false", couple.account)
}

// pooling is a group's treasury: every evening the branches' money up to the head, every morning back what they need.
func (p *province) pooling() {
	head := pick(p, p.ordinary)
	branches := some(p, p.ordinary, p.between(3, 6))
	accounts := []string{head.account}
	from := p.anyDay()
	for d := range p.between(20, 40) {
		for _, b := range branches {
			sum := math.Round(p.real(20_000, 400_000)*100) / 100
			p.send(pick(p, p.ordinary).account, b.account, sum, p.moment(from.AddDate(0, 0, d), 9, 15), "bank", p.texts.shape("memo")[1])
			p.send(b.account, head.account, sum, p.moment(from.AddDate(0, 0, d), 16, 17), "bank", "")
			p.send(head.account, b.account, round(sum*p.real(.1, .6), 100), p.moment(from.AddDate(0, 0, d+1), 8, 9), "bank", "")
		}
	}
	for _, b := range branches {
		accounts = append(accounts, b.account)
	}
	p.scheme("honest_pooling", "false", accounts...)
}

func (p *province) dividends(f *firm) {
	members := p.strangers(p.between(40, 120))
	joined := p.day(p.start, p.start.AddDate(0, 6, 0))
	for _, who := range members {
		p.send(who.account, f.account, float64(p.between(1, 10))*1000, p.moment(joined.AddDate(0, 0, p.between(0, 30)), 9, 18), "bank", "")
	}
	for year := range 2 {
		for _, who := range members {
			p.send(f.account, who.account, math.Round(p.real(36, 420)), p.moment(joined.AddDate(0, 9+year*6, 0), 9, 17), "bank", "")
		}
	}
	p.trade(f, joined, p.Until, 30)
	p.scheme("honest_dividends", "false", f.account)
}

// circle is friends who lend each other in turn.
func (p *province) circle() {
	ring := p.freshOnes(p.between(3, 5))
	at := p.anyDay()
	for range p.between(2, 6) {
		for i, from := range ring {
			p.send(from.account, ring[(i+1)%len(ring)].account, float64(p.between(2, 40))*100, p.moment(at, 10, 23), "mobile", "")
			at = at.AddDate(0, 0, p.between(1, 12))
		}
	}
	p.scheme("honest_circle", "false", p.accountsOf(ring)...)
}

// lendingHouse lends at a lawful rate and is paid back in months.
func (p *province) lendingHouse(f *firm) {
	for range p.between(30, 70) {
		who := pick(p, p.people)
		sum := float64(p.between(2, 20)) * 10000
		at := p.moment(p.day(p.start, p.Until.AddDate(0, -8, 0)), 9, 17)
		p.send(f.account, who.account, sum, at, "bank", "")
		for m := range 6 {
			p.send(who.account, f.account, math.Round(sum/6*(1+.012)*100)/100, at.AddDate(0, m+1, 0), "bank", p.texts.shape("memo")[3])
		}
	}
	p.scheme("honest_lender", "false", f.account)
}

// fund takes large stakes of few and pays back more or less than it got.
func (p *province) fund(f *firm) {
	at := p.anyDay().AddDate(0, -2, 0)
	for _, who := range p.strangers(p.between(8, 30)) {
		sum := float64(p.between(100, 400)) * 10000
		p.send(who.account, f.account, sum, p.moment(at.AddDate(0, 0, p.between(0, 20)), 9, 16), "bank", "")
		if p.chance(.4) {
			p.send(f.account, who.account, round(sum*p.real(.8, 1.25), 1), p.moment(at.AddDate(0, 4, p.between(0, 20)), 9, 16), "bank", "")
		}
	}
	p.trade(f, at, p.Until, 8)
	p.scheme("honest_fund", "false", f.account)
}

func (p *province) tuition(f *firm) {
	for _, month := range []int{3, 10, 15, 22} {
		for range p.between(25, 60) {
			p.send(pick(p, p.people).account, f.account, float64(pick(p, []int{2980, 2980, 3580, 5200})), p.moment(p.start.AddDate(0, month, p.between(0, 12)), 9, 20), "mobile", "")
		}
	}
	p.trade(f, p.start, p.Until, 25)
	p.scheme("honest_tuition", "false", f.account)
}

// foreman gets the wages of a gang from the builder and hands them out the same evening.
func (p *province) foreman() {
	boss, builder := p.fresh(), pick(p, p.ordinary)
	gang := p.strangers(p.between(11, 28))
	for m := range p.between(4, 14) {
		at := p.moment(p.start.AddDate(0, m+3, 14), 10, 16)
		p.send(builder.account, boss.account, float64(len(gang))*6500, at, "bank", p.texts.shape("memo")[0])
		for i, who := range gang {
			p.send(boss.account, who.account, round(p.real(5200, 7600), 100), at.Add(time.Duration(40+i*3)*time.Minute), "mobile", "")
		}
	}
	p.scheme("honest_foreman", "false", boss.account)
}

// supplyRing is three companies that truly buy of each other.
func (p *province) supplyRing() {
	ring := some(p, p.ordinary, 3)
	at := p.start.AddDate(0, p.between(1, 5), 0)
	for at.Before(p.Until) {
		i := p.rng.IntN(3)
		p.send(ring[i].account, ring[(i+1)%3].account, math.Round(p.real(8000, 240_000)*100)/100, p.moment(at, 9, 17), "bank", p.texts.shape("memo")[1])
		at = at.AddDate(0, 0, p.between(3, 25))
	}
	p.scheme("honest_supply_ring", "false", ring[0].account, ring[1].account, ring[2].account)
}
