package work_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

func account(number, place, institution string) models.Row {
	return models.Row{Table: models.TableAccounts, Source: "BANK", Account: &models.AccountRow{Number: number, InstitutionCode: institution, DivisionCode: place}}
}

func pays(id, from, to string, fen int64, currency string, hour int) models.Row {
	at := models.At(time.Date(2026, 3, 1, hour, 0, 0, 0, models.China))
	return models.Row{Table: models.TableTransfers, Source: "BANK", Transfer: &models.TransferRow{ID: id, FromAccount: from, ToAccount: to, AmountFen: fen, Currency: currency, At: at}}
}

func tie(from, to, kind string) models.Row {
	return models.Row{Table: models.TableRelations, Source: "BANK", Relation: &models.RelationRow{From: from, To: to, Kind: kind}}
}

// Money of two currencies is traced, gathered and added up apart; an account that nothing but a later transfer names is known at once.
func TestCurrenciesStandApart(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		by, g := plain(w.Store, models.ScopeOf("440300")), w.Desk.Graph
		load(t, w, account("A", "440304", "BANK1"), account("B", "440304", "BANK1"), account("C", "440305", "BANK2"),
			pays("1", "A", "B", 10_000, "", 1), pays("2", "A", "B", 500, "USD", 1), pays("3", "B", "C", 10_000, "CNY", 2), pays("4", "B", "C", 300, "USD", 2))
		tr, err := g.Trace(t.Context(), by, work.MoneyAsk{Account: "account:A", Direction: work.Forward, Method: work.ProRata, Hops: 3, Limit: 100, Sums: true})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range tr.Accounts {
			got = append(got, fmt.Sprintf("%s %s %s %s", l.Account, l.Currency, l.In, l.Remaining))
		}
		want := []string{"account:A CNY 0.00 0.00", "account:B CNY 100.00 0.00", "account:C CNY 100.00 100.00", "account:A USD 0.00 0.00", "account:B USD 5.00 2.00", "account:C USD 3.00 3.00"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		load(t, w, pays("5", "D", "C", 70, "HKD", 3))
		wait()
		sums, err := g.Sums(t.Context(), by, work.SumsAsk{By: work.ByPlace, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, s := range sums.Sums {
			lines = append(lines, fmt.Sprintf("%s %s %d %s %s %s", s.Currency, s.Name, s.Accounts, s.In, s.Out, s.Inside))
		}
		slices.Sort(lines)
		want = []string{"CNY 440304 2 0.00 100.00 100.00", "CNY 440305 1 100.00 0.00 0.00", "HKD 440300 1 0.00 0.70 0.00", "HKD 440305 1 0.70 0.00 0.00", "USD 440304 2 0.00 3.00 5.00", "USD 440305 1 3.00 0.00 0.00"}
		if !slices.Equal(lines, want) {
			t.Errorf("%q", lines)
		}
		p, err := g.MoneyPath(t.Context(), by, work.MoneyPathAsk{Source: "account:A", Target: "account:C", Hops: 5})
		if err != nil || p.Length != 2 || p.Hops[0].Currency != p.Hops[1].Currency {
			t.Errorf("%+v %v", p, err)
		}
		if p, err := g.MoneyPath(t.Context(), by, work.MoneyPathAsk{Source: "account:C", Target: "account:A", Hops: 5}); err != nil || p.Length != -1 {
			t.Errorf("money does not flow back: %+v %v", p, err)
		}
	})
}

// Groups and hubs are shown to those who may know a member; members outside are masked, groups wholly outside are not there.
func TestGroupsKeepToTheScope(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		var rows []models.Row
		for _, n := range []string{"A", "B", "C"} {
			rows = append(rows, company(n, "440304"), company("X"+n, "430104"), account("P"+n, "440304", "BANK1"))
		}
		rows = append(rows, tie("company:A", "company:B", "guarantee"), tie("company:B", "company:XA", "guarantee"), tie("company:XA", "company:A", "guarantee"),
			tie("company:XB", "company:XC", "guarantee"), tie("company:XC", "company:XB", "guarantee"),
			tie("company:A", "company:C", "same_phone"), tie("company:C", "company:XC", "same_phone"), tie("company:XA", "company:XB", "same_address"),
			account("HUB", "440304", "BANK1"), pays("1", "PA", "HUB", 100, "", 1), pays("2", "PB", "HUB", 100, "", 2), pays("3", "PC", "HUB", 100, "", 3), pays("4", "PC", "HUB", 100, "USD", 3))
		load(t, w, rows...)
		by, g := plain(w.Store, models.ScopeOf("440300")), w.Desk.Graph
		rings, err := g.GuaranteeRings(t.Context(), by, work.GroupsAsk{Limit: 10})
		if err != nil || len(rings.Rings) != 1 || !slices.Equal(rings.Rings[0].Members, []string{"company:A", "outside:1", "company:B"}) && len(rings.Rings[0].Members) != 3 || len(rings.Rings[0].Chain) != 3 {
			t.Errorf("%+v %v", rings, err)
		}
		if !slices.Contains(rings.Rings[0].Members, "outside:1") {
			t.Errorf("%q names somebody outside", rings.Rings[0].Members)
		}
		clusters, err := g.Clusters(t.Context(), by, work.GroupsAsk{Limit: 10})
		if err != nil || len(clusters.Clusters) != 1 || clusters.Clusters[0].Kind != "same_phone" || len(clusters.Clusters[0].Members) != 3 {
			t.Errorf("%+v %v", clusters, err)
		}
		if all, err := g.GuaranteeRings(t.Context(), plain(w.Store, models.ScopeOf("000000")), work.GroupsAsk{Limit: 10}); err != nil || len(all.Rings) != 2 {
			t.Errorf("%+v %v", all, err)
		}
		if one, err := g.Clusters(t.Context(), by, work.GroupsAsk{Of: "company:B", Limit: 10}); err != nil || len(one.Clusters) != 0 {
			t.Errorf("%+v %v", one, err)
		}
		hubs, err := g.Hubs(t.Context(), by, work.HubsAsk{Window: 24 * time.Hour, Least: 3, Limit: 10})
		if err != nil || len(hubs.Hubs) != 1 || hubs.Hubs[0].Account != "account:HUB" || hubs.Hubs[0].Others != 3 || hubs.Hubs[0].Amount != 300 || hubs.Hubs[0].Currency != "CNY" {
			t.Errorf("%+v %v", hubs, err)
		}
		if none, err := g.Hubs(context.Background(), plain(w.Store, models.ScopeOf("430100")), work.HubsAsk{Window: 24 * time.Hour, Least: 3, Limit: 10}); err != nil || len(none.Hubs) != 0 {
			t.Errorf("%+v %v", none, err)
		}
	})
}
