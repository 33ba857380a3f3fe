package analysis

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
)

type droppedErrorFact struct{ Deed deed }

func (*droppedErrorFact) AFact()           {}
func (f *droppedErrorFact) deed() *deed    { return &f.Deed }
func (f *droppedErrorFact) String() string { return f.Deed.What }

func droppedError() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "droppederr",
		Doc: `tells of errors that do not reach base

nil from ExportBatchData says that every record is durable: the tap never sends them
again. An error that is dropped, assigned to _, or logged and then forgotten on the way
there makes nil of a record that was not stored. Return it, or list the records in a
*base.BatchError.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(droppedErrorFact)},
		Run: func(pass *analysis.Pass) (any, error) {
			if c := codeOf(pass); c != nil {
				c.droppedErrors(pass)
			}
			return nil, nil
		},
	}
}

// droppedErrors reports in the functions through which records go. What others drop
// may matter to nobody here: of them it leaves a fact to those that call them.
func (c *code) droppedErrors(pass *analysis.Pass) {
	newFact := func() deedFact { return new(droppedErrorFact) }
	drops := newDoing(pass, newFact, func(n ast.Node) string {
		d := (&dropper{pass: pass}).node(n)
		if d == nil {
			return ""
		}
		return "drops an error"
	})
	onPath := c.exportPath(drops)
	for fn := range drops.found {
		if onPath[fn] || c.roots[fn] != "" { // it is reported there, or matters to nobody
			delete(drops.found, fn)
		}
	}
	drops.export(newFact)
	for decl, fn := range declarations(pass) {
		if onPath[fn] {
			c.droppedIn(pass, decl, fn)
		}
	}
}

// exportPath are the functions of the package that ExportBatchData or
// ExportDeadLetters call, by whatever way.
func (c *code) exportPath(d *doing) map[*types.Func]bool {
	path := map[*types.Func]bool{}
	var add func(fn *types.Func)
	add = func(fn *types.Func) {
		if path[fn] || fn.Pkg() != d.pass.Pkg {
			return
		}
		path[fn] = true
		for _, callee := range d.calls[fn] {
			add(callee)
		}
	}
	for fn, name := range c.roots {
		if name == "ExportBatchData" || name == "ExportDeadLetters" {
			add(fn)
		}
	}
	return path
}

func (c *code) droppedIn(pass *analysis.Pass, decl *ast.FuncDecl, fn *types.Func) {
	d := &dropper{pass: pass, returns: returnsOnlyError(fn), outside: decl.Body}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		if found := d.node(n); found != nil {
			found.Message += ": base takes nil for \"every record is durable\", and the tap never sends them again; return the error, or list the records in a *base.BatchError"
			c.report(pass, *found)
		}
		if callee, did := imported(pass, n, new(droppedErrorFact)); did != nil {
			c.report(pass, analysis.Diagnostic{
				Pos: n.Pos(), End: n.End(),
				Message: callee.Name() + " " + did.What + " (" + did.Where + "): what it returns does not say whether the records are durable; let it return the error",
			})
		}
		return true
	})
}

// returnsOnlyError tells functions with an error as their one result.
func returnsOnlyError(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() == 1 && isError(results.At(0).Type())
}

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
	if !d.mayFail(stmt.Call) || !d.completes(stmt.Call) {
		return nil
	}
	return &analysis.Diagnostic{
		Pos: stmt.Pos(), End: stmt.End(), Message: "the error of the deferred " + callName(stmt.Call) + " is dropped",
	}
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

// mayFail tells a call whose last result is an error.
func (d *dropper) mayFail(call *ast.CallExpr) bool {
	signature, ok := d.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return false // a conversion, or a builtin
	}
	n := signature.Results().Len()
	return n > 0 && isError(signature.Results().At(n-1).Type())
}

// harmless tells calls that never fail, or whose failure loses no record: what gives
// something back, and what takes a transaction back.
func (d *dropper) harmless(call *ast.CallExpr) bool {
	fn := called(d.pass, call)
	if fn == nil {
		return false
	}
	if fn.Pkg() != nil {
		switch path := fn.Pkg().Path(); {
		case path == "fmt" && (strings.HasPrefix(fn.Name(), "Print") || d.writesToMemory(call)),
			path == "io" && strings.HasPrefix(fn.Name(), "Copy") && d.discards(call),
			path == "strings", path == "bytes", path == "hash", strings.HasPrefix(path, "hash/"), strings.HasPrefix(path, "crypto/"),
			path == "math/rand", path == "log", path == "log/slog":
			return true
		}
	}
	if receiver := d.receiver(call); receiver != nil && isHash(receiver) {
		return true
	}
	switch name := fn.Name(); {
	case name == "Close":
		return !d.completes(call)
	case name == "Rollback", strings.HasPrefix(name, "Remove"), strings.HasPrefix(name, "SetDeadline"),
		strings.HasPrefix(name, "SetRead"), strings.HasPrefix(name, "SetWrite"), name == "Unlock":
		return true
	}
	return false
}

// writesToMemory tells fmt.Fprint into a buffer.
func (d *dropper) writesToMemory(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	t := d.pass.TypesInfo.TypeOf(call.Args[0])
	if t == nil {
		return false
	}
	switch types.TypeString(t, nil) {
	case "*strings.Builder", "*bytes.Buffer", "*os.File":
		if selector, ok := call.Args[0].(*ast.SelectorExpr); ok && (selector.Sel.Name == "Stderr" || selector.Sel.Name == "Stdout") {
			return true
		}
		return types.TypeString(t, nil) != "*os.File"
	}
	return isHash(t)
}

// discards tells io.Copy(io.Discard, …), by which a response is read to its end.
func (d *dropper) discards(call *ast.CallExpr) bool {
	selector, ok := call.Args[0].(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Discard"
}

func isHash(t types.Type) bool {
	return hasMethod(t, "Sum") && hasMethod(t, "BlockSize")
}

func hasMethod(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := object.(*types.Func)
	return ok
}

// completes tells calls without which what was written is not there: Flush, Sync,
// Commit, and the Close of something that is written to and not read from.
func (d *dropper) completes(call *ast.CallExpr) bool {
	fn := called(d.pass, call)
	receiver := d.receiver(call)
	if fn == nil || receiver == nil {
		return false
	}
	switch fn.Name() {
	case "Flush", "Sync", "Commit":
		return true
	case "Close":
		return hasMethod(receiver, "Write") && !hasMethod(receiver, "Read")
	}
	return false
}

func (d *dropper) receiver(call *ast.CallExpr) types.Type {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || d.pass.TypesInfo.Selections[selector] == nil {
		return nil
	}
	return d.pass.TypesInfo.TypeOf(selector.X)
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
