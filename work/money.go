package work

import (
	"cmp"
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
	bounds   models.AsOf
	accounts []int64        // nil for all
	touched  map[int64]bool // the accounts of new transfers, where not all are looked at
	pop      *money.Population
	sources  map[string]models.Source
	names    []string // source codes by number, from 1
}

// scanMoney looks for schemes: in the whole ledger as the scan may know it, or, in a scan of what changed, around the accounts
// of new transfers. It gives how many accounts it looked at and the levels of the schemes found.
func (d *Desk) scanMoney(ctx context.Context, actor models.Actor, sc *models.Scan, sources map[string]models.Source, present bool) (MoneyReport, error) {
	started := time.Now()
	bounds, _ := sc.Bounds()
	p := &moneyPass{desk: d, scan: sc, bounds: bounds, sources: sources}
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

// run builds the book, finds the schemes and stores them.
func (p *moneyPass) run(ctx context.Context, actor models.Actor) (MoneyReport, money.Population, error) {
	var rep MoneyReport
	book, err := p.book(ctx)
	if err != nil {
		return rep, money.Population{}, err
	}
	rep.Accounts, rep.Transfers = int64(book.Ledger.Accounts()), int64(book.Len())
	schemes, pop := money.Find(book, p.desk.Rules.Money, p.pop)
	signs := signTable{list: money.Signs(book, p.desk.Rules.Money)}
	if signs.base = pop.Signs; p.pop == nil {
		signs.base = money.SignRates(book, signs.list)
		pop.Signs = signs.base
	}
	found, err := p.found(ctx, book, schemes, signs)
	if err != nil {
		return rep, pop, err
	}
	rep.Schemes = int64(len(found))
	for _, f := range found {
		rep.levels = append(rep.levels, schemeLevel{f.Finding.Level, f.Finding.Area, f.Subject.DivisionCode})
	}
	for part := range slices.Chunk(found, scanChunk) {
		if _, err := p.desk.Store.RecordSchemes(ctx, actor, p.scan, part); err != nil {
			return rep, pop, err
		}
	}
	return rep, pop, nil
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
			Channel: p.desk.Rules.Money.ChannelOf(t.Channel), Device: devices.number(t.Device), IP: ips.number(t.IP), Source: codes.number(t.Source)})
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
			Edge: p.accounts != nil && !inside[key]}
		if a.OpenedOn != "" {
			out.OpenedAt = a.OpenedOn.Time(models.China).UnixMicro()
		}
		return out
	}), nil
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

// found turns schemes into what the store takes: the subject is the company that holds the collector's account, else the
// account.
func (p *moneyPass) found(ctx context.Context, b *money.Book, schemes []money.Scheme, signs signTable) ([]models.FoundScheme, error) {
	if p.touched != nil { // what new transfers did not touch was told before
		schemes = slices.DeleteFunc(schemes, func(s money.Scheme) bool {
			return !slices.ContainsFunc(s.Members, func(m money.Member) bool { return !m.Aside && p.touched[b.Key(m.Account)] })
		})
	}
	var ids []int64
	for i := range schemes {
		ids = append(ids, p.subjectOf(b, &schemes[i]))
	}
	subjects, err := p.desk.Store.UnscopedSubjects(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]models.FoundScheme, 0, len(schemes))
	for i := range schemes {
		s := &schemes[i]
		sub, ok := subjects[ids[i]]
		if !ok {
			continue
		}
		as := detect.AssessScheme(*s, detect.SchemeFacts{Subject: sub.Key, Families: p.families(b, s), Transfers: p.proof(b, s), Signs: signs.of(*s)}, p.desk.Rules)
		if levelRank(as.Level) == 0 {
			continue
		}
		payload, err := json.Marshal(as)
		if err != nil {
			return nil, fmt.Errorf("write scheme of %s: %w", sub.Key, err)
		}
		f := models.FoundScheme{Subject: sub, Payload: payload, Typology: string(s.Typology), FirstAt: models.AtMicro(s.First), LastAt: models.AtMicro(s.Last),
			Finding: schemeFinding(as), Families: as.Families}
		for _, m := range s.Members {
			f.Members = append(f.Members, models.SchemeMember{SubjectID: b.Key(m.Account), Role: string(m.Role), Aside: m.Aside, InFen: m.In, OutFen: m.Out})
		}
		out = append(out, f)
	}
	return out, nil
}

// signTable holds the signs of all accounts looked at, and how common each is.
type signTable struct {
	list []money.Sign
	base map[string]float64
}

