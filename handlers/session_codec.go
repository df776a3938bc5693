package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionCodec writes what a session holds: texts and whole numbers, as JSON. Each request reads it, and a session in Go's own form costs
// a reader made anew each time. It still reads that form, in which sessions were written before.
type SessionCodec struct{}

type sessionText struct {
	Until   int64             `json:"until"` // nanoseconds since 1970
	Numbers map[string]int64  `json:"numbers,omitempty"`
	Texts   map[string]string `json:"texts,omitempty"`
}

// Encode writes a session. It fails with a value that is neither a text nor an int64.
func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	s := sessionText{Until: deadline.UnixNano(), Numbers: map[string]int64{}, Texts: map[string]string{}}
	for key, value := range values {
		switch v := value.(type) {
		case int64:
			s.Numbers[key] = v
		case string:
			s.Texts[key] = v
		default:
			return nil, fmt.Errorf("a session cannot hold %s, a %T", key, value)
		}
	}
	return json.Marshal(s)
}

// Decode reads a session.
func (SessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	if !bytes.HasPrefix(b, []byte(`{"`)) { // Go's own form has 255 in the second place, the number of a type
		return scs.GobCodec{}.Decode(b)
	}
	var s sessionText
	if err := json.Unmarshal(b, &s); err != nil {
		return time.Time{}, nil, fmt.Errorf("read session: %w", err)
	}
	values := make(map[string]any, len(s.Numbers)+len(s.Texts))
	for key, v := range s.Numbers {
		values[key] = v
	}
	for key, v := range s.Texts {
		values[key] = v
	}
	return time.Unix(0, s.Until).UTC(), values, nil
}
