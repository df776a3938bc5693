package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// arrivals tells those who wait that something was committed which a scan has to look at. A ring is never lost for those who wait:
// it is kept until it is taken, and rings that come meanwhile are one.
type arrivals struct {
	mu      sync.Mutex
	waiting map[chan struct{}]bool
}

func (a *arrivals) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ch := range a.waiting {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (a *arrivals) join() chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting == nil {
		a.waiting = map[chan struct{}]bool{}
	}
	ch := make(chan struct{}, 1)
	a.waiting[ch] = true
	return ch
}

func (a *arrivals) leave(ch chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, ch)
}

// arrivalChannel is what PostgreSQL tells every process of the portal by.
const arrivalChannel = "xiezhi_arrival"

// Arrivals gives a channel that receives soon after facts, transfers or rules were committed that no scan has looked at: by this
// process at once, and on PostgreSQL by any other. It is a hint that may come too often, and from another process on SQLite, or
// while the connection is lost, not at all: who must not miss anything asks [Store.HasUnscanned] now and then. It ends with the
// context.
func (s *Store) Arrivals(ctx context.Context) <-chan struct{} {
	ch := s.arrivals.join()
	if s.dialect != "postgres" {
		go func() {
			<-ctx.Done()
			s.arrivals.leave(ch)
		}()
		return ch
	}
	go func() {
		defer s.arrivals.leave(ch)
		for ctx.Err() == nil {
			if err := s.listen(ctx); err != nil && ctx.Err() == nil {
				select { // the database is away: those who wait ask it themselves meanwhile
				case <-ctx.Done():
				case <-time.After(2 * time.Second):
				}
			}
		}
	}()
	return ch
}

// listen hears what other processes committed until the connection breaks. It uses a connection of its own: one of the pool would
// be missing there.
func (s *Store) listen(ctx context.Context) (err error) {
	conn, err := pgx.Connect(ctx, s.target)
	if err != nil {
		return fmt.Errorf("listen for arrivals: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it is broken or no longer wanted
	if _, err := conn.Exec(ctx, "LISTEN "+arrivalChannel); err != nil {
		return fmt.Errorf("listen for arrivals: %w", err)
	}
	s.arrivals.ring() // what came before we listened
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("wait for arrivals: %w", err)
		}
		s.arrivals.ring()
	}
}

// announce tells, when the transaction commits, that there is something to scan.
func (t *tx) announce() error {
	if !t.arrived || t.store.dialect != "postgres" {
		return nil
	}
	if err := t.db.Exec("SELECT pg_notify('" + arrivalChannel + "', '')").Error; err != nil {
		return fmt.Errorf("announce an arrival: %w", err)
	}
	return nil
}

// isPostgres says whether an address is one of PostgreSQL.
func isPostgres(target string) bool {
	return strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://")
}

// scanLock is the number of the lock that scans of several processes on one PostgreSQL take turns by.
const scanLock = 0x5869657a

// LockScans waits until no other process scans the same PostgreSQL, and gives what ends the turn. Two scans at once would do the same
// work twice. On SQLite, which one node serves, it does nothing.
func (s *Store) LockScans(ctx context.Context) (release func(), err error) {
	if s.dialect != "postgres" {
		return func() {}, nil
	}
	pool, err := s.w.DB()
	if err != nil {
		return nil, fmt.Errorf("lock scans: %w", err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock scans: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(scanLock)); err != nil {
		return nil, errors.Join(fmt.Errorf("lock scans: %w", err), conn.Close())
	}
	return func() {
		// A connection that cannot give the lock back is broken, and a broken one holds no lock.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(scanLock))
		_ = conn.Close()
	}, nil
}
