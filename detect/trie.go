package detect

import "sort"

// trie finds the words of the lexicon that start at a position. The first step is a table over the basic plane, the
// others are sorted children: nearly every position ends after the first step.
type trie struct {
	root  []int32 // rune -> node, 0 is none
	nodes []trieNode
}

type trieNode struct {
	keys    []rune
	next    []int32
	entries []*entry
}

func (t *trie) build(entries []entry) {
	t.root = make([]int32, 0x10000)
	t.nodes = make([]trieNode, 1, 4096)
	for i := range entries {
		e := &entries[i]
		runes := normalise(e.word).runes
		if runes[0] >= 0x10000 {
			continue
		}
		n := t.root[runes[0]]
		if n == 0 {
			n = t.add()
			t.root[runes[0]] = n
		}
		for _, r := range runes[1:] {
			n = t.child(n, r)
		}
		t.nodes[n].entries = append(t.nodes[n].entries, e)
	}
}

func (t *trie) add() int32 {
	t.nodes = append(t.nodes, trieNode{})
	return int32(len(t.nodes) - 1)
}

func (t *trie) child(n int32, r rune) int32 {
	node := &t.nodes[n]
	i := sort.Search(len(node.keys), func(i int) bool { return node.keys[i] >= r })
	if i < len(node.keys) && node.keys[i] == r {
		return node.next[i]
	}
	c := t.add()
	node = &t.nodes[n]
	node.keys = append(node.keys, 0)
	node.next = append(node.next, 0)
	copy(node.keys[i+1:], node.keys[i:])
	copy(node.next[i+1:], node.next[i:])
	node.keys[i], node.next[i] = r, c
	return c
}

// step follows one character from a node; 0 is the start before the first character and also "no such word".
func (t *trie) step(n int32, r rune) int32 {
	if n == 0 {
		if r >= 0x10000 || r < 0 {
			return 0
		}
		return t.root[r]
	}
	node := &t.nodes[n]
	if len(node.keys) > 12 {
		i := sort.Search(len(node.keys), func(i int) bool { return node.keys[i] >= r })
		if i < len(node.keys) && node.keys[i] == r {
			return node.next[i]
		}
		return 0
	}
	for i, k := range node.keys {
		if k == r {
			return node.next[i]
		}
	}
	return 0
}
