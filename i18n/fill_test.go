package i18n

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Slots are filled as by replacing each of them in the text, and values are never looked through for slots.
func TestFill(t *testing.T) {
	piece := rapid.SampledFrom([]string{"{", "}", "{a}", "{bc}", "{}", "a", "bc", "text", " "})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "text"), "")
		pairs := []string{"a", rapid.SampledFrom([]string{"", "1", "{bc}", "}{"}).Draw(t, "a"), "bc", rapid.SampledFrom([]string{"", "2", "{a}"}).Draw(t, "bc")}
		want := strings.NewReplacer("{a}", pairs[1], "{bc}", pairs[3]).Replace(text)
		if got := fill(text, pairs); got != want {
			t.Fatalf("%q with %q gives %q, not %q", text, pairs, got, want)
		}
	})
}
