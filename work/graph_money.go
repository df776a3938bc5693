package work

import (
	"context"
	"slices"
	"time"

	"xiezhi/graph"
	"xiezhi/models"
)

// MoneyAsk asks where money of an account went, or came from. An open end of the time is zero. By is pro_rata or fifo. Shown bounds how
// many accounts and how many payments of each currency are written out, see [GraphLayer]; 0 writes out all. Alone is how many accounts of a
// layer a picture draws by themselves. Keys asks for the IDs of all payments, those that are not written out too, as a digest needs them.
type MoneyAsk struct {
	Account   string
	Direction string
	Method    string
	Hops      int
	From, To  models.Instant
	MinFen    int64
	Limit     int
	Sums      bool
	Shown     int
	Alone     int
	Keys      bool
}

// The words of a question about money.
const (
	Forward  = "forward"
	Backward = "backward"
	ProRata  = "pro_rata"
	FirstIn  = "fifo"
)

func (q MoneyAsk) check() error {
	wrong := map[string]string{}
	if q.Direction != Forward && q.Direction != Backward {
		wrong["direction"] = "error.direction"
	}
	if q.Method != ProRata && q.Method != FirstIn {
		wrong["method"] = "error.method"
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		wrong["to"] = "error.window"
	}
	if len(wrong) > 0 {
		return models.Invalid(wrong)
	}
	return nil
}

// bounds turns an open or closed time into microseconds.
func bounds(from, to models.Instant) (first, last int64) {
	first, last = graph.Always()
	if !from.IsZero() {
		first = from.Micro()
	}
	if !to.IsZero() {
		last = to.Micro()
	}
	return first, last
}

// Trace follows money from, or back from, an account. It fails with NotFound for an account that is absent or out of scope.
func (g *Graph) Trace(ctx context.Context, by GraphAsk, q MoneyAsk) (TraceAnswer, error) {
	out := TraceAnswer{Direction: q.Direction, Method: q.Method, Window: GraphTime{q.From, q.To}, Hops: []GraphHop{}, Accounts: []GraphLayer{}}
	if err := q.check(); err != nil {
		return out, err
	}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	start, err := a.account("account", q.Account)
	if err != nil {
		return out, err
	}
	parts := a.traces(start, q)
	return a.traced(out, start, parts, q)
}

// tracePart is what was traced in one currency.
type tracePart struct {
	currency string
	graph.Trace
}

// traces follows money in each currency apart, since one is never added to another; Limit bounds all of them together.
func (a *asking) traces(start models.Subject, q MoneyAsk) []tracePart {
	flow := a.book.Flow
	n, ok := flow.Find(start.ID)
	if !ok {
		return nil
	}
	first, last := bounds(q.From, q.To)
	ask := graph.TraceQuery{Start: []graph.Account{n}, Backward: q.Direction == Backward, Hops: q.Hops, First: first, Last: last, MinFen: q.MinFen}
	if q.Method == FirstIn {
		ask.Method = graph.FirstIn
	}
	currencies := flow.CurrenciesOf(ask.Start, !ask.Backward, first, last)
	if len(currencies) == 0 {
		currencies = []string{graph.HomeCurrency}
	}
	var parts []tracePart
	left := q.Limit
	for _, ask.Currency = range currencies {
		if q.Limit > 0 && left <= 0 {
			parts[len(parts)-1].Truncated = true
			break
		}
		ask.Limit = left
		t := flow.Trace(ask)
		left -= len(t.Hops)
		parts = append(parts, tracePart{ask.Currency, t})
	}
	return parts
}

