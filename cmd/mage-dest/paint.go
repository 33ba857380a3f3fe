package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
)

// isTerminal tells whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(interface{ Fd() uintptr })
	return ok && isatty.IsTerminal(file.Fd())
}

// colour is an ANSI colour, "" for none.
type colour string

const (
	plain  colour = ""
	dim    colour = "\x1b[2m"
	green  colour = "\x1b[32m"
	red    colour = "\x1b[31m"
	yellow colour = "\x1b[33m"
)

// painter writes text for people, in colour on a terminal that wants it.
type painter struct {
	out     io.Writer
	colours bool
}

func newPainter(out io.Writer) painter {
	return painter{out, isTerminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (p painter) paint(c colour, text string) string {
	if !p.colours || c == plain {
		return text
	}
	return string(c) + text + "\x1b[0m"
}

func (p painter) line(c colour, format string, args ...any) {
	fmt.Fprintln(p.out, p.paint(c, fmt.Sprintf(format, args...)))
}

// row is one row of a table and its colour.
type row struct {
	colour colour
	cells  []string
}

// table writes rows under a head, in columns as wide as they need to be. Text
// that came from a store or a stream cannot steer the terminal.
func (p painter) table(head []string, rows []row) {
	rows = append([]row{{dim, head}}, rows...)
	widths := make([]int, len(head))
	for _, r := range rows {
		for i, cell := range r.cells {
			r.cells[i] = printable(cell)
			widths[i] = max(widths[i], utf8.RuneCountInString(r.cells[i]))
		}
	}
	for _, r := range rows {
		var line strings.Builder
		for i, cell := range r.cells {
			line.WriteString(cell)
			if i < len(r.cells)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		p.line(r.colour, "%s", strings.TrimRight(line.String(), " "))
	}
}

// printable replaces control characters.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, text)
}
