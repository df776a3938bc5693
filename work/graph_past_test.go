package work_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// What is remembered of a moment answers as a graph built anew for it does, whatever was loaded, moved to another place or withdrawn since.
func TestRememberedPastEqualsRebuild(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		p := &pastLife{w: w, r: rand.New(rand.NewPCG(3, 9)), kept: &work.Graph{Store: w.Store}}
		for range 4 {
			p.step(t)
		}
		moments := []models.Instant{w.Store.Now()}
		w.Clock.Pass(time.Hour)
		for step := range 10 {
			p.step(t)
			for _, at := range moments {
				p.compare(t, at)
			}
			if step == 4 {
				moments = append(moments, w.Store.Now()) // one that is not settled yet
			}
		}
	})
}

type pastLife struct {
	w         *world.World
	r         *rand.Rand
	kept      *work.Graph
	transfers int
	withdrawn int
}

func (p *pastLife) account() string { return fmt.Sprint("PA", p.r.IntN(6)) }

// step loads accounts, payments and relations, some in other places than before, and now and then withdraws a payment.
func (p *pastLife) step(t *testing.T) {
	t.Helper()
	p.w.Clock.Pass(time.Minute)
	now := p.w.Store.Now()
	company := fmt.Sprint("PC", p.r.IntN(5))
	place := []string{"440304", "440303", "430104"}[p.r.IntN(3)]
	rows := []models.Row{
		{Table: models.TableCompanies, Source: "SAMR", ObservedAt: now, Company: &models.CompanyRow{USCC: company, Name: "N-" + company, DivisionCode: place}},
		{Table: models.TableAccounts, Source: "BANK", ObservedAt: now, Account: &models.AccountRow{Number: p.account(), InstitutionCode: fmt.Sprint("B", p.r.IntN(3)), Holder: "company:" + company}},
		holds("company:"+company, fmt.Sprint("company:PC", p.r.IntN(5)), float64(1+p.r.IntN(9))/10, now),
	}
	for range 3 {
		p.transfers++
		rows = append(rows, models.Row{Table: models.TableTransfers, Source: "BANK", Transfer: &models.TransferRow{ID: fmt.Sprint("PT", p.transfers), FromAccount: p.account(), ToAccount: p.account(),
			AmountFen: int64(100 + p.r.IntN(900)), At: now.Add(-time.Duration(p.r.IntN(100)) * time.Minute)}})
	}
	if _, err := world.Load(t.Context(), p.w.Store, "BANK", []string{"440300", "430100"}[p.r.IntN(2)], rows...); err != nil {
		t.Fatal(err)
	}
	if p.r.IntN(3) == 0 && p.withdrawn < p.transfers-3 {
		p.withdrawn++
		if err := p.w.Store.WithdrawTransfer(t.Context(), manager(), "BANK", fmt.Sprint("PT", p.withdrawn), "sent by mistake"); err != nil {
			t.Fatal(err)
		}
	}
}

// compare asks both graphs about a moment, on behalf of one who sees a city alone.
func (p *pastLife) compare(t *testing.T, at models.Instant) {
	t.Helper()
	time.Sleep(450 * time.Millisecond) // the age that an answer may have
	fresh := &work.Graph{Store: p.w.Store}
	for name, ask := range map[string]func(g *work.Graph, by work.GraphAsk) (any, error){
		"neighbours": func(g *work.Graph, by work.GraphAsk) (any, error) {
			return g.Neighbours(t.Context(), by, work.NeighboursAsk{Of: "company:PC1", Depth: 4, Limit: 50})
		},
		"trace": func(g *work.Graph, by work.GraphAsk) (any, error) {
			return g.Trace(t.Context(), by, work.MoneyAsk{Account: "account:PA1", Direction: work.Forward, Method: work.ProRata, Hops: 3, Limit: 100, Sums: true})
		},
		"hubs": func(g *work.Graph, by work.GraphAsk) (any, error) {
			return g.Hubs(t.Context(), by, work.HubsAsk{Window: time.Hour, Least: 1, Limit: 50})
		},
		"sums": func(g *work.Graph, by work.GraphAsk) (any, error) {
			return g.Sums(t.Context(), by, work.SumsAsk{By: work.ByInstitution, Limit: 50})
		},
	} {
		by := plain(p.w.Store, models.ScopeOf("440300"))
		by.RecordedBy, by.ObservedBy = at, at
		text := func(g *work.Graph) string {
			answer, err := ask(g, by)
			raw, wrong := json.Marshal(answer)
			if wrong != nil {
				t.Fatal(wrong)
			}
			return fmt.Sprint(string(raw), err)
		}
		if got, want := text(p.kept), text(fresh); got != want {
			t.Errorf("%s as of %s: remembered %s, built anew %s", name, at, got, want)
		}
	}
}
