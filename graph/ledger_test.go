package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The lists of every account are those that a plain look over all transfers finds, by time and then by ID.
func TestLedgerAgainstPlainLook(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Transfer {
			return Transfer{From: rapid.Int64Range(1, 6).Draw(rt, "from"), To: rapid.Int64Range(1, 6).Draw(rt, "to"),
				Fen: rapid.Int64Range(0, 9).Draw(rt, "fen"), At: rapid.Int64Range(0, 5).Draw(rt, "at")}
		}), 0, 40).Draw(rt, "transfers")
		for i := range list {
			list[i].ID = int64(i + 1)
		}
		shuffled := rapid.Permutation(list).Draw(rt, "shuffled")
		l := NewLedger(slices.Values(shuffled))
		if l.Len() != len(list) {
			rt.Fatalf("%d of %d transfers", l.Len(), len(list))
		}
		slices.SortFunc(list, func(a, b Transfer) int { return compare(a.At*100+a.ID, b.At*100+b.ID) })
		for key := int64(1); key <= 6; key++ {
			a, ok := l.Account(key)
			if ok && l.Key(a) != key {
				rt.Fatalf("account %d has key %d", key, l.Key(a))
			}
			var out, in []Transfer
			for _, x := range list {
				if x.From == key {
					out = append(out, x)
				}
				if x.To == key {
					in = append(in, x)
				}
			}
			if ok != (len(out)+len(in) > 0) {
				rt.Fatalf("account %d known: %v", key, ok)
			}
			if ok && (!slices.Equal(l.read(l.Out(a)), out) || !slices.Equal(l.read(l.In(a)), in)) {
				rt.Fatalf("account %d: out %v in %v", key, l.read(l.Out(a)), l.read(l.In(a)))
			}
		}
	})
}

func (l *Ledger) read(numbers []uint32) []Transfer {
	var list []Transfer
	for _, i := range numbers {
		list = append(list, Transfer{ID: l.ID(i), From: l.Key(l.From(i)), To: l.Key(l.To(i)), Fen: l.Fen(i), At: l.At(i)})
	}
	return list
}

// A flow is the same whatever number of transfers was announced.
func TestRoomDoesNotMatter(t *testing.T) {
	for _, n := range []int{1, 63, 64, 65, 5000, 9000} {
		list := slices.Collect(MadeTransfers(3, n, 40))
		want := NewFlow().With(slices.Values(list)).Ledger()
		for _, about := range []int{1, n, 3 * n, 1 << 14} {
			got := NewFlow().WithAbout(about, slices.Values(list)).Ledger()
			if got.Len() != n || got.Accounts() != want.Accounts() {
				t.Fatalf("%d of %d transfers, announced %d", got.Len(), n, about)
			}
			for i := range uint32(n) {
				if got.ID(i) != want.ID(i) || got.Key(got.From(i)) != list[i].From || got.To(i) != want.To(i) || got.Fen(i) != list[i].Fen || got.At(i) != list[i].At {
					t.Fatalf("transfer %d of %d differs, announced %d", i, n, about)
				}
			}
		}
	}
}
