package simulate

import (
	"math/rand/v2"
	"time"
)

// life is the course of a scheme: first words that may mean anything, then the offer, then the trouble.
type life struct {
	start time.Time // weak signs from here on
	grown time.Time // the offer is public
	peak  time.Time // the first who want their money wait for it
	fall  time.Time // nothing is paid any more; zero: not yet
}

// newLife draws one of a scheme that has just begun, one that runs, or one that has fallen.
func newLife(r *rand.Rand, end time.Time) life {
	ago := func(days float64) time.Time { return end.Add(-time.Duration(days*24) * time.Hour) }
	u := r.Float64()
	if u < 0.15 {
		start := 30 + r.Float64()*45
		return life{start: ago(start), grown: ago(start * (0.4 + r.Float64()*0.3)), peak: ago(max(1.0/24, r.Float64()*6))}
	}
	start := 120 + r.Float64()*560
	quit := 0.0
	if u > 0.65 {
		quit = 5 + r.Float64()*70
	}
	span := start - quit
	grown := start - span*(0.08+r.Float64()*0.22)
	l := life{start: ago(start), grown: ago(grown), peak: ago(grown - (grown-quit)*(0.35+r.Float64()*0.5))}
	if quit > 0 {
		l.fall = ago(quit)
	}
	return l
}

// last is when the scheme stops to grow: its fall or the end.
func (l life) last(end time.Time) time.Time {
	if l.fall.IsZero() {
		return end
	}
	return l.fall
}

// when draws the moment of something of a pattern; false: that part of the life has not come.
func (l life) when(r *rand.Rand, pattern string, end time.Time) (time.Time, bool) {
	from, to, bend := l.start, l.grown.Add(30*24*time.Hour), 1.0
	switch pattern {
	case "grow":
		from, to, bend = l.grown, l.last(end), 0.7
	case "strong":
		from, to, bend = l.peak, end, 0.8
	case "fallen":
		if l.fall.IsZero() {
			return time.Time{}, false
		}
		from, to = l.fall, end
	}
	if to.After(end) {
		to = end
	}
	width := to.Sub(from)
	if width < time.Hour {
		return time.Time{}, false
	}
	u := r.Float64()
	if bend < 1 {
		u = max(u, r.Float64()*bend) // later is likelier
	}
	return from.Add(time.Duration(u * float64(width-10*time.Minute))).Truncate(time.Second), true
}

// ripe is how far a scheme has come, 0 to 1: little is known of what has just begun.
func (l life) ripe(end time.Time) float64 {
	return min(1, 0.35+end.Sub(l.grown).Hours()/24/200)
}
