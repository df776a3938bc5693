package work

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"xiezhi/ingest"
	"xiezhi/models"
)

// A chunk is what one transaction of a load holds: rows up to a number that keeps the store's writer for a fraction of a second, or fewer
// where they are large.
// The first holds fewer, so that storing begins while most is still to be read.
const (
	firstRows  = 1000
	chunkRows  = 5_000
	chunkBytes = 8 << 20
)

// readTurn is how many rows are made ready before others have their turn.
const readTurn = 32

// chunk is what was read of a file and is not stored yet, up to the end of a line.
type chunk struct {
	rows    *models.Prepared
	refused []models.RefusedRow
	most    int // rows
	size    int // of the refused rows
	line    int64
	err     error
}

func (c *chunk) full() bool {
	return c.rows.Len()+len(c.refused) >= c.most || c.rows.Size()+c.size >= chunkBytes
}

func (c *chunk) empty() bool { return c.rows.Len()+len(c.refused) == 0 }

// pump moves rows from a reader into the store, chunk by chunk; a chunk ends where a line ends. While one is stored, the next is read
// and made ready.
func (d *Desk) pump(ctx context.Context, r *ingest.Reader, loader *models.Loader, bf *models.BatchFile, fr *FileReport, progress Progress) error {
	started := time.Now()
	reading, stop := context.WithCancel(ctx)
	chunks := make(chan *chunk)
	go func() {
		defer close(chunks)
		readChunks(reading, r, loader, bf.Table, bf.Line, chunks)
	}()
	defer func() { // whoever asks the reader next finds it at rest
		stop()
		for range chunks {
		}
	}()
	for c := range chunks {
		if c.err != nil {
			return c.err
		}
		more, err := loader.AppendPrepared(ctx, bf, c.rows, c.refused, c.line)
		if err != nil {
			return err
		}
		for _, no := range c.refused {
			fr.name(no.Line, no.Column, no.Key, no.Args)
		}
		for _, no := range more {
			fr.name(no.Line, no.Column, no.Key, no.Args)
		}
		if progress != nil {
			progress(bf.Accepted+bf.Unchanged, 0, bf.Refused, time.Since(started))
		}
	}
	return ctx.Err()
}

// readChunks hands over what a reader yields after a line, until its end or that of ctx.
func readChunks(ctx context.Context, r *ingest.Reader, loader *models.Loader, table models.Table, line int64, chunks chan<- *chunk) {
	hand := func(c *chunk) bool {
		select {
		case chunks <- c:
			return true
		case <-ctx.Done():
			return false
		}
	}
	defer func() {
		if p := recover(); p != nil { // a goroutine of its own must not take the portal down
			hand(&chunk{err: fmt.Errorf("read after line %d: %v\n%s", line, p, debug.Stack())})
		}
	}()
	next := func(most int) *chunk {
		return &chunk{rows: loader.Prepare(table), most: min(most, chunkRows), line: line}
	}
	c, read, work := next(firstRows), 0, loader.Work()
	for row, no := range r.Rows(ctx) {
		if read++; read%readTurn == 0 {
			work.GiveWay() // the portal runs in this process: whoever waits for a page goes first
		}
		at := row.Line
		if no != nil {
			at = no.Line
		}
		if at != line && c.full() {
			if !hand(c) {
				return
			}
			c = next(2 * c.most)
		}
		line, c.line = at, at
		if no == nil {
			if err := c.rows.Add(row); err != nil {
				hand(&chunk{err: err})
				return
			}
			continue
		}
		c.refused = append(c.refused, models.RefusedRow{Line: no.Line, Column: no.Column, Value: no.Value, Key: no.Key, Args: no.Args, Raw: no.Raw})
		c.size += len(no.Raw) + len(no.Value)
	}
	if ctx.Err() == nil && !c.empty() {
		hand(c)
	}
}
