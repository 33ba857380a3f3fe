package generator

import (
	"fmt"
	"slices"
	"text/template"
	"text/template/parse"
)

// ParameterRead is a place where a template reads an answer.
type ParameterRead struct {
	Parameter    string // "" for an answer whose name the template makes up as it runs
	Template     string
	Line, Column int
}

// ParameterReads lists where the templates of a pack read answers, in branches that are
// not taken, too. Conditions of the manifest are left out.
func (p *Pack) ParameterReads() ([]ParameterRead, error) {
	r := &rendering{pack: p}
	set, err := r.partials()
	if err != nil {
		return nil, err
	}
	w := readWalker{pack: p}
	for _, name := range sortedKeysOf(p.partials) {
		w.walk(set.Lookup(name), p.partials[name])
	}
	for _, o := range p.Outputs {
		t, err := parseOutput(set, o)
		if err != nil {
			return nil, r.locate(o, err)
		}
		if t != nil {
			w.walk(t, o.source)
		}
	}
	return w.reads, nil
}

// ReadParameters names the parameters that the templates, the conditions of the
// manifest or mage-dest itself read. all tells that some template may read any.
func (p *Pack) ReadParameters() (names map[string]bool, all bool, err error) {
	reads, err := p.ParameterReads()
	if err != nil {
		return nil, false, err
	}
	names = map[string]bool{answerLayout: true}
	for _, r := range reads {
		names[r.Parameter] = true
	}
	note := func(c Condition) {
		for _, clause := range c {
			names[clause.Parameter] = true
		}
	}
	for _, o := range p.Outputs {
		note(o.When)
	}
	for _, q := range p.Requires {
		note(q.When)
	}
	return names, names[""], nil
}

// Undeclared tells the reads of parameters that the pack does not have.
func (p *Pack) Undeclared() ([]string, error) {
	reads, err := p.ParameterReads()
	if err != nil {
		return nil, err
	}
	var faults []string
	for _, r := range reads {
		if r.Parameter == "" || slices.ContainsFunc(p.Parameters, func(q Parameter) bool { return q.Name == r.Parameter }) {
			continue
		}
		faults = append(faults, fmt.Sprintf("%s:%d:%d: parameter %q is not declared; add it to the manifest's parameters", r.Template, r.Line, r.Column, r.Parameter))
	}
	return faults, nil
}

// readWalker collects reads from parse trees.
type readWalker struct {
	pack  *Pack
	src   source
	reads []ParameterRead
}

func (w *readWalker) walk(t *template.Template, src source) {
	if t == nil || t.Tree == nil {
		return
	}
	w.src = src
	w.list(t.Root)
}

func (w *readWalker) add(n parse.Node, name string) {
	line, column := lineColumn(w.src.bytes, int(n.Position()))
	w.reads = append(w.reads, ParameterRead{Parameter: name, Template: w.src.label, Line: line, Column: column})
}

func (w *readWalker) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n)
	}
}

func (w *readWalker) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ActionNode:
		w.pipe(n.Pipe)
	case *parse.TemplateNode:
		w.pipe(n.Pipe)
	case *parse.IfNode:
		w.branch(&n.BranchNode)
	case *parse.RangeNode:
		w.branch(&n.BranchNode)
	case *parse.WithNode:
		w.branch(&n.BranchNode)
	case *parse.PipeNode:
		w.pipe(n)
	case *parse.ChainNode:
		w.node(n.Node)
	case *parse.FieldNode:
		w.path(n, n.Ident)
	case *parse.VariableNode:
		w.path(n, n.Ident[1:])
	}
}

func (w *readWalker) branch(n *parse.BranchNode) {
	w.pipe(n.Pipe)
	w.list(n.List)
	w.list(n.ElseList)
}

func (w *readWalker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, cmd := range p.Cmds {
		w.command(cmd)
	}
}

// command looks for index .Params "name", beside the arguments themselves.
func (w *readWalker) command(cmd *parse.CommandNode) {
	if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok && len(cmd.Args) > 2 && slices.Contains([]string{"index", "get", "hasKey"}, id.Ident) && isParams(cmd.Args[1]) {
		if name, ok := cmd.Args[2].(*parse.StringNode); ok {
			w.add(cmd.Args[2], name.Text)
			return
		}
	}
	for _, arg := range cmd.Args {
		w.node(arg)
	}
}

func isParams(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.FieldNode:
		return len(n.Ident) == 1 && n.Ident[0] == "Params"
	case *parse.VariableNode:
		return len(n.Ident) == 2 && n.Ident[1] == "Params"
	}
	return false
}

// path notes .Params.name. Params by itself may be read in any way.
func (w *readWalker) path(n parse.Node, ident []string) {
	if len(ident) == 0 || ident[0] != "Params" {
		return
	}
	if len(ident) == 1 {
		w.add(n, "")
		return
	}
	w.add(n, ident[1])
}
