package analysis

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

type secretFact struct{ flow.Summary }

func (*secretFact) AFact()                   {}
func (f *secretFact) summary() *flow.Summary { return &f.Summary }

func secretLog() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "secretlog",
		Doc: `tells of secrets that are logged

What Reveal returns must not reach fmt.Print, log, slog or the text of an error: logs
are read by more people than configs. A base.Secret itself prints as ***. The whole
config must not be printed either: keys and passwords also stand in URLs.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(secretFact)},
		Run: onCode(func(c *code, pass *analysis.Pass) {
			c.secrets(pass)
			c.printedConfigs(pass)
		}),
	}
}

func (c *code) secrets(pass *analysis.Pass) {
	result := follow(pass, c, flow.Spec{
		Carries: textCarries(),
		Source:  revealed,
		Model:   secretModel,
		Visit:   logged,
		Fields:  true,
	}, func() summaryFact { return new(secretFact) })
	for _, hit := range result.Hits() {
		c.report(pass, analysis.Diagnostic{
			Pos: hit.Pos,
			Message: "a secret is " + hit.Story() +
				": whoever reads the log has it; leave it out, or log the base.Secret, which shows itself as ***",
		})
	}
}

func revealed(v ssa.Value) flow.Labels {
	call, ok := v.(*ssa.Call)
	if !ok {
		return 0
	}
	callee := flow.Callee(call.Common())
	if callee != nil && callee.Name() == "Reveal" && callee.Pkg() != nil && callee.Pkg().Path() == basePath {
		return flow.Source(0)
	}
	return 0
}

func secretModel(call *ssa.CallCommon) (flow.Model, bool) {
	callee := flow.Callee(call)
	if callee == nil || callee.Pkg() == nil {
		return flow.Model{}, false
	}
	switch path := callee.Pkg().Path(); {
	case hiding.MatchString(callee.Name()), path == basePath:
		return flow.Model{}, true
	case path == "log/slog" && callee.Signature().Results().Len() > 0:
		every := flow.AllArgs(call)
		return flow.Model{Results: every}, true
	case path == "fmt" && strings.HasPrefix(callee.Name(), "Fprint"):
		return flow.Model{}, true // to a client, say; terminals are looked at in logged
	}
	return textModel(call)
}

// logged tells of what is printed, logged or made the text of an error.
func logged(a *flow.Analysis, instr ssa.Instruction) {
	if panicking, ok := instr.(*ssa.Panic); ok {
		a.Hit(flow.Hit{Pos: instr.Pos(), Labels: a.Labels(panicking.X), What: "made part of a panic"}, instr.Parent())
	}
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	args := flow.Args(call.Common())
	what, from := loggedBy(flow.Callee(call.Common()), args)
	if what == "" {
		return
	}
	var labels flow.Labels
	for _, arg := range args[from:] {
		labels |= a.Labels(arg)
	}
	a.Hit(flow.Hit{Pos: instr.Pos(), Labels: labels, What: what}, instr.Parent())
}

// loggedBy says what a function does with its arguments, from which on, or "".
func loggedBy(callee *types.Func, args []ssa.Value) (what string, from int) {
	if callee == nil || callee.Pkg() == nil {
		return "", 0
	}
	name := callee.Name()
	if callee.Signature().Recv() != nil {
		from = 1
	}
	switch callee.Pkg().Path() {
	case "fmt":
		switch {
		case strings.HasPrefix(name, "Print"), strings.HasPrefix(name, "Fprint") && isTerminal(args[0]):
			return "printed", 0
		case name == "Errorf":
			return "made part of an error", 0
		}
	case "errors":
		if name == "New" {
			return "made part of an error", 0
		}
	case "log":
		return "logged", from
	case "log/slog":
		if name == "With" || callee.Signature().Results().Len() == 0 {
			return "logged", from
		}
	}
	return "", 0
}

func isTerminal(writer ssa.Value) bool {
	if made, ok := writer.(*ssa.MakeInterface); ok {
		writer = made.X
	}
	load, ok := writer.(*ssa.UnOp)
	if !ok {
		return false
	}
	global, ok := load.X.(*ssa.Global)
	return ok && global.Pkg.Pkg.Path() == "os" && (global.Name() == "Stdout" || global.Name() == "Stderr")
}

// printedConfigs tells of whole configs that are printed or logged.
func (c *code) printedConfigs(pass *analysis.Pass) {
	var configs []types.Type
	for _, connector := range c.connectors(pass.Pkg) {
		if config := configOf(connector); config.Underlying().(*types.Struct).NumFields() > 0 {
			configs = append(configs, config)
		}
	}
	for _, file := range pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			callee, _ := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
			if callee == nil || !prints(callee) {
				return true
			}
			for _, arg := range call.Args {
				if isOneOf(pass.TypesInfo.TypeOf(arg), configs) {
					c.report(pass, analysis.Diagnostic{
						Pos: arg.Pos(), End: arg.End(),
						Message: "the whole config is printed: passwords in URLs, and keys in settings that are no base.Secret, are then in the log; print the settings that matter",
					})
				}
			}
			return true
		})
	}
}

func prints(callee *types.Func) bool {
	if callee.Pkg() == nil {
		return false
	}
	switch callee.Pkg().Path() {
	case "log", "log/slog":
		return true
	case "fmt":
		return strings.Contains(callee.Name(), "rint") || callee.Name() == "Errorf"
	}
	return false
}

func isOneOf(t types.Type, list []types.Type) bool {
	if t == nil {
		return false
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	for _, one := range list {
		if types.Identical(t, one) {
			return true
		}
	}
	return false
}
