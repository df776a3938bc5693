package money

import (
	"slices"

	"xiezhi/graph"
)

// onward is what an account does with a burst of receipts: the payments that pass it on to persons, and their share of what came.
type onward struct {
	held  bool // the share is large enough: he collects for others
	share float64
	outs  []uint32
	next  []graph.Account
}

func (o onward) strength() float64 {
	if o.held {
		return 1
	}
	return 0
}

// onwardOf looks at what left the account between the first receipt of a burst and some hours after the last. Payments to companies and
// shops are business, whoever collected: a hotel, a wholesaler, a platform.
func (f *finder) onwardOf(a graph.Account, b burst, t Typology) onward {
	var o onward
	r := &f.rules.Fan
	if t != FanIn || b.days == 0 || r.OnwardShare <= 0 {
		return o
	}
	from, until := f.At(f.contacts.list[b.list[0]].first), int64(0)
	for _, k := range b.list {
		until = max(until, f.At(f.contacts.list[k].last))
	}
	in, out := int64(0), int64(0)
	for _, i := range f.In(a) {
		if at := f.At(i); at >= from && at <= until {
			in += f.Fen(i)
		}
	}
	to := map[graph.Account]int64{}
	for _, i := range f.Out(a) {
		at, end := f.At(i), f.To(i)
		if at < from || at > until+int64(r.OnwardHours*float64(hour)) || !f.personal(end) || f.Channel[i] == ChannelPayment {
			continue
		}
		out += f.Fen(i)
		to[end] += f.Fen(i)
		o.outs = append(o.outs, i)
	}
	if in == 0 {
		return o
	}
	o.share = float64(out) / float64(in)
	o.held = o.share >= r.OnwardShare && o.share <= f.rules.Pass.Over
	for end, fen := range to {
		if float64(fen) >= r.OnwardPart*float64(out) {
			o.next = append(o.next, end)
		}
	}
	slices.Sort(o.next)
	return o
}

// personal says whether an account is neither a company's nor a shop's.
func (f *finder) personal(a graph.Account) bool {
	return !f.Accounts[a].Merchant && !f.Accounts[a].Corporate
}

// onwardMembers are the collector and those he passed the most of it to; who paid him stands beside.
func (f *finder) onwardMembers(a graph.Account, b burst, o onward) []Member {
	list := []Member{{Account: a, Role: RoleCollector}}
	for _, end := range o.next {
		list = append(list, Member{Account: end, Role: RoleMule})
	}
	for _, k := range b.list {
		list = append(list, Member{Account: f.other(k, FanIn), Role: RoleVictim, Aside: true})
	}
	return once(list)
}
