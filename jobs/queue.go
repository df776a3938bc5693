package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// Kind is a sort of work. Run gets the subject that was enqueued; it is called again after an error, later and later, up to
// Tries times. A run that takes longer than Limit is cancelled: work that may take longer stops at a clean point by itself and
// goes on at the next run. A kind with Every is enqueued by itself, with an empty subject, as long as some process works.
type Kind struct {
	Name  string
	Every time.Duration
	Limit time.Duration
	Tries int
	Run   func(ctx context.Context, subject string) error
}

// item is what River stores of one piece of work.
type item struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
}

// Kind is River's name for all our work: which sort it is, is part of the item.
func (item) Kind() string { return "work" }

// waiting are the states in which an item stands for those that come: a second one of the same name and subject is left out.
var waiting = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}

// Queue enqueues work and, when told to, does it.
type Queue struct {
	kinds  map[string]Kind
	client *river.Client[*sql.Tx]
}

// rescueAfter is how long work of a killed process waits until another takes it up; no kind may run longer.
const rescueAfter = 10 * time.Minute

// Open prepares a queue on a database, whose dialect is sqlite or postgres. With works set it can do the work too.
func Open(pool *sql.DB, dialect string, kinds []Kind, mode Mode, log *slog.Logger) (*Queue, error) {
	q := &Queue{kinds: map[string]Kind{}}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{queue: q})
	cfg := &river.Config{Workers: workers, Logger: log, PollOnly: true, FetchPollInterval: time.Second, FetchCooldown: 200 * time.Millisecond,
		JobTimeout: rescueAfter - time.Minute, RescueStuckJobsAfter: rescueAfter, CompletedJobRetentionPeriod: time.Hour}
	for _, k := range kinds {
		if k.Limit > rescueAfter-time.Minute {
			return nil, fmt.Errorf("work of kind %s may take %s: at most %s", k.Name, k.Limit, rescueAfter-time.Minute)
		}
		q.kinds[k.Name] = k
		if k.Every > 0 {
			cfg.PeriodicJobs = append(cfg.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(k.Every), q.periodic(k), &river.PeriodicJobOpts{RunOnStart: true}))
		}
	}
	if mode == Works {
		cfg.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}
	} else {
		cfg.PeriodicJobs = nil
	}
	client, err := river.NewClient(driver(pool, dialect), cfg)
	if err != nil {
		return nil, fmt.Errorf("prepare the queue: %w", err)
	}
	q.client = client
	return q, nil
}

// Mode says what a process does with the queue.
type Mode int

// A process enqueues only, or works too.
const (
	Enqueues Mode = iota
	Works
)

func driver(pool *sql.DB, dialect string) riverdriver.Driver[*sql.Tx] {
	if dialect == "sqlite" {
		return riversqlite.New(pool)
	}
	return riverdatabasesql.New(pool)
}

// Migrate brings the queue's own tables forward.
func Migrate(ctx context.Context, pool *sql.DB, dialect string) error {
	m, err := rivermigrate.New(driver(pool, dialect), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("prepare the queue's tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue's tables: %w", err)
	}
	return nil
}

func (q *Queue) periodic(k Kind) river.PeriodicJobConstructor {
	return func() (river.JobArgs, *river.InsertOpts) { return item{Name: k.Name}, options(k) }
}

func options(k Kind) *river.InsertOpts {
	return &river.InsertOpts{MaxAttempts: max(k.Tries, 1), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: waiting}}
}

// Enqueue adds work inside a transaction of the store's; the same name and subject waiting already is enough.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, name, subject string) error {
	k, ok := q.kinds[name]
	if !ok {
		return fmt.Errorf("enqueue %s: no such kind of work", name)
	}
	if _, err := q.client.InsertTx(ctx, tx, item{Name: name, Subject: subject}, options(k)); err != nil {
		return fmt.Errorf("enqueue %s %s: %w", name, subject, err)
	}
	return nil
}

// Add enqueues work outside any transaction of the store's.
func (q *Queue) Add(ctx context.Context, name, subject string) error {
	k, ok := q.kinds[name]
	if !ok {
		return fmt.Errorf("enqueue %s: no such kind of work", name)
	}
	if _, err := q.client.Insert(ctx, item{Name: name, Subject: subject}, options(k)); err != nil {
		return fmt.Errorf("enqueue %s %s: %w", name, subject, err)
	}
	return nil
}

// Work does the work until the context ends, then lets what runs come to its end for a few seconds.
func (q *Queue) Work(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := q.client.Stop(soft); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	hard, cancelHard := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancelHard()
	return q.client.StopAndCancel(hard)
}

// worker runs items by their kind.
type worker struct {
	river.WorkerDefaults[item]
	queue *Queue
}

// Work runs one item.
func (w *worker) Work(ctx context.Context, job *river.Job[item]) error {
	k, ok := w.queue.kinds[job.Args.Name]
	if !ok {
		return fmt.Errorf("work of kind %s: this program does not know it", job.Args.Name)
	}
	return k.Run(ctx, job.Args.Subject)
}

// Timeout is how long one run of the item may take.
func (w *worker) Timeout(job *river.Job[item]) time.Duration {
	if k, ok := w.queue.kinds[job.Args.Name]; ok && k.Limit > 0 {
		return k.Limit
	}
	return time.Minute
}
