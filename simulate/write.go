package simulate

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// Write makes a province and writes it as canonical files into dir, which is made where it does not exist; files of the
// same names are replaced. Beside the canonical tables stand labels.csv (what is bad, what only looks so, companies and
// accounts), first_fact.csv (when the first fact was observed that incriminates a scheme) and chain.csv (the subjects
// of the chain of seventy relations, in order). Each row tells its source and when it was observed, within the two years
// before Until and never later. Memory grows by two bytes a company and with the bad ones, not with Transfers.
func Write(ctx context.Context, dir string, o Options) (Summary, error) {
	w, err := newWorld(o)
	if err != nil {
		return Summary{}, err
	}
	w.populate(o.Companies)
	return into(dir, func(out sheets) error {
		s := &scribe{w: w, r: stream(o.Seed, streamFacts), out: out, prefix: "SIM"}
		if err := s.writeFacts(ctx); err != nil {
			return err
		}
		m := newMoney(w, stream(o.Seed, streamMoney), out["transfers"], o.Transfers)
		if err := m.write(ctx, o.Transfers); err != nil {
			return err
		}
		s.labelAccounts(m)
		if o.WithoutStory {
			return nil
		}
		return tell(o, out)
	})
}

// labelAccounts labels those accounts that money went through, and tells when each scheme could first be known.
func (s *scribe) labelAccounts(m *money) {
	row := func(scheme, typology, account, bad string) {
		s.out["labels"].row(scheme, typology, "account:"+account, bad)
	}
	for _, sc := range s.w.schemes {
		typology := s.w.profiles[s.w.plan[sc.company]].typology + "_money"
		for _, a := range slices.Sorted(maps.Keys(sc.moved)) {
			row(sc.id("M", s.prefix), typology, a, "true")
		}
		if !sc.first.IsZero() {
			s.out["first_fact"].row(sc.id("S", s.prefix), stamp(sc.first))
		}
	}
	for _, g := range m.rings {
		for _, a := range slices.Sorted(maps.Keys(g.moved)) {
			row(g.id(s.prefix), g.typology(), a, "true")
		}
		if g.seen {
			s.out["first_fact"].row(g.id(s.prefix), stamp(s.w.days.start.AddDate(0, 0, g.days[0]+1)))
		}
	}
	for _, h := range m.habits {
		if h.moved {
			row(h.id(s.prefix), h.typology(), h.self.String(), "false")
		}
	}
}

// WriteStory writes the story of 2018 alone: a trading company of Shenzhen Futian that opens a lending platform promising
// 8 % a day. The files load beside those that Write made with the same Seed and Until.
func WriteStory(dir string, o Options) (Summary, error) {
	return into(dir, func(out sheets) error { return tell(o, out) })
}

// tell writes the story, the same with and without the province.
func tell(o Options, out sheets) error {
	end, err := o.end()
	if err != nil {
		return err
	}
	lex, err := readLexicon()
	if err != nil {
		return err
	}
	w := &storyWorld{r: stream(o.Seed, streamStory), lex: lex, end: end}
	s := &storyScribe{scribe: scribe{r: w.r, out: out, prefix: "STORY"}, w: w}
	s.write()
	return nil
}

func into(dir string, write func(sheets) error) (Summary, error) {
	out, err := openSheets(dir)
	if err != nil {
		return Summary{}, err
	}
	wrong := write(out)
	sum, err := out.close()
	return sum, errors.Join(wrong, err)
}
