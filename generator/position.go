package generator

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// TemplateError is a fault of a pack, told at the line of the template that an
// author has to change.
type TemplateError struct {
	Template     string // templates/sqlite/config.go.tmpl
	Line, Column int    // in the template, from 1; Column counts bytes
	Message      string

	Output             string // config.go; "" if the template did not run
	OutLine, OutColumn int    // in what it made, before formatting
	Pack, Name         string
	Context            string // the line with those beside it
}

func (e *TemplateError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s (", e.Template, e.Line, e.Column, e.Message)
	if e.Output != "" {
		fmt.Fprintf(&b, "in %s:%d:%d, ", e.Output, e.OutLine, e.OutColumn)
	}
	fmt.Fprintf(&b, "template %s, name=%s)", e.Pack, e.Name)
	if e.Context != "" {
		b.WriteString("\n" + e.Context)
	}
	return b.String()
}

func joinTemplateErrors(list []*TemplateError) error {
	all := make([]error, len(list))
	for i, e := range list {
		all[i] = e
	}
	return errors.Join(all...)
}

// formatError is a fault in a rendered file that is no Go file.
type formatError struct {
	line, column int
	message      string
}

func (e *formatError) Error() string { return fmt.Sprintf("%d:%d: %s", e.line, e.column, e.message) }

// templateFault is how text/template writes where it failed; it has no error
// type that holds the line. Columns count from 0 there, and parse errors have none.
var templateFault = regexp.MustCompile(`(?s)^template: (.+?):(\d+)(?::(\d+))?: (?:executing ".*?" at )?(.*)$`)

// locate turns an error of parsing or executing a template into one that names
// the file the template stands in.
func (r *rendering) locate(o Output, err error) *TemplateError {
	e := &TemplateError{Template: o.source.label, Line: 1, Column: 1, Message: err.Error()}
	if m := templateFault.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[2])
		e.Column, _ = strconv.Atoi(m[3])
		e.Column++
		e.Message = m[4]
		if p, ok := r.pack.partials[m[1]]; ok {
			e.Template = p.label
		}
	}
	return r.describe(e, o)
}

// trace maps a fault in what a template made back to the template.
func (r *rendering) trace(f File, err error) *TemplateError {
	line, column, message := 1, 1, err.Error()
	if list, ok := errors.AsType[scanner.ErrorList](err); ok && len(list) > 0 {
		line, column, message = list[0].Pos.Line, list[0].Pos.Column, list[0].Msg
	} else if at, ok := errors.AsType[*formatError](err); ok {
		line, column, message = at.line, at.column, at.message
	}
	return r.traceAt(f, line, column, message)
}

// traceAt is trace for a fault whose place in the rendered bytes is known.
func (r *rendering) traceAt(f File, line, column int, message string) *TemplateError {
	e := &TemplateError{
		Template: f.output.source.label, Line: line, Column: column, Message: message,
		Output: f.Path, OutLine: line, OutColumn: column,
	}
	if f.output.source.execute {
		if at, err := r.origin(f.output, offsetOf(f.rendered, line, column)); err == nil {
			e.Template, e.Line, e.Column = at.template, at.line, at.column
		}
	}
	return r.describe(e, f.output)
}

// describe adds what every TemplateError tells beside its place.
func (r *rendering) describe(e *TemplateError, o Output) *TemplateError {
	e.Pack, e.Name = r.pack.Name, r.data.Name.Binary
	src := o.source
	for _, p := range r.pack.partials {
		if p.label == e.Template {
			src = p
		}
	}
	e.Context = excerpt(src.bytes, e.Line)
	return e
}

// excerpt shows a line with the one before and the one after it.
func excerpt(src []byte, line int) string {
	lines := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	var b strings.Builder
	for i := max(1, line-1); i <= min(len(lines), line+1); i++ {
		sign := " "
		if i == line {
			sign = ">"
		}
		fmt.Fprintf(&b, "%s %4d | %s\n", sign, i, strings.TrimRight(lines[i-1], "\r"))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// place is a spot in a template file.
type place struct {
	template     string
	line, column int
	isText       bool // bytes that follow stand in the file as they are
}

// origin finds what in the template made the byte at offset of its output. It
// executes the template once more with a mark before every line of text and
// every action, and looks for the last mark before that byte.
func (r *rendering) origin(o Output, offset int) (place, error) {
	m := &marker{}
	set, err := r.partials()
	if err != nil {
		return place{}, err
	}
	t, err := parseOutput(set, o)
	if err != nil {
		return place{}, err
	}
	for _, each := range t.Templates() {
		if each.Tree == nil || each.Root == nil {
			continue
		}
		src := o.source
		if p, ok := r.pack.partials[each.ParseName]; ok {
			src = p
		}
		m.mark(each.Root, src)
	}
	return m.find(t, r.scope(), offset)
}

// marker writes marks into parse trees. A mark is the index of its place between
// two bytes that no template holds.
type marker struct {
	places []place
}

const (
	markStart = 0x00
	markEnd   = 0x01
)

func (m *marker) mark(list *parse.ListNode, src source) {
	if list == nil {
		return
	}
	var nodes []parse.Node
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			nodes = append(nodes, m.text(n, src)...)
			continue
		case *parse.IfNode:
			m.branch(&n.BranchNode, src)
		case *parse.RangeNode:
			m.branch(&n.BranchNode, src)
		case *parse.WithNode:
			m.branch(&n.BranchNode, src)
		}
		nodes = append(nodes, m.at(src, int(n.Position()), false), n)
	}
	list.Nodes = nodes
}

func (m *marker) branch(n *parse.BranchNode, src source) {
	m.mark(n.List, src)
	m.mark(n.ElseList, src)
}

// text cuts a text node into its lines with a mark before each.
func (m *marker) text(n *parse.TextNode, src source) []parse.Node {
	var nodes []parse.Node
	at := int(n.Pos)
	for line := range bytes.Lines(n.Text) {
		nodes = append(nodes, m.at(src, at, true), &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: line})
		at += len(line)
	}
	return nodes
}

func (m *marker) at(src source, offset int, isText bool) parse.Node {
	line, column := lineColumn(src.bytes, offset)
	m.places = append(m.places, place{template: src.label, line: line, column: column, isText: isText})
	text := fmt.Appendf(nil, "%c%d%c", markStart, len(m.places)-1, markEnd)
	return &parse.TextNode{NodeType: parse.NodeText, Text: text}
}

var errNoOrigin = errors.New("no mark before the byte")

// find executes the marked template and reads the place off its output.
func (m *marker) find(t *template.Template, data Data, offset int) (place, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return place{}, err
	}
	found, foundAt, plain := -1, 0, 0
	for rest := out.Bytes(); len(rest) > 0; {
		if rest[0] != markStart {
			if plain == offset {
				break
			}
			plain, rest = plain+1, rest[1:]
			continue
		}
		end := bytes.IndexByte(rest, markEnd)
		index, err := strconv.Atoi(string(rest[1:max(1, end)]))
		if err != nil || index >= len(m.places) {
			return place{}, errNoOrigin
		}
		found, foundAt, rest = index, plain, rest[end+1:]
	}
	if found < 0 {
		return place{}, errNoOrigin
	}
	p := m.places[found]
	if p.isText {
		p.column += offset - foundAt
	}
	return p, nil
}

// lineColumn counts both from 1, columns in bytes.
func lineColumn(src []byte, offset int) (line, column int) {
	before := src[:min(max(offset, 0), len(src))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// offsetOf is the inverse of lineColumn.
func offsetOf(src []byte, line, column int) int {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(src[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	return min(start+max(column-1, 0), len(src))
}
