package graph

import (
	"math"
	"slices"
)

// Point is a place in a picture.
type Point struct{ X, Y float64 }

// Arrange places nodes 0..n-1 of a picture so that those that are tied stand near each other and no two on one spot; node 0 stands in
// the middle. The same input gives the same places. It draws the tree of shortest ways around node 0 and then lets ties pull and nodes
// push (after Fruchterman and Reingold, Software: Practice and Experience 21, 1991); pushing reaches as far as a cell of a grid does, so
// that thousands of nodes take linear time.
func Arrange(n int, ties [][2]int, depth []int, width, height float64) []Point {
	at := sectors(n, ties, depth)
	if n < 2 {
		return fit(at, width, height)
	}
	rounds := max(15, min(60, 9_000/n))
	move, c := make([]Point, n), &cells{}
	for k := range rounds {
		heat := 0.9 * (1 - float64(k)/float64(rounds))
		push(at, move, c, ties, heat)
	}
	return fit(at, width, height)
}

// sectors places nodes on rings around the first one, by distance along ties: each has a sector for all that is reached through it, as
// wide as that needs (a radial drawing of the tree of shortest ways), so that few ties cross before anything is pulled. What no tie
// leads to stands on the ring of its depth.
func sectors(n int, ties [][2]int, depth []int) []Point {
	at := make([]Point, n)
	if n < 2 {
		return at
	}
	up, ring, order := treeOf(n, ties, depth)
	leaves := make([]float64, n)
	count := make([]int, slices.Max(ring)+1)
	for _, i := range slices.Backward(order) {
		leaves[i] = max(leaves[i], 1)
		count[ring[i]]++
		if i != 0 {
			leaves[up[i]] += leaves[i]
		}
	}
	radius := make([]float64, len(count)) // the outer edge of each ring, which has room for its nodes side by side
	for d := 1; d < len(radius); d++ {
		radius[d] = max(radius[d-1]+1.4, math.Sqrt(radius[d-1]*radius[d-1]+1.6*float64(count[d])/math.Pi))
	}
	from := make([]float64, n) // where the part of a sector begins that is not given away
	width := make([]float64, n)
	width[0] = 2 * math.Pi
	for k, i := range order[1:] {
		width[i] = width[up[i]] * leaves[i] / leaves[up[i]]
		from[i] = from[up[i]]
		from[up[i]] += width[i]
		angle := from[i] + width[i]/2
		// Neighbours on a ring stand at different distances, spread evenly over its area (by the golden ratio).
		_, part := math.Modf(float64(k+1) * 0.6180339887)
		inner, outer := radius[ring[i]-1]+0.7, radius[ring[i]]
		r := math.Sqrt(inner*inner + max(outer*outer-inner*inner, 0)*part)
		at[i] = Point{r * math.Cos(angle), r * math.Sin(angle)}
	}
	return at
}

// treeOf gives, for each node, the one it is reached from on a shortest way from node 0 and the ring it stands on, and the nodes in the
// order in which they are reached. What is not reached hangs on node 0.
func treeOf(n int, ties [][2]int, depth []int) (up, ring, order []int) {
	start := make([]int, n+2)
	for _, t := range ties {
		start[t[0]+2]++
		start[t[1]+2]++
	}
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	next := make([]int, 2*len(ties))
	for _, t := range ties {
		next[start[t[0]+1]], next[start[t[1]+1]] = t[1], t[0]
		start[t[0]+1]++
		start[t[1]+1]++
	}
	up, ring, order = make([]int, n), make([]int, n), make([]int, 0, n)
	met := make([]bool, n)
	for root := range n {
		if met[root] {
			continue
		}
		met[root] = true
		if root > 0 {
			ring[root] = 1
			if root < len(depth) {
				ring[root] = max(1, depth[root])
			}
		}
		order = append(order, root)
		for at := len(order) - 1; at < len(order); at++ {
			i := order[at]
			for _, k := range next[start[i]:start[i+1]] {
				if !met[k] {
					met[k], up[k], ring[k] = true, i, ring[i]+1
					order = append(order, k)
				}
			}
		}
	}
	return up, ring, order
}

