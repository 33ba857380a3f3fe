package analysis

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

func unimplemented() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: "unimplemented",
		Doc: `tells of methods that are still stubs

A fresh connector, whose ExportBatchData does nothing but return
base.ErrNotImplemented, is no fault: its runs fail and tell no state. It is told
with -unimplemented.finished. Once ExportBatchData is written, what is left of the
stub is a fault.`,
		Requires: []*analysis.Analyzer{codeAnalyzer},
	}
	finished := a.Flags.Bool("finished", false, "tell also of what is to do in a fresh connector")
	a.Run = onCode(func(c *code, pass *analysis.Pass) {
		if c.base != nil {
			c.unimplemented(pass, *finished)
		}
	})
	return a
}

// unimplemented looks at the methods of each connector by themselves: one that is
// written does not make another one's stub a fault.
func (c *code) unimplemented(pass *analysis.Pass, finished bool) {
	for _, methods := range c.methodDecls(pass) {
		export := methods["ExportBatchData"]
		fresh := export != nil && c.stub(pass, export) != nil
		for name, method := range methods {
			if stub := c.stub(pass, method); stub != nil {
				if !fresh || finished {
					c.report(pass, stillStub(method, name, fresh))
				}
			} else if name == "ExportBatchData" {
				c.partlyStub(pass, method)
			}
		}
	}
}

func stillStub(method *ast.FuncDecl, name string, fresh bool) analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: method.Name.Pos(), End: method.Name.End()}
	switch {
	case fresh && name == "ExportBatchData":
		d.Category, d.Message = Todo, "ExportBatchData is to be written: until then a run fails and tells no state"
	case fresh:
		d.Category, d.Message = Todo, name+" is to be written, or deleted: until then it fails"
	default:
		d.Message = name + " is still a stub and always fails, though ExportBatchData is written: write it, or delete it"
	}
	return d
}

// partlyStub tells of an ExportBatchData that is written and gives up for some.
func (c *code) partlyStub(pass *analysis.Pass, method *ast.FuncDecl) {
	ast.Inspect(method.Body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && c.isErrNotImplemented(pass, e) {
			c.report(pass, analysis.Diagnostic{
				Pos: e.Pos(), End: e.End(),
				Message: "ExportBatchData is not written to the end: such batches fail in every run with ErrNotImplemented; store them, or return an error that tells why they cannot be",
			})
			return false
		}
		return true
	})
}

// methodDecls are the methods that base calls, by connector and name.
func (c *code) methodDecls(pass *analysis.Pass) map[types.Type]map[string]*ast.FuncDecl {
	found := map[types.Type]map[string]*ast.FuncDecl{}
	for decl, fn := range declarations(pass) {
		name, ok := c.roots[fn]
		if !ok {
			continue
		}
		receiver := fn.Signature().Recv().Type()
		if pointer, ok := receiver.(*types.Pointer); ok {
			receiver = pointer.Elem()
		}
		if found[receiver] == nil {
			found[receiver] = map[string]*ast.FuncDecl{}
		}
		found[receiver][name] = decl
	}
	return found
}

// declarations yields the functions of a package that have a body.
func declarations(pass *analysis.Pass) func(yield func(*ast.FuncDecl, *types.Func) bool) {
	return func(yield func(*ast.FuncDecl, *types.Func) bool) {
		for _, file := range pass.Files {
			for _, decl := range file.Decls {
				decl, ok := decl.(*ast.FuncDecl)
				if !ok || decl.Body == nil {
					continue
				}
				if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok && !yield(decl, fn) {
					return
				}
			}
		}
	}
}

// stub is the one statement of a method that does nothing, or nil.
func (c *code) stub(pass *analysis.Pass, method *ast.FuncDecl) ast.Stmt {
	if len(method.Body.List) != 1 {
		return nil
	}
	var said ast.Expr
	switch stmt := method.Body.List[0].(type) {
	case *ast.ReturnStmt:
		if len(stmt.Results) == 1 {
			said = stmt.Results[0]
		}
	case *ast.ExprStmt:
		if call, ok := stmt.X.(*ast.CallExpr); ok && isBuiltin(pass, call, "panic") {
			said = call
		}
	}
	if said != nil && (c.isErrNotImplemented(pass, said) || saysNotImplemented(pass, said)) {
		return method.Body.List[0]
	}
	return nil
}

func (c *code) isErrNotImplemented(pass *analysis.Pass, e ast.Expr) bool {
	selector, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && pass.TypesInfo.Uses[selector.Sel] == c.base.Scope().Lookup("ErrNotImplemented")
}

// saysNotImplemented tells a call with one text that says so.
func saysNotImplemented(pass *analysis.Pass, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	value := pass.TypesInfo.Types[call.Args[0]].Value
	if value == nil || value.Kind() != constant.String {
		return false
	}
	text := strings.ToLower(constant.StringVal(value))
	return strings.Contains(text, "not implemented") || strings.Contains(text, "unimplemented") || strings.HasPrefix(text, "todo")
}

func isBuiltin(pass *analysis.Pass, call *ast.CallExpr, name string) bool {
	ident, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	_, builtin := pass.TypesInfo.Uses[ident].(*types.Builtin)
	return builtin && ident.Name == name
}
