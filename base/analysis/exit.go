package analysis

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

type exitFact struct{ Deed deed }

func (*exitFact) AFact()           {}
func (f *exitFact) deed() *deed    { return &f.Deed }
func (f *exitFact) String() string { return f.Deed.What }

func exit() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "exit",
		Doc: `tells of what ends the process

os.Exit and log.Fatal end the run in the middle: batches that could be stored are not,
Close is not called, and the exit code says nothing. Return an error.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(exitFact)},
		Run: func(pass *analysis.Pass) (any, error) {
			if c := codeOf(pass); c != nil {
				c.exits(pass)
			}
			return nil, nil
		},
	}
}

func (c *code) exits(pass *analysis.Pass) {
	direct := func(n ast.Node) string { return ends(pass, n) }
	newFact := func() deedFact { return new(exitFact) }
	if c.base == nil {
		newDoing(pass, newFact, direct).export(newFact)
		return
	}
	for decl, fn := range declarations(pass) {
		if isMain(pass, fn) {
			continue
		}
		fix := returnsOnlyError(fn)
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			if _, literal := n.(*ast.FuncLit); literal {
				fix = false
			}
			what := ends(pass, n)
			if callee, did := imported(pass, n, new(exitFact)); did != nil {
				what = "calls " + callee.Name() + ", which " + did.What + " (" + did.Where + ")"
			}
			if what == "" {
				return true
			}
			d := analysis.Diagnostic{
				Pos: n.Pos(), End: n.End(),
				Message: fn.Name() + " " + what + ": the run ends in the middle, batches that could be stored are not, and Close is not called; return an error",
			}
			if err := fatalError(pass, n); fix && err != nil {
				d.SuggestedFixes = replacement("return the error", n, "return "+types.ExprString(err))
			}
			c.report(pass, d)
			return true
		})
	}
}

// ends tells a call that ends the process.
func ends(pass *analysis.Pass, n ast.Node) string {
	fn := called(pass, n)
	switch {
	case isFunc(fn, "os", "Exit"), isFunc(fn, "syscall", "Exit"), isFunc(fn, "runtime", "Goexit"):
		return "calls " + fn.Pkg().Name() + "." + fn.Name()
	case fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "log" && strings.HasPrefix(fn.Name(), "Fatal"):
		return "calls log." + fn.Name()
	}
	return ""
}

// fatalError is the error that log.Fatal(err) is given alone.
func fatalError(pass *analysis.Pass, n ast.Node) ast.Expr {
	call := n.(*ast.CallExpr)
	if len(call.Args) != 1 || !isFunc(called(pass, n), "log", "Fatal", "Fatalln") {
		return nil
	}
	if t := pass.TypesInfo.TypeOf(call.Args[0]); t == nil || !isError(t) {
		return nil
	}
	return call.Args[0]
}

// returnsOnlyError tells functions with an error as their one result.
func returnsOnlyError(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() == 1 && isError(results.At(0).Type())
}
