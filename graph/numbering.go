package graph

// pageSize is how many keys one page of a numbering covers.
const pageSize = 1 << 12

// numbering gives dense numbers to keys of the store, which are positive and nearly dense themselves. A copy taken with grow may
// be added to while readers use the one it was taken from.
type numbering struct {
	keys  []int64
	pages [][]int32 // key -> number+1, by pages; nil pages hold none
	own   map[int]bool
	other map[int64]int32 // keys too large or too odd for pages
}

// maxPaged bounds the pages to a gigabyte of keys; what lies beyond goes to a map.
const maxPaged = 1 << 31

func newNumbering() *numbering { return &numbering{own: map[int]bool{}} }

// grow gives a numbering that can be added to without touching what readers of n see.
func (n *numbering) grow() *numbering {
	g := &numbering{keys: n.keys[:len(n.keys):len(n.keys)], pages: append([][]int32(nil), n.pages...), own: map[int]bool{}}
	if n.other != nil {
		g.other = make(map[int64]int32, len(n.other))
		for k, v := range n.other {
			g.other[k] = v
		}
	}
	return g
}

// find gives the number of a key, false for an unknown one.
func (n *numbering) find(key int64) (int32, bool) {
	if key < 0 || key >= maxPaged {
		v, ok := n.other[key]
		return v, ok
	}
	p := int(key / pageSize)
	if p >= len(n.pages) || n.pages[p] == nil {
		return 0, false
	}
	v := n.pages[p][key%pageSize]
	return v - 1, v > 0
}

// number gives the number of a key, a new one where it has none.
func (n *numbering) number(key int64) (v int32, fresh bool) {
	if v, ok := n.find(key); ok {
		return v, false
	}
	v = int32(len(n.keys))
	n.keys = append(n.keys, key)
	if key < 0 || key >= maxPaged {
		if n.other == nil {
			n.other = map[int64]int32{}
		}
		n.other[key] = v
		return v, true
	}
	p := int(key / pageSize)
	for len(n.pages) <= p {
		n.pages = append(n.pages, nil)
	}
	if !n.own[p] {
		page := make([]int32, pageSize)
		copy(page, n.pages[p])
		n.pages[p], n.own[p] = page, true
	}
	n.pages[p][key%pageSize] = v + 1
	return v, true
}
