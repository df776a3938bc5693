package graph

import "runtime"

// turnRows is how many rows long work goes through before others have their turn: some hundred microseconds of it. Who asks a question
// while runs are joined would else wait until the scheduler looks, up to ten milliseconds later.
const turnRows = 1 << 14

// turn counts the rows of long work.
type turn int

// done counts some more rows and lets others have the processor where it is their turn.
func (t *turn) done(rows uint32) {
	if *t += turn(rows); *t >= turnRows {
		*t = 0
		runtime.Gosched()
	}
}
