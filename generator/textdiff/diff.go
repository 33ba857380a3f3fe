package textdiff

// change replaces lines of the first text, from fromA on, by lines of the second.
type change struct {
	fromA, lenA int
	fromB, lenB int
}

// diff lists the changes that make b of a, in order; lines that stay stand between
// any two.
func diff(a, b [][]byte) []change {
	fa, fb := number(a, b)
	head, tail := commonEnds(fa.lines, fb.lines)
	s := newSearch(fa, fb, head, tail)
	s.compare(0, len(s.a), 0, len(s.b))
	compact(fa, fb)
	compact(fb, fa)
	return changesOf(fa, fb)
}

// commonEnds counts the lines that both texts begin and end with.
func commonEnds(a, b []int) (head, tail int) {
	most := min(len(a), len(b))
	for head < most && a[head] == b[head] {
		head++
	}
	for tail < most-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// changesOf reads the changes off the lines that are marked.
func changesOf(a, b *file) []change {
	var list []change
	for i, j := 0, 0; i < len(a.lines) || j < len(b.lines); i, j = i+1, j+1 {
		c := change{fromA: i, fromB: j}
		for ; a.isChanged(i); i++ {
			c.lenA++
		}
		for ; b.isChanged(j); j++ {
			c.lenB++
		}
		if c.lenA+c.lenB > 0 {
			list = append(list, c)
		}
	}
	return list
}
