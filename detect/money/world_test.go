package money

import (
	"testing"
	"time"

	"xiezhi/detect/money/moneytest"
	"xiezhi/graph"
)

func bookOf(w *moneytest.World, r *Rules) *Book {
	list := make([]Transfer, 0, len(w.Rows))
	for i, row := range w.Rows {
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(i), From: int64(row.From), To: int64(row.To), Fen: row.Fen, At: row.At}, Channel: r.ChannelOf(row.Channel)})
	}
	return NewBook(list, func(k int64) Account { return Account{Merchant: w.Merchant[int(k)]} })
}

// TestWorlds prints what is found in invented worlds of other sizes, amounts and seeds than any that was looked at.
func TestWorlds(t *testing.T) {
	r := testRules(t)
	for _, o := range []moneytest.Options{
		{Seed: 1, Persons: 2000, Days: 240, Schemes: 8, Decoys: 4, Fresh: 50, Scale: 100},
		{Seed: 2, Persons: 1000, Days: 240, Schemes: 4, Decoys: 4, Fresh: 0, Scale: 30},
		{Seed: 3, Persons: 3000, Days: 210, Schemes: 6, Decoys: 8, Fresh: 100, Scale: 700},
	} {
		w := moneytest.New(o)
		b := bookOf(w, r)
		started := time.Now()
		list, pop := Find(b, r, nil)
		t.Logf("%+v: %d transfers, %d schemes in %v; %+v", o, b.Len(), len(list), time.Since(started), pop)
		all := map[string]*truth{}
		for _, tr := range w.Truths {
			members := map[int64]bool{}
			for _, m := range tr.Members {
				members[int64(m)] = true
			}
			all[tr.ID] = &truth{typology: tr.Typology, bad: tr.Bad, members: members}
		}
		precision, recall := report(t, b, list, all, 60)
		if precision < 0.9 || recall < 0.45 {
			t.Errorf("%+v: precision %.2f, recall %.2f at orange", o, precision, recall)
		}
		report(t, b, list, all, 40)
	}
}
