package stranger

import (
	"math"
	"time"
)

// habits are where one person's money goes again and again.
type habits struct {
	shops   []*firm
	friends []*person
	work    *firm
}

// dailyLife fills the ledger up to the wanted size: wages, shopping, friends, trade, bills, red envelopes at the spring feast.
func (p *province) dailyLife() {
	utility := pick(p, p.ordinary)
	bosses := some(p, p.ordinary, max(8, len(p.ordinary)/5))
	life := make([]habits, len(p.people))
	for i := range life {
		life[i] = habits{shops: p.manyOf(p.ordinary, 5), friends: p.manyOfPeople(4), work: pick(p, bosses)}
	}
	days := int(p.Until.Sub(p.start).Hours() / 24)
	for len(p.moves) < p.Transfers {
		i := p.rng.IntN(len(p.people))
		at := p.start.AddDate(0, 0, p.rng.IntN(days))
		p.oneMove(p.people[i], life[i], utility, at)
	}
}

func (p *province) oneMove(who *person, h habits, utility *firm, at time.Time) {
	switch x := p.rng.Float64(); {
	case x < .42:
		from := who.account
		if who.wallet != "" && p.chance(.5) {
			from = who.wallet
		}
		p.send(from, pick(p, h.shops).account, math.Round(math.Exp(p.real(1.6, 6.6))*100)/100, p.moment(at, 7, 23), "qr", "")
	case x < .64:
		p.send(who.account, pick(p, h.friends).account, p.friendly(at), p.moment(at, 8, 24), "mobile", "")
	case x < .78:
		a, b := pick(p, p.ordinary), pick(p, p.ordinary)
		p.send(a.account, b.account, math.Round(math.Exp(p.real(7.5, 13.2))*100)/100, p.moment(at, 9, 18), "bank", pick(p, p.texts.shape("memo")))
	case x < .90:
		pay := time.Date(at.Year(), at.Month(), 10, 0, 0, 0, 0, zone())
		if pay.After(p.Until) || pay.Before(p.start) {
			return
		}
		p.send(h.work.account, who.account, math.Round(p.real(3600, 19000)*100)/100, p.moment(pay, 9, 12), "bank", p.texts.shape("memo")[0])
	case x < .95:
		p.send(who.account, utility.account, math.Round(p.real(20, 460)*100)/100, p.moment(at, 8, 22), "mobile", "")
	default:
		if who.second != "" {
			p.send(who.account, who.second, round(p.real(100, 20000), 100), p.moment(at, 8, 23), "mobile", "")
			return
		}
		if who.wallet != "" {
			p.send(who.account, who.wallet, round(p.real(100, 3000), 50), p.moment(at, 8, 23), "mobile", "")
		}
	}
}

// friendly is what friends send each other; round and many in the weeks of the feast.
func (p *province) friendly(at time.Time) float64 {
	if at.Month() == time.February || at.Month() == time.January && at.Day() > 20 {
		return float64(pick(p, []int{66, 88, 100, 188, 200, 500, 666, 888, 1000}))
	}
	return round(math.Exp(p.real(3, 8.6)), pick(p, []float64{1, 10, 100}))
}

func (p *province) manyOf(from []*firm, n int) []*firm {
	out := make([]*firm, n)
	for i := range out {
		out[i] = pick(p, from)
	}
	return out
}

func (p *province) manyOfPeople(n int) []*person {
	out := make([]*person, n)
	for i := range out {
		out[i] = pick(p, p.people)
	}
	return out
}
