package handlers

import (
	"maps"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"pgregory.net/rapid"
)

// What a session holds comes back, written in this form or in the one of before.
func TestSessionCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]any{}
		for key, v := range rapid.MapOf(rapid.String(), rapid.Int64()).Draw(t, "numbers") {
			values["n"+key] = v
		}
		for key, v := range rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "texts") {
			values["t"+key] = v
		}
		until := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "until"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
		for _, codec := range []scs.Codec{SessionCodec{}, scs.GobCodec{}} {
			b, err := codec.Encode(until, values)
			if err != nil {
				t.Fatal(err)
			}
			at, got, err := SessionCodec{}.Decode(b)
			if err != nil || !at.Equal(until) || !maps.Equal(got, values) {
				t.Fatalf("%T: %v %v %v, want %v %v", codec, at, got, err, until, values)
			}
		}
	})
	if _, err := (SessionCodec{}).Encode(time.Now(), map[string]any{"at": 1.5}); err == nil {
		t.Error("a session holds a fraction")
	}
	if _, _, err := (SessionCodec{}).Decode([]byte(`{"until":`)); err == nil {
		t.Error("half a session was read")
	}
}
