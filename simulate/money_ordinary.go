package simulate

// ordinary makes one transfer of people and companies who do nothing remarkable.
func (m *money) ordinary() {
	u, dayOf := m.r.Float64(), m.at.Day()
	payDay := dayOf == 10 || dayOf == 15 || dayOf == 25
	feast := m.w.days.feast[m.d]
	switch {
	case payDay && u < 0.45:
		m.payroll()
	case feast >= -1 && feast <= 1 && u < 0.5:
		m.packet()
	case u < 0.44 && m.zipf != nil:
		shop, buyer := m.shops[m.zipf.Uint64()], m.resident()
		m.add(movement{second: m.second(), from: buyer, to: ofCompany(shop), fen: m.amount(4.2, 1.0), memo: "memo_shop",
			channel: "mobile", device: buyer})
	case u < 0.60:
		a := m.r.IntN(m.w.asked)
		b := (a*31 + 7 + m.r.IntN(5)) % m.w.asked
		m.add(movement{second: m.second(), from: ofCompany(a), to: ofCompany(b), fen: m.amount(9.4, 1.2), memo: "memo_supply",
			channel: "online"})
	case u < 0.66:
		m.owner()
	default:
		a := m.resident()
		b := m.friend(a)
		m.add(movement{second: m.second(), from: a, to: b, fen: m.amount(5.8, 1.3), memo: "memo_friend", channel: "mobile", device: a})
	}
}

// resident draws somebody; those who lend their accounts live too, every second of them.
func (m *money) resident() party {
	i := m.r.IntN(m.w.residents + m.w.mules/2)
	if i >= m.w.residents {
		i = m.w.residents + 2*(i-m.w.residents)
	}
	return ofPerson(m.w.officers() + i)
}

// friend draws one of the few with whom somebody shares meals and debts.
func (m *money) friend(a party) party {
	i := (int(a)*97 + m.r.IntN(9)*m.r.IntN(9)*13 + 1) % m.w.residents
	return ofPerson(m.w.officers() + i)
}

func (m *money) payroll() {
	i := m.r.IntN(m.w.asked)
	worker := m.w.officers() + (i*13+m.r.IntN(24))%m.w.residents
	second := int64(9*3600 + m.r.IntN(8*3600))
	m.add(movement{second: second, from: ofCompany(i), to: ofPerson(worker), fen: m.amount(8.8, 0.45), memo: "memo_pay", channel: "online"})
}

func (m *money) packet() {
	a := m.resident()
	m.add(movement{second: m.second(), from: a, to: m.friend(a), fen: []int64{888, 6600, 8800, 10_000, 20_000, 66_600}[m.r.IntN(6)],
		memo: "memo_packet", channel: "mobile", device: a})
}

// owner moves money between a company and those who own it: dividends, wages of the boss, loans of the owner.
func (m *money) owner() {
	i := m.r.IntN(m.w.asked)
	a, b := ofCompany(i), ofPerson(2*i)
	if m.r.IntN(3) == 0 {
		a, b = b, a
	}
	m.add(movement{second: m.second(), from: a, to: b, fen: round(m.amount(9.2, 1.1)), memo: "memo_round", channel: "online"})
}
