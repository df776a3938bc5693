package work

import (
	"context"
	"time"

	"xiezhi/detect/money"
	"xiezhi/models"
)

// urgentAccounts bounds how many accounts are looked at before the rest of a large load.
const urgentAccounts = 2000

// urgent looks, where so much arrived that the whole ledger has to be searched, first around the accounts whose new transfers complete a
// sign: their schemes are alerted before the long search begins. It tells how many it found.
func (p *moneyPass) urgent(ctx context.Context, actor models.Actor, mark models.MoneyMark) (int64, error) {
	pop := readRates(mark.Population)
	if pop == nil {
		return 0, nil
	}
	streams, flagged := map[string]*money.Stream{}, map[int64]bool{}
	var first, last int64
	err := p.desk.Store.MoneyTransfersAfter(ctx, p.bounds, mark.TransferID, func(t models.MoneyTransfer) {
		s := streams[t.Currency]
		if s == nil {
			s = money.NewStream(p.rules.Money)
			streams[t.Currency] = s
		}
		for _, h := range s.Take(t.FromID, t.ToID, t.Fen, t.At) {
			if len(flagged) < urgentAccounts {
				flagged[h.Account] = true
			}
		}
		if first == 0 {
			first = t.At
		}
		last = t.At
	})
	if err != nil || len(flagged) == 0 {
		return 0, err
	}
	accounts := make([]int64, 0, len(flagged))
	for a := range flagged {
		accounts = append(accounts, a)
	}
	width := time.Duration(p.rules.Money.Window.Days*24) * time.Hour
	span := models.NearSpan{From: models.AtMicro(first).Add(-width), Until: models.AtMicro(last).Add(width), Transfers: p.rules.Money.Passing.Transfers, Most: aroundAccounts}
	var near []int64
	for span.Hops = aroundHops; span.Hops > 0 && near == nil; span.Hops-- {
		if near, err = p.desk.Store.MoneyNear(ctx, accounts, span); err != nil {
			return 0, err
		}
	}
	if near == nil {
		return 0, nil
	}
	part := &moneyPass{desk: p.desk, scan: p.scan, rules: p.rules, bounds: p.bounds, sources: p.sources, accounts: near, touched: flagged, pop: pop}
	rep, _, err := part.run(ctx, actor)
	return rep.Schemes, err
}
