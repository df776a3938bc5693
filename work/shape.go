package work

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"xiezhi/ingest"
	"xiezhi/models"
)

// shapeText stores how a file was written, so that its refused rows can be given back in the same form.
func shapeText(s ingest.Shape) string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// WarningsOf gives what was noticed of a file when it was loaded.
func WarningsOf(f models.BatchFile) []Notice {
	var shape ingest.Shape
	if err := json.Unmarshal([]byte(f.Header), &shape); err != nil {
		return nil // it was not begun
	}
	var list []Notice
	for _, w := range shape.Warnings {
		list = append(list, Notice{Key: w.Key, Args: w.Args})
	}
	return list
}

// WriteRefused writes the refused rows of a file as one that can be mended and loaded again; reason words each refusal.
func WriteRefused(w io.Writer, f models.BatchFile, rows iter.Seq[models.Refusal], reason func(key string, args map[string]string) string) error {
	var shape ingest.Shape
	if err := json.Unmarshal([]byte(f.Header), &shape); err != nil {
		return fmt.Errorf("refused rows of %s: %w", f.Name, err)
	}
	seq := func(yield func(ingest.Refusal) bool) {
		for r := range rows {
			var args map[string]string
			if err := json.Unmarshal([]byte(r.Args), &args); err != nil {
				args = nil
			}
			if !yield(ingest.Refusal{Line: r.Line, Column: r.ColumnName, Value: r.Value, Key: r.ReasonKey, Args: args, Raw: r.Raw}) {
				return
			}
		}
	}
	return ingest.WriteRefused(w, shape, seq, func(r ingest.Refusal) string { return reason(r.Key, r.Args) })
}
