package moneytest

// schemes adds one scheme of each typology.
func (w *World) schemes(i, fresh int) {
	w.ring(i, fresh)
	w.scatterGather(i, fresh)
	w.gatherScatter(i, fresh)
	w.fanIn(i, fresh)
	w.fraud(i, fresh)
	w.chain(i, fresh)
	w.testDrain(i, fresh)
	w.ponzi(i, fresh)
	w.pairing(i, fresh)
	w.dormant(i)
}

// hired gives accounts for a scheme: some of them new and idle, the others lent by people with a life.
func (w *World) hired(n, fresh int) []int {
	out := w.people(n)
	for i := range out {
		if w.rand.chance(fresh) {
			out[i] = w.account()
		}
	}
	return out
}

// ring: money goes round with a small fee at each step.
func (w *World) ring(i, fresh int) {
	list := w.hired(w.rand.between(4, 8), fresh)
	fen, at := w.amount(20000, 200000), w.moment(w.rand.between(5, w.Days-8))
	for j, a := range list {
		w.pay(a, list[(j+1)%len(list)], fen, at, "transfer")
		fen = fen * int64(w.rand.between(96, 99)) / 100
		at += int64(w.rand.between(20, 12*60)) * minute
	}
	w.truth("cycle", true, i, list...)
}

func (w *World) scatterGather(i, fresh int) {
	list := w.hired(w.rand.between(6, 12), fresh)
	from, to, at := list[0], list[1], w.moment(w.rand.between(5, w.Days-8))
	for _, m := range list[2:] {
		fen, sent := w.amount(8000, 49000), at+int64(w.rand.between(0, 10*60))*minute
		w.pay(from, m, fen, sent, "transfer")
		w.pay(m, to, fen*int64(w.rand.between(95, 99))/100, sent+int64(w.rand.between(30, 24*60))*minute, "transfer")
	}
	w.truth("scatter_gather", true, i, list...)
}

func (w *World) gatherScatter(i, fresh int) {
	n := w.rand.between(5, 9)
	list := w.hired(2*n+1, fresh)
	hub, at, sum := list[0], w.moment(w.rand.between(5, w.Days-6)), int64(0)
	for _, p := range list[1 : n+1] {
		fen := w.amount(5000, 49000)
		sum += fen
		w.pay(p, hub, fen, at+int64(w.rand.between(0, 24*60))*minute, "transfer")
	}
	for j, p := range list[n+1:] {
		w.pay(hub, p, sum/int64(n)*int64(90+j)/100, at+day+int64(w.rand.between(0, 24*60))*minute, "transfer")
	}
	w.truth("gather_scatter", true, i, list...)
}

// fanIn: a ring of hired accounts delivers to one collector over a week.
func (w *World) fanIn(i, fresh int) {
	list := w.hired(w.rand.between(8, 14), fresh)
	d := w.rand.between(5, w.Days-9)
	for _, p := range list[1:] {
		w.pay(p, list[0], w.amount(5000, 49000), w.moment(d+w.rand.int(5)), "transfer")
	}
	w.truth("fan_in", true, i, list...)
}

// fraud: victims pay a hired account, which splits the money among others within the hour; they draw it in cash.
func (w *World) fraud(i, fresh int) {
	list := w.hired(w.rand.between(4, 6), fresh)
	d := w.rand.between(5, w.Days-5)
	for _, v := range w.people(w.rand.between(3, 9)) {
		fen, at := w.amount(20000, 150000), w.moment(d+w.rand.int(2))
		w.pay(v, list[0], fen, at, "transfer")
		part := fen / int64(len(list)-1)
		for j, m := range list[1:] {
			then := at + int64(10+5*j)*minute
			w.pay(list[0], m, part, then, "transfer")
			w.pay(m, pick(w, w.shops), part*99/100, then+int64(w.rand.between(10, 60))*minute, "cash_out")
		}
	}
	w.truth("fraud", true, i, list...)
}

// chain: the same money through several accounts within two hours.
func (w *World) chain(i, fresh int) {
	list := w.hired(w.rand.between(3, 6), fresh)
	fen, at := w.amount(50000, 300000), w.moment(w.rand.between(5, w.Days-5))
	from := w.anybody()
	for _, a := range append(list, pick(w, w.shops)) {
		w.pay(from, a, fen, at, "transfer")
		fen, at, from = fen*int64(w.rand.between(97, 99))/100, at+int64(w.rand.between(5, 25))*minute, a
	}
	w.truth("chain", true, i, list...)
}

// testDrain: a small amount tries the way, then a victim's account is emptied in three payments that go on at once.
func (w *World) testDrain(i, fresh int) {
	mule, victim := w.hired(1, fresh)[0], w.anybody()
	at := w.moment(w.rand.between(40, w.Days-5))
	w.pay(victim, mule, 5*yuan, at, "transfer")
	for j := range int64(3) {
		fen := w.amount(9000, 20000)
		w.pay(victim, mule, fen, at+(10+5*j)*minute, "transfer")
		w.pay(mule, pick(w, w.shops), fen, at+(20+5*j)*minute, "cash_out")
	}
	w.truth("test_drain", true, i, mule)
}

// ponzi: ever more people pay in; each gets 3 % of the principal a week as long as it lasts.
func (w *World) ponzi(i, fresh int) {
	list := w.hired(2, fresh)
	pool, weeks := list[0], min(14, w.Days/7-1)
	from := w.rand.int(max(1, w.Days-7*weeks))
	type stake struct {
		who   int
		fen   int64
		since int
	}
	var stakes []stake
	rate := int64(w.rand.between(2, 5))
	for week := range weeks {
		for _, p := range w.people(4 + 3*week) {
			s := stake{p, int64(w.rand.between(1, 20)) * 5000 * yuan, week}
			w.pay(p, pool, s.fen, w.moment(from+7*week+w.rand.int(7)), "transfer")
			stakes = append(stakes, s)
		}
		for _, s := range stakes {
			if week > s.since {
				w.pay(pool, s.who, s.fen*rate/100, w.moment(from+7*week+6), "transfer")
			}
		}
		w.pay(pool, list[1], w.amount(50000, 200000), w.moment(from+7*week+6), "transfer")
	}
	w.truth("ponzi", true, i, pool)
}

// pairing: what one account takes in, another pays out elsewhere within two hours, again and again; the two never meet.
func (w *World) pairing(i, fresh int) {
	list := w.hired(2, fresh)
	d := w.rand.between(3, max(4, w.Days-45))
	for range w.rand.between(10, 16) {
		fen, at := w.amount(10000, 90000), w.moment(d)
		w.pay(w.anybody(), list[0], fen, at, "transfer")
		w.pay(list[1], w.anybody(), fen, at+int64(w.rand.between(5, 100))*minute, "transfer")
		d += w.rand.between(1, 3)
	}
	w.truth("pairing", true, i, list...)
}

// dormant: an account of long ago wakes and moves much within three days.
func (w *World) dormant(i int) {
	a := w.account()
	w.pay(w.anybody(), a, 200*yuan, w.moment(0), "transfer")
	w.pay(a, pick(w, w.shops), 150*yuan, w.moment(1), "payment")
	d := w.Days - w.rand.between(4, 20)
	for range 14 {
		fen, at := w.amount(3000, 9000), w.moment(d+w.rand.int(2))
		w.pay(w.anybody(), a, fen, at, "transfer")
		w.pay(a, w.anybody(), fen*98/100, at+int64(w.rand.between(20, 300))*minute, "transfer")
	}
	w.truth("dormant", true, i, a)
}
