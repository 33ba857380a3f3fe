package analysis

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

type lostContextFact struct{ Deed deed }

func (*lostContextFact) AFact()           {}
func (f *lostContextFact) deed() *deed    { return &f.Deed }
func (f *lostContextFact) String() string { return f.Deed.What }

func lostContext() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "lostctx",
		Doc: `tells of calls that do not end with ctx

ctx ends when a run that was told to stop has no time left. A call that waits and was
not given it, or was given context.Background(), holds the run until it is killed, and
the state of what was stored meanwhile is not told.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(lostContextFact)},
		Run:       onCode((*code).lostContexts),
	}
}

// lostContexts reports where a ctx is at hand. Functions without one, and those of
// packages that do not know base, leave a fact to their callers.
func (c *code) lostContexts(pass *analysis.Pass) {
	newFact := func() deedFact { return new(lostContextFact) }
	lifetimes := map[ast.Node]bool{} // contexts of what lives longer than a call
	helpers := newDoing(pass, newFact, func(n ast.Node) string {
		if fn := called(pass, n); isFunc(fn, "context", "WithCancel", "WithCancelCause", "WithValue") {
			lifetimes[ast.Unparen(n.(*ast.CallExpr).Args[0])] = true
		}
		what, _ := loses(pass, n)
		if lifetimes[n] {
			return ""
		}
		return what
	})
	for fn := range helpers.found {
		if c.base != nil && contextParam(fn.Signature()) != nil {
			delete(helpers.found, fn) // it is reported there
		}
	}
	helpers.export(newFact)
	if c.base == nil {
		return
	}
	for decl, fn := range declarations(pass) {
		if ctx := contextParam(fn.Signature()); ctx != nil && c.roots[fn] != "Close" {
			v := contextVisitor{c, pass, helpers}
			v.visit(decl.Body, ctx)
		}
	}
}

// contextParam is the parameter of type context.Context, or nil.
func contextParam(signature *types.Signature) *types.Var {
	for p := range signature.Params().Variables() {
		if isContext(p.Type()) {
			return p
		}
	}
	return nil
}

func isContext(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context"
}

type contextVisitor struct {
	code    *code
	pass    *analysis.Pass
	helpers *doing
}

// visit looks at a body in which ctx is at hand. What is deferred, or runs in a
// goroutine, may outlive ctx on purpose.
func (v contextVisitor) visit(body ast.Node, ctx *types.Var) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.FuncLit:
			signature, _ := v.pass.TypesInfo.TypeOf(n).(*types.Signature)
			if own := contextParam(signature); own != nil {
				v.visit(n.Body, own)
				return false
			}
		case *ast.CallExpr:
			v.call(n, ctx)
		}
		return true
	})
}

func (v contextVisitor) call(call *ast.CallExpr, ctx *types.Var) {
	what, fix := loses(v.pass, call)
	if what == "" {
		callee := called(v.pass, call)
		if callee == nil {
			return
		}
		did, ok := v.helpers.found[callee]
		if _, far := imported(v.pass, call, new(lostContextFact)); far != nil {
			did, ok = *far, true
		}
		if !ok {
			return
		}
		what = callee.Name() + ", which " + did.What + " (" + did.Where + "),"
	} else {
		what = "the call " + what + ", which"
	}
	named := ctx.Name() != "" && ctx.Name() != "_"
	d := analysis.Diagnostic{Pos: call.Pos(), End: call.End(), Message: what +
		" does not end when ctx does: a run that is told to stop waits until it is killed, and what was stored meanwhile comes again; hand ctx on"}
	if fix != nil && named {
		d.SuggestedFixes = fix(ctx.Name())
	}
	v.code.report(v.pass, d)
}

// loses tells a call that waits without a context, or makes one of its own. fix, if
// there is one, hands ctx to it.
func loses(pass *analysis.Pass, n ast.Node) (what string, fix func(ctx string) []analysis.SuggestedFix) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	fn := called(pass, call)
	switch {
	case isFunc(fn, "context", "Background", "TODO"):
		return "takes context." + fn.Name() + "()", func(ctx string) []analysis.SuggestedFix {
			return replacement("hand ctx on", call, ctx)
		}
	case isFunc(fn, "time", "Sleep") && fn.Signature().Recv() == nil:
		return "waits in time.Sleep", nil
	case isFunc(fn, "net/http", "Get", "Post", "PostForm", "Head") && !isHeader(fn):
		return "waits in http." + fn.Name(), nil
	case isFunc(fn, "net", "Dial", "DialTimeout") && fn.Signature().Recv() == nil:
		return "waits in net." + fn.Name(), nil
	case isFunc(fn, "net/http", "NewRequest"):
		return "makes a request by http.NewRequest", withContext(call, "NewRequestWithContext")
	case isFunc(fn, "os/exec", "Command"):
		return "starts a program by exec.Command", withContext(call, "CommandContext")
	case fn != nil && contextSibling(fn):
		return "waits in " + fn.Name(), withContext(call, fn.Name()+"Context")
	}
	return "", nil
}

func isHeader(fn *types.Func) bool {
	receiver := fn.Signature().Recv()
	if receiver == nil {
		return false
	}
	pointer, ok := receiver.Type().(*types.Pointer)
	if !ok {
		return true // http.Header has a Get, too
	}
	named, ok := pointer.Elem().(*types.Named)
	return !ok || named.Obj().Name() != "Client"
}

// withContext calls another function of the same place with ctx as the first
// argument.
func withContext(call *ast.CallExpr, name string) func(ctx string) []analysis.SuggestedFix {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return func(ctx string) []analysis.SuggestedFix {
		if len(call.Args) > 0 {
			ctx += ", "
		}
		return []analysis.SuggestedFix{{
			Message: "call " + name,
			TextEdits: []analysis.TextEdit{
				{Pos: selector.Sel.Pos(), End: selector.Sel.End(), NewText: []byte(name)},
				{Pos: call.Lparen + 1, End: call.Lparen + 1, NewText: []byte(ctx)},
			},
		}}
	}
}

// contextSibling tells a method that may fail, like Exec, beside which there is one
// with the same parameters after a context, like ExecContext.
func contextSibling(fn *types.Func) bool {
	signature := fn.Signature()
	if signature.Recv() == nil || contextParam(signature) != nil || !mayFail(signature) {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(signature.Recv().Type(), true, fn.Pkg(), fn.Name()+"Context")
	sibling, ok := object.(*types.Func)
	if !ok {
		return false
	}
	with := sibling.Signature()
	if with.Params().Len() != signature.Params().Len()+1 || !isContext(with.Params().At(0).Type()) {
		return false
	}
	for i := range signature.Params().Len() {
		if !types.Identical(signature.Params().At(i).Type(), with.Params().At(i+1).Type()) {
			return false
		}
	}
	return true
}

// mayFail tells functions that return an error, or a *sql.Row, which holds one.
func mayFail(signature *types.Signature) bool {
	for result := range signature.Results().Variables() {
		if isError(result.Type()) {
			return true
		}
		if pointer, ok := result.Type().(*types.Pointer); ok {
			if named, ok := pointer.Elem().(*types.Named); ok && named.Obj().Name() == "Row" {
				return true
			}
		}
	}
	return false
}
