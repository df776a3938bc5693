package main

import (
	"fmt"
	"net/url"
	"testing"

	"xiezhi/models"
)

// identity proposes in a place that two companies, which it makes there, are one.
func (w *province) identity(t testing.TB, place string) {
	t.Helper()
	ctx, db := t.Context(), w.raw(t)
	p, _ := models.PlaceOf(place)
	ids := make([]int64, 2)
	for i := range ids {
		key := fmt.Sprintf("WHO%s-%d", place, i)
		_, err := db.ExecContext(ctx, fmt.Sprintf("INSERT INTO subjects (kind, key, name, name_fold, division_code, p2, c4, c6, stub, first_at) SELECT 'company', '%s', '%s', '%s', '%s', '%s', '%s', '%s', stub, first_at FROM subjects LIMIT 1",
			key, key, key, place, p.P2, p.C4, p.C6))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT id FROM subjects WHERE key = '%s'", key)).Scan(&ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	one := models.Identity{AID: ids[0], BID: ids[1], Verdict: "same", Relation: "same_as", Score: 96, Reasons: `[{"key":"dress","points":98}]`}
	if _, err := w.p.store.ProposeIdentities(ctx, models.System("test"), []models.Identity{one}); err != nil {
		t.Fatal(err)
	}
	var ref string
	if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT ref FROM identities WHERE a_id = %d", ids[0])).Scan(&ref); err != nil {
		t.Fatal(err)
	}
	w.put("identity", place, ref)
}

// identities are the ways to who is who.
func identities() []attack {
	var list []attack
	for _, base := range []string{"", "/api/v1"} {
		list = append(list, attack{route: "GET " + base + "/identities"}, attack{route: "GET " + base + "/identities/:ref", kind: "identity"},
			attack{route: "POST " + base + "/identities/:ref/:decision (unsure)", kind: "identity", words: []string{":decision", "unsure"}, form: same(url.Values{"note": {"待核"}})},
			attack{route: "POST " + base + "/identities/:ref/:decision (no_event)", kind: "identity", words: []string{":decision", "no_event"}, form: none})
	}
	return list
}
