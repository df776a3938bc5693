package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// scheme is a bad company with those around it.
type scheme struct {
	number    int // among the schemes
	company   int
	life      life
	loud      float64 // share of what could be known of it that is
	shells    []int   // companies
	mules     int     // people who lend their accounts to it
	firstMule int
	own       bool            // its legal representative takes money in
	first     time.Time       // the first fact that incriminates it
	moved     map[string]bool // its accounts that money went through
	money     moneyOfScheme
}

// addScheme makes the scheme of the company i and its shells.
func (w *world) addScheme(i int, shell uint8) {
	r := w.nth(streamScheme, i)
	s := &scheme{number: len(w.schemes), company: i, life: newLife(r, w.end), loud: 0.4 + r.Float64()*0.6,
		mules: r.IntN(7), own: r.IntN(2) == 0, moved: map[string]bool{}}
	for range []int{0, 1, 1, 2, 3}[r.IntN(5)] {
		s.shells = append(s.shells, len(w.plan))
		w.at[len(w.plan)] = s
		w.plan = append(w.plan, shell)
	}
	w.schemes = append(w.schemes, s)
	w.at[i] = s
}

// holder is the person who stands behind the scheme and represents its shells.
func (s *scheme) holder(*world) int { return 2*s.company + 1 }

// id is the scheme's name in the labels.
func (s *scheme) id(kind, prefix string) string {
	return fmt.Sprintf("%s-%s-%06d", kind, prefix, s.company+1)
}

// learn remembers the earliest fact that incriminates the scheme.
func (s *scheme) learn(at time.Time) {
	if s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
}

// heard draws whether one more of its signs is reported: the quieter and younger the scheme, the fewer are.
func (s *scheme) heard(r *rand.Rand, end time.Time) bool {
	return r.Float64() < s.loud*s.life.ripe(end)
}
