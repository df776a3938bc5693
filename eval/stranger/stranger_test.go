package stranger

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestWriteOut leaves a province in the folder that XIEZHI_STRANGER names, of the seed XIEZHI_STRANGER_SEED, for measuring by hand.
func TestWriteOut(t *testing.T) {
	dir := os.Getenv("XIEZHI_STRANGER")
	if dir == "" {
		t.Skip("XIEZHI_STRANGER names no folder")
	}
	seed, err := strconv.ParseUint(os.Getenv("XIEZHI_STRANGER_SEED"), 10, 64)
	if err != nil {
		t.Fatalf("XIEZHI_STRANGER_SEED: %v", err)
	}
	cfg := Default(seed)
	cfg.Rough = os.Getenv("XIEZHI_STRANGER_ROUGH") != ""
	if err := Write(cfg, dir); err != nil {
		t.Fatal(err)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	small := Config{Seed: 7, Companies: 200, Bad: 32, Near: 60, Transfers: 3000}
	for _, dir := range []string{a, b} {
		if err := Write(small, dir); err != nil {
			t.Fatal(err)
		}
	}
	other := small
	other.Seed = 8
	if err := Write(other, c); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"companies", "persons", "institutions", "accounts", "licences", "products", "relations", "transfers", "signals", "labels", "first"} {
		one, two, three := read(t, a, name), read(t, b, name), read(t, c, name)
		if !bytes.Equal(one, two) {
			t.Errorf("%s: the same seed gave other bytes", name)
		}
		if bytes.Equal(one, three) {
			t.Errorf("%s: another seed gave the same bytes", name)
		}
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) < 50 {
		t.Fatalf("%s is empty", name)
	}
	return text
}
