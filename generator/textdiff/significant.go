package textdiff

const (
	// mostRepeats is how often a line of a text of any length may stand in the other
	// one and not be taken for repeated.
	mostRepeats = 1024

	// repeatedWindow bounds how far round a line its neighbours are looked at.
	repeatedWindow = 100

	// repeatedShare: a repeated line between lines that stand in one text alone is
	// left out when less than one in so many of them is repeated, too.
	repeatedShare = 4
)

// lineKind says how a line of one text stands in the other.
type lineKind int8

const (
	alone    lineKind = iota // not at all
	shared                   // a few times
	repeated                 // so often that it says little about where it belongs
)

// significant returns the positions of the lines that the search for a shortest
// difference looks at. All others, between head and tail, are marked as changed.
func significant(f, other *file, head, tail int) []int {
	kinds := kindsOf(f, other)
	first, last := head, len(f.lines)-tail-1
	var positions []int
	for i := first; i <= last; i++ {
		if kinds[i] == shared || kinds[i] == repeated && !amongLonely(kinds, i, first, last) {
			positions = append(positions, i)
		} else {
			f.changed[i] = true
		}
	}
	return positions
}

func kindsOf(f, other *file) []lineKind {
	counts := map[int]int{}
	for _, n := range other.lines {
		counts[n]++
	}
	limit := min(roughRoot(len(f.lines)), mostRepeats)
	kinds := make([]lineKind, len(f.lines))
	for i, n := range f.lines {
		switch count := counts[n]; {
		case count >= limit:
			kinds[i] = repeated
		case count > 0:
			kinds[i] = shared
		}
	}
	return kinds
}

// roughRoot is the square root of n up to the next power of two.
func roughRoot(n int) int {
	root := 1
	for ; n > 0; n >>= 2 {
		root <<= 1
	}
	return root
}

// amongLonely reports whether a repeated line stands in a run of lines that are
// nearly all alone: such a blank line belongs to what is round it.
func amongLonely(kinds []lineKind, i, first, last int) bool {
	first, last = max(first, i-repeatedWindow), min(last, i+repeatedWindow)
	lonely, often := 0, 2 // the line itself, once for each direction
	for _, step := range []int{-1, 1} {
		before := lonely
		for at := i + step; at >= first && at <= last && kinds[at] != shared; at += step {
			if kinds[at] == alone {
				lonely++
			} else {
				often++
			}
		}
		if lonely == before {
			return false
		}
	}
	return often*repeatedShare < often+lonely
}
