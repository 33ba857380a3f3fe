package analysis

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// silenced are the lines on which analyzers are told to be silent, by file and
// line. The value of a name tells whether a reason is given.
type silenced map[string]map[int]map[string]bool

var directive = regexp.MustCompile(`^//\s*nolint:([\w,\s]+?)\s*(?://\s*(.*))?$`)

// readSilenced reads the comments of the form //nolint:NAME,NAME // reason.
func readSilenced(pass *analysis.Pass) silenced {
	lines := silenced{}
	for _, file := range pass.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				found := directive.FindStringSubmatch(comment.Text)
				if found == nil {
					continue
				}
				lines.add(pass.Fset.Position(comment.Pos()), found[1], found[2] != "")
			}
		}
	}
	return lines
}

func (s silenced) add(at token.Position, names string, reasoned bool) {
	if s[at.Filename] == nil {
		s[at.Filename] = map[int]map[string]bool{}
	}
	named := map[string]bool{}
	for name := range strings.SplitSeq(names, ",") {
		named[strings.TrimSpace(name)] = reasoned
	}
	s[at.Filename][at.Line] = named
}

// at finds the comment that holds for a line: on it, or on the one before.
func (s silenced) at(position token.Position, name string) (reasoned, ok bool) {
	for _, line := range []int{position.Line, position.Line - 1} {
		if reasoned, ok = s[position.Filename][line][name]; ok {
			return reasoned, true
		}
	}
	return false, false
}

// report tells of a fault, unless the author has silenced it there with a reason.
// Tests may do what a connector may not, and generated files are not the author's
// to change.
func (c *code) report(pass *analysis.Pass, d analysis.Diagnostic) {
	position := pass.Fset.Position(d.Pos)
	if strings.HasSuffix(position.Filename, "_test.go") {
		return
	}
	if file := fileOf(pass, d.Pos); file == nil || ast.IsGenerated(file) {
		return
	}
	reasoned, ok := c.silenced.at(position, pass.Analyzer.Name)
	if ok && reasoned {
		return
	}
	if ok {
		d.Message += "; its nolint gives no reason: write //nolint:" + pass.Analyzer.Name + " // and the reason"
	}
	pass.Report(d)
}

func fileOf(pass *analysis.Pass, pos token.Pos) *ast.File {
	for _, file := range pass.Files {
		if file.FileStart <= pos && pos < file.FileEnd {
			return file
		}
	}
	return nil
}

// replacement is a fix that replaces a node.
func replacement(message string, node ast.Node, text string) []analysis.SuggestedFix {
	return []analysis.SuggestedFix{{
		Message:   message,
		TextEdits: []analysis.TextEdit{{Pos: node.Pos(), End: node.End(), NewText: []byte(text)}},
	}}
}
