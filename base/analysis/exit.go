package analysis

import (
	"go/ast"
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
		Run:       onCode((*code).exits),
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
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			what := ends(pass, n)
			if callee, did := imported(pass, n, new(exitFact)); did != nil {
				what = "calls " + callee.Name() + ", which " + did.What + " (" + did.Where + ")"
			}
			if what == "" {
				return true
			}
			c.report(pass, analysis.Diagnostic{
				Pos: n.Pos(), End: n.End(),
				Message: fn.Name() + " " + what + ": the run ends in the middle, batches that could be stored are not, and Close is not called; return an error",
			})
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