// traced writes what was traced.
func (a *asking) traced(out TraceAnswer, start models.Subject, parts []tracePart, q MoneyAsk) (TraceAnswer, error) {
	flow := a.book.Flow
	var moves []int64
	lists := make([]listing, len(parts))
	for i, t := range parts {
		out.Truncated = out.Truncated || t.Truncated
		lists[i] = a.listing(t.Trace, q)
		for k, h := range t.Hops {
			if q.Keys || lists[i].hops[k] {
				moves = append(moves, flow.ID(h.Move))
			}
		}
		for k, l := range t.Accounts {
			if lists[i].accounts[k] {
				a.ids = append(a.ids, flow.Key(l.Account))
			}
		}
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	keys, err := a.g.Store.TransferKeys(a.ctx, moves)
	if err != nil {
		return out, err
	}
	out.Start = w.of(start.ID)
	for i, t := range parts {
		whole := MoneyWhole{Currency: t.currency, Accounts: len(t.Accounts), Payments: len(t.Hops)}
		for k, h := range t.Hops {
			from, to := flow.Key(flow.From(h.Move)), flow.Key(flow.To(h.Move))
			hop := GraphHop{Depth: h.Depth, FromID: from, ToID: to, Amount: Yuan(flow.Fen(h.Move)), At: models.AtMicro(flow.At(h.Move)), Transfer: keys[flow.ID(h.Move)], Carried: Yuan(h.Carried), Currency: t.currency,
				Listed: lists[i].hops[k]}
			if hop.Listed {
				hop.From, hop.To = w.of(from), w.of(to)
			}
			whole.pay(hop)
			out.Hops = append(out.Hops, hop)
		}
		for k, l := range t.Accounts {
			id := flow.Key(l.Account)
			at := GraphLayer{ID: id, Depth: l.Depth, In: Yuan(l.In), Out: Yuan(l.Out), Remaining: Yuan(l.Remaining), Currency: t.currency, Listed: lists[i].accounts[k], Alone: lists[i].alone[k]}
			if at.Listed {
				at.Account = w.of(id)
				at.Institution, at.Place = a.keptAt(id)
			}
			whole.reach(at)
			out.Accounts = append(out.Accounts, at)
		}
		out.Whole = append(out.Whole, whole)
	}
	if q.Sums {
		out.Sums = a.sums(parts)
	}
	return out, nil
}

// account finds one that the asker may know.
func (a *asking) account(field, written string) (models.Subject, error) {
	sub, err := a.stored(field, written)
	if err == nil && sub.Kind != models.KindAccount {
		return sub, models.Invalid(map[string]string{field: "error.not_an_account"})
	}
	return sub, err
}

// keptAt gives the institution and the place of an account, empty where they are not known.
func (a *asking) keptAt(id int64) (institution, place string) {
	s, ok := a.book.Relations.Find(id)
	if !ok {
		return "", ""
	}
	return a.book.Relations.InstitutionOf(s), a.book.Relations.Place(s)
}

// sums adds a trace up by institution and by place.
func (a *asking) sums(parts []tracePart) map[string][]GraphSum {
	out := map[string][]GraphSum{}
	for name, of := range map[string]func(institution, place string) string{
		"institution": func(i, _ string) string { return i },
		"place":       func(_, p string) string { return p },
	} {
		out[name] = []GraphSum{}
		for _, t := range parts {
			for _, s := range a.book.Flow.SumsBy(t.Trace, func(n graph.Account) string { return of(a.keptAt(a.book.Flow.Key(n))) }) {
				out[name] = append(out[name], GraphSum{s.Name, s.Accounts, Yuan(s.In), Yuan(s.Out), Yuan(s.Inside), Yuan(s.Remaining), t.currency})
			}
		}
	}
	return out
}

// CyclesAsk asks for rings of payments. Of names accounts that a ring must pass, none for all.
type CyclesAsk struct {
	MaxLength int
	Window    time.Duration
	MinFen    int64
	From, To  models.Instant
	Of        []string
	Limit     int
	Seen      bool // only rings that pass an account the asker may know
}

// maxRings bounds how many rings are looked through for those that the asker may know.
const maxRings = 200_000

// Cycles gives the rings of payments.
func (g *Graph) Cycles(ctx context.Context, by GraphAsk, q CyclesAsk) (CyclesAnswer, error) {
	out := CyclesAnswer{Cycles: []GraphCycle{}}
	a, err := g.ask(ctx, by)
	if err != nil {
		return out, err
	}
	flow := a.book.Flow
	ask := graph.CycleQuery{Length: q.MaxLength, Window: q.Window.Microseconds(), MinFen: q.MinFen, Limit: q.Limit}
	ask.First, ask.Last = bounds(q.From, q.To)
	for _, written := range q.Of {
		sub, err := a.account("account", written)
		if err != nil {
			return out, err
		}
		if n, ok := flow.Find(sub.ID); ok {
			ask.Of = append(ask.Of, n)
		}
	}
	if len(q.Of) > 0 && len(ask.Of) == 0 {
		return out, nil
	}
	if q.Seen {
		ask.Limit = maxRings
	}
	list, cut := flow.Cycles(ask)
	var moves []int64
	for _, c := range list {
		for _, m := range c.Moves {
			moves = append(moves, flow.ID(m))
			a.ids = append(a.ids, flow.Key(flow.From(m)))
		}
	}
	w, err := a.writer()
	if err != nil {
		return out, err
	}
	keys, err := g.Store.TransferKeys(ctx, moves)
	if err != nil {
		return out, err
	}
	for _, c := range list {
		if q.Seen && !slices.ContainsFunc(c.Moves, func(m graph.Move) bool { return w.knows(flow.Key(flow.From(m))) }) {
			continue
		}
		if len(out.Cycles) >= q.Limit {
			cut = true
			break
		}
		ring := GraphCycle{AmountMin: Yuan(flow.Fen(c.Moves[0])), FirstAt: models.AtMicro(flow.At(c.Moves[0])), LastAt: models.AtMicro(flow.At(c.Moves[len(c.Moves)-1])), Currency: flow.Means(c.Moves[0]).Currency}
		for _, m := range c.Moves {
			id := flow.Key(flow.From(m))
			ring.Accounts, ring.IDs, ring.Transfers = append(ring.Accounts, w.of(id)), append(ring.IDs, id), append(ring.Transfers, keys[flow.ID(m)])
			ring.AmountMin = min(ring.AmountMin, Yuan(flow.Fen(m)))
		}
		out.Cycles = append(out.Cycles, ring)
	}
	out.Truncated = cut
	return out, nil
}
