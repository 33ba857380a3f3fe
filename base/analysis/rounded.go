package analysis

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

type roundedFact struct{ flow.Summary }

func (*roundedFact) AFact()                   {}
func (f *roundedFact) summary() *flow.Summary { return &f.Summary }

func rounded() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "rounded",
		Doc: `tells of numbers that lose digits

A float64 has 15 digits that can be relied on. A number of a record that goes through
one (json.Number.Float64, strconv.ParseFloat, json.Unmarshal into an any) comes out as
another number, and nobody is told. Store its text, or ask sqldest.Float64, which says
whether the float64 is the number.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(roundedFact)},
		Run:       onCode((*code).roundedNumbers),
	}
}

// Remedies, which are also what a Hit says of a place.
const (
	asFloat = "read as a float64"
	asAny   = "decoded into an any"
)

func (c *code) roundedNumbers(pass *analysis.Pass) {
	result := follow(pass, c, flow.Spec{
		Carries: textCarries(),
		Source:  digits,
		Model:   digitsModel,
		Visit:   rounding,
	}, func() summaryFact { return new(roundedFact) })
	for _, hit := range result.Hits() {
		where := ""
		if hit.Callee != "" {
			where = " by " + hit.Callee + " (" + hit.Where + ")"
		}
		remedy := "store its text, or ask sqldest.Float64 whether the float64 is the number"
		if hit.What == asAny {
			remedy = "use Record.Map, Value.Any or base.Decode, which give json.Number"
		}
		c.report(pass, analysis.Diagnostic{
			Pos: hit.Pos,
			Message: "a number of a record is " + hit.What + where +
				": beyond 15 digits another number is stored, and nobody is told; " + remedy,
		})
	}
}

// digits labels the text of numbers and the JSON that holds them.
func digits(v ssa.Value) flow.Labels {
	call, ok := v.(*ssa.Call)
	if !ok {
		return 0
	}
	callee := flow.Callee(call.Common())
	if callee == nil || callee.Pkg() == nil || callee.Pkg().Path() != basePath {
		return 0
	}
	switch callee.Name() {
	case "Number", "Raw", "Get", "Columns":
		return flow.Source(0)
	}
	return 0
}

func digitsModel(call *ssa.CallCommon) (flow.Model, bool) {
	callee := flow.Callee(call)
	if callee == nil || callee.Pkg() == nil {
		return flow.Model{}, false
	}
	switch callee.Pkg().Path() {
	case basePath:
		return flow.Model{}, true
	case "encoding/json":
		if callee.Name() == "String" {
			return flow.Model{Results: flow.Param(0)}, true
		}
	}
	return textModel(call)
}

// rounding tells of numbers that become a float64.
func rounding(a *flow.Analysis, instr ssa.Instruction) {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	callee := flow.Callee(call.Common())
	if callee == nil || callee.Pkg() == nil {
		return
	}
	what := ""
	switch callee.Pkg().Path() + "." + callee.Name() {
	case "encoding/json.Float64", "strconv.ParseFloat":
		what = asFloat
	case "encoding/json.Unmarshal":
		if intoAny(call.Common().Args[1]) {
			what = asAny
		}
	}
	if what != "" {
		a.Hit(flow.Hit{Pos: instr.Pos(), Labels: a.Labels(call.Common().Args[0]), What: what}, instr.Parent())
	}
}

// intoAny tells a target in which JSON numbers become float64.
func intoAny(target ssa.Value) bool {
	if made, ok := target.(*ssa.MakeInterface); ok {
		target = made.X
	}
	pointer, ok := target.Type().Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	switch t := pointer.Elem().Underlying().(type) {
	case *types.Map:
		return types.IsInterface(t.Elem())
	case *types.Slice:
		return types.IsInterface(t.Elem())
	case *types.Interface:
		return t.Empty()
	}
	return false
}
