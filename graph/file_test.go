package graph

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawBook(rt *rapid.T) *Book {
	_, f := drawTransfers(rt, 20)
	return &Book{Relations: drawRelations(rt, someKinds).r, Flow: f}
}

// What is stored is what is read.
func TestBookIsStoredWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBook(rt)
		var buf bytes.Buffer
		if err := WriteBook(&buf, b, []byte("about")); err != nil {
			rt.Fatal(err)
		}
		got, about, err := ReadBook(&buf)
		if err != nil || string(about) != "about" {
			rt.Fatalf("%q %v", about, err)
		}
		if want, have := edgesOf(b.Relations), edgesOf(got.Relations); !slices.Equal(want, have) {
			rt.Fatalf("edges %v, want %v", have, want)
		}
		x, y := b.Flow.Ledger(), got.Flow.Ledger()
		if x.Len() != y.Len() {
			rt.Fatalf("%d transfers, want %d", y.Len(), x.Len())
		}
		for i := range uint32(x.Len()) {
			if x.ID(i) != y.ID(i) || x.Fen(i) != y.Fen(i) || x.Means(i) != y.Means(i) || x.At(i) != y.At(i) || x.Key(x.From(i)) != y.Key(y.From(i)) || x.Key(x.To(i)) != y.Key(y.To(i)) {
				rt.Fatalf("transfer %d differs", i)
			}
		}
		more := got.Flow.With(slices.Values([]Transfer{{ID: 1000, From: 77, To: 78, Fen: 1, At: 1}}))
		if _, ok := more.Find(77); !ok || more.Len() != x.Len()+1 {
			rt.Fatal("a book that was read does not grow")
		}
	})
}

// A book that was cut or changed in any byte is refused, and never read as something else.
func TestDamagedBookIsRefused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var buf bytes.Buffer
		if err := WriteBook(&buf, drawBook(rt), []byte("about")); err != nil {
			rt.Fatal(err)
		}
		raw := buf.Bytes()
		at := rapid.IntRange(0, len(raw)-1).Draw(rt, "at")
		if rapid.Bool().Draw(rt, "cut") {
			raw = raw[:at]
		} else {
			raw[at] ^= byte(rapid.IntRange(1, 255).Draw(rt, "flip"))
		}
		if _, _, err := ReadBook(bytes.NewReader(raw)); !errors.Is(err, ErrDamaged) {
			rt.Fatalf("damaged at %d of %d: %v", at, len(raw), err)
		}
	})
}

func FuzzReadBook(f *testing.F) {
	var buf bytes.Buffer
	list := []Transfer{{ID: 1, From: 1, To: 2, Fen: 5, At: 9}, {ID: 2, From: 2, To: 1, Fen: 5, At: 10, Means: Means{"USD", "wire"}}}
	b := &Book{Relations: NewRelations().With(Change{Relations: []Relation{{Fact: 1, From: 1, To: 2, Source: "S"}}}), Flow: NewFlow().With(slices.Values(list))}
	if err := WriteBook(&buf, b, []byte("about")); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte(bookMagic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		book, _, err := ReadBook(bytes.NewReader(raw))
		if err == nil && (book.Relations == nil || book.Flow == nil) {
			t.Fatal("half a book")
		}
	})
}
