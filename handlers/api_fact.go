package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/work"
)

// spooled is a body that was written to a temporary file while it was read, with its digest and that of the whole request.
type spooled struct {
	file    *os.File
	size    int64
	sha256  string
	request string
}

// apiFacts loads JSON lines into one table and answers as the ingest command does. A request whose answer was lost is taken up where it
// stopped, since loading the same rows again changes nothing.
func (a *App) apiFacts(c *gin.Context) error {
	table := models.Table(c.Param("table"))
	if !slices.Contains(models.Tables(), table) {
		return models.NotFound("table")
	}
	return a.apiStream(c, "xiezhi-facts-*.jsonl", uploadLimit, func(ctx context.Context, actor models.Actor, body *spooled) (int, any, error) {
		opts, wrong := newFactLoad(actor, table, c.Query("division"), c.Query("source"))
		if len(wrong) > 0 {
			return 0, nil, models.Invalid(wrong)
		}
		opts.Size, opts.SHA256, opts.Body = body.size, body.sha256, body.file
		rep, err := a.Desk.IngestStream(ctx, actor, opts)
		wordRefusals(ctx, rep)
		return http.StatusOK, rep, err
	})
}

// apiStream does a write whose body is not held in memory: it is spooled to a temporary file first. A repeated request under a known key
// is answered as before, after waiting for the first where that still runs.
func (a *App) apiStream(c *gin.Context, name string, limit int64, do func(ctx context.Context, actor models.Actor, body *spooled) (status int, answer any, err error)) error {
	body, err := spool(c.Request, name, limit)
	if err != nil {
		return err
	}
	defer body.drop()
	ctx, actor := context.WithoutCancel(a.Context(c)), ActorOf(c)
	id := models.Idempotency{Key: c.GetHeader("Idempotency-Key"), Hash: body.request}
	if id.Key != "" {
		release, err := a.loads.take(c.Request.Context(), actor.Name+"\n"+id.Key)
		if err != nil {
			return err
		}
		defer release()
	}
	answered, err := a.replay(ctx, c, &actor, id)
	if answered || err != nil {
		return err
	}
	patient(c)
	status, answer, err := do(ctx, actor, body)
	if err != nil {
		return err
	}
	return a.answerStream(ctx, c, actor, id, status, answer)
}

// replay answers a request whose key is known; otherwise it gives the key to the actor, to be taken by the first change.
func (a *App) replay(ctx context.Context, c *gin.Context, actor *models.Actor, id models.Idempotency) (answered bool, err error) {
	if id.Key == "" {
		return false, nil
	}
	if err := checkKey(id.Key); err != nil {
		return false, err
	}
	done, err := a.Store.ReplayOf(ctx, *actor, id)
	switch {
	case err != nil:
		return false, err
	case done == nil:
		actor.Idem = id
		return false, nil
	case done.Lost:
		return false, nil
	}
	c.Data(done.Status, "application/json; charset=utf-8", done.Body)
	return true, nil
}

// newFactLoad says what to load, or what is wrong with the query by field.
func newFactLoad(actor models.Actor, table models.Table, division, source string) (work.StreamOptions, map[string]string) {
	wrong := map[string]string{}
	division, ok := loadDivision(actor, division)
	if !ok {
		wrong["division"] = "batch.wrong.division"
	}
	if source, ok = sourceCode(source); !ok {
		wrong["source"] = "batch.wrong.source"
	}
	return work.StreamOptions{Name: string(table) + ".jsonl", Table: table, Source: source, Division: division}, wrong
}

func (a *App) answerStream(ctx context.Context, c *gin.Context, actor models.Actor, id models.Idempotency, status int, answer any) error {
	out, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write the answer of %s: %w", c.FullPath(), err)
	}
	if id.Key != "" {
		actor.Idem = models.Idempotency{}
		if err := a.Store.KeepAnswer(ctx, actor, id, status, out); err != nil {
			return err
		}
	}
	c.Data(status, "application/json; charset=utf-8", out)
	return nil
}

// wordRefusals words the refused rows of a report in the caller's language.
func wordRefusals(ctx context.Context, rep work.IngestReport) {
	for _, f := range rep.Files {
		for i, e := range f.Errors {
			f.Errors[i].Reason = i18n.T(ctx, e.Key, argPairs(e.Args)...)
		}
	}
}

// spool writes a body of at most limit bytes to a temporary file named by a pattern and takes its digests on the way; the caller drops it.
func spool(r *http.Request, name string, limit int64) (*spooled, error) {
	f, err := os.CreateTemp("", name)
	if err != nil {
		return nil, err
	}
	s := &spooled{file: f}
	content, request := sha256.New(), sha256.New()
	fmt.Fprintf(request, "%s %s\n", r.Method, r.URL.RequestURI())
	s.size, err = io.Copy(io.MultiWriter(f, content, request), io.LimitReader(r.Body, limit+1))
	if err == nil && s.size > limit {
		err = &models.Error{Kind: models.KindInvalid, Key: "error.body_too_long"}
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		s.drop()
		return nil, err
	}
	s.sha256, s.request = hexSum(content), hexSum(request)
	return s, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// drop closes and removes the temporary file.
func (s *spooled) drop() {
	name := s.file.Name()
	// Nothing of the load depends on what is thrown away here.
	_ = errors.Join(s.file.Close(), os.Remove(name))
}

// turns lets one at a time do something under a name. The zero value is ready.
type turns struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// take waits until nobody else holds the name, and holds it until release is called; it fails when the context ends first.
func (t *turns) take(ctx context.Context, name string) (release func(), err error) {
	for {
		t.mu.Lock()
		busy, ok := t.held[name]
		if !ok {
			if t.held == nil {
				t.held = map[string]chan struct{}{}
			}
			done := make(chan struct{})
			t.held[name] = done
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.held, name)
				t.mu.Unlock()
				close(done)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
