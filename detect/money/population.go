package money

import "xiezhi/graph"

// Population holds the base rates of a ledger, against which a structure is held: what is common here proves nothing. A scan
// of a part of the ledger uses those of the last whole one.
type Population struct {
	Accounts   int     `json:"accounts"`
	Transfers  int     `json:"transfers"`
	Days       float64 `json:"days"`
	Passing    int     `json:"passing"`     // passing contacts
	QuietPayer float64 `json:"quiet_payer"` // share of passing contacts whose payer does hardly anything else
	QuietPayee float64 `json:"quiet_payee"`
	Relays     float64 `json:"relays"`    // pairs of a passing contact in and the next ones out at one account within the window
	Conserved  float64 `json:"conserved"` // share of relays that pass on 90-100 % of what came

	Signs map[string]float64 `json:"signs,omitempty"` // share of accounts that show a sign, by its code
}

// quiet says whether an account does hardly anything else in the ledger, as far as the book shows its whole life.
func (f *finder) quiet(a graph.Account) bool {
	return !f.Accounts[a].Edge && f.busy(a) <= f.rules.Quiet.Transfers
}

func (f *finder) measurePopulation() Population {
	p := Population{Transfers: f.Len(), Days: f.days(), Passing: f.contacts.passing}
	for a := range graph.Account(f.Ledger.Accounts()) {
		if f.busy(a) > 0 {
			p.Accounts++
		}
	}
	payers, payees := 0, 0
	for k := range f.contacts.list {
		e := &f.contacts.list[k]
		if !e.passing {
			continue
		}
		if f.quiet(e.from) {
			payers++
		}
		if f.quiet(e.to) {
			payees++
		}
	}
	// One is added to each count: a rate is never taken for zero because nobody was seen.
	n := float64(p.Passing) + 2
	p.QuietPayer, p.QuietPayee = float64(payers+1)/n, float64(payees+1)/n
	relays, kept := 0, 0
	var list []relay
	for source := range graph.Account(f.Ledger.Accounts()) {
		list = f.relaysOf(source, list[:0])
		relays += len(list)
		for _, r := range list {
			if conserved(f.contacts.list[r.in].fen, f.contacts.list[r.out].fen) {
				kept++
			}
		}
	}
	p.Relays, p.Conserved = float64(relays), float64(kept+1)/float64(relays+2)
	return p
}
