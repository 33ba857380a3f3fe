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
		Run: func(pass *analysis.Pass) (any, error) {
			if c := codeOf(pass); c != nil {
				c.keptRecords(pass)
			}
			return nil, nil
		},
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
		what := hit.What
		if hit.Callee != "" {
			what = "handed to " + hit.Callee + ", where it is " + hit.What + " (" + hit.Where + ")"
		}
		c.report(pass, analysis.Diagnostic{
			Pos: hit.Pos,
			Message: "a record of the batch is " + what + ": its memory is used again when " + hit.In.Name() +
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
	var every flow.Labels
	for i := range flow.Args(call) {
		every |= flow.Param(i)
	}
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
		if isBatch(root.Type()) || isScratch(at, place) || c.isRefilled(at, place) {
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

// isScratch tells a field that is emptied whenever the method begins, before
// anything is put into it: nothing is read there from the batch before.
func isScratch(at ssa.Instruction, place flow.Place) bool {
	if emptying, ok := at.(*ssa.Store); ok && empties(emptying.Val) {
		return true
	}
	for _, block := range at.Parent().Blocks {
		for _, instr := range block.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok || store == at || !empties(store.Val) || !(block == at.Block() && before(store, at) || block != at.Block() && block.Dominates(at.Block())) {
				continue
			}
			if addr, ok := store.Addr.(*ssa.FieldAddr); ok && addr.X == place.Root && addr.Field == place.Field {
				return true
			}
		}
	}
	return false
}

// appendedTo is what x = append(x, …) appends.
func appendedTo(at ssa.Instruction) (ssa.Value, bool) {
	store, ok := at.(*ssa.Store)
	if !ok {
		return nil, false
	}
	call, ok := store.Val.(*ssa.Call)
	if !ok || len(call.Call.Args) < 2 {
		return nil, false
	}
	builtin, ok := call.Call.Value.(*ssa.Builtin)
	return call.Call.Args[1], ok && builtin.Name() == "append"
}

// isRefilled tells append(d.x[:0], …), where d.x is used in this method alone: what is
// left there is never read.
func (c *code) isRefilled(at ssa.Instruction, place flow.Place) bool {
	store, ok := at.(*ssa.Store)
	if !ok || place.Field < 0 {
		return false
	}
	if _, ok := appendedTo(at); !ok || !empties(store.Val.(*ssa.Call).Call.Args[0]) {
		return false
	}
	field := flow.Field(place.Root.Type(), place.Field)
	for _, fn := range c.functions {
		if outermost(fn) != outermost(at.Parent()) && uses(fn, field) {
			return false
		}
	}
	return true
}

func uses(fn *ssa.Function, field *types.Var) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if addr, ok := instr.(*ssa.FieldAddr); ok && flow.Field(addr.X.Type(), addr.Field) == field {
				return true
			}
		}
	}
	return false
}

func before(first, second ssa.Instruction) bool {
	for _, instr := range first.Block().Instrs {
		if instr == first {
			return true
		}
		if instr == second {
			return false
		}
	}
	return false
}

// empties tells nil and x[:0].
func empties(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.Slice:
		high, ok := v.High.(*ssa.Const)
		return ok && high.Int64() == 0
	case *ssa.MakeSlice, *ssa.MakeMap:
		return true
	}
	return false
}

// handedOver tells of records that others read while, or after, the method returns.
func handedOver(a *flow.Analysis, instr ssa.Instruction) {
	if waits(outermost(instr.Parent())) {
		return
	}
	hit := flow.Hit{Pos: instr.Pos(), Async: true}
	switch v := instr.(type) {
	case *ssa.Go:
		hit.Labels, hit.What = a.Labels(v.Call.Value), "read by a goroutine that nobody waits for"
		for _, arg := range v.Call.Args {
			hit.Labels |= a.Labels(arg)
		}
	case *ssa.Send:
		hit.Labels, hit.What = a.Labels(v.X), "sent on a channel"
	case *ssa.Select:
		for _, state := range v.States {
			if state.Send != nil {
				hit.Labels |= a.Labels(state.Send)
			}
		}
		hit.What = "sent on a channel"
	case ssa.CallInstruction:
		if starts(v.Common()) {
			hit.What = "read by a function that runs later"
			for _, arg := range v.Common().Args {
				if _, isFunc := arg.Type().Underlying().(*types.Signature); isFunc {
					hit.Labels |= a.Labels(arg)
				}
			}
		}
	}
	a.Hit(hit, instr.Parent())
}

// starts tells calls that run a function on another goroutine.
func starts(call *ssa.CallCommon) bool {
	callee := flow.Callee(call)
	if callee == nil || callee.Pkg() == nil {
		return false
	}
	return callee.Name() == "AfterFunc" || callee.Name() == "Go" && callee.Signature().Recv() != nil ||
		callee.Name() == "TryGo"
}

func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// waits tells whether a function waits for something: then it is taken to wait for
// what it has started.
func waits(fn *ssa.Function) bool {
	background := map[*ssa.Function]bool{}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch v := instr.(type) {
			case *ssa.Go:
				if literal := v.Call.StaticCallee(); literal != nil {
					background[literal] = true
				}
			case *ssa.UnOp:
				if v.Op == token.ARROW {
					return true
				}
			case *ssa.Select:
				for _, state := range v.States {
					if state.Dir == types.RecvOnly && !isDone(state.Chan) {
						return true
					}
				}
			case ssa.CallInstruction:
				if callee := flow.Callee(v.Common()); callee != nil && callee.Name() == "Wait" {
					return true
				}
			}
		}
	}
	for _, literal := range fn.AnonFuncs {
		if !background[literal] && waits(literal) {
			return true
		}
	}
	return false
}

// isDone tells the channel of a context: who waits for it waits for nothing that
// was started.
func isDone(channel ssa.Value) bool {
	call, ok := channel.(*ssa.Call)
	if !ok {
		return false
	}
	callee := flow.Callee(call.Common())
	return callee != nil && callee.Name() == "Done"
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
