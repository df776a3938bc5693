package work

import (
	"context"
	"time"

	"xiezhi/models"
)

// longestRest bounds how long a watch rests after a scan, while more arrives all the time.
const longestRest = 500 * time.Millisecond

// Watch scans as soon as something arrives, from whatever process it came, until the context ends: it is told of what this process
// commits, and on PostgreSQL of what any other does, and asks by itself every so often. After a scan it rests as long as the
// scan took, so that a long load keeps at least half of the time.
func (d *Desk) Watch(ctx context.Context, actor models.Actor, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	came := d.Store.Arrivals(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-came:
		}
		began := time.Now()
		scanned, err := d.catchUp(ctx, actor)
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "scan on arrival failed", "error", err)
		}
		if !scanned && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(time.Since(began), longestRest)):
		}
	}
}

// catchUp scans everybody where rules came into force since, else those with new facts; it says whether there was anything to do.
func (d *Desk) catchUp(ctx context.Context, actor models.Actor) (bool, error) {
	due, err := d.Store.RescanDue(ctx)
	if err != nil {
		return false, err
	}
	more, err := d.Store.HasUnscanned(ctx)
	if err != nil || !due && !more {
		return false, err
	}
	_, err = d.Scan(ctx, actor, ScanOptions{All: due, OnArrival: true})
	return true, err
}

// The hours of the night, in China, in which everybody is scanned: what ends by time alone is seen then, and what is common among
// peers is counted anew.
const (
	nightFrom  = 1
	nightUntil = 5
	nightEvery = 20 * time.Hour
)

// ScanNightly scans everybody where it is night and no whole scan of the present began within the last twenty hours; one that was
// killed is taken up.
func (d *Desk) ScanNightly(ctx context.Context, actor models.Actor) error {
	now := d.Store.Now()
	if h := now.Time().In(models.China).Hour(); h < nightFrom || h >= nightUntil {
		return nil
	}
	last, err := d.Store.LastWholeScan(ctx)
	if err != nil || !last.IsZero() && now.Sub(last) < nightEvery {
		return err
	}
	_, err = d.Scan(ctx, actor, ScanOptions{All: true, OnArrival: true})
	return err
}
