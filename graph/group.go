package graph

import "math/bits"

// groupFrom is from how many transfers on their lists are made on both processors at once.
const groupFrom = 1 << 18

// partsFrom is from how many accounts on lists are made by parts of them: the places at which fewer go on stay in the cache next to the
// processor all at once.
const partsFrom = 1 << 17

// groupBits is how many accounts one such part holds, as a power of two.
const groupBits = 10

// group lists the transfers by the account at one end, keeping their order in time.
func group(end []Account, accounts int) rows {
	if len(end)*sparse < accounts {
		r := rows{few: make(map[Account][]uint32, len(end))}
		for i, a := range end {
			r.few[a] = append(r.few[a], uint32(i))
		}
		return r
	}
	return groupDense(end, accounts)
}

// dense gives the lists side by side, for an end and a number of accounts that they were made of.
func (r rows) dense(end []Account, accounts int) rows {
	if r.few == nil && len(r.start) == accounts+1 {
		return r
	}
	return groupDense(end, accounts)
}

func groupDense(end []Account, accounts int) rows {
	r := rows{list: make([]uint32, len(end))}
	if len(end) >= groupFrom && accounts > partsFrom {
		r.start = make([]uint32, accounts+1)
		r.byParts(end, accounts)
		return r
	}
	// The lists are counted two places on and placed one place on, so that start ends as it is to be without another copy.
	start := make([]uint32, accounts+2)
	var t turn
	for from := 0; from < len(end); from += turnRows {
		for _, a := range end[from:min(from+turnRows, len(end))] {
			start[a+2]++
		}
		t.done(turnRows)
	}
	for a := 2; a < len(start); a++ {
		start[a] += start[a-1]
	}
	for from := 0; from < len(end); from += turnRows {
		for i, a := range end[from:min(from+turnRows, len(end))] {
			at := &start[a+1]
			r.list[*at] = uint32(from + i)
			*at++
		}
		t.done(turnRows)
	}
	r.start = start[:accounts+1]
	return r
}

// byParts first brings the transfers of each part of the accounts together, then lists each part.
func (r *rows) byParts(end []Account, accounts int) {
	shift := max(groupBits, bits.Len(uint(accounts))-groupBits)
	parts := (accounts-1)>>shift + 1
	begin := make([]uint32, parts+1)
	for _, a := range end {
		begin[int(a)>>shift+1]++
	}
	for k := range parts {
		begin[k+1] += begin[k]
	}
	next := make([]uint32, parts)
	copy(next, begin)
	pairs := make([]uint64, len(end)) // account, transfer
	var t turn
	for from := 0; from < len(end); from += turnRows {
		for i, a := range end[from:min(from+turnRows, len(end))] {
			at := &next[int(a)>>shift]
			pairs[*at] = uint64(a)<<32 | uint64(from+i)
			*at++
		}
		t.done(turnRows)
	}
	place := make([]uint32, 1<<shift)
	for k := range parts {
		part, first := pairs[begin[k]:begin[k+1]], k<<shift
		t.done(2 * uint32(len(part)))
		clear(place)
		for _, p := range part {
			place[int(p>>32)-first]++
		}
		sum := begin[k]
		for a := range place[:min(len(place), accounts-first)] {
			n := place[a]
			r.start[first+a], place[a] = sum, sum
			sum += n
		}
		for _, p := range part {
			at := &place[int(p>>32)-first]
			r.list[*at] = uint32(p)
			*at++
		}
	}
	r.start[accounts] = uint32(len(end))
}
