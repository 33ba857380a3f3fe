package generator

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"text/template"
	"text/template/parse"
)

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
