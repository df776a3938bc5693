package graph

import "slices"

// joinAtOnce is how many transfers two runs may hold together to be joined while somebody waits: some ten milliseconds of work.
const joinAtOnce = 1 << 16

// joinRuns joins any number of runs, without what was withdrawn.
func joinRuns(n *numbering, w *means, runs []*Ledger) *Ledger {
	var l *Ledger
	for _, run := range slices.Backward(runs) {
		switch {
		case l != nil:
			l = mergeRuns(n, w, run, l)
		case run.fewer == 0:
			l = run
		}
		if l == nil {
			l = mergeRuns(n, w, run, &Ledger{accounts: n, means: w})
		}
	}
	if l == nil {
		return &Ledger{accounts: n, means: w}
	}
	return l
}

// Without gives the flow without some transfers, named by the store's keys; keys that are not in it are left out, the flow itself where
// none is. The one it is called on stays as it is. The transfers stand behind marks until the next fold.
func (f *Flow) Without(ids []int64) *Flow {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return f
	}
	runs, changed := slices.Clone(f.runs), false
	for n, l := range f.runs {
		runs[n] = l.without(ids)
		changed = changed || runs[n] != l
	}
	if !changed {
		return f
	}
	return f.grown(f.accounts, f.means, runs)
}

// without marks the transfers of a sorted list.
func (l *Ledger) without(ids []int64) *Ledger {
	var gone tombs
	least, most, fewer := ids[0], ids[len(ids)-1], l.fewer
	for i := range uint32(l.Len()) {
		id := l.ID(i)
		if id < least || id > most || l.gone.has(i) {
			continue
		}
		if _, ok := slices.BinarySearch(ids, id); !ok {
			continue
		}
		if gone == nil {
			gone = l.gone.copied(l.Len())
		}
		gone.set(i)
		fewer++
	}
	if gone == nil {
		return l
	}
	m := *l
	m.gone, m.fewer = gone, fewer
	return &m
}

// Fold is runs of a flow that were joined into one beside it, while the flow may have gone on.
type Fold struct {
	was []*Ledger
	by  *Ledger
}

// foldRuns is how many runs there must be before a fold is worth its time.
const foldRuns = 4

// FoldFrom gives the number of the first run from which on a fold is due: where the later ones have grown to half of it, or where a
// sixteenth of it was withdrawn; false where none is.
func (f *Flow) FoldFrom() (from int, due bool) {
	later := f.Len()
	for k, l := range f.runs {
		later -= l.Len() - l.fewer
		if l.fewer > l.Len()/16 || len(f.runs)-k >= foldRuns && l.Len() <= 2*later {
			return k, true
		}
	}
	return 0, false
}

// Folded says whether all is one run, without marks.
func (f *Flow) Folded() bool {
	return len(f.runs) == 0 || len(f.runs) == 1 && f.runs[0].fewer == 0
}

// Fold joins the runs from a number on. It takes its time and changes nothing; Take puts what it gives into a flow.
func (f *Flow) Fold(from int) Fold {
	return Fold{was: f.runs[from:], by: joinRuns(f.accounts, f.means, f.runs[from:])}
}

// Take gives the flow with the runs of a fold replaced by the joined one; false where they are not in it any more, since transfers of
// them were withdrawn or it is another flow. Transfers that came since the fold began stay.
func (f *Flow) Take(x Fold) (*Flow, bool) {
	for k := 0; k+len(x.was) <= len(f.runs); k++ {
		if len(x.was) > 0 && slices.Equal(f.runs[k:k+len(x.was)], x.was) {
			runs := append(slices.Clone(f.runs[:k]), x.by)
			return f.grown(f.accounts, f.means, append(runs, f.runs[k+len(x.was):]...)), true
		}
	}
	return f, false
}
