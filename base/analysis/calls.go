package analysis

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// deed is something that a function does and that its callers should know of.
type deed struct {
	What  string // for people: "calls os.Exit"
	Where string // "file.go:12"
}

func (d *deed) String() string { return d.What }

// deedFact is a fact that is a deed; each analyzer has a type of its own.
type deedFact interface {
	analysis.Fact
	deed() *deed
}

// doing finds which functions of the package do something, by themselves or by a
// function that they call; of literals it is the function they stand in.
type doing struct {
	pass  *analysis.Pass
	found map[*types.Func]deed
	calls map[*types.Func][]*types.Func
}

// newDoing looks for deeds. direct looks at a node of a function's body.
func newDoing(pass *analysis.Pass, newFact func() deedFact, direct func(ast.Node) string) *doing {
	d := &doing{pass: pass, found: map[*types.Func]deed{}, calls: map[*types.Func][]*types.Func{}}
	for decl, fn := range declarations(pass) {
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			if what := direct(n); what != "" {
				d.add(fn, deed{what, where(pass, n.Pos())})
			}
			if callee := called(pass, n); callee != nil {
				d.calls[fn] = append(d.calls[fn], callee)
				if fact := newFact(); callee.Pkg() != pass.Pkg && callee.Pkg() != nil && pass.ImportObjectFact(callee, fact) {
					d.add(fn, *fact.deed())
				}
			}
			return true
		})
	}
	d.spread()
	return d
}

// spread gives the deeds of functions to those that call them.
func (d *doing) spread() {
	for changed := true; changed; {
		changed = false
		for caller, callees := range d.calls {
			for _, callee := range callees {
				if did, ok := d.found[callee]; ok {
					changed = d.add(caller, did) || changed
				}
			}
		}
	}
}

func (d *doing) add(fn *types.Func, did deed) bool {
	if _, known := d.found[fn]; known {
		return false
	}
	d.found[fn] = did
	return true
}

// export leaves facts of the deeds to the packages that import this one.
func (d *doing) export(newFact func() deedFact) {
	for fn, did := range d.found {
		if fn.Exported() {
			fact := newFact()
			*fact.deed() = did
			d.pass.ExportObjectFact(fn, fact)
		}
	}
}

// imported is what a called function of another package does.
func imported(pass *analysis.Pass, n ast.Node, fact deedFact) (callee *types.Func, did *deed) {
	callee = called(pass, n)
	if callee == nil || callee.Pkg() == nil || callee.Pkg() == pass.Pkg || !pass.ImportObjectFact(callee, fact) {
		return nil, nil
	}
	return callee, fact.deed()
}

// called is the function that a node calls, or nil.
func called(pass *analysis.Pass, n ast.Node) *types.Func {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	callee, _ := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if callee == nil {
		return nil
	}
	return callee.Origin()
}

// isFunc tells a function of a package by its name.
func isFunc(fn *types.Func, path string, names ...string) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != path {
		return false
	}
	for _, name := range names {
		if fn.Name() == name {
			return true
		}
	}
	return false
}

func where(pass *analysis.Pass, pos token.Pos) string {
	at := pass.Fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
}
