package analysis

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

type keptFact struct{ flow.Summary }

func (*keptFact) AFact()                   {}
func (f *keptFact) summary() *flow.Summary { return &f.Summary }

func keptRecord() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "keptrecord",
		Doc: `tells of records that are kept after ExportBatchData has returned

A record, and what Raw, Line, Get and Columns give of it, lies in memory that base
uses again for the next batch: what was kept turns into other records. Keep
Record.Clone().`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(keptFact)},
		Run:       onCode((*code).keptRecords),
	}
}

func (c *code) keptRecords(pass *analysis.Pass) {
	result := follow(pass, c, flow.Spec{
		Carries: carries(holdsRecord),
		Source:  c.batch,
		Model:   recordModel,
		Visit:   handedOver,
		Stored:  c.keptIn,
		Waits:   waits,
	}, func() summaryFact { return new(keptFact) })
	for _, hit := range result.Hits() {
		c.report(pass, analysis.Diagnostic{
			Pos: hit.Pos,
			Message: "a record of the batch is " + hit.Story() + ": its memory is used again when " + hit.In.Name() +
				" has returned, and what is kept there turns into other records; keep Record.Clone()",
			SuggestedFixes: cloned(pass, hit.Pos),
		})
	}
}

// holdsRecord tells which types hold memory of a batch.
func holdsRecord(t types.Type) (holds, decided bool) {
	switch {
	case isBase(t, "Record"), isBase(t, "RecordData"), isBase(t, "Value"):
		return true, true
	case isBase(t, "Schema"), isBase(t, "Stream"), isBase(t, "Property"), isBase(t, "Tags"), isError(t):
		return false, true // these may be kept
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false, true // strings are copies
	case *types.Slice:
		return isByte(u.Elem()), isByte(u.Elem())
	}
	return false, false
}

func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Byte
}

// batch labels the records that base hands over.
func (c *code) batch(v ssa.Value) flow.Labels {
	p, ok := v.(*ssa.Parameter)
	if !ok || p.Parent().Parent() != nil {
		return 0
	}
	method, _ := p.Parent().Object().(*types.Func)
	switch c.roots[method] {
	case "ExportBatchData", "RemoveDuplicateRows":
		if isBatch(p.Type()) {
			return flow.Source(0)
		}
	}
	return 0
}

func isBatch(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	return ok && isBase(slice.Elem(), "RecordData")
}

// recordModel is how base and the standard library move records and their bytes.
func recordModel(call *ssa.CallCommon) (flow.Model, bool) {
	callee := flow.Callee(call)
	if callee == nil || callee.Pkg() == nil {
		return flow.Model{}, false
	}
	every := flow.AllArgs(call)
	into := flow.Model{Into: every &^ flow.Param(0)}
	name := callee.Name()
	switch path := callee.Pkg().Path(); path {
	case "bytes":
		views := strings.HasPrefix(name, "Trim") || strings.HasPrefix(name, "Cut") || strings.HasPrefix(name, "Split") ||
			strings.HasPrefix(name, "Fields") || strings.HasPrefix(name, "New")
		if callee.Signature().Recv() == nil && views {
			return flow.Model{Results: every}, true
		}
		return flow.Model{}, true
	case "slices", "maps":
		if len(call.Args) > 0 && ofBytes(call.Args[0].Type()) {
			return flow.Model{}, true // a copy of bytes is a copy
		}
		return flow.Model{Results: every}, true
	case "sync", "sync/atomic":
		if name == "Store" || name == "Swap" || name == "LoadOrStore" || name == "Put" {
			return into, true
		}
	case "container/list", "container/heap":
		if strings.HasPrefix(name, "Push") || strings.HasPrefix(name, "Insert") {
			return into, true
		}
	case "context":
		if name == "WithValue" {
			return flow.Model{Results: every}, true
		}
	default:
		if path == basePath {
			return flow.Model{Results: viewOf(name)}, true
		}
	}
	return flow.Model{}, false
}

func ofBytes(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	return ok && isByte(slice.Elem())
}

// viewOf is what the results of base's own methods share with their receiver.
func viewOf(method string) flow.Labels {
	switch method {
	case "Raw", "Line", "Get", "Columns", "MarshalJSON":
		return flow.Param(0)
	}
	return 0
}

// keptIn tells of what is put where it outlives the call: in a package variable, or
// in something that a method of base's got.
func (c *code) keptIn(a *flow.Analysis, at ssa.Instruction, place flow.Place, labels flow.Labels) {
	hit := flow.Hit{Pos: at.Pos(), Labels: labels}
	switch root := place.Root.(type) {
	case *ssa.Global:
		hit.What = "stored in the variable " + root.Name()
	case *ssa.Parameter:
		if isBatch(root.Type()) || isScratch(at, place) || c.isRefilled(at, place) || c.isEmptied(at, place) {
			return
		}
		hit.Labels = labels.Sources() // of others the callers are told
		hit.What = "stored in " + root.Name()
		if field := flow.Field(root.Type(), max(place.Field, 0)); field != nil && place.Field >= 0 {
			hit.What = "stored in field " + field.Name()
		}
	}
	if appended, ok := appendedTo(at); ok {
		hit.Labels &= a.Labels(appended) // what was there before was told where it was put there
	}
	if call, ok := at.(ssa.CallInstruction); ok {
		if callee := flow.Callee(call.Common()); callee != nil {
			hit.What += " by " + callee.Name()
		}
	}
	a.Hit(hit, at.Parent())
}

// cloned adds .Clone() to the one record of the statement, if there is just one.
func cloned(pass *analysis.Pass, pos token.Pos) []analysis.SuggestedFix {
	file := fileOf(pass, pos)
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, node := range path {
		switch node.(type) {
		case *ast.BlockStmt, *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			return nil
		case *ast.AssignStmt, *ast.SendStmt, *ast.ExprStmt, *ast.CallExpr:
		default:
			continue
		}
		if records := records(pass, node); len(records) == 1 {
			return []analysis.SuggestedFix{{
				Message:   "keep a clone",
				TextEdits: []analysis.TextEdit{{Pos: records[0].End(), End: records[0].End(), NewText: []byte(".Clone()")}},
			}}
		}
	}
	return nil
}

// records are the expressions in a statement that hand on a record.
func records(pass *analysis.Pass, stmt ast.Node) []ast.Expr {
	var found []ast.Expr
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, value := range n.Rhs {
				found = append(found, records(pass, value)...)
			}
			return false
		case *ast.FuncLit:
			return false
		case *ast.KeyValueExpr:
			found = append(found, records(pass, n.Value)...)
			return false
		case *ast.SelectorExpr:
			if isRecord(pass, n) {
				found = append(found, n)
			}
			return false
		case *ast.Ident:
			if isRecord(pass, n) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

func isRecord(pass *analysis.Pass, e ast.Expr) bool {
	t := pass.TypesInfo.TypeOf(e)
	if t == nil || !isBase(t, "Record") {
		return false
	}
	tv, ok := pass.TypesInfo.Types[e]
	return !ok || tv.IsValue()
}
