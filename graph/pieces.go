package graph

// pieces is a list that grows without being moved.
type pieces[T any] struct {
	list [][]T
	n    int
}

// pieceSize is how many values a piece after the first one holds.
const pieceSize = 1 << 16

// sized gives pieces with room for so many values in one.
func sized[T any](n int) pieces[T] {
	return pieces[T]{list: [][]T{make([]T, 0, n)}}
}

// grow adds n values and gives them to be filled.
func (p *pieces[T]) grow(n int) []T {
	k := len(p.list) - 1
	if k < 0 || cap(p.list[k])-len(p.list[k]) < n {
		room := n // most changes are small
		if k >= 0 {
			room = max(n, pieceSize)
		}
		p.list = append(p.list, make([]T, 0, room))
		k++
	}
	at := len(p.list[k])
	p.list[k] = p.list[k][:at+n]
	p.n += n
	return p.list[k][at:]
}

// whole gives all values side by side; the pieces are given up.
func (p *pieces[T]) whole() []T {
	list, n := p.list, p.n
	*p = pieces[T]{}
	if len(list) == 1 && cap(list[0])-n <= n/8 {
		return list[0]
	}
	all := make([]T, 0, n)
	for k, piece := range list {
		all = append(all, piece...)
		list[k] = nil
	}
	return all
}
