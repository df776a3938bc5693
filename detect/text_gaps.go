package detect

// gapsLeast is how many characters must stand apart before their separators are taken for a disguise: fewer are a list.
const gapsLeast = 4

// gapsMost bounds one disguised stretch, so that hostile texts take time in proportion to their length.
const gapsMost = 256

// closeGaps takes out what somebody put between single characters so that no filter reads them ("a.b.c.d" in Chinese): the same mark
// between at least gapsLeast characters, most of which are Chinese.
func (n *normal) closeGaps() {
	rs := n.runes
	kept := 0
	for i := 0; i < len(rs); {
		end := gapped(rs, i)
		if end == i {
			n.keep(kept, i)
			kept++
			i++
			continue
		}
		for k := i; k < end; k += 2 {
			n.keep(kept, k)
			kept++
		}
		i = end
	}
	n.runes, n.at, n.stop = rs[:kept], n.at[:kept], n.stop[:kept]
}

func (n *normal) keep(to, from int) {
	n.runes[to], n.at[to], n.stop[to] = n.runes[from], n.at[from], n.stop[from]
}

// gapped gives the place behind the run of separated characters that starts at i, or i where none starts.
func gapped(rs []rune, i int) int {
	if i+1 >= len(rs) || !isGap(rs[i+1]) || !isHan(rs[i]) {
		return i
	}
	mark, han, j := rs[i+1], 0, i
	for ; j < min(len(rs), i+gapsMost) && rs[j] != mark; j += 2 {
		if isHan(rs[j]) {
			han++
		}
		if j+1 >= len(rs) || rs[j+1] != mark {
			j++
			break
		}
	}
	j = min(j, len(rs))
	if count := (j - i + 1) / 2; han < gapsLeast || han*2 < count {
		return i
	}
	return j
}

func isGap(r rune) bool { return r == '.' || r == '-' || r == '+' || r == '~' }
func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }
