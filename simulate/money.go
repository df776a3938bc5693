package simulate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// party is an account by its owner: a person's number, or a company's below zero.
type party int64

func ofPerson(i int) party  { return party(i) }
func ofCompany(i int) party { return party(-1 - i) }

func (p party) append(b []byte) []byte {
	n, kind := int64(p)+1, "A-P"
	if p < 0 {
		n, kind = -int64(p), "A-C"
	}
	b = append(b, kind...)
	for w := int64(1_000_000); w > n && w > 1; w /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, n, 10)
}

func (p party) String() string { return string(p.append(nil)) }

// movement is a transfer of a day before it is written.
type movement struct {
	second   int64 // of the day
	from, to party
	fen      int64
	memo     string // a list
	channel  string
	device   party // 0: none is told
	voice    *voice
}

// money writes transfers in the order of time. It holds the movements of one day, the schemes, rings and habits.
type money struct {
	w      *world
	r      *rand.Rand
	out    *sheet
	shops  []int
	zipf   *rand.Zipf
	rings  []*ring
	habits []*habit
	total  float64 // weight of all days
	day    []movement
	d      int
	at     time.Time
	n      int
	buf    []byte
}

func newMoney(w *world, r *rand.Rand, out *sheet, transfers int) *money {
	m := &money{w: w, r: r, out: out}
	for i := range w.asked {
		p := &w.profiles[w.plan[i]]
		if p.class == "merchant" && p.cohort != cohortBad {
			m.shops = append(m.shops, i)
		}
	}
	if len(m.shops) > 0 {
		m.zipf = rand.NewZipf(r, 1.3, 4, uint64(len(m.shops)-1))
	}
	for d := range memoryDays {
		m.total += m.weight(d)
	}
	if w.asked > 0 {
		m.addSchemes(transfers)
		m.addRings(transfers)
		m.addHabits(transfers)
	}
	return m
}

// ordinaryLeast is the share of a day's transfers that ordinary life makes even when the others were many.
const ordinaryLeast = 0.4

// weight of a day in the whole: more is reported from year to year.
func (m *money) weight(d int) float64 {
	return (0.4 + 1.6*float64(d)/memoryDays) * m.w.days.weight[moodSpend][d]
}

// write makes n transfers: what schemes, rings and habits do on a day, and ordinary life for the rest.
func (m *money) write(ctx context.Context, n int) error {
	if m.w.asked == 0 || n == 0 {
		return nil
	}
	passed := 0.0
	for d := range memoryDays {
		if ctx.Err() != nil {
			return fmt.Errorf("simulate transfers: %w", ctx.Err())
		}
		m.d, m.at, m.day = d, m.w.days.start.AddDate(0, 0, d), m.day[:0]
		passed += m.weight(d)
		want := int(math.Round(float64(n)*passed/m.total)) - m.n
		m.schemeDay()
		m.ringDay()
		m.habitDay()
		least := len(m.day) + int(ordinaryLeast*float64(n)*m.weight(d)/m.total)
		for len(m.day) < max(want, least) {
			m.ordinary()
		}
		slices.SortStableFunc(m.day, func(a, b movement) int { return cmp.Compare(a.second, b.second) })
		if m.n+len(m.day) > n || d == memoryDays-1 {
			m.day = m.day[:min(len(m.day), n-m.n)]
		}
		for i := range m.day {
			m.put(&m.day[i])
		}
	}
	return nil
}

func (m *money) add(mv movement) {
	mv.second = min(max(0, mv.second), 24*3600-1)
	mv.fen = max(1, mv.fen)
	m.day = append(m.day, mv)
}

// second draws a moment of the day by the hours of a busy one.
func (m *money) second() int64 { return int64(hourOf(m.r.Float64()) / time.Second) }

func (m *money) put(v *movement) {
	m.n++
	b := append(m.buf[:0], "T-"...)
	b = strconv.AppendInt(b, int64(1_000_000_000+m.n), 10)
	b = v.from.append(append(b, ','))
	b = v.to.append(append(b, ','))
	b = appendYuan(append(b, ','), v.fen)
	b = m.at.Add(time.Duration(v.second)*time.Second).AppendFormat(append(b, ",CNY,"...), time.RFC3339)
	b = append(append(append(b, ','), v.channel...), ',')
	if v.device != 0 {
		b = v.device.append(append(b, "D-"...))
	}
	b = append(b, ',')
	if m.r.IntN(3) > 0 {
		said := voice{}
		if v.voice != nil {
			said = *v.voice
		}
		b = m.w.lex.append(b, m.r, v.memo, said, 0)
	}
	m.buf = append(b, ",BANK\n"...)
	m.out.raw(m.buf)
}

// amount draws fen from a log-normal of yuan.
func (m *money) amount(mu, sigma float64) int64 {
	return max(1, int64(math.Exp(mu+sigma*m.r.NormFloat64())*100))
}

// round makes an amount one that people name: whole tens, hundreds or thousands.
func round(fen int64) int64 {
	unit := int64(1000)
	for unit*40 < fen {
		unit *= 10
	}
	return max(unit, fen/unit*unit)
}
