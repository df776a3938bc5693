package turn_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"xiezhi/turn"
)

// TestWorkWaitsForReaders: work goes on the moment the last answer is made, and not before.
func TestWorkWaitsForReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var readers turn.Readers
		w := readers.Work()
		time.Sleep(time.Second)
		one, two := readers.Begin(), readers.Begin()
		began := time.Now()
		time.AfterFunc(2*time.Millisecond, one)
		time.AfterFunc(4*time.Millisecond, two)
		w.GiveWay()
		if took := time.Since(began); took != 4*time.Millisecond {
			t.Errorf("waited %v for answers that took 4ms", took)
		}
		began = time.Now()
		w.GiveWay()
		if took := time.Since(began); took != 0 {
			t.Errorf("waited %v for nobody", took)
		}
	})
}

// TestReadersTakeHalfAtMost: an answer that never ends holds nothing up for longer than ten milliseconds, and takes half of the work's time.
func TestReadersTakeHalfAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var readers turn.Readers
		w := readers.Work()
		defer readers.Begin()()
		time.Sleep(time.Second)
		began := time.Now()
		w.GiveWay()
		if took := time.Since(began); took != 10*time.Millisecond {
			t.Errorf("waited %v", took)
		}
		began = time.Now()
		for range 1000 {
			time.Sleep(300 * time.Microsecond) // work
			w.GiveWay()
		}
		if took := time.Since(began); took != 600*time.Millisecond {
			t.Errorf("300 ms of work took %v", took)
		}
	})
}

// TestReadersCount: whoever comes while others end is counted; run it with -race.
func TestReadersCount(t *testing.T) {
	var readers turn.Readers
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			w := readers.Work()
			for range 2000 {
				readers.Begin()()
				w.GiveWay()
			}
		})
	}
	all.Wait()
	began := time.Now()
	w := readers.Work()
	time.Sleep(time.Millisecond)
	w.GiveWay()
	if took := time.Since(began); took > time.Second {
		t.Errorf("waited %v for nobody", took)
	}
}
