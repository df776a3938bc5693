package work

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"xiezhi/detect"
	"xiezhi/detect/money"
	"xiezhi/graph"
	"xiezhi/models"
)

// moneyPass is one search for schemes within a scan.
type moneyPass struct {
	desk     *Desk
	scan     *models.Scan
	rules    detect.Rules
	bounds   models.AsOf
	accounts []int64        // nil for all
	touched  map[int64]bool // the accounts of new transfers, where not all are looked at
	pop      rates          // of the last whole search; nil where this one is whole
	sources  map[string]models.Source
	names    []string // source codes by number, from 1

	charges map[int64][]string // source families of what the police or a penalty says of accounts
}

// scanMoney looks for schemes: in the whole ledger as the scan may know it, or, in a scan of what changed, around the accounts
// of new transfers. It gives how many accounts it looked at and the levels of the schemes found.
func (d *Desk) scanMoney(ctx context.Context, actor models.Actor, sc *models.Scan, rules detect.Rules, sources map[string]models.Source, present bool) (MoneyReport, error) {
	started := time.Now()
	bounds, _ := sc.Bounds()
	p := &moneyPass{desk: d, rules: rules, scan: sc, bounds: bounds, sources: sources}
	mark, err := d.Store.MoneyMark(ctx)
	if err != nil {
		return MoneyReport{}, err
	}
	newest, err := d.Store.NewestTransfer(ctx)
	if err != nil {
		return MoneyReport{}, err
	}
	whole := sc.ScopeAll || mark.RuleVersion != sc.RuleVersion
	if newest == 0 || !whole && newest == mark.TransferID {
		return MoneyReport{}, nil
	}
	if present && !whole {
		if err := p.around(ctx, mark); err != nil {
			return MoneyReport{}, err
		}
	}
	urgent := int64(0)
	if present && p.accounts == nil && mark.TransferID != 0 && newest > mark.TransferID {
		if urgent, err = p.urgent(ctx, actor, mark); err != nil {
			return MoneyReport{}, err
		}
	}
	rep, pop, err := p.run(ctx, actor)
	rep.Urgent = urgent
	if err != nil || !present {
		return rep, err
	}
	for currency, whole := range p.pop {
		pop[currency] = whole // the base rates of a part are not those of the whole
	}
	text, err := json.Marshal(pop)
	if err != nil {
		return rep, fmt.Errorf("write base rates: %w", err)
	}
	d.Log.InfoContext(ctx, "money scanned", "accounts", rep.Accounts, "transfers", rep.Transfers, "schemes", rep.Schemes, "took", time.Since(started))
	return rep, d.Store.MarkMoney(ctx, actor, *sc, models.MoneyMark{TransferID: newest, RuleVersion: sc.RuleVersion, Population: string(text)})
}

// MoneyReport is what a search for schemes did.
type MoneyReport struct {
	Accounts  int64 `json:"accounts"`
	Transfers int64 `json:"transfers"`
	Schemes   int64 `json:"schemes"`
	Urgent    int64 `json:"urgent"` // found around accounts that a sign was seen of, before the whole ledger was searched

	levels []schemeLevel
}

type schemeLevel struct{ level, area, division string }

// rates are the base rates of each currency's ledger: one currency's money is never held against another's.
type rates map[string]money.Population

// yuan is the currency of a transfer that names none.
const yuan = "CNY"

// run finds the schemes and stores them.
func (p *moneyPass) run(ctx context.Context, actor models.Actor) (MoneyReport, rates, error) {
	found, rep, pop, err := p.search(ctx)
	if err != nil {
		return rep, pop, err
	}
	for part := range slices.Chunk(found, scanChunk) {
		if _, err := p.desk.Store.RecordSchemes(ctx, actor, p.scan, part); err != nil {
			return rep, pop, err
		}
	}
	return rep, pop, nil
}

// search builds a book for each currency and finds the schemes in it; it stores nothing. Amounts of two currencies are never summed
// or compared, so that what enters as one and leaves as another is seen by its accounts alone.
func (p *moneyPass) search(ctx context.Context) ([]models.FoundScheme, MoneyReport, rates, error) {
	var rep MoneyReport
	lists, err := p.transfers(ctx)
	if err != nil {
		return nil, rep, nil, err
	}
	facts, err := p.desk.Store.MoneyAccounts(ctx, p.bounds, p.accounts)
	if err != nil {
		return nil, rep, nil, fmt.Errorf("scan %s: %w", p.scan.Ref, err)
	}
	var all []models.FoundScheme
	measured := rates{}
	seen := map[int64]bool{}
	for _, currency := range slices.Sorted(maps.Keys(lists)) {
		book := p.book(lists[currency], facts)
		for a := range book.Ledger.Accounts() {
			seen[book.Key(graph.Account(a))] = true
		}
		rep.Transfers += int64(book.Len())
		found, pop, err := p.searchBook(ctx, book, currency)
		if err != nil {
			return nil, rep, nil, err
		}
		all, measured[currency] = append(all, found...), pop
	}
	rep.Accounts, rep.Schemes = int64(len(seen)), int64(len(all))
	for _, f := range all {
		rep.levels = append(rep.levels, schemeLevel{f.Finding.Level, f.Finding.Area, f.Subject.DivisionCode})
	}
	return all, rep, measured, nil
}