// of lists the signs that members of a scheme show, the rarest among all accounts first. FLOW-09 is for anti-fraud use only.
func (t signTable) of(s money.Scheme) []detect.SchemeSign {
	var out []detect.SchemeSign
	for code, n := range money.SignsOf(s, t.list) {
		out = append(out, detect.SchemeSign{Code: code, Count: n, Base: t.base[code]})
	}
	slices.SortFunc(out, func(a, b detect.SchemeSign) int {
		return cmp.Or(cmp.Compare(a.Base, b.Base), cmp.Compare(a.Code, b.Code))
	})
	return out
}

func schemeFinding(as detect.Assessment) models.AreaFinding {
	f := models.AreaFinding{Area: as.Area, Level: string(as.Level), LevelRank: levelRank(as.Level), Index: as.Index, SingleSource: as.SingleSource,
		AmountFen: as.Measures.AmountFen, People: as.Measures.People, Kinds: as.Kinds()}
	sheet := as.Scheme
	f.Reasons = append(f.Reasons, models.Reason{Indicator: as.Indicators[0].Code, Key: "money.pattern." + string(sheet.Typology), Dimension: detect.DimensionFlow,
		Points: 0, Value: float64(sheet.Acting), Args: map[string]string{"acting": fmt.Sprint(sheet.Acting), "aside": fmt.Sprint(sheet.Aside)}})
	for _, ind := range as.Indicators {
		f.Reasons = append(f.Reasons, models.Reason{Indicator: ind.Code, Key: ind.Reason, Dimension: ind.Dimension, Points: ind.Points, Value: ind.Value, Args: ind.Args})
	}
	return f
}

func (p *moneyPass) subjectOf(b *money.Book, s *money.Scheme) int64 {
	if a := b.Accounts[s.Subject]; a.Corporate && a.Holder != 0 {
		return a.Holder
	}
	return b.Key(s.Subject)
}

// families gives the source families of the proving transfers, sorted.
func (p *moneyPass) families(b *money.Book, s *money.Scheme) []string {
	out := []string{}
	for _, i := range s.Transfers {
		code := p.names[b.Source[i]]
		family := code
		if src, ok := p.sources[code]; ok && src.Family != "" {
			family = src.Family
		}
		if !slices.Contains(out, family) {
			out = append(out, family)
		}
	}
	slices.Sort(out)
	return out
}

// proof gives the proving transfers, the first and the last half of what is kept where there are many.
func (p *moneyPass) proof(b *money.Book, s *money.Scheme) []detect.SchemeTransfer {
	list := s.Transfers
	if most := p.desk.Rules.Money.Proof; len(list) > most {
		list = slices.Concat(list[:most/2], list[len(list)-most/2:])
	}
	out := make([]detect.SchemeTransfer, 0, len(list))
	for _, i := range list {
		out = append(out, detect.SchemeTransfer{ID: b.ID(i), From: b.Key(b.From(i)), To: b.Key(b.To(i)), Fen: b.Fen(i), At: models.AtMicro(b.At(i))})
	}
	return out
}

// Up to so many new transfers, and accounts within so many hops of them, a scan of what changed looks at a part of the ledger.
// Rings longer than twice the hops and one are found by the next whole scan.
const (
	aroundTransfers = 50_000
	aroundAccounts  = 20_000
	aroundHops      = 3
)

// around narrows the search to the accounts within some hops, in the window of a scheme, of those in new transfers, held against the base rates of the last
// whole search. Where that grows too large the whole ledger is looked at.
func (p *moneyPass) around(ctx context.Context, mark models.MoneyMark) error {
	var pop money.Population
	if mark.Population == "" || json.Unmarshal([]byte(mark.Population), &pop) != nil {
		return nil
	}
	fresh, err := p.desk.Store.TransfersAfter(ctx, mark.TransferID, aroundTransfers)
	if err != nil {
		return err
	}
	if fresh.Count >= aroundTransfers || 10*fresh.Count > pop.Transfers {
		return nil
	}
	width := time.Duration(p.desk.Rules.Money.Window.Days*24) * time.Hour
	span := models.NearSpan{From: fresh.First.Add(-width), Until: fresh.Last.Add(width), Transfers: p.desk.Rules.Money.Passing.Transfers, Most: aroundAccounts}
	var near []int64
	for span.Hops = aroundHops; span.Hops > 0 && near == nil; span.Hops-- {
		if near, err = p.desk.Store.MoneyNear(ctx, fresh.Accounts, span); err != nil {
			return err
		}
	}
	if near == nil {
		return nil
	}
	p.accounts, p.pop, p.touched = near, &pop, map[int64]bool{}
	for _, a := range fresh.Accounts {
		p.touched[a] = true
	}
	return nil
}
