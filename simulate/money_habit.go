package simulate

import (
	"fmt"
	"math/rand/v2"
)

// The share of all transfers that habits make, and for how many companies there is one.
const (
	habitShare  = 0.12
	oneHabitFor = 36
	habitKinds  = 10
	busyDays    = 70 // for which somebody leads a group, keeps a stall, carries parcels
)

// habit is somebody honest whose account moves money in a way of its own: a landlord, one who hands out pensions, a shop
// that settles every evening.
type habit struct {
	number int
	kind   int
	self   party
	circle int // where the people around begin among the residents
	many   int
	fen    int64
	from   int // the first of its busy days, where it has such
	day    int // of the month or week, or of the remembered days
	moved  bool
	r      *rand.Rand
}

var habitNames = [habitKinds]string{"landlord", "pension_agent", "group_leader", "wedding", "school_fees", "shop_settlement",
	"red_packets", "cash_on_delivery", "charity", "house_sale"}

func (m *money) addHabits(transfers int) {
	count := m.w.asked / oneHabitFor
	if transfers < 40*count {
		count = transfers / 40
	}
	scale := 1.0
	if count > 0 {
		scale = min(6, habitShare*float64(transfers)/float64(count)/70)
	}
	for k := range count {
		r := m.w.nth(streamActor, 1<<31+k)
		h := &habit{number: k, kind: k % habitKinds, circle: r.IntN(m.w.residents), r: r}
		h.self = ofPerson(m.w.officers() + (k*89+31)%m.w.residents)
		h.many = max(4, int(float64(4+r.IntN(8))*scale))
		h.fen = round(int64(30_000 + r.IntN(400_000)))
		h.day = 1 + r.IntN(27)
		h.from = r.IntN(memoryDays - busyDays)
		if r.IntN(3) == 0 {
			h.from = memoryDays - busyDays - r.IntN(30)
		}
		if kind := habitNames[h.kind]; kind == "wedding" || kind == "house_sale" || kind == "charity" {
			h.day = r.IntN(memoryDays)
		}
		if kind := habitNames[h.kind]; (kind == "school_fees" || kind == "charity") && len(m.shops) > 0 {
			h.self = ofCompany(m.shops[(k*53+11)%len(m.shops)])
		}
		m.habits = append(m.habits, h)
	}
}

func (m *money) habitDay() {
	for _, h := range m.habits {
		before := len(m.day)
		habitActs[h.kind](m, h)
		h.moved = h.moved || len(m.day) > before
	}
}

var habitActs = [habitKinds]func(*money, *habit){(*money).landlord, (*money).pensions, (*money).groupLeader, (*money).wedding,
	(*money).schoolFees, (*money).settlement, (*money).redPackets, (*money).onDelivery, (*money).charity, (*money).houseSale}

// busy says that the habit has one of its busy days.
func (m *money) busy(h *habit) bool { return m.d >= h.from && m.d < h.from+busyDays }

// near is the n-th person around a habit.
func (m *money) near(h *habit, n int) party {
	return ofPerson(m.w.officers() + (h.circle+n*3)%m.w.residents)
}

func (m *money) pay(second int64, from, to party, fen int64, memo string) {
	m.add(movement{second: second, from: from, to: to, fen: fen, memo: memo, channel: "mobile", device: max(0, from)})
}

// landlord: the same rent from each tenant in the first days of a month, and a loan paid from it.
func (m *money) landlord(h *habit) {
	if m.at.Day() > 5 {
		return
	}
	for n := range h.many {
		if n%5 == m.at.Day()-1 {
			m.pay(m.second(), m.near(h, n), h.self, h.fen, "memo_rent")
		}
	}
	if m.at.Day() == 5 {
		m.pay(m.second(), h.self, ofCompany(h.number%m.w.asked), h.fen*int64(h.many)*8/10, "memo_friend")
	}
}

// pensions: one sum in, handed out to many the same morning.
func (m *money) pensions(h *habit) {
	if m.at.Day() != 15 {
		return
	}
	fen := round(h.fen)
	m.pay(8*3600, ofCompany(h.number*7%m.w.asked), h.self, fen*int64(h.many), "memo_pension")
	for n := range h.many {
		m.pay(9*3600+int64(h.r.IntN(5*3600)), h.self, m.near(h, n), fen, "memo_pension")
	}
}

