package graph

// heap is a queue that gives the least item first; equal items come out in the order of their values.
type heap[K any] struct {
	less   func(a, b K) bool
	keys   []K
	values []int
}

func (h *heap[K]) len() int { return len(h.keys) }

func (h *heap[K]) before(i, j int) bool {
	if h.less(h.keys[i], h.keys[j]) {
		return true
	}
	return !h.less(h.keys[j], h.keys[i]) && h.values[i] < h.values[j]
}

func (h *heap[K]) swap(i, j int) {
	h.keys[i], h.keys[j] = h.keys[j], h.keys[i]
	h.values[i], h.values[j] = h.values[j], h.values[i]
}

func (h *heap[K]) push(k K, v int) {
	h.keys, h.values = append(h.keys, k), append(h.values, v)
	for i := len(h.keys) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.before(i, up) {
			return
		}
		h.swap(i, up)
		i = up
	}
}

func (h *heap[K]) pop() (K, int) {
	k, v := h.keys[0], h.values[0]
	last := len(h.keys) - 1
	h.swap(0, last)
	h.keys, h.values = h.keys[:last], h.values[:last]
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < last && h.before(c, least) {
				least = c
			}
		}
		if least == i {
			return k, v
		}
		h.swap(i, least)
		i = least
	}
}
