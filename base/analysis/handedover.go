package analysis

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

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
