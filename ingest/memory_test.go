package ingest

import (
	"context"
	"io"
	"runtime"
	"strings"
	"testing"

	"xiezhi/models"
)

// An unclosed quote, or a line without an end, must not be held in memory whole.
func TestMemoryStaysBounded(t *testing.T) {
	const size = 96 << 20
	for name, c := range map[string]struct {
		format Format
		head   string
	}{"quote": {CSV, "id,name\nP1,\""}, "line": {CSV, "id,name\nP1,"}, "json": {JSONL, `{"id":"`}} {
		endless := io.MultiReader(strings.NewReader(c.head), io.LimitReader(same{}, size), strings.NewReader("\n"))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := Stream("x", c.format, endless, Options{Table: models.TablePersons})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, refusal := range r.Rows(context.Background()) {
			if refusal == nil || refusal.Key != "ingest.refused.too_long" || len(refusal.Raw) > RecordLimit {
				t.Errorf("%s: %+v", name, refusal)
			}
			n++
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; n != 1 || used > 16<<20 {
			t.Errorf("%s: %d refusals, %d MiB allocated for %d MiB", name, n, used>>20, size>>20)
		}
	}
}

type same struct{}

func (same) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}
