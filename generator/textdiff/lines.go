package textdiff

import "bytes"

// splitLines cuts a text after each line feed. The last line may lack one.
func splitLines(text []byte) [][]byte {
	lines := make([][]byte, 0, bytes.Count(text, []byte{'\n'})+1)
	for line := range bytes.Lines(text) {
		lines = append(lines, line)
	}
	return lines
}

// file is one of two texts that are compared: a number for each line, equal for
// equal lines, and whether the line is changed, that is not in the other text.
type file struct {
	lines   []int
	changed []bool
}

// isChanged takes positions beyond both ends, too.
func (f *file) isChanged(i int) bool { return i >= 0 && i < len(f.changed) && f.changed[i] }

// number gives the lines of both texts their numbers.
func number(a, b [][]byte) (fa, fb *file) {
	numbers := make(map[string]int, len(a)+len(b))
	of := func(lines [][]byte) *file {
		f := &file{lines: make([]int, len(lines)), changed: make([]bool, len(lines))}
		for i, line := range lines {
			n, ok := numbers[string(line)]
			if !ok {
				n = len(numbers)
				numbers[string(line)] = n
			}
			f.lines[i] = n
		}
		return f
	}
	return of(a), of(b)
}
