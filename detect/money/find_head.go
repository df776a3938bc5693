package money

import "xiezhi/graph"

// commonHeads gives, for each person to whom enough different accounts pass on, the passes that go to him: hired accounts have one head.
func (f *finder) commonHeads(list []pass) [][]int {
	if f.rules.Pass.Heads <= 0 {
		return nil
	}
	to := map[graph.Account][]int{}
	var order []graph.Account
	for i, p := range list {
		for _, o := range p.outs {
			head := f.To(o)
			if n := len(to[head]); !f.personal(head) || f.Channel[o] != ChannelTransfer || n > 0 && to[head][n-1] == i {
				continue
			}
			if len(to[head]) == 0 {
				order = append(order, head)
			}
			to[head] = append(to[head], i)
		}
	}
	var out [][]int
	for _, head := range order {
		if distinctAt(list, to[head]) >= f.rules.Pass.Heads {
			out = append(out, to[head])
		}
	}
	return out
}

// headOf gives the person to whom enough of the accounts of a group pass on, if there is one.
func (f *finder) headOf(list []pass, group []int) (graph.Account, bool) {
	if f.rules.Pass.Heads <= 0 {
		return 0, false
	}
	part := make([]pass, len(group))
	for n, i := range group {
		part[n] = list[i]
	}
	var best graph.Account
	most := 0
	for _, same := range f.commonHeads(part) {
		if n := distinctAt(part, same); n > most {
			best, most = f.sharedEnd(part, same), n
		}
	}
	return best, most > 0
}

// sharedEnd is the account that all the passes pay.
func (f *finder) sharedEnd(list []pass, same []int) graph.Account {
	count := map[graph.Account]int{}
	for _, i := range same {
		had := map[graph.Account]bool{}
		for _, o := range list[i].outs {
			if end := f.To(o); !had[end] {
				had[end] = true
				count[end]++
			}
		}
	}
	for _, o := range list[same[0]].outs {
		if end := f.To(o); count[end] == len(same) && f.personal(end) {
			return end
		}
	}
	return f.To(list[same[0]].outs[0])
}

func distinctAt(list []pass, which []int) int {
	seen := map[graph.Account]bool{}
	for _, i := range which {
		seen[list[i].at] = true
	}
	return len(seen)
}
