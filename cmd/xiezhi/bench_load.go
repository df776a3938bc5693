package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// benchLoad brings made rows through the loader of the store, with its checks, indexes and audit, durable as the store is.
type benchLoad struct {
	s        *models.Store
	batch    models.Batch
	loader   *models.Loader
	accounts int
	n        atomic.Int64 // lines so far
	seed     graph.Seed
	// committed is told of the newest transfer that is stored, and when that was; it may be nil and is never waited for.
	committed chan arrival
}

// arrival is a transfer that was stored.
type arrival struct {
	account, key string
	at           models.Instant
	stored       time.Time
}

// How many rows a transaction of a made load takes: as many as one of a file at most, fewer where they come at a rate and are not due.
const (
	benchChunk = 2000
	benchMost  = 10_000
)

func newBenchLoad(ctx context.Context, s *models.Store, name string, table models.Table, accounts int) (*benchLoad, error) {
	b, err := s.BeginBatch(ctx, byCommand, models.BatchPlan{Source: "BENCH", Division: "440300", Files: []models.BatchFile{{Name: name, Table: table, Header: "{}", SHA256: name}}})
	if err != nil {
		return nil, err
	}
	return &benchLoad{s: s, batch: b, loader: s.NewLoader(byCommand, &b), accounts: accounts, seed: 1}, nil
}

// run brings at most so many rows, rate a second (0 for as fast as it goes), until the context ends, and gives how many came a second.
// While a chunk is stored the next is made ready, as when a file is loaded.
func (l *benchLoad) run(ctx context.Context, most int64, rate int, row func(n int64) models.Row) (float64, error) {
	began, done := time.Now(), int64(0)
	making, stop := context.WithCancel(ctx)
	defer stop()
	chunks := make(chan *benchReady)
	go func() {
		defer close(chunks)
		l.ready(making, most, rate, row, chunks)
	}()
	var failed error
	for c := range chunks {
		if failed != nil {
			continue // until who makes chunks ready has seen it
		}
		// A chunk that is begun is brought to its end.
		if failed = c.err; failed == nil {
			_, failed = l.loader.AppendPrepared(context.WithoutCancel(ctx), &l.batch.Files[0], c.rows, nil, c.line)
		}
		if failed != nil {
			stop()
			continue
		}
		l.tell(c.last)
		done += int64(c.n)
	}
	return float64(done) / time.Since(began).Seconds(), failed
}

// benchReady is rows that were made ready.
type benchReady struct {
	rows *models.Prepared
	n    int
	line int64
	last *models.TransferRow
	err  error
}

// ready makes chunks of what is due by then.
func (l *benchLoad) ready(ctx context.Context, most int64, rate int, row func(n int64) models.Row, chunks chan<- *benchReady) {
	began, work := time.Now(), l.loader.Work()
	for made := int64(0); made < most && ctx.Err() == nil; {
		n := min(benchMost, most-made)
		if rate > 0 {
			sleepFor(ctx, time.Until(began.Add(time.Duration(float64(made+benchChunk)/float64(rate)*float64(time.Second)))))
			n = min(n, max(benchChunk, int64(time.Since(began).Seconds()*float64(rate))-made))
		}
		c := &benchReady{rows: l.loader.Prepare(l.batch.Files[0].Table), n: int(n)}
		for i := range n {
			if i%32 == 0 {
				work.GiveWay() // who asks goes first
			}
			at := l.n.Add(1)
			r := row(at)
			r.Line = at + 1
			c.line, c.last = r.Line, r.Transfer
			if c.err = c.rows.Add(r); c.err != nil {
				break
			}
		}
		made += n
		select {
		case chunks <- c:
		case <-ctx.Done():
			return
		}
	}
}

func (l *benchLoad) tell(t *models.TransferRow) {
	if l.committed == nil || t == nil {
		return
	}
	select {
	case l.committed <- arrival{t.FromAccount, t.ID, t.At, time.Now()}:
	default:
	}
}

// sleepFor waits for a time, or until the context ends.
func sleepFor(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// transfer makes a payment: the n-th, since minutes after the ones before, between accounts of which few are in most payments.
func (l *benchLoad) transfer(from models.Instant, every time.Duration) func(n int64) models.Row {
	return func(n int64) models.Row {
		a, b := l.seed.Skewed(l.accounts), l.seed.Below(l.accounts)
		if l.seed.Below(2) == 0 {
			a, b = b, a
		}
		return models.Row{Table: models.TableTransfers, Transfer: &models.TransferRow{ID: fmt.Sprint(l.batch.Ref, "-", n), FromAccount: benchAccount(a), ToAccount: benchAccount(b),
			AmountFen: int64(100 + l.seed.Below(5_000_000)), At: models.At(from.Time().Add(time.Duration(n) * every))}}
	}
}

// company makes the n-th company; relation makes holdings, offices and shared attributes between so many of them.
func (l *benchLoad) company(n int64) models.Row {
	return models.Row{Table: models.TableCompanies, Company: &models.CompanyRow{USCC: benchCompany(int(n)), Name: fmt.Sprint("Company ", n), DivisionCode: "440300"}}
}

func (l *benchLoad) relation(companies int) func(n int64) models.Row {
	kinds := []string{"shareholder", "shareholder", "legal_representative", "director", "same_phone", "guarantee"}
	return func(n int64) models.Row {
		ratio := float64(l.seed.Below(100)) / 100
		return models.Row{Table: models.TableRelations, Relation: &models.RelationRow{From: "company:" + benchCompany(1+l.seed.Below(companies)), To: "company:" + benchCompany(1+l.seed.Skewed(companies)),
			Kind: kinds[l.seed.Below(len(kinds))], Ratio: &ratio, SinceOn: models.Date(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n%2000)).Format(time.DateOnly))}}
	}
}

func benchAccount(n int) string { return fmt.Sprintf("62220%09d", n) }
func benchCompany(n int) string { return fmt.Sprintf("BC%08d", n) }
