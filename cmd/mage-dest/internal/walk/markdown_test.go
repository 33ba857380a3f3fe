// Package walk holds README.md and the help topics to their word: what they tell
// the reader to type and to write is typed and written here, in a folder of its own.
package walk

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// step is one fenced block of a guide with the paragraph before it.
type step struct {
	line  int    // of the guide, for messages
	intro string // the paragraph before the block
	lang  string
	text  string
}

// file is the path that the block is the whole content of, or "".
func (s step) file() string {
	found := regexp.MustCompile("`([^`]+)`, all of it:$").FindStringSubmatch(s.intro)
	if found == nil {
		return ""
	}
	return found[1]
}

// stepsOf returns the blocks of one section of a guide; "" is the part before
// the first.
func stepsOf(guide, section string) []step {
	var steps []step
	var paragraph []string
	var block *step
	in := section == ""
	for i, line := range strings.Split(guide, "\n") {
		switch {
		case block != nil && line == "```":
			steps, block, paragraph = append(steps, *block), nil, nil
		case block != nil:
			block.text += line + "\n"
		case strings.HasPrefix(line, "## "):
			in = line == "## "+section
		case !in:
		case strings.HasPrefix(line, "```"):
			block = &step{line: i + 2, intro: strings.Join(paragraph, " "), lang: strings.TrimPrefix(line, "```")}
		case line == "":
			if i > 0 && len(paragraph) > 0 {
				paragraph = append(paragraph, "")
			}
		default:
			if n := len(paragraph); n > 0 && paragraph[n-1] == "" {
				paragraph = nil
			}
			paragraph = append(paragraph, line)
		}
		if block != nil {
			block.intro = strings.TrimSpace(block.intro)
		}
	}
	return steps
}

// sections lists the headings of a guide.
func sections(guide string) []string {
	names := []string{""}
	for line := range strings.Lines(guide) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok {
			names = append(names, name)
		}
	}
	return names
}

// cells returns the rows of the first table of a section, heading and rule left out.
func cells(t *testing.T, guide, section string) [][]string {
	t.Helper()
	_, rest, ok := strings.Cut(guide, "\n## "+section+"\n")
	if !ok {
		t.Fatalf("there is no section %q", section)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	var rows [][]string
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			if rows != nil {
				break
			}
			continue
		}
		line = strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00")
		var row []string
		for cell := range strings.SplitSeq(line, "|") {
			row = append(row, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
		}
		rows = append(rows, row)
	}
	if len(rows) < 3 {
		t.Fatalf("section %q has no table", section)
	}
	return rows[2:]
}

// code is what a cell holds between backticks.
func code(cell string) string {
	return strings.TrimSuffix(strings.TrimPrefix(cell, "`"), "`")
}

// likeness makes two printings of the same result equal: times differ from run
// to run, and with them the width of a column.
func likeness(text string) string {
	text = regexp.MustCompile(`\d+\.\d+( s\)|  )`).ReplaceAllString(text, "#$1")
	text = regexp.MustCompile(` +`).ReplaceAllString(text, " ")
	return strings.TrimSpace(text)
}

func (s step) String() string { return fmt.Sprintf("line %d", s.line) }
