package textdiff

import (
	"bytes"
	"fmt"
)

// contextLines stand before and after each change of a unified diff.
const contextLines = 3

// Unified tells how a differs from b as diff -u does, with the names in its head. It
// is empty for equal texts.
func Unified(nameA, nameB string, a, b []byte) string {
	linesA, linesB := splitLines(a), splitLines(b)
	changes := diff(linesA, linesB)
	if len(changes) == 0 {
		return ""
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", nameA, nameB)
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].fromA-(changes[n-1].fromA+changes[n-1].lenA) <= 2*contextLines {
			n++
		}
		writeHunk(&out, changes[:n], linesA, linesB)
		changes = changes[n:]
	}
	return out.String()
}

// writeHunk writes changes that stand near each other, with the lines round them.
func writeHunk(out *bytes.Buffer, changes []change, a, b [][]byte) {
	first, last := changes[0], changes[len(changes)-1]
	before := min(contextLines, first.fromA)
	after := min(contextLines, len(a)-(last.fromA+last.lenA))
	fromA, toA := first.fromA-before, last.fromA+last.lenA+after
	fromB, toB := first.fromB-before, last.fromB+last.lenB+after
	fmt.Fprintf(out, "@@ -%s +%s @@\n", hunkRange(fromA, toA), hunkRange(fromB, toB))
	for _, c := range changes {
		writeLines(out, ' ', a[fromA:c.fromA])
		writeLines(out, '-', a[c.fromA:c.fromA+c.lenA])
		writeLines(out, '+', b[c.fromB:c.fromB+c.lenB])
		fromA = c.fromA + c.lenA
	}
	writeLines(out, ' ', a[fromA:toA])
}

// hunkRange counts lines from 1; an empty range names the line before it.
func hunkRange(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func writeLines(out *bytes.Buffer, sign byte, lines [][]byte) {
	for _, line := range lines {
		out.WriteByte(sign)
		out.Write(line)
		if !bytes.HasSuffix(line, []byte{'\n'}) {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
