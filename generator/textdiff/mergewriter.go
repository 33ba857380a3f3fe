package textdiff

import "bytes"

// mergeWriter puts a merged text together: the lines of ours but for the regions.
type mergeWriter struct {
	base, ours, theirs [][]byte
	labels             Labels

	out       bytes.Buffer
	done      int // lines of ours that are written or replaced
	conflicts int
}

func (w *mergeWriter) write(r region) {
	w.copy(w.ours[w.done:r.ours.from])
	w.done = r.ours.to
	switch r.side {
	case fromOurs:
		w.copy(w.ours[r.ours.from:r.ours.to])
	case fromTheirs:
		w.copy(w.theirs[r.theirs.from:r.theirs.to])
	default:
		w.conflicts++
		w.mark('<', w.labels.Ours)
		w.whole(w.ours[r.ours.from:r.ours.to])
		w.mark('|', w.labels.Base)
		w.whole(w.base[r.base.from:r.base.to])
		w.mark('=', "")
		w.whole(w.theirs[r.theirs.from:r.theirs.to])
		w.mark('>', w.labels.Theirs)
	}
}

func (w *mergeWriter) copy(lines [][]byte) {
	for _, line := range lines {
		w.out.Write(line)
	}
}

// whole ends the last line, which a mark follows.
func (w *mergeWriter) whole(lines [][]byte) {
	w.copy(lines)
	if n := len(lines); n > 0 && !bytes.HasSuffix(lines[n-1], []byte{'\n'}) {
		w.out.WriteByte('\n')
	}
}

// markWidth is the number of signs of which a mark consists.
const markWidth = 7

func (w *mergeWriter) mark(sign byte, label string) {
	for range markWidth {
		w.out.WriteByte(sign)
	}
	if label != "" {
		w.out.WriteString(" " + label)
	}
	w.out.WriteByte('\n')
}

// FindMarks returns the number, from 1, of the line with the first mark of a
// conflict that has all its marks, or 0. The mark of the base may be missing, as in
// git's other style.
func FindMarks(text []byte) int {
	begin, middle := 0, false
	number := 0
	for line := range bytes.Lines(text) {
		number++
		switch {
		case isMark(line, '<'):
			begin, middle = number, false
		case isMark(line, '='):
			middle = begin > 0
		case isMark(line, '>') && middle:
			return begin
		}
	}
	return 0
}

func isMark(line []byte, sign byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < markWidth || len(bytes.TrimLeft(line[:markWidth], string(sign))) > 0 {
		return false
	}
	return len(line) == markWidth || line[markWidth] == ' '
}
