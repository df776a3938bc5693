package graph

import (
	"slices"
	"strings"
)

// measureMoney adds up, for each candidate with accounts of its own, what they took in from others less what they paid them, by currency.
func (k *keyRoom) measureMoney() {
	of, list := k.b.Flow.means.currencies()
	for i := range k.list {
		c := &k.list[i]
		if c.first == c.last {
			continue
		}
		if own := k.accounts[c.first:c.last]; len(own) > 1 {
			slices.Sort(own)
			c.last = c.first + int32(len(slices.Compact(own)))
		}
		c.net = int32(len(k.nets))
		for range max(len(list), 1) {
			k.nets = append(k.nets, 0)
		}
		net, own := k.nets[c.net:], k.accounts[c.first:c.last]
		for _, a := range own {
			k.b.Flow.addUp(a, own, of, k.q.First, k.q.Last, net)
		}
	}
}

// addUp adds what an account received from others than its own less what it paid them, by currency.
func (f *Flow) addUp(a Account, own []Account, of []uint16, first, last int64, net []int64) {
	for _, l := range f.runs {
		for _, i := range l.between(l.in.of(a), first, last) {
			if !l.gone.has(i) && !among(own, l.from[i]) {
				net[l.currencyOf(i, of)] += l.Fen(i)
			}
		}
		for _, i := range l.between(l.out.of(a), first, last) {
			if !l.gone.has(i) && !among(own, l.to[i]) {
				net[l.currencyOf(i, of)] -= l.Fen(i)
			}
		}
	}
}

// currencyOf gives the number of a transfer's currency; of is nil where there is only one.
func (l *Ledger) currencyOf(i uint32, of []uint16) uint16 {
	if of == nil {
		return 0
	}
	return of[l.wayOf(i)]
}

// among says whether an account is in a sorted list.
func among(own []Account, a Account) bool {
	if len(own) == 1 {
		return own[0] == a
	}
	_, ok := slices.BinarySearch(own, a)
	return ok
}

// payers counts the different accounts that paid some accounts in one currency, they themselves left out.
func (k *keyRoom) payers(own []Account, currency int) int {
	f := k.b.Flow
	of, _ := f.means.currencies()
	var list []Account
	for _, a := range own {
		for _, l := range f.runs {
			for _, i := range l.between(l.in.of(a), k.q.First, k.q.Last) {
				if from := l.from[i]; !l.gone.has(i) && !among(own, from) && int(l.currencyOf(i, of)) == currency {
					list = append(list, from)
				}
			}
		}
	}
	slices.Sort(list)
	return len(slices.Compact(list))
}

// purse is a currency of the flow by its number, with the most that a candidate kept of it.
type purse struct {
	number int
	name   string
	most   int64
}

// purses gives the currencies by name.
func (k *keyRoom) purses() []purse {
	var list []purse
	for i, name := range k.b.Flow.Currencies() {
		list = append(list, purse{number: i, name: name})
	}
	slices.SortFunc(list, func(a, b purse) int { return strings.Compare(a.name, b.name) })
	for i := range list {
		p := &list[i]
		for at := range k.list {
			if net := k.list[at].net; net >= 0 {
				p.most = max(p.most, k.nets[int(net)+p.number])
			}
		}
	}
	return list
}

// mostKept gives the purse of which a candidate kept most, set against what others kept of it, with the points for it.
func (k *keyRoom) mostKept(c *candidate, purses []purse) (best int, points float64) {
	best = -1
	if c.net < 0 {
		return best, 0
	}
	for i, p := range purses {
		if net := k.nets[int(c.net)+p.number]; net > 0 {
			if v := pointsMoney * float64(net) / float64(p.most); v > points {
				best, points = i, v
			}
		}
	}
	return best, points
}