// groupLeader: neighbours pay the same price within two hours, the grower is paid that evening.
func (m *money) groupLeader(h *habit) {
	if !m.busy(h) || int(m.at.Weekday()) != h.day%7 || m.w.days.feast[m.d] >= 0 && m.w.days.feast[m.d] < 7 {
		return
	}
	price, sum := between(h.r, 29, 129)*100, int64(0)
	for n := range 3 + h.r.IntN(h.many) {
		count := between(h.r, 1, 3)
		sum += price * count
		m.pay(19*3600+int64(h.r.IntN(7200)), m.near(h, n), h.self, price*count, "memo_group")
	}
	m.pay(22*3600+int64(h.r.IntN(3600)), h.self, ofCompany(h.number*11%m.w.asked), sum*92/100, "memo_supply")
}

// wedding: one day of gifts in lucky sums, the restaurant paid the next.
func (m *money) wedding(h *habit) {
	switch m.d {
	case h.day:
		for n := range 3 * h.many {
			m.pay(m.second(), m.near(h, n), h.self, []int64{20_000, 50_000, 60_000, 80_000, 100_000, 200_000}[h.r.IntN(6)], "memo_gift")
		}
	case h.day + 1:
		if len(m.shops) > 0 {
			m.pay(m.second(), h.self, ofCompany(m.shops[h.number%len(m.shops)]), h.fen*30, "memo_shop")
		}
	}
}

// schoolFees: equal large sums at the beginning of each term, sent on to the head office.
func (m *money) schoolFees(h *habit) {
	month := m.at.Month()
	if month != 2 && month != 9 || m.at.Day() > 4 {
		return
	}
	for n := range h.many * 2 {
		if n%4 == m.at.Day()-1 {
			m.pay(m.second(), m.near(h, n), h.self, h.fen*4, "memo_school")
		}
	}
	m.pay(20*3600, h.self, ofCompany(h.number*5%m.w.asked), h.fen*int64(h.many)*19/10, "memo_round")
}

// settlement: a stall that takes money all day and leaves nothing overnight.
func (m *money) settlement(h *habit) {
	if !m.busy(h) || m.at.Weekday() != 6 && m.at.Weekday() != 0 {
		return
	}
	sum := int64(0)
	for range 2 + h.r.IntN(h.many) {
		fen := m.amount(4, 0.8)
		sum += fen
		m.pay(m.second(), m.resident(), h.self, fen, "memo_shop")
	}
	m.pay(23*3600+int64(h.r.IntN(1800)), h.self, m.near(h, 0), sum, "memo_round")
}

// redPackets: the head of a family at the turn of the year, at night.
func (m *money) redPackets(h *habit) {
	if m.w.days.feast[m.d] != 0 {
		return
	}
	for n := range 2 * h.many {
		m.pay(int64(h.r.IntN(2*3600)), h.self, m.near(h, n), between(h.r, 1, 200)*100, "memo_packet")
	}
}

// onDelivery: a courier takes cash for goods and hands it to his company the same night.
func (m *money) onDelivery(h *habit) {
	if !m.busy(h) || int(m.at.Weekday()) == h.day%7 || m.d%5 > 1 {
		return
	}
	sum := int64(0)
	for range 1 + h.r.IntN(h.many) {
		fen := m.amount(5.2, 0.7)
		sum += fen
		m.pay(9*3600+int64(h.r.IntN(10*3600)), m.resident(), h.self, fen, "memo_cod")
	}
	m.pay(21*3600+int64(h.r.IntN(3600)), h.self, ofCompany(h.number*3%m.w.asked), sum*98/100, "memo_cod")
}

// charity: small gifts from very many for some days.
func (m *money) charity(h *habit) {
	if m.d < h.day || m.d > h.day+3 {
		return
	}
	for range 2 * h.many {
		m.pay(m.second(), m.resident(), h.self, []int64{1000, 2000, 5000, 10_000, 20_000}[h.r.IntN(5)], "memo_give")
	}
}

// houseSale: an account that slept wakes for one day, is paid for a home and pays for the next.
func (m *money) houseSale(h *habit) {
	if m.d != h.day {
		return
	}
	fen := between(h.r, 80, 700) * 1_000_000
	m.pay(10*3600, m.near(h, 1), h.self, 100, "memo_house")
	for n := range 4 {
		m.pay(11*3600+int64(n*420), m.near(h, 1), h.self, fen/4, "memo_house")
	}
	m.pay(12*3600+int64(h.r.IntN(1800)), h.self, m.near(h, 2), fen*98/100, "memo_house")
}

func (h *habit) id(prefix string) string { return fmt.Sprintf("A-%s-%05d", prefix, h.number+1) }

func (h *habit) typology() string { return "near_miss_" + habitNames[h.kind] }
