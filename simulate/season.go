package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// memoryDays is how long the province is remembered: nothing was observed earlier than that before its end.
const memoryDays = 730

// mood is a kind of life that has its seasons.
type mood int

const (
	moodSteady  mood = iota // quiet at Spring Festival and on Sundays
	moodGoods               // complaints on goods: after 18 June and 11 November
	moodNewYear             // wages before Spring Festival, courses and cards after it
	moodSpend               // purchases
	moods
)

// almanac holds the weight of each remembered day per mood, 1 being an ordinary day.
type almanac struct {
	start  time.Time // of the first remembered day
	weight [moods][memoryDays]float64
	most   [moods]float64
	feast  [memoryDays]int // days from the nearest Spring Festival, negative before it
}

func newAlmanac(end time.Time, festivals []string) (*almanac, error) {
	a := &almanac{start: end.AddDate(0, 0, -memoryDays)}
	var feasts []time.Time
	for _, f := range festivals {
		t, err := time.ParseInLocation(time.DateOnly, f, end.Location())
		if err != nil {
			return nil, fmt.Errorf("spring festival: %w", err)
		}
		feasts = append(feasts, t)
	}
	for d := range memoryDays {
		t := a.start.AddDate(0, 0, d)
		a.feast[d] = fromFeast(t, feasts)
		a.weight[moodSteady][d] = steady(t, a.feast[d])
		a.weight[moodGoods][d] = goods(t, a.feast[d])
		a.weight[moodNewYear][d] = newYear(t, a.feast[d])
		a.weight[moodSpend][d] = spend(t, a.feast[d])
		for m := range moods {
			a.most[m] = max(a.most[m], a.weight[m][d])
		}
	}
	return a, nil
}

func fromFeast(t time.Time, feasts []time.Time) int {
	best := 1 << 20
	for _, f := range feasts {
		if d := int(t.Sub(f).Hours() / 24); d*d < best*best {
			best = d
		}
	}
	return best
}

func steady(t time.Time, feast int) float64 {
	w := 1.0
	switch {
	case feast >= 0 && feast < 7:
		w = 0.2
	case feast >= -10 && feast < 0:
		w = 0.7
	case t.Month() == time.December:
		w = 1.3
	case t.Month() == time.October && t.Day() <= 7:
		w = 0.4
	}
	if t.Weekday() == time.Sunday || t.Weekday() == time.Saturday {
		w *= 0.6
	}
	return w
}

func goods(t time.Time, feast int) float64 {
	switch {
	case t.Month() == time.November && t.Day() > 11:
		return 3.4
	case t.Month() == time.June && t.Day() > 18, t.Month() == time.July && t.Day() < 6:
		return 2.2
	case feast >= -6 && feast <= 10:
		return 1.6
	}
	return 0.7
}

func newYear(t time.Time, feast int) float64 {
	switch {
	case feast >= -30 && feast < 0:
		return 3
	case t.Month() <= time.March:
		return 2
	case t.Month() == time.July, t.Month() == time.August:
		return 1.4
	}
	return 0.6
}

func spend(t time.Time, feast int) float64 {
	w := 1.0
	switch {
	case t.Month() == time.November && t.Day() >= 10 && t.Day() <= 13:
		w = 2.2
	case t.Month() == time.June && t.Day() >= 16 && t.Day() <= 20:
		w = 1.8
	case feast >= -12 && feast < 0:
		w = 1.6
	case feast >= 0 && feast < 6:
		w = 0.6
	case t.Month() == time.October && t.Day() <= 7:
		w = 1.2
	}
	if t.Weekday() == time.Sunday || t.Weekday() == time.Saturday {
		w *= 1.15
	}
	return w
}

// day draws a moment of the remembered days from low on, as likely as the mood weighs it.
func (a *almanac) moment(r *rand.Rand, m mood, low time.Time) time.Time {
	first := max(0, int(low.Sub(a.start).Hours()/24)+1)
	if first >= memoryDays {
		first = memoryDays - 1
	}
	for {
		d := first + r.IntN(memoryDays-first)
		if r.Float64()*a.most[m] <= a.weight[m][d] {
			return a.start.AddDate(0, 0, d).Add(hourOf(r.Float64()))
		}
	}
}

// hourOf turns an even share of a day into the hour of a busy one: few at night, most by day.
func hourOf(part float64) time.Duration {
	h := 21 + (part-0.9)/0.1*2.999
	switch {
	case part < 0.04:
		h = part / 0.04 * 7
	case part < 0.9:
		h = 7 + (part-0.04)/0.86*14
	}
	return (time.Duration(h*3600) * time.Second)
}
