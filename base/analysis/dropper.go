package analysis

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
)

// dropper finds where errors are dropped.
type dropper struct {
	pass    *analysis.Pass
	returns bool           // the function returns an error and nothing else
	outside *ast.BlockStmt // its body; a fix must not stand in a literal within
}

// node looks at one node. The result has no remedy in its text yet.
func (d *dropper) node(n ast.Node) *analysis.Diagnostic {
	switch n := n.(type) {
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok {
			return d.dropped(n, call)
		}
	case *ast.AssignStmt:
		return d.blank(n)
	case *ast.DeferStmt:
		return d.deferred(n)
	case *ast.GoStmt:
		if d.mayFail(n.Call) && !d.harmless(n.Call) {
			return &analysis.Diagnostic{
				Pos: n.Pos(), End: n.End(), Message: "the error of " + callName(n.Call) + ", which runs by itself, is dropped",
			}
		}
	case *ast.IfStmt:
		return d.logged(n)
	}
	return nil
}

// dropped is a call whose error nobody looks at.
func (d *dropper) dropped(stmt ast.Stmt, call *ast.CallExpr) *analysis.Diagnostic {
	if !d.mayFail(call) || d.harmless(call) {
		return nil
	}
	return &analysis.Diagnostic{
		Pos: stmt.Pos(), End: stmt.End(),
		Message:        "the error of " + callName(call) + " is dropped",
		SuggestedFixes: d.returned(stmt, call),
	}
}

// blank is an error that is assigned to _.
func (d *dropper) blank(stmt *ast.AssignStmt) *analysis.Diagnostic {
	if len(stmt.Rhs) != 1 {
		return nil
	}
	if v, ok := stmt.Rhs[0].(*ast.Ident); ok && isBlank(stmt.Lhs[0]) && d.isError(v) {
		return &analysis.Diagnostic{Pos: stmt.Pos(), End: stmt.End(), Message: "the error " + v.Name + " is assigned to _"}
	}
	call, ok := ast.Unparen(stmt.Rhs[0]).(*ast.CallExpr)
	if !ok || !d.mayFail(call) || d.harmless(call) {
		return nil
	}
	if !isBlank(stmt.Lhs[len(stmt.Lhs)-1]) {
		return nil
	}
	found := &analysis.Diagnostic{
		Pos: stmt.Pos(), End: stmt.End(), Message: "the error of " + callName(call) + " is assigned to _",
	}
	if len(stmt.Lhs) == 1 {
		found.SuggestedFixes = d.returned(stmt, call)
	}
	return found
}

func isBlank(e ast.Expr) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == "_"
}

func (d *dropper) isError(e ast.Expr) bool {
	t := d.pass.TypesInfo.TypeOf(e)
	return t != nil && isError(t)
}

// deferred is a deferred call that completes what was written, or that catches a
// panic, which base would have taken for an error.
func (d *dropper) deferred(stmt *ast.DeferStmt) *analysis.Diagnostic {
	if literal, ok := stmt.Call.Fun.(*ast.FuncLit); ok && d.recovers(literal.Body) {
		return &analysis.Diagnostic{Pos: stmt.Pos(), End: stmt.Call.Lparen, Message: "a panic is caught, and no error is made of it"}
	}
	if !d.mayFail(stmt.Call) || !d.completes(stmt.Call) || d.calledBesides(stmt) {
		return nil
	}
	return &analysis.Diagnostic{
		Pos: stmt.Pos(), End: stmt.End(), Message: "the error of the deferred " + callName(stmt.Call) + " is dropped",
	}
}

// calledBesides tells a deferred call that is there for early returns only: where all
// went well the same is called before, and its error looked at.
func (d *dropper) calledBesides(stmt *ast.DeferStmt) bool {
	path, _ := astutil.PathEnclosingInterval(fileOf(d.pass, stmt.Pos()), stmt.Pos(), stmt.End())
	body := slices.IndexFunc(path, func(n ast.Node) bool {
		_, isBlock := n.(*ast.BlockStmt)
		return isBlock
	})
	if body < 0 {
		return false
	}
	besides := false
	ast.Inspect(path[body], func(n ast.Node) bool {
		if _, deferred := n.(*ast.DeferStmt); deferred {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok && callName(call) == callName(stmt.Call) {
			besides = true
		}
		return !besides
	})
	return besides
}

// recovers tells a body that calls recover and sets no error.
func (d *dropper) recovers(body *ast.BlockStmt) bool {
	recovers, tells := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			recovers = recovers || isBuiltin(d.pass, n, "recover")
			tells = tells || isBuiltin(d.pass, n, "panic")
		case *ast.AssignStmt:
			for _, target := range n.Lhs {
				tells = tells || d.isError(target)
			}
		case *ast.SendStmt:
			tells = true
		}
		return true
	})
	return recovers && !tells
}

