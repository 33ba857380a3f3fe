package settings

import (
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/generator/textdiff"
)

// Introduce gives two texts the markers that a third, a later version of the first,
// has and they have not: base, as the template had it, and ours, which an author has
// made of it. What an author wrote into a table that is now to be generated then stands
// between markers and clashes with nothing. Texts are returned as they are if they have
// markers already, or if the later one has none.
func Introduce(base, ours, later []byte) (markedBase, markedOurs []byte) {
	for _, mark := range []func(string) string{markdownMark, yamlMark} {
		open, close := mark(openMark), mark(closeMark)
		r, err := findRegion("", string(later), open, close)
		if err != nil || holds(base, open) || holds(ours, open) {
			continue
		}
		from := strings.Count(r.before, "\n")
		to := from + strings.Count(r.inside, "\n")
		toBase := textdiff.NewPositions(base, later).Reverse()
		toOurs := textdiff.NewPositions(base, ours)
		first, last := toBase.First(from), toBase.Last(to)
		if first >= last {
			continue // nothing in base is what the region now holds
		}
		open, close = r.indent+open, r.indent+close
		return insert(base, first, last, open, close), insert(ours, toOurs.First(first), toOurs.Last(last), open, close)
	}
	return base, ours
}

func holds(text []byte, mark string) bool {
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == mark {
			return true
		}
	}
	return false
}

// insert puts a line before the lines from first to last, and one after them.
func insert(text []byte, first, last int, open, close string) []byte {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(slices.Clip(text), '\n')
	}
	var out strings.Builder
	number := 0
	mark := func(at int, line string) {
		if number == at {
			out.WriteString(line + "\n")
		}
	}
	for line := range strings.Lines(string(text)) {
		mark(first, open)
		mark(last, close)
		out.WriteString(line)
		number++
	}
	mark(first, open)
	mark(last, close)
	return []byte(out.String())
}
