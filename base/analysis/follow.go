package analysis

import (
	"go/constant"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

// summaryFact is a fact that is a flow.Summary. Each analyzer has a type of its
// own, for drivers tell facts apart by that.
type summaryFact interface {
	analysis.Fact
	summary() *flow.Summary
}

// follow runs a flow over the package and leaves facts of its functions to the
// packages that import it.
func follow(pass *analysis.Pass, c *code, spec flow.Spec, newFact func() summaryFact) *flow.Analysis {
	spec.Imported = func(fn *types.Func) *flow.Summary {
		fact := newFact()
		if fn.Pkg() == nil || fn.Pkg() == pass.Pkg || !pass.ImportObjectFact(fn.Origin(), fact) {
			return nil
		}
		return fact.summary()
	}
	result := flow.Run(spec, pass.Fset, c.functions)
	for fn, summary := range result.Summaries {
		if fn.Exported() && c.roots[fn] == "" {
			fact := newFact()
			*fact.summary() = summary
			pass.ExportObjectFact(fn, fact)
		}
	}
	return result
}

// carries makes a test of types from one of those that are no composite: what can
// hold such a type can hold what is followed.
func carries(element func(types.Type) (holds, decided bool)) func(types.Type) bool {
	known := map[types.Type]bool{}
	var test func(t types.Type) bool
	test = func(t types.Type) bool {
		if holds, ok := known[t]; ok {
			return holds
		}
		known[t] = false // of a type that is being looked at
		holds, decided := element(t)
		if !decided {
			holds = compositeHolds(t, test)
		}
		known[t] = holds
		return holds
	}
	return test
}

func compositeHolds(t types.Type, test func(types.Type) bool) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return test(u.Elem())
	case *types.Slice:
		return test(u.Elem())
	case *types.Array:
		return test(u.Elem())
	case *types.Chan:
		return test(u.Elem())
	case *types.Map:
		return test(u.Elem()) || test(u.Key())
	case *types.Struct:
		for field := range u.Fields() {
			if test(field.Type()) {
				return true
			}
		}
	case *types.Tuple:
		for v := range u.Variables() {
			if test(v.Type()) {
				return true
			}
		}
	case *types.Interface, *types.Signature:
		return true
	}
	return false
}

// textCarries are the types that can hold text.
func textCarries() func(types.Type) bool {
	return carries(func(t types.Type) (bool, bool) {
		switch u := t.Underlying().(type) {
		case *types.Basic:
			return u.Info()&types.IsString != 0 || u.Kind() == types.Byte, true
		case *types.Interface:
			return !isError(t), true
		}
		return false, false
	})
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// cleaning are names of functions after which a text is harmless: one that was
// quoted, or of which nothing can be read any more.
var (
	quoting  = regexp.MustCompile(`(?i)quot|ident|escap|sanit|safe|normali`)
	checking = regexp.MustCompile(`(?i)valid|check|allow|match|known|ident|legal`)
	hiding   = regexp.MustCompile(`(?i)mask|redact|hash|hide|anonym|fingerprint|sum\d*$|mac$|encrypt|sign`)
)

// textModel is how the standard library moves text.
func textModel(call *ssa.CallCommon) (flow.Model, bool) {
	callee := flow.Callee(call)
	if callee == nil || callee.Pkg() == nil {
		return flow.Model{}, false
	}
	every := flow.AllArgs(call)
	name := callee.Name()
	switch callee.Pkg().Path() {
	case "fmt":
		if strings.HasPrefix(name, "Sprint") || strings.HasPrefix(name, "Append") {
			return flow.Model{Results: every}, true
		}
		if strings.HasPrefix(name, "Fprint") {
			return flow.Model{Into: every &^ flow.Param(0)}, true
		}
	case "strings", "bytes":
		if receiver := callee.Signature().Recv(); receiver != nil {
			switch {
			case strings.HasPrefix(name, "Write"):
				return flow.Model{Into: every &^ flow.Param(0)}, true
			case name == "String" || name == "Bytes":
				return flow.Model{Results: flow.Param(0)}, true
			}
			return flow.Model{}, true // a Replacer, too: it is there to make text harmless
		}
		switch {
		case name == "Map", strings.HasPrefix(name, "Replace") && quotes(call):
			return flow.Model{}, true // it takes out what could do harm
		}
		return flow.Model{Results: every}, true
	case "slices", "maps":
		return flow.Model{Results: every}, true
	case "net/url":
		if strings.HasPrefix(name, "User") || strings.HasSuffix(name, "Escape") {
			return flow.Model{Results: every}, true
		}
	}
	return flow.Model{}, false
}

// quotes tells whether strings.Replace doubles a quotation mark, or takes it away.
func quotes(call *ssa.CallCommon) bool {
	old, ok := call.Args[1].(*ssa.Const)
	return ok && old.Value != nil && strings.ContainsAny(constant.StringVal(old.Value), "`'\"[]")
}