// logged is an error that is found and at most logged: then the function returns nil,
// or goes on as if nothing had happened.
func (d *dropper) logged(stmt *ast.IfStmt) *analysis.Diagnostic {
	err := d.foundError(stmt.Cond)
	if err == nil || stmt.Else != nil {
		return nil
	}
	body := stmt.Body.List
	var end ast.Stmt
	if n := len(body); n > 0 {
		switch last := body[n-1].(type) {
		case *ast.ReturnStmt:
			end, body = last, body[:n-1]
		case *ast.BranchStmt:
			end, body = last, body[:n-1]
		}
	}
	for _, s := range body {
		if !d.logs(s) {
			return nil
		}
	}
	found := &analysis.Diagnostic{Pos: stmt.Pos(), End: stmt.Body.Lbrace + 1}
	switch end := end.(type) {
	case *ast.ReturnStmt:
		if !d.returnsNothing(end) {
			return nil
		}
		found.Pos, found.End = end.Pos(), end.End()
		found.Message = "the error " + err.Name() + " is dropped: nothing is returned in its place"
		if len(end.Results) > 0 {
			last := end.Results[len(end.Results)-1]
			found.Message = "the error " + err.Name() + " was found, and nil is returned"
			found.SuggestedFixes = replacement("return the error", last, err.Name())
		}
	default:
		if d.usedAfter(err, stmt.End()) {
			return nil
		}
		found.Message = "the error " + err.Name() + " is logged and forgotten"
		if len(body) == 0 {
			found.Message = "the error " + err.Name() + " is found and forgotten"
		}
	}
	return found
}

// foundError is the variable of a condition err != nil, or nil.
func (d *dropper) foundError(cond ast.Expr) *types.Var {
	binary, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || binary.Op != token.NEQ || !d.isNil(binary.Y) {
		return nil
	}
	ident, ok := ast.Unparen(binary.X).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := d.pass.TypesInfo.Uses[ident].(*types.Var)
	if !ok || !isError(v.Type()) {
		return nil
	}
	return v
}

func (d *dropper) isNil(e ast.Expr) bool { return d.pass.TypesInfo.Types[e].IsNil() }

// returnsNothing tells a return that says nothing of an error: nil in its place, or
// that of a function without results.
func (d *dropper) returnsNothing(stmt *ast.ReturnStmt) bool {
	results := d.resultsAt(stmt)
	if results == nil || len(results.List) == 0 {
		return true
	}
	last := results.List[len(results.List)-1]
	return len(stmt.Results) > 0 && d.isNil(stmt.Results[len(stmt.Results)-1]) && isError(d.pass.TypesInfo.TypeOf(last.Type))
}

// resultsAt are the results of the function, or the literal, that a statement is in.
func (d *dropper) resultsAt(stmt ast.Stmt) *ast.FieldList {
	path, _ := astutil.PathEnclosingInterval(fileOf(d.pass, stmt.Pos()), stmt.Pos(), stmt.End())
	for _, node := range path {
		switch n := node.(type) {
		case *ast.FuncDecl:
			return n.Type.Results
		case *ast.FuncLit:
			return n.Type.Results
		}
	}
	return nil
}

// logging are names of functions of the author's that do nothing but log.
var logging = regexp.MustCompile(`(?i)^(log|warn|debug|info|trace|print)`)

// logs tells statements that only say something.
func (d *dropper) logs(stmt ast.Stmt) bool {
	expr, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	fn := called(d.pass, expr.X)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch path := fn.Pkg().Path(); {
	case path == "log", path == "log/slog":
		return !strings.HasPrefix(fn.Name(), "Fatal") && !strings.HasPrefix(fn.Name(), "Panic")
	case path == "fmt":
		return strings.HasPrefix(fn.Name(), "Print") || strings.HasPrefix(fn.Name(), "Fprint")
	}
	return fn.Signature().Results().Len() == 0 && (logging.MatchString(fn.Name()) || isLogger(d.receiver(expr.X.(*ast.CallExpr))))
}

// isLogger tells loggers of other makers by their name.
func isLogger(t types.Type) bool {
	if t == nil {
		return false
	}
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && strings.HasSuffix(strings.ToLower(named.Obj().Name()), "logger")
}

// usedAfter tells whether a variable is read after a position: an error that was
// logged may still be returned.
func (d *dropper) usedAfter(v *types.Var, pos token.Pos) bool {
	for ident, object := range d.pass.TypesInfo.Uses {
		if object == v && ident.Pos() > pos {
			return true
		}
	}
	return false
}

// returned puts "if err := …; err != nil { return err }" around a call, where that
// compiles: in the function itself, which returns an error alone.
func (d *dropper) returned(stmt ast.Stmt, call *ast.CallExpr) []analysis.SuggestedFix {
	signature := d.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !d.returns || signature.Results().Len() != 1 || d.inLiteral(stmt) {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: "return the error",
		TextEdits: []analysis.TextEdit{
			{Pos: stmt.Pos(), End: call.Pos(), NewText: []byte("if err := ")},
			{Pos: call.End(), End: call.End(), NewText: []byte("; err != nil {\n\treturn err\n}")},
		},
	}}
}

func (d *dropper) inLiteral(stmt ast.Stmt) bool {
	within := false
	ast.Inspect(d.outside, func(n ast.Node) bool {
		if literal, ok := n.(*ast.FuncLit); ok && literal.Pos() <= stmt.Pos() && stmt.End() <= literal.End() {
			within = true
		}
		return !within
	})
	return within
}

// callName is how a call is named in a message.
func callName(call *ast.CallExpr) string { return types.ExprString(call.Fun) }
