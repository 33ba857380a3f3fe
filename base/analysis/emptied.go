package analysis

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

// isScratch tells a field that is emptied whenever the method begins, before
// anything is put into it: nothing is read there from the batch before.
func isScratch(at ssa.Instruction, place flow.Place) bool {
	if emptying, ok := at.(*ssa.Store); ok && empties(emptying.Val) {
		return true
	}
	for _, block := range at.Parent().Blocks {
		for _, instr := range block.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok || store == at || !empties(store.Val) || !comesBefore(store, at) {
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

// before tells the order of two instructions of one block.
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

// isEmptied tells a place that is emptied after a record was put there, before the
// method returns nil: a buffer that is written out at the end of each call.
func (c *code) isEmptied(at ssa.Instruction, place flow.Place) bool {
	fn := at.Parent()
	if fn.Parent() != nil {
		return false // of a literal nobody knows when it runs
	}
	var emptying []ssa.Instruction
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if c.emptiesPlace(instr, place) && !comesBefore(instr, at) {
				emptying = append(emptying, instr)
			}
		}
	}
	emptied := false
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		after := slices.ContainsFunc(emptying, func(e ssa.Instruction) bool { return e.Block().Dominates(block) })
		if !after && returnsNil(ret) {
			return false
		}
		emptied = emptied || after
	}
	return emptied
}

// comesBefore tells an instruction that always runs before another one and, unless it
// is deferred, says nothing of what is there afterwards.
func comesBefore(first, second ssa.Instruction) bool {
	if _, deferred := first.(*ssa.Defer); deferred {
		return false
	}
	if first.Block() == second.Block() {
		return before(first, second)
	}
	return first.Block().Dominates(second.Block())
}

func returnsNil(ret *ssa.Return) bool {
	if len(ret.Results) == 0 {
		return true
	}
	last, ok := ret.Results[len(ret.Results)-1].(*ssa.Const)
	return ok && last.IsNil()
}

// emptiesPlace tells an assignment of nothing to the place, or a call of a function of
// the package that does so to what it is given.
func (c *code) emptiesPlace(instr ssa.Instruction, place flow.Place) bool {
	switch v := instr.(type) {
	case *ssa.Store:
		return empties(v.Val) && inPlace(v.Addr, place)
	case ssa.CallInstruction:
		callee := v.Common().StaticCallee()
		if callee == nil || !slices.Contains(c.functions, callee) {
			return false
		}
		if callee.Parent() != nil {
			return emptiesSomething(callee, nil)
		}
		for i, arg := range v.Common().Args {
			if inPlace(arg, place) && emptiesSomething(callee, callee.Params[i]) {
				return true
			}
		}
	}
	return false
}

// inPlace tells the address of a place, or of something in it, or a pointer to the
// whole that the place is a part of.
func inPlace(v ssa.Value, place flow.Place) bool {
	for {
		if v == place.Root {
			return true
		}
		switch a := v.(type) {
		case *ssa.FieldAddr:
			if a.X == place.Root {
				return place.Field < 0 || place.Field == a.Field
			}
			v = a.X
		case *ssa.UnOp:
			v = a.X
		default:
			return false
		}
	}
}

// emptiesSomething tells a function that assigns nothing to a field of a parameter; of
// a literal, to a field of anything.
func emptiesSomething(fn *ssa.Function, p *ssa.Parameter) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok || !empties(store.Val) {
				continue
			}
			addr, ok := store.Addr.(*ssa.FieldAddr)
			if ok && (p == nil || inPlace(addr, flow.Place{Root: p, Field: -1})) && isContainer(store.Val.Type()) {
				return true
			}
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(literal *ssa.Function) bool { return emptiesSomething(literal, nil) })
}

// isContainer tells types that records are collected in.
func isContainer(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return false
}
