package moneytest

// decoys adds one innocent look-alike of each kind.
func (w *World) decoys(i int) {
	w.newShop(i)
	w.groupBuy(i)
	w.wedding(i)
	w.labourAgent(i)
	w.mutualAid(i)
	w.collection(i)
	w.homePurchase(i)
	w.treasury(i)
	w.clientMoney(i)
}

// newShop: a shop opens; many pay it for the first time, and most come back now and then.
func (w *World) newShop(i int) {
	shop, from := w.account(), w.rand.between(10, w.Days/2)
	for _, p := range w.people(120) {
		for d := from + w.rand.int(20); d < w.Days; d += w.rand.between(5, 80) {
			w.pay(p, shop, w.amount(10, 300), w.moment(d), "transfer")
		}
	}
	for d := from + 7; d < w.Days; d += 7 {
		w.pay(shop, pick(w, w.firms), w.amount(2000, 5000), w.moment(d), "transfer")
	}
	w.truth("new_shop", false, i, shop)
}

// groupBuy: neighbours pay one of them on one day, who pays the supplier the next.
func (w *World) groupBuy(i int) {
	leader, shop := w.anybody(), pick(w, w.shops)
	for d := w.rand.between(5, 30); d < w.Days-2; d += w.rand.between(20, 60) {
		sum := int64(0)
		for _, p := range w.people(w.rand.between(12, 25)) {
			fen := w.amount(30, 90)
			sum += fen
			w.pay(p, leader, fen, w.moment(d), "transfer")
		}
		w.pay(leader, shop, sum, w.moment(d+1), "transfer")
	}
	w.truth("group_buy", false, i, leader)
}

// wedding: guests give round sums within two days; the hall is paid later.
func (w *World) wedding(i int) {
	host, d, sum := w.anybody(), w.rand.between(10, w.Days-10), int64(0)
	for _, p := range w.people(w.rand.between(30, 60)) {
		fen := int64(w.rand.between(2, 20)) * 100 * yuan
		sum += fen
		w.pay(p, host, fen, w.moment(d+w.rand.int(2)), "transfer")
	}
	w.pay(host, pick(w, w.shops), sum*2/3, w.moment(d+3), "transfer")
	w.truth("wedding", false, i, host)
}

// labourAgent: a firm pays an agent, who pays the workers within hours, every month.
func (w *World) labourAgent(i int) {
	agent, firm, workers := w.account(), pick(w, w.firms), w.people(w.rand.between(20, 45))
	for d := 14; d < w.Days; d += 30 {
		at, sum := w.moment(d), int64(0)
		for j, p := range workers {
			fen := w.amount(3000, 6000)
			sum += fen
			w.pay(agent, p, fen, at+hour+int64(j)*minute, "transfer")
		}
		w.pay(firm, agent, sum*101/100, at, "transfer")
	}
	w.truth("labour_agent", false, i, agent)
}

// mutualAid: a circle pays one of its members each month, in turn.
func (w *World) mutualAid(i int) {
	circle := w.people(w.rand.between(5, 9))
	for turn, d := 0, 4; d < w.Days; turn, d = turn+1, d+30 {
		for j, p := range circle {
			if j != turn%len(circle) {
				w.pay(p, circle[turn%len(circle)], 1000*yuan, w.moment(d), "transfer")
			}
		}
	}
	w.truth("mutual_aid", false, i, circle...)
}

// collection: many give for a sick child within days; the hospital is paid.
func (w *World) collection(i int) {
	parent, d, sum := w.anybody(), w.rand.between(10, w.Days-20), int64(0)
	for _, p := range w.people(w.rand.between(60, 150)) {
		fen := int64(w.rand.between(1, 20)) * 10 * yuan
		sum += fen
		w.pay(p, parent, fen, w.moment(d+w.rand.int(5)), "transfer")
	}
	for j := range 3 {
		w.pay(parent, w.shops[0], sum/4, w.moment(d+5+3*j), "payment")
	}
	w.truth("collection", false, i, parent)
}

// homePurchase: relatives help, and the seller is paid the same day.
func (w *World) homePurchase(i int) {
	buyer, seller, d := w.anybody(), w.anybody(), w.rand.between(10, w.Days-10)
	at, sum := w.moment(d), int64(0)
	for _, p := range w.people(w.rand.between(2, 4)) {
		fen := w.amount(50000, 300000)
		sum += fen
		w.pay(p, buyer, fen, at+int64(w.rand.int(40))*minute, "transfer")
	}
	w.pay(buyer, seller, sum, at+hour, "transfer")
	w.truth("home_purchase", false, i, buyer)
}

// treasury: subsidiaries hand their day's money to the parent each evening, which pays one supplier.
func (w *World) treasury(i int) {
	parent := w.account()
	subs := []int{w.account(), w.account(), w.account(), w.account()}
	for d := range w.Days {
		if d%7 > 4 {
			continue
		}
		for _, s := range subs {
			fen := w.amount(10000, 50000)
			w.pay(pick(w, w.firms), s, fen, w.moment(d), "transfer")
			w.pay(s, parent, fen, w.start+int64(d)*day+23*hour, "transfer")
		}
		if d%5 == 0 {
			w.pay(parent, w.firms[0], w.amount(200000, 400000), w.start+int64(d+1)*day+9*hour, "transfer")
		}
	}
	w.truth("treasury", false, i, append(subs, parent)...)
}

// clientMoney: an agent takes deposits and hands them on to sellers within an hour or two, keeping a fee, week after week.
func (w *World) clientMoney(i int) {
	agent := w.account()
	for d := 3; d < w.Days; d += w.rand.between(2, 7) {
		fen, at := w.amount(20000, 80000), w.moment(d)
		w.pay(w.anybody(), agent, fen, at, "transfer")
		w.pay(agent, w.anybody(), fen*97/100, at+90*minute, "transfer")
		if w.rand.chance(30) {
			w.pay(agent, pick(w, w.shops), w.amount(50, 900), w.moment(d), "payment")
		}
	}
	for d := 9; d < w.Days; d += 30 {
		w.pay(agent, w.halls[0], 3000*yuan, w.moment(d), "transfer")
	}
	w.truth("client_money", false, i, agent)
}
