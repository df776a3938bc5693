package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"xiezhi/models"
)

// apiCall is one write of the API: Input is filled from the JSON body; Probe asks scope, role and state, for a body that cannot be
// read; Do carries the verb out; Answer gives status and body afterwards.
type apiCall struct {
	Input  any
	Probe  func(actor models.Actor) error
	Do     func(actor models.Actor) error
	Answer func(actor models.Actor) (status int, body any, err error)
}

// apiWrite carries a write out in the order of the contract: a known key is answered as before; then scope, role, state, guards
// and fields, which the verb asks itself.
func (a *App) apiWrite(c *gin.Context, call apiCall) error {
	ctx, actor := c.Request.Context(), ActorOf(c)
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return err
	}
	id := models.Idempotency{Key: c.GetHeader("Idempotency-Key")}
	if err := checkKey(id.Key); err != nil {
		return err
	}
	if id.Key != "" {
		sum := sha256.Sum256(append([]byte(c.Request.Method+" "+c.Request.URL.Path+"\n"), raw...))
		id.Hash = hex.EncodeToString(sum[:])
		done, err := a.waitReplay(ctx, actor, id)
		if err != nil || done != nil {
			return answerReplay(c, done, err)
		}
		actor.Idem = id
	}
	if call.Input != nil && len(raw) > 0 {
		if err := json.Unmarshal(raw, call.Input); err != nil {
			if call.Probe != nil {
				if err := call.Probe(actor); err != nil {
					return err
				}
			}
			return &models.Error{Kind: models.KindInvalid, Key: "error.json", Fields: jsonField(err), Err: err}
		}
	}
	if err := call.Do(actor); err != nil {
		if id.Key != "" && models.KindOf(err) == models.KindConflict { // an equal request may have been first
			if done, werr := a.waitReplay(ctx, actor, id); werr != nil || done != nil {
				return answerReplay(c, done, werr)
			}
		}
		return err
	}
	actor.Idem = models.Idempotency{}
	status, body, err := call.Answer(actor)
	if err != nil {
		return err
	}
	out, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if id.Key != "" {
		if err := a.Store.KeepAnswer(ctx, actor, id, status, out); err != nil {
			return err
		}
	}
	c.Data(status, "application/json; charset=utf-8", out)
	return nil
}

// replayPatience is how long an equal request waits for the answer of the one that was first.
const replayPatience = 3 * time.Second

// waitReplay looks a key up: nil for a new one. While the write is done and its answer is still on the way, it waits.
func (a *App) waitReplay(ctx context.Context, actor models.Actor, id models.Idempotency) (*models.Replay, error) {
	for waited := time.Duration(0); ; waited += 50 * time.Millisecond {
		done, err := a.Store.ReplayOf(ctx, actor, id)
		if err != nil || done == nil || !done.Lost || waited >= replayPatience {
			return done, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// answerReplay answers as before, or says that the answer was lost.
func answerReplay(c *gin.Context, done *models.Replay, err error) error {
	if err != nil {
		return err
	}
	if done.Lost {
		return &models.Error{Kind: models.KindConflict, Key: "error.idempotency_lost"}
	}
	c.Data(done.Status, "application/json; charset=utf-8", done.Body)
	return nil
}

// checkKey refuses a key that is too long or that no store can hold.
func checkKey(key string) error {
	switch {
	case len(key) > 200:
		return models.Invalid(map[string]string{"Idempotency-Key": "error.too_long"})
	case !utf8.ValidString(key):
		return models.Invalid(map[string]string{"Idempotency-Key": "error.characters"})
	default:
		return nil
	}
}

// jsonField names the field whose JSON type is wrong.
func jsonField(err error) map[string]string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		return map[string]string{t.Field: "error.json_type"}
	}
	return map[string]string{}
}

// text is a JSON string or number kept as it was written, for amounts and counts.
type text string

// UnmarshalJSON takes a string, a number or null.
func (t *text) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = ""
		return nil
	}
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*t = text(n.String())
	return nil
}

func items[T any](list []T, next string) gin.H {
	if list == nil {
		list = []T{}
	}
	out := gin.H{"items": list, "next": nil}
	if next != "" {
		out["next"] = next
	}
	return out
}

func (a *App) json(c *gin.Context, body any) error {
	c.JSON(http.StatusOK, body)
	return nil
}
