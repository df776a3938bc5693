package reference

import (
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// Where the short ways take a text, they give what the long ones do.
func TestPlainTextIsLeftAlone(t *testing.T) {
	some := rapid.OneOf(rapid.Int32Range(0x20, 0x7E), rapid.Int32Range(0x3000, 0x3012), rapid.Int32Range(0x4DF0, 0xA005), rapid.Int32Range(0xFF00, 0xFF60))
	rapid.Check(t, func(r *rapid.T) {
		s := string(rapid.SliceOfN(some, 0, 12).Draw(r, "text"))
		if isPlain(s) {
			if norm.NFC.String(s) != s {
				r.Fatalf("%q is not in normal form", s)
			}
			for _, c := range s {
				if refusedRune(c) != "" || invisible(c) {
					r.Fatalf("%q holds %U", s, c)
				}
			}
		}
		if got, ok := foldPlain(s); ok && got != foldOnce(s) {
			r.Fatalf("fold of %q: %q, want %q", s, got, foldOnce(s))
		}
	})
	for c := rune(0); c < 0x30000; c++ {
		s := string(c)
		if got, ok := foldPlain(s); ok && got != foldOnce(s) {
			t.Errorf("fold of %U: %q, want %q", c, got, foldOnce(s))
		}
		if isPlain(s) && (norm.NFC.String("a"+s) != "a"+s || norm.NFC.String(s) != s) {
			t.Errorf("%U is not left alone", c)
		}
	}
}