// pushReach is how far nodes push each other, in units of the length a tie strives for.
const pushReach = 2.5

// cells sorts the nodes of a picture into squares as wide as they push, so that only neighbours are looked at.
type cells struct {
	columns, rows int
	of            []int // by node
	start         []int // by cell
	list          []int
}

// sort puts the nodes into their cells. The grid covers at most a few times as many cells as there are nodes: what lies further out
// shares the cells at the edge.
func (c *cells) sort(at []Point) {
	lo, hi := at[0], at[0]
	for _, p := range at {
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
	}
	most := 4*len(at) + 8
	c.columns = min(int((hi.X-lo.X)/pushReach)+1, most)
	c.rows = min(int((hi.Y-lo.Y)/pushReach)+1, most/c.columns+1)
	c.of = slices.Grow(c.of[:0], len(at))[:len(at)]
	c.list = slices.Grow(c.list[:0], len(at))[:len(at)]
	c.start = slices.Grow(c.start[:0], c.columns*c.rows+2)[:c.columns*c.rows+2]
	clear(c.start)
	for i, p := range at {
		x, y := min(int((p.X-lo.X)/pushReach), c.columns-1), min(int((p.Y-lo.Y)/pushReach), c.rows-1)
		c.of[i] = y*c.columns + x
		c.start[c.of[i]+2]++
	}
	for k := 2; k < len(c.start); k++ {
		c.start[k] += c.start[k-1]
	}
	for i, k := range c.of {
		c.list[c.start[k+1]] = i
		c.start[k+1]++
	}
}

// push moves every node one step, at most heat far.
func push(at, move []Point, c *cells, ties [][2]int, heat float64) {
	clear(move)
	c.sort(at)
	for i, p := range at {
		cx, cy := c.of[i]%c.columns, c.of[i]/c.columns
		for y := max(cy-1, 0); y <= min(cy+1, c.rows-1); y++ {
			// The cells of a row lie side by side, and so do their nodes.
			row := y * c.columns
			for _, k := range c.list[c.start[row+max(cx-1, 0)]:c.start[row+min(cx+1, c.columns-1)+1]] {
				if k <= i {
					continue // each pair once
				}
				x, y := p.X-at[k].X, p.Y-at[k].Y
				d2 := x*x + y*y
				if d2 < 1e-6 {
					x, y, d2 = 0.01*float64(i-k), 0.01*float64(i+k+1), 0.01
				}
				d2 = 1 / d2
				x, y = x*d2, y*d2
				move[i].X += x
				move[i].Y += y
				move[k].X -= x
				move[k].Y -= y
			}
		}
	}
	for _, t := range ties {
		x, y := at[t[1]].X-at[t[0]].X, at[t[1]].Y-at[t[0]].Y
		pull := 0.5 * math.Sqrt(x*x+y*y) / 1.4
		move[t[0]].X += x * pull * 0.5
		move[t[0]].Y += y * pull * 0.5
		move[t[1]].X -= x * pull * 0.5
		move[t[1]].Y -= y * pull * 0.5
	}
	for i := 1; i < len(at); i++ {
		if d := math.Sqrt(move[i].X*move[i].X + move[i].Y*move[i].Y); d > 0 {
			step := min(d, heat) / d
			at[i].X += move[i].X * step
			at[i].Y += move[i].Y * step
		}
	}
}

// fit scales a picture into a frame, with a margin for names; at most to a comfortable distance between nodes.
func fit(at []Point, width, height float64) []Point {
	const margin, comfort = 56, 110
	var lo, hi Point
	for _, p := range at {
		lo.X, lo.Y = min(lo.X, p.X), min(lo.Y, p.Y)
		hi.X, hi.Y = max(hi.X, p.X), max(hi.Y, p.Y)
	}
	sx := min(comfort, (width-2*margin)/max(hi.X-lo.X, 0.1))
	sy := min(comfort, (height-2*margin)/max(hi.Y-lo.Y, 0.1))
	mid := Point{(lo.X + hi.X) / 2, (lo.Y + hi.Y) / 2}
	for i, p := range at {
		at[i] = Point{width/2 + (p.X-mid.X)*sx, height/2 + (p.Y-mid.Y)*sy}
	}
	return at
}
