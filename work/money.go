package work

import (
	"context"
	"encoding/json"
	"fmt"
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
	pop      *money.Population
	sources  map[string]models.Source
	names    []string // source codes by number, from 1
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
	rep, pop, err := p.run(ctx, actor)
	if err != nil || !present {
		return rep, err
	}
	if p.pop != nil {
		pop = *p.pop // the base rates of a part are not those of the whole
	}
	rates, err := json.Marshal(pop)
	if err != nil {
		return rep, fmt.Errorf("write base rates: %w", err)
	}
	d.Log.InfoContext(ctx, "money scanned", "accounts", rep.Accounts, "transfers", rep.Transfers, "schemes", rep.Schemes, "took", time.Since(started))
	return rep, d.Store.MarkMoney(ctx, actor, *sc, models.MoneyMark{TransferID: newest, RuleVersion: sc.RuleVersion, Population: string(rates)})
}

// MoneyReport is what a search for schemes did.
type MoneyReport struct {
	Accounts  int64 `json:"accounts"`
	Transfers int64 `json:"transfers"`
	Schemes   int64 `json:"schemes"`

	levels []schemeLevel
}

type schemeLevel struct{ level, area, division string }

// run finds the schemes and stores them.
func (p *moneyPass) run(ctx context.Context, actor models.Actor) (MoneyReport, money.Population, error) {
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

// search builds the book and finds the schemes in it; it stores nothing.
func (p *moneyPass) search(ctx context.Context) ([]models.FoundScheme, MoneyReport, money.Population, error) {
	var rep MoneyReport
	book, err := p.book(ctx)
	if err != nil {
		return nil, rep, money.Population{}, err
	}
	rep.Accounts, rep.Transfers = int64(book.Ledger.Accounts()), int64(book.Len())
	schemes, pop := money.Find(book, p.rules.Money, p.pop)
	signs := signTable{list: money.Signs(book, p.rules.Money)}
	if signs.base = pop.Signs; p.pop == nil {
		signs.base = money.SignRates(book, signs.list)
		pop.Signs = signs.base
	}
	found, err := p.found(ctx, book, schemes, signs)
	if err != nil {
		return nil, rep, pop, err
	}
	rep.Schemes = int64(len(found))
	for _, f := range found {
		rep.levels = append(rep.levels, schemeLevel{f.Finding.Level, f.Finding.Area, f.Subject.DivisionCode})
	}
	return found, rep, pop, nil
}

// book reads transfers and facts of accounts into a book.
func (p *moneyPass) book(ctx context.Context) (*money.Book, error) {
	var list []money.Transfer
	devices, ips, codes := interned{}, interned{}, interned{}
	seen := map[int64]bool{}
	err := p.desk.Store.MoneyTransfers(ctx, p.bounds, p.accounts, func(t models.MoneyTransfer) {
		if p.accounts != nil {
			if seen[t.ID] {
				return
			}
			seen[t.ID] = true
		}
		list = append(list, money.Transfer{Transfer: graph.Transfer{ID: t.ID, From: t.FromID, To: t.ToID, Fen: t.Fen, At: t.At},
			Channel: p.rules.Money.ChannelOf(t.Channel), Device: devices.number(t.Device), IP: ips.number(t.IP), Source: codes.number(t.Source)})
	})
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", p.scan.Ref, err)
	}
	p.names = codes.list()
	facts, err := p.desk.Store.MoneyAccounts(ctx, p.bounds, p.accounts)
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", p.scan.Ref, err)
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
		if a.OpenedOn != "" {
			out.OpenedAt = a.OpenedOn.Time(models.China).UnixMicro()
		}
		return out
	}), nil
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
