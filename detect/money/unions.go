package money

// unions joins numbers from 0 into groups: each holds one nearer to its group's smallest, or itself.
type unions []int

// newUnions gives n groups of one.
func newUnions(n int) unions {
	u := make(unions, n)
	for i := range u {
		u[i] = i
	}
	return u
}

// root gives the smallest of the group of i.
func (u unions) root(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

// join makes the groups of i and j one.
func (u unions) join(i, j int) {
	i, j = u.root(i), u.root(j)
	u[max(i, j)] = min(i, j)
}

// groups lists the groups by their smallest, each rising.
func (u unions) groups() [][]int {
	place := make(map[int]int, len(u))
	var out [][]int
	for i := range u {
		r := u.root(i)
		at, ok := place[r]
		if !ok {
			at = len(out)
			place[r], out = at, append(out, nil)
		}
		out[at] = append(out[at], i)
	}
	return out
}
