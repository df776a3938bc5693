package work_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// A picture of a database whose newest rows are the same but whose earlier loads differ is not taken up: the seal covers every load, not
// the last alone. Nor is one of an older form, a cut one or one of which a byte was changed anywhere.
func TestStoredPictureOfAnotherDatabase(t *testing.T) {
	modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
		file := t.TempDir() + "/graph.xzg"
		by := plain(s, models.ScopeOf("000000"))
		fill := func(s *models.Store, through string) {
			t.Helper()
			for i, rows := range [][]models.Row{{company("A", "440304"), company("B", "440304"), company("C", "440304"), company("D", "440304")},
				{holds("company:A", through, 1, models.Instant{})}, {holds("company:B", "company:A", .5, models.Instant{})}} {
				if _, err := world.Load(t.Context(), s, fmt.Sprint("L", i), "440300", rows...); err != nil {
					t.Fatal(err)
				}
			}
		}
		length := func(s *models.Store, to string) int {
			t.Helper()
			g := &work.Graph{Store: s, File: file}
			a, err := g.Path(t.Context(), by, work.PathAsk{From: "company:A", To: to, Max: 70, K: 1})
			if err != nil {
				t.Fatal(err)
			}
			return a.Length
		}
		fill(s, "company:C")
		if n := length(s, "company:C"); n != 1 {
			t.Fatalf("a chain of %d", n)
		}
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		other := modelstest.Open(t, t.TempDir()+"/other.db", at("2026-08-20"))
		fill(other, "company:D")
		by = plain(other, models.ScopeOf("000000"))
		if c, d := length(other, "company:C"), length(other, "company:D"); c != -1 || d != 1 {
			t.Errorf("the picture of another database was taken up: chains of %d and %d", c, d)
		}
		by = plain(s, models.ScopeOf("000000"))
		for name, damaged := range map[string][]byte{"cut": whole[:len(whole)-3], "older": append([]byte("xiezhi graph 2\n"), whole[15:]...), "empty": nil,
			"changed": append(append([]byte{}, whole[:40]...), append([]byte{whole[40] ^ 4}, whole[41:]...)...)} {
			if err := os.WriteFile(file, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if n := length(s, "company:C"); n != 1 {
				t.Errorf("%s: a chain of %d", name, n)
			}
		}
	})
}

// Transfers that are withdrawn leave the graph that is kept, without a new one being built, and the one that is taken up from its picture.
func TestGraphFollowsWithdrawnTransfers(t *testing.T) {
	now := time.Date(2026, 8, 20, 9, 0, 0, 0, models.China)
	modelstest.EachAt(t, func() time.Time { return now }, func(t *testing.T, s *models.Store) {
		now = time.Date(2026, 8, 20, 9, 0, 0, 0, models.China)
		file := t.TempDir() + "/graph.xzg"
		pay := func(id, from, to string) models.Row {
			return models.Row{Table: models.TableTransfers, Source: "BANK-A", Transfer: &models.TransferRow{ID: id, FromAccount: from, ToAccount: to, AmountFen: 100, At: models.At(now)}}
		}
		if _, err := world.Load(t.Context(), s, "L1", "440300", pay("T1", "X", "Y"), pay("T2", "Y", "Z"), pay("T3", "X", "Z")); err != nil {
			t.Fatal(err)
		}
		by := plain(s, models.ScopeOf("000000"))
		kept := &work.Graph{Store: s, File: file}
		hops := func(g *work.Graph) int {
			t.Helper()
			a, err := g.Trace(t.Context(), by, work.MoneyAsk{Account: "account:X", Direction: work.Forward, Method: work.ProRata, Hops: 3})
			if err != nil {
				t.Fatal(err)
			}
			return len(a.Hops)
		}
		if n := hops(kept); n != 3 {
			t.Fatalf("%d payments", n)
		}
		for i, id := range []string{"T1", "T3"} {
			if err := s.WithdrawTransfer(t.Context(), manager(), "BANK-A", id, "sent by mistake"); err != nil {
				t.Fatal(err)
			}
			wait()
			want := []int{1, 0}[i]
			if a, b, c := hops(kept), hops(&work.Graph{Store: s}), hops(&work.Graph{Store: s, File: file}); a != want || b != want || c != want {
				t.Errorf("after %s was withdrawn: kept %d, built %d, taken up %d payments, want %d", id, a, b, c, want)
			}
		}
	})
}
