package simulate

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"xiezhi/reference"
)

// storyWorld holds the few companies and people of the story.
type storyWorld struct {
	r         *rand.Rand
	lex       *lexicon
	end       time.Time
	companies []company
	persons   []person
	shells    []int
}

// storyScribe writes the story.
type storyScribe struct {
	scribe
	w *storyWorld
}

func (w *storyWorld) creditCode(division string) string {
	for {
		org := []byte("MA")
		for range 6 {
			org = append(org, creditCodeSet[w.r.IntN(len(creditCodeSet))])
		}
		if code := reference.NewUSCC("91", division, string(org)); code != "" {
			return code
		}
	}
}

func (w *storyWorld) addPerson(division string, youngest, oldest int64) int {
	i := len(w.persons)
	name := w.lex.pick(w.r, "surname") + w.lex.pick(w.r, "given")
	if w.r.IntN(4) > 0 {
		name += w.lex.pick(w.r, "given")
	}
	w.persons = append(w.persons, person{
		id: fmt.Sprintf("P-%07d", i+1), name: name, division: division, account: fmt.Sprintf("A-P%07d", i+1),
		birth: int64(w.end.Year()) - between(w.r, youngest, oldest), bank: w.r.IntN(len(w.lex.lines["bank_name"])),
	})
	return i
}

// ties writes who represents and holds a company of the story.
func (s *storyScribe) ties(c *company) {
	since, known := day(c.established), stamp(c.known)
	legal, holder := "person:"+s.w.persons[c.legal].id, "person:"+s.w.persons[c.holder].id
	self := "company:" + c.id
	write := func(from, to, kind, ratio string) {
		s.out["relations"].row(from, to, kind, ratio, "", since, "", "SAMR", known)
	}
	write(legal, self, "legal_representative", "")
	share := between(s.r, 10, 90)
	write(holder, self, "shareholder", strconv.FormatFloat(float64(share)/100, 'f', 2, 64))
	write(legal, self, "shareholder", strconv.FormatFloat(float64(100-share)/100, 'f', 2, 64))
	if s.r.IntN(3) == 0 {
		write(legal, self, "manager", "")
	}
	if c.profile.cohort != cohortBad {
		return
	}
	for _, i := range s.w.shells {
		shell := "company:" + s.w.companies[i].id
		write(shell, self, "same_address", "")
		write(shell, self, "same_phone", "")
		if s.r.IntN(2) == 0 {
			write(self, shell, "shareholder", "0.60")
		}
	}
}
