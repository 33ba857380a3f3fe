package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Callee is the declared function that a call names, also where an interface's
// method or an instance of a generic function is called; nil for a function value.
func Callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	if fn := call.StaticCallee(); fn != nil {
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		object, _ := fn.Object().(*types.Func)
		return object
	}
	return nil
}

// Args are the arguments of a call, its receiver first.
func Args(call *ssa.CallCommon) []ssa.Value {
	if call.IsInvoke() {
		return append([]ssa.Value{call.Value}, call.Args...)
	}
	return call.Args
}

// AllArgs are the labels of all arguments of a call.
func AllArgs(call *ssa.CallCommon) Labels {
	var all Labels
	for i := range Args(call) {
		all |= Param(i)
	}
	return all
}

// call moves labels over a call.
func (a *Analysis) call(instr ssa.CallInstruction) {
	common := instr.Common()
	var result content
	if model, ok := a.spec.Model(common); ok {
		result = a.model(instr, model)
	} else if builtin, ok := common.Value.(*ssa.Builtin); ok {
		result = a.builtin(instr, builtin.Name())
	} else {
		result = a.function(instr)
	}
	if v := instr.Value(); v != nil {
		result.all |= a.spec.Source(v)
		a.add(v, result)
	}
}

// model moves labels as a model says.
func (a *Analysis) model(instr ssa.CallInstruction, m Model) content {
	args := Args(instr.Common())
	for i := range m.Checked.params {
		if i < len(args) && !a.checked[args[i]] {
			a.checked[args[i]] = true
			a.changed = true
		}
	}
	if into := a.of(m.Into, args); into != 0 {
		a.store(instr, args[0], content{all: into})
	}
	return spread(instr, a.of(m.Results, args))
}

// of is what the arguments hold that labels name.
func (a *Analysis) of(labels Labels, args []ssa.Value) Labels {
	found := labels.Sources()
	for i := range labels.params {
		if i < len(args) {
			found |= a.get(args[i]).flat()
		}
	}
	return found
}

// spread gives labels to every result of a call.
func spread(instr ssa.CallInstruction, labels Labels) content {
	results := instr.Common().Signature().Results().Len()
	if results < 2 || labels == 0 {
		return content{all: labels}
	}
	c := content{parts: map[int]Labels{}}
	for i := range results {
		c.parts[i] = labels
	}
	return c
}

func (a *Analysis) builtin(instr ssa.CallInstruction, name string) content {
	args := instr.Common().Args
	switch name {
	case "append":
		c := content{all: a.get(args[0]).flat()}
		if len(args) > 1 {
			c.all |= a.elements(args[1])
		}
		return c
	case "copy":
		a.store(instr, args[0], content{all: a.elements(args[1])})
	case "min", "max":
		return a.union(args)
	}
	return content{}
}

// elements is what the copied elements of a slice hold.
func (a *Analysis) elements(slice ssa.Value) Labels {
	if s, ok := slice.Type().Underlying().(*types.Slice); ok && !a.spec.Carries(s.Elem()) {
		return 0
	}
	return a.get(slice).flat()
}

// function moves labels over the call of a function that has a body or a summary.
func (a *Analysis) function(instr ssa.CallInstruction) content {
	common := instr.Common()
	if literal := a.literal(common); literal != nil {
		for i, arg := range common.Args {
			if i < len(literal.Params) {
				a.add(literal.Params[i], a.get(arg))
			}
		}
		return results(a.results[literal])
	}
	callee := Callee(common)
	if s := a.summary(common, callee); s != nil {
		return a.apply(instr, callee, s)
	}
	a.hand(common)
	return content{}
}

// literal is the function literal that is called, or nil.
func (a *Analysis) literal(common *ssa.CallCommon) *ssa.Function {
	if fn := common.StaticCallee(); fn != nil && fn.Parent() != nil {
		return fn
	}
	return nil
}

func (a *Analysis) summary(common *ssa.CallCommon, callee *types.Func) *Summary {
	if fn := common.StaticCallee(); fn != nil {
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		if s := a.summaries[fn]; s != nil {
			return s
		}
	}
	if callee != nil && a.spec.Imported != nil && !common.IsInvoke() {
		return a.spec.Imported(callee)
	}
	return nil
}

func results(labels []Labels) content {
	if len(labels) == 1 {
		return content{all: labels[0]}
	}
	c := content{parts: map[int]Labels{}}
	for i, l := range labels {
		c.parts[i] = l
	}
	return c
}

// apply does at a call what the summary of the function says.
func (a *Analysis) apply(instr ssa.CallInstruction, callee *types.Func, s *Summary) content {
	args := Args(instr.Common())
	for i, into := range s.Into {
		if i < len(args) {
			if labels := a.of(into, args); labels != 0 {
				a.store(instr, args[i], content{all: labels})
			}
		}
	}
	for _, sink := range s.Sinks {
		if sink.Async && a.waits(instr.Parent()) {
			continue
		}
		a.Hit(Hit{
			Pos: instr.Pos(), Labels: a.of(sink.Labels, args), What: sink.What, Async: sink.Async,
			Callee: callee.Name(), Where: sink.Where,
		}, instr.Parent())
	}
	moved := make([]Labels, len(s.Results))
	for i, l := range s.Results {
		moved[i] = a.of(l, args)
	}
	return results(moved)
}

func (a *Analysis) waits(fn *ssa.Function) bool {
	return a.spec.Waits != nil && a.spec.Waits(declared(fn))
}

// hand gives function literals that are arguments of an unknown call what the other
// arguments hold, and what a function value holds that is called: an iterator, say.
func (a *Analysis) hand(common *ssa.CallCommon) {
	held := a.union(Args(common)).flat()
	if Callee(common) == nil {
		held |= a.get(common.Value).flat()
	}
	for _, arg := range common.Args {
		var literal *ssa.Function
		switch f := arg.(type) {
		case *ssa.MakeClosure:
			literal, _ = f.Fn.(*ssa.Function)
		case *ssa.Function:
			literal = f
		}
		if literal == nil || literal.Parent() == nil {
			continue
		}
		for _, p := range literal.Params {
			a.add(p, content{all: held})
		}
	}
}
