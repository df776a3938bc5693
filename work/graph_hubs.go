package work

import (
	"context"
	"maps"
	"slices"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// HubsAsk asks for accounts that at least Least different others paid, or were paid by, within Window.
type HubsAsk struct {
	Window   time.Duration
	Least    int
	MinFen   int64
	From, To models.Instant
	Limit    int
}

// HubsAnswer is the accounts that gather or scatter.
type HubsAnswer struct {
	Hubs      []GraphHub `json:"hubs"`
	Truncated bool       `json:"truncated"`
}

// GraphHub is an account that gathers money from many, or scatters it to many: the most others within the window, what they moved, and
// when.
type GraphHub struct {
	Account   string         `json:"account"`
	Direction string         `json:"direction"`
	Others    int            `json:"others"`
	Amount    Yuan           `json:"amount"`
	Currency  string         `json:"currency"`
	FirstAt   models.Instant `json:"first_at"`
	LastAt    models.Instant `json:"last_at"`

	ID int64 `json:"-"`
}

// The directions of a hub.
const (
	Gathers  = "gather"
	Scatters = "scatter"
)

// Hubs gives the accounts of the asker's scope that gather or scatter, those with the most others first.
func (g *Graph) Hubs(ctx context.Context, by GraphAsk, q HubsAsk) (HubsAnswer, error) {
	out := HubsAnswer{Hubs: []GraphHub{}}
	if err := window(q.From, q.To); err != nil {
		return out, err
	}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	flow := a.book.Flow
	ask := graph.HubQuery{Window: q.Window.Microseconds(), Least: q.Least, MinFen: q.MinFen, Limit: q.Limit + 1, Of: a.seesAccount}
	ask.First, ask.Last = bounds(q.From, q.To)
	list := flow.Hubs(ask)
	if len(list) > q.Limit {
		list, out.Truncated = list[:q.Limit], true
	}
	for _, h := range list {
		a.ids = append(a.ids, flow.Key(h.Account))
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	for _, h := range list {
		id := flow.Key(h.Account)
		one := GraphHub{Account: w.of(id), ID: id, Direction: Gathers, Others: h.Others, Amount: Yuan(h.Fen), Currency: h.Currency, FirstAt: models.AtMicro(h.First), LastAt: models.AtMicro(h.Last)}
		if h.Scatter {
			one.Direction = Scatters
		}
		out.Hubs = append(out.Hubs, one)
	}
	return out, nil
}

// seesAccount says whether the asker may know an account.
func (a *asking) seesAccount(n graph.Account) bool {
	s, ok := a.book.Relations.Find(a.book.Flow.Key(n))
	return ok && a.sees(s)
}

// window refuses an end before the beginning.
func window(from, to models.Instant) error {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return models.Invalid(map[string]string{"to": "error.window"})
	}
	return nil
}

// MoneyPathAsk asks for a chain of payments between two accounts, of at most Hops payments, made within a time.
type MoneyPathAsk struct {
	Source, Target string
	Hops           int
	MinFen         int64
	From, To       models.Instant
}

// MoneyPathAnswer is the shortest chain of payments of one currency, none made before the one it follows; Length is -1 for none.
type MoneyPathAnswer struct {
	Source string     `json:"source"`
	Target string     `json:"target"`
	Length int        `json:"length"`
	Hops   []GraphHop `json:"hops"`

	SourceID, TargetID int64 `json:"-"`
}

// pathRoom bounds how many payments are followed in search of a chain.
const pathRoom = 2_000_000

// MoneyPath gives the shortest chain of payments from one account to another; among currencies the one with the shortest chain. What a
// payment of the chain carries is not worked out, so Carried is its whole amount.
func (g *Graph) MoneyPath(ctx context.Context, by GraphAsk, q MoneyPathAsk) (MoneyPathAnswer, error) {
	out := MoneyPathAnswer{Length: -1, Hops: []GraphHop{}}
	if err := window(q.From, q.To); err != nil {
		return out, err
	}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	source, err := a.account("source", q.Source)
	if err != nil {
		return out, err
	}
	target, err := a.account("target", q.Target)
	if err != nil {
		return out, err
	}
	moves, found := a.moneyPath(source, target, q)
	flow := a.book.Flow
	var ids []int64
	for _, m := range moves {
		ids = append(ids, flow.ID(m))
		a.ids = append(a.ids, flow.Key(flow.From(m)), flow.Key(flow.To(m)))
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	keys, err := g.Store.TransferKeys(ctx, ids)
	if err != nil {
		return out, err
	}
	out.Source, out.Target, out.SourceID, out.TargetID = w.of(source.ID), w.of(target.ID), source.ID, target.ID
	if found {
		out.Length = len(moves)
	}
	for i, m := range moves {
		from, to := flow.Key(flow.From(m)), flow.Key(flow.To(m))
		out.Hops = append(out.Hops, GraphHop{Depth: i + 1, From: w.of(from), To: w.of(to), FromID: from, ToID: to, Amount: Yuan(flow.Fen(m)), Carried: Yuan(flow.Fen(m)),
			At: models.AtMicro(flow.At(m)), Transfer: keys[flow.ID(m)], Currency: flow.Means(m).Currency})
	}
	return out, nil
}

func (a *asking) moneyPath(source, target models.Subject, q MoneyPathAsk) (best []graph.Move, found bool) {
	flow := a.book.Flow
	from, ok := flow.Find(source.ID)
	to, also := flow.Find(target.ID)
	if source.ID == target.ID {
		return nil, true
	}
	if !ok || !also {
		return nil, false
	}
	ask := graph.TraceQuery{Hops: q.Hops, MinFen: q.MinFen, Limit: pathRoom}
	ask.First, ask.Last = bounds(q.From, q.To)
	for _, ask.Currency = range flow.CurrenciesOf([]graph.Account{from}, true, ask.First, ask.Last) {
		if moves, ok := flow.PathOfMoney(from, to, ask); ok && (!found || len(moves) < len(best)) {
			best, found = moves, true
		}
	}
	return best, found
}

// SumsAsk asks for all payments of a time added up by institution or place.
type SumsAsk struct {
	By       string
	From, To models.Instant
	MinFen   int64
	Limit    int
}

// The names by which payments are added up.
const (
	ByInstitution = "institution"
	ByPlace       = "place"
)

// SumsAnswer is what each institution, or place, paid and received.
type SumsAnswer struct {
	By        string      `json:"by"`
	Sums      []GraphTurn `json:"sums"`
	Truncated bool        `json:"truncated"`
}

// GraphTurn is the payments of one institution or place in one currency: in from elsewhere, out to elsewhere, and inside. The name of
// accounts that the asker may not know is OutsidePrefix without a number, an unknown one is empty.
type GraphTurn struct {
	Name     string `json:"name"`
	Accounts int    `json:"accounts"`
	In       Yuan   `json:"in"`
	Out      Yuan   `json:"out"`
	Inside   Yuan   `json:"inside"`
	Currency string `json:"currency"`
}

// Sums adds up the payments of which at least one end is an account of the asker's scope.
func (g *Graph) Sums(ctx context.Context, by GraphAsk, q SumsAsk) (SumsAnswer, error) {
	out := SumsAnswer{By: q.By, Sums: []GraphTurn{}}
	if q.By != ByInstitution && q.By != ByPlace {
		return out, models.Invalid(map[string]string{"by": "error.sums_by"})
	}
	if err := window(q.From, q.To); err != nil {
		return out, err
	}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	first, last := bounds(q.From, q.To)
	totals := a.book.Flow.Totals(first, last, q.MinFen, func(n graph.Account) (string, bool) {
		if !a.seesAccount(n) {
			return OutsidePrefix, false
		}
		institution, place := a.keptAt(a.book.Flow.Key(n))
		if q.By == ByPlace {
			return place, true
		}
		return institution, true
	})
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		for _, s := range totals[currency] {
			if len(out.Sums) == q.Limit {
				out.Truncated = true
				return out, nil
			}
			out.Sums = append(out.Sums, GraphTurn{s.Name, s.Accounts, Yuan(s.In), Yuan(s.Out), Yuan(s.Inside), currency})
		}
	}
	return out, nil
}
