package textdiff

import "math"

// search finds a shortest difference between the significant lines of two texts,
// by E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in its
// form that needs linear space: a way is sought from both ends at once, and where
// the two meet the task falls into two smaller ones.
type search struct {
	fileA, fileB   *file
	whereA, whereB []int // positions of the significant lines
	a, b           []int // their numbers
	ahead, back    diagonals
}

func newSearch(a, b *file, head, tail int) *search {
	s := &search{fileA: a, fileB: b, whereA: significant(a, b, head, tail), whereB: significant(b, a, head, tail)}
	s.a, s.b = pick(a.lines, s.whereA), pick(b.lines, s.whereB)
	s.ahead, s.back = newDiagonals(len(s.a), len(s.b)), newDiagonals(len(s.a), len(s.b))
	return s
}

func pick(lines, where []int) []int {
	picked := make([]int, len(where))
	for i, at := range where {
		picked[i] = lines[at]
	}
	return picked
}

// diagonals holds how far the search has come in a on each diagonal, which is the
// position in a less the one in b.
type diagonals struct {
	reached []int
	zero    int
}

func newDiagonals(a, b int) diagonals {
	return diagonals{reached: make([]int, a+b+3), zero: b + 1}
}

func (d diagonals) at(k int) int     { return d.reached[d.zero+k] }
func (d diagonals) set(k, reach int) { d.reached[d.zero+k] = reach }

// compare marks what differs between two stretches.
func (s *search) compare(fromA, toA, fromB, toB int) {
	for fromA < toA && fromB < toB && s.a[fromA] == s.b[fromB] {
		fromA, fromB = fromA+1, fromB+1
	}
	for fromA < toA && fromB < toB && s.a[toA-1] == s.b[toB-1] {
		toA, toB = toA-1, toB-1
	}
	if fromA == toA || fromB == toB {
		for _, at := range s.whereA[fromA:toA] {
			s.fileA.changed[at] = true
		}
		for _, at := range s.whereB[fromB:toB] {
			s.fileB.changed[at] = true
		}
		return
	}
	a, b := s.split(fromA, toA, fromB, toB)
	s.compare(fromA, a, fromB, b)
	s.compare(a, toA, b, toB)
}

// split returns a point in the middle of a shortest way. The stretches differ at
// both ends.
func (s *search) split(fromA, toA, fromB, toB int) (a, b int) {
	least, most := fromA-toB, toA-fromB
	begin, end := fromA-fromB, toA-toB
	ahead, back := domain{begin, begin}, domain{end, end}
	odd := (begin-end)%2 != 0
	s.ahead.set(begin, fromA)
	s.back.set(end, toA)
	for {
		ahead.widen(least, most, s.ahead, -1)
		for k := ahead.last; k >= ahead.first; k -= 2 {
			a = s.ahead.at(k + 1)
			if before := s.ahead.at(k - 1); before >= a {
				a = before + 1
			}
			for b = a - k; a < toA && b < toB && s.a[a] == s.b[b]; a, b = a+1, b+1 {
			}
			s.ahead.set(k, a)
			if odd && back.holds(k) && s.back.at(k) <= a {
				return a, b
			}
		}
		back.widen(least, most, s.back, math.MaxInt)
		for k := back.last; k >= back.first; k -= 2 {
			a = s.back.at(k - 1)
			if after := s.back.at(k + 1); a >= after {
				a = after - 1
			}
			for b = a - k; a > fromA && b > fromB && s.a[a-1] == s.b[b-1]; a, b = a-1, b-1 {
			}
			s.back.set(k, a)
			if !odd && ahead.holds(k) && a <= s.ahead.at(k) {
				return a, b
			}
		}
	}
}

// domain is the diagonals that a search has come to: each second one from first to
// last.
type domain struct{ first, last int }

func (d domain) holds(k int) bool { return d.first <= k && k <= d.last }

// widen adds one diagonal at each side, or drops one where the stretches end; never
// stands for a position that no step is made from.
func (d *domain) widen(least, most int, reached diagonals, never int) {
	if d.first > least {
		d.first--
		reached.set(d.first-1, never)
	} else {
		d.first++
	}
	if d.last < most {
		d.last++
		reached.set(d.last+1, never)
	} else {
		d.last--
	}
}
