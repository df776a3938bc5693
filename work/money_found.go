package work

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"xiezhi/detect"
	"xiezhi/detect/money"
	"xiezhi/models"
)

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
		as := detect.AssessScheme(*s, detect.SchemeFacts{Subject: sub.Key, Families: p.families(b, s), Transfers: p.proof(b, s), Signs: signs.of(*s)}, p.rules)
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

// family gives the family of a source by its code.
func (p *moneyPass) family(code string) string {
	if src, ok := p.sources[code]; ok && src.Family != "" {
		return src.Family
	}
	return code
}

// families gives the source families of the proving transfers, and of the charges against accounts that act, sorted.
func (p *moneyPass) families(b *money.Book, s *money.Scheme) []string {
	out := []string{}
	for _, i := range s.Transfers {
		out = append(out, p.family(p.names[b.Source[i]]))
	}
	for _, m := range s.Members {
		if !m.Aside {
			out = append(out, p.charges[b.Key(m.Account)]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// proof gives the proving transfers, the first and the last half of what is kept where there are many.
func (p *moneyPass) proof(b *money.Book, s *money.Scheme) []detect.SchemeTransfer {
	list := s.Transfers
	if most := p.rules.Money.Proof; len(list) > most {
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
	pop := readRates(mark.Population)
	if pop == nil {
		return nil
	}
	known := 0
	for _, one := range pop {
		known += one.Transfers
	}
	fresh, err := p.desk.Store.TransfersAfter(ctx, mark.TransferID, aroundTransfers)
	if err != nil {
		return err
	}
	if fresh.Count >= aroundTransfers || 10*fresh.Count > known {
		return nil
	}
	width := time.Duration(p.rules.Money.Window.Days*24) * time.Hour
	span := models.NearSpan{From: fresh.First.Add(-width), Until: fresh.Last.Add(width), Transfers: p.rules.Money.Passing.Transfers, Most: aroundAccounts}
	var near []int64
	for span.Hops = aroundHops; span.Hops > 0 && near == nil; span.Hops-- {
		if near, err = p.desk.Store.MoneyNear(ctx, fresh.Accounts, span); err != nil {
			return err
		}
	}
	if near == nil {
		return nil
	}
	p.accounts, p.pop, p.touched = near, pop, map[int64]bool{}
	for _, a := range fresh.Accounts {
		p.touched[a] = true
	}
	return nil
}

// readRates reads the base rates of the last whole search: by currency, or, of a search by an older program, of everything as yuan.
// What does not read is none.
func readRates(text string) rates {
	var by rates
	if text == "" {
		return nil
	}
	if json.Unmarshal([]byte(text), &by) == nil && len(by) > 0 {
		return by
	}
	var one money.Population
	if json.Unmarshal([]byte(text), &one) != nil {
		return nil
	}
	return rates{yuan: one}
}
