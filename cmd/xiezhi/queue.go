package main

import (
	"context"
	"errors"
	"time"

	"xiezhi/jobs"
	"xiezhi/models"
	"xiezhi/work"
)

// workQueue does durable work until the context ends.
func (p *portal) workQueue(ctx context.Context) {
	pool, err := p.store.Pool()
	if err == nil {
		var q *jobs.Queue
		kinds := p.kinds(func(ctx context.Context, name, subject string) error { return q.Add(ctx, name, subject) })
		if q, err = jobs.Open(pool, p.store.Dialect(), kinds, jobs.Works, p.log); err == nil {
			err = q.Work(ctx)
		}
	}
	if err != nil && ctx.Err() == nil {
		p.log.ErrorContext(ctx, "the queue stopped", "error", err.Error())
	}
}

// kinds are the sorts of durable work; add enqueues more of it.
func (p *portal) kinds(add func(ctx context.Context, name, subject string) error) []jobs.Kind {
	return []jobs.Kind{
		{Name: "connector.due", Every: 5 * time.Second, Tries: 1, Run: func(ctx context.Context, _ string) error {
			refs, err := p.store.DueConnectors(ctx)
			for _, ref := range refs {
				err = errors.Join(err, add(ctx, "connector.run", ref))
			}
			return err
		}},
		{Name: "connector.run", Limit: work.ConnectorLimit + time.Minute/2, Tries: 1, Run: func(ctx context.Context, ref string) error {
			return p.desk.RunConnector(ctx, models.System("connector"), ref)
		}},
		{Name: "replay.due", Every: 5 * time.Second, Tries: 1, Run: func(ctx context.Context, _ string) error {
			refs, err := p.store.UnfinishedReplays(ctx)
			for _, ref := range refs {
				err = errors.Join(err, add(ctx, "replay.run", ref))
			}
			return err
		}},
		{Name: "replay.run", Limit: work.ReplayLimit + time.Minute, Tries: 1, Run: func(ctx context.Context, ref string) error {
			return p.desk.RunReplay(ctx, models.System("replay"), ref)
		}},
		{Name: "training.due", Every: 5 * time.Second, Tries: 1, Run: func(ctx context.Context, _ string) error {
			refs, err := p.store.UnfinishedTrainings(ctx)
			for _, ref := range refs {
				err = errors.Join(err, add(ctx, "training.run", ref))
			}
			return err
		}},
		{Name: "training.run", Limit: 9 * time.Minute, Tries: 1, Run: func(ctx context.Context, ref string) error {
			return p.desk.RunTraining(ctx, models.System("learn"), ref)
		}},
		{Name: "scan.night", Every: 10 * time.Minute, Limit: 9 * time.Minute, Tries: 1, Run: func(ctx context.Context, _ string) error {
			return p.desk.ScanNightly(ctx, models.System("scan"))
		}},
		{Name: "clock.watch", Every: time.Minute, Tries: 1, Run: func(ctx context.Context, _ string) error {
			_, err := p.store.WatchClocks(ctx)
			return err
		}},
		{Name: "suppression.lapse", Every: time.Minute, Tries: 1, Run: func(ctx context.Context, _ string) error {
			_, err := p.store.LapseSuppressions(ctx)
			return err
		}},
		{Name: "mail.send", Every: 10 * time.Second, Limit: 5 * time.Minute, Tries: 1, Run: func(ctx context.Context, _ string) error {
			_, err := p.desk.SendMail(ctx, models.System("mail"))
			return err
		}},
		{Name: "source.check", Every: 5 * time.Minute, Tries: 1, Run: func(ctx context.Context, _ string) error {
			_, err := p.store.CheckSources(ctx, models.System("source"))
			return err
		}},
	}
}
