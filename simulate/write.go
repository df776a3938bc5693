package simulate

import (
	"context"
	"errors"
)

// Write makes a province and writes it as canonical files with labels.csv into dir, which is made where it does not
// exist; files of the same names are replaced. Each row tells its source and when it was observed, within the two years
// before Until and never later. Memory grows with Companies, not with Transfers.
func Write(ctx context.Context, dir string, o Options) (Summary, error) {
	w, err := newWorld(o)
	if err != nil {
		return Summary{}, err
	}
	if err := w.populate(o.Companies); err != nil {
		return Summary{}, err
	}
	return into(dir, func(out sheets) error {
		s := &scribe{w: w, r: stream(o.Seed, streamFacts), out: out, prefix: "SIM"}
		s.institutions()
		if err := s.writeFacts(ctx); err != nil {
			return err
		}
		if err := newMoney(w, stream(o.Seed, streamMoney), out["transfers"]).write(ctx, o.Transfers); err != nil || o.WithoutStory {
			return err
		}
		return tell(o, out)
	})
}

// WriteStory writes the story of 2018 alone: a trading company of Shenzhen Futian that opens a lending platform promising
// 8 % a day. The files load beside those that Write made with the same Seed and Until.
func WriteStory(dir string, o Options) (Summary, error) {
	return into(dir, func(out sheets) error { return tell(o, out) })
}

// tell writes the story from a world of its own, so that it is the same with and without the province.
func tell(o Options, out sheets) error {
	w, err := newWorld(Options{Seed: o.Seed, Until: o.Until})
	if err != nil {
		return err
	}
	w.r = stream(o.Seed, streamStory)
	writeStory(w, &scribe{w: w, r: w.r, out: out, prefix: "STORY"})
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
