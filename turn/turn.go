// Package turn lets long work of a process give way to those who wait for an answer of it: a page is small and somebody looks at it, a load
// has minutes.
package turn

import (
	"runtime"
	"sync"
	"time"
)

// longestWait is how long work waits at a time: an answer that takes longer is no page that somebody waits for.
const longestWait = 10 * time.Millisecond

// Readers counts the answers that are being made. The zero Readers makes none; it is for concurrent use.
type Readers struct {
	mu   sync.Mutex
	n    int
	done chan struct{} // closed when the last is made
}

// Begin counts one more answer until end, which is called once.
func (r *Readers) Begin() (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n++; r.n == 1 {
		r.done = make(chan struct{})
	}
	return r.end
}

func (r *Readers) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n--; r.n == 0 {
		close(r.done)
	}
}

// waiting gives what is closed when all answers are made; ok is false where none is being made.
func (r *Readers) waiting() (done <-chan struct{}, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done, r.n > 0
}

// Work is long work that gives way to readers. It is for one goroutine.
type Work struct {
	readers *Readers
	since   time.Time // it has worked since
}

// Work begins long work beside the readers.
func (r *Readers) Work() *Work { return &Work{readers: r, since: time.Now()} }

// GiveWay lets others have the processor. While answers are being made it waits for them, for as long as the work went on before, so that
// no number of readers takes more than half of its time, and no longer than ten milliseconds. Work calls it every fraction of a millisecond.
func (w *Work) GiveWay() {
	runtime.Gosched()
	done, ok := w.readers.waiting()
	if !ok {
		return
	}
	timer := time.NewTimer(min(time.Since(w.since), longestWait))
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	w.since = time.Now()
}