// searchBook finds the schemes of one currency, and gives the base rates they were held against.
func (p *moneyPass) searchBook(ctx context.Context, book *money.Book, currency string) ([]models.FoundScheme, money.Population, error) {
	var known *money.Population
	if pop, ok := p.pop[currency]; ok {
		known = &pop
	}
	schemes, pop := money.Find(book, p.rules.Money, known)
	signs := signTable{list: money.Signs(book, p.rules.Money)}
	if signs.base = pop.Signs; known == nil {
		signs.base = money.SignRates(book, signs.list)
		pop.Signs = signs.base
	}
	found, err := p.found(ctx, book, schemes, signs)
	return found, pop, err
}

// transfers reads the transfers of the search by currency.
func (p *moneyPass) transfers(ctx context.Context) (map[string][]money.Transfer, error) {
	lists := map[string][]money.Transfer{}
	devices, ips, codes := interned{}, interned{}, interned{}
	seen := map[int64]bool{}
	err := p.desk.Store.MoneyTransfers(ctx, p.bounds, p.accounts, func(t models.MoneyTransfer) {
		if p.accounts != nil {
			if seen[t.ID] {
				return
			}
			seen[t.ID] = true
		}
		currency := yuan
		if t.Currency != "" && t.Currency != yuan {
			currency = strings.Clone(t.Currency)
		}
		lists[currency] = append(lists[currency], money.Transfer{Transfer: graph.Transfer{ID: t.ID, From: t.FromID, To: t.ToID, Fen: t.Fen, At: t.At},
			Channel: p.rules.Money.ChannelOf(t.Channel), Device: devices.number(t.Device), IP: ips.number(t.IP), Source: codes.number(t.Source)})
	})
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", p.scan.Ref, err)
	}
	p.names = codes.list()
	return lists, nil
}

// book joins transfers of one currency with what is known of their accounts.
func (p *moneyPass) book(list []money.Transfer, facts map[int64]models.MoneyAccount) *money.Book {
	if p.charges == nil {
		p.charges = map[int64][]string{}
	}
	institutions, inside := interned{}, map[int64]bool{}
	for _, a := range p.accounts {
		inside[a] = true
	}
	return money.NewBook(list, func(key int64) money.Account {
		a := facts[key]
		out := money.Account{Holder: a.OwnerID, Corporate: a.OwnerKind == models.KindCompany, Merchant: a.Class == "merchant", Exit: a.Exit,
			Institution: int64(institutions.number(a.Institution)), Division: a.DivisionCode,
			Home: a.OwnerPlace, BornYear: int(a.BirthYear), Listed: a.Listed, Edge: p.accounts != nil && !inside[key]}
		out.Remote, out.Unreachable = p.reported(a.Reports)
		if families := p.chargedBy(a.Charges); len(families) > 0 {
			out.Charged, p.charges[key] = true, families
		}
		if a.OpenedOn != "" {
			out.OpenedAt = a.OpenedOn.Time(models.China).UnixMicro()
		}
		return out
	})
}

// reported says whether reports of an account tell of sign-ins from afar, and of a holder who cannot be reached.
func (p *moneyPass) reported(texts []string) (remote, unreachable bool) {
	for _, text := range texts {
		for _, w := range p.rules.Extract(text, detect.VoiceReport).Words {
			remote = remote || w.Class == "remote_access"
			unreachable = unreachable || w.Class == "unreachable"
		}
	}
	return remote, unreachable
}

// chargedBy gives the source families of the charges that speak of a crime or a breach; one that clears the account is none.
func (p *moneyPass) chargedBy(list []models.Charge) []string {
	if _, counts := p.rules.Money.Sign("charged"); !counts {
		return nil
	}
	var out []string
	for _, c := range list {
		if slices.ContainsFunc(p.rules.Extract(c.Text, detect.VoiceReport).Words, func(w detect.WordHit) bool {
			return w.Class == "police_filed" || w.Class == "police_interest" || w.Class == "penalised"
		}) {
			out = append(out, p.family(c.Source))
		}
	}
	return out
}

// interned numbers equal texts alike from 1 on; the empty text is 0.
type interned map[string]uint32

func (i interned) number(text string) uint32 {
	if text == "" {
		return 0
	}
	n, ok := i[text]
	if !ok {
		n = uint32(len(i) + 1)
		i[strings.Clone(text)] = n
	}
	return n
}

func (i interned) list() []string {
	out := make([]string, len(i)+1)
	for text, n := range i {
		out[n] = text
	}
	return out
}
