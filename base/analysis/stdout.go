package analysis

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

type stdoutFact struct{ Deed deed }

func (*stdoutFact) AFact()           {}
func (f *stdoutFact) deed() *deed    { return &f.Deed }
func (f *stdoutFact) String() string { return f.Deed.What }

func stdout() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "stdout",
		Doc: `tells of what is printed to stdout

stdout belongs to the states: whoever reads them there (Meltano does) takes every line
for one. Use d.Logger(), or stderr.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(stdoutFact)},
		Run:       onCode((*code).printed),
	}
}

// printed reports in packages that know base; of others it leaves a fact, for what a
// package that knows nothing of connectors prints may be right elsewhere.
func (c *code) printed(pass *analysis.Pass) {
	direct := func(n ast.Node) string { return printsTo(pass, n) }
	newFact := func() deedFact { return new(stdoutFact) }
	if c.base == nil {
		newDoing(pass, newFact, direct).export(newFact)
		return
	}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); !ok || !isMain(pass, pass.TypesInfo.Defs[fn.Name].(*types.Func)) {
				c.printedIn(pass, decl)
			}
		}
	}
}

// printedIn looks at a function, or at what package variables begin with.
func (c *code) printedIn(pass *analysis.Pass, decl ast.Decl) {
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		what := printsTo(pass, n)
		if callee, did := imported(pass, n, new(stdoutFact)); did != nil {
			what = callee.Name() + " " + did.What + " (" + did.Where + ")"
		} else if what != "" {
			what = "the connector " + what
		}
		if what == "" {
			return true
		}
		c.report(pass, analysis.Diagnostic{
			Pos: n.Pos(), End: n.End(),
			Message: what + ": stdout belongs to the states, and whoever reads them takes the line for one; use d.Logger(), or os.Stderr",
		})
		return false
	})
}

// isMain tells the function main of a program: it may do what a program does.
func isMain(pass *analysis.Pass, fn *types.Func) bool {
	return pass.Pkg.Name() == "main" && fn.Name() == "main" && fn.Signature().Recv() == nil
}

// printsTo tells a call that prints to stdout, or a use of os.Stdout.
func printsTo(pass *analysis.Pass, n ast.Node) string {
	if fn := called(pass, n); isFunc(fn, "fmt", "Print", "Printf", "Println") {
		return "calls fmt." + fn.Name()
	}
	if selector, ok := n.(*ast.SelectorExpr); ok {
		v, ok := pass.TypesInfo.Uses[selector.Sel].(*types.Var)
		if ok && v.Pkg() != nil && v.Pkg().Path() == "os" && v.Name() == "Stdout" {
			return "uses os.Stdout"
		}
	}
	return ""
}
