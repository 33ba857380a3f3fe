package analysis

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
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
		Run:       onCode((*code).droppedErrors),
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
