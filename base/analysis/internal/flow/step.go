package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// step moves labels over one instruction.
func (a *Analysis) step(instr ssa.Instruction) {
	switch v := instr.(type) {
	case *ssa.Store:
		a.store(v, v.Addr, a.get(v.Val))
	case *ssa.MapUpdate:
		a.store(v, v.Map, content{all: a.get(v.Key).flat() | a.get(v.Value).flat()})
	case *ssa.Send:
		a.send(v.Chan, v.X)
	case *ssa.Return:
		a.returned(v)
	case ssa.CallInstruction:
		a.call(v)
	case ssa.Value:
		a.value(v)
	}
	if a.spec.Visit != nil {
		a.spec.Visit(a, instr)
	}
}

// value moves labels into the result of an instruction that is no call.
func (a *Analysis) value(value ssa.Value) {
	if isAddress(value) {
		return // what it holds is looked up where it is used
	}
	c := a.moved(value)
	c.all |= a.spec.Source(value)
	a.add(value, c)
}

func (a *Analysis) moved(value ssa.Value) content {
	if same := sameThing(value); same != nil {
		return a.get(same)
	}
	switch v := value.(type) {
	case *ssa.Phi:
		return a.union(v.Edges)
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return a.get(v.X).with(a.get(v.Y))
		}
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return a.deref(v.X)
		case token.ARROW:
			return received(v, a.get(v.X).flat())
		}
	case *ssa.TypeAssert:
		if v.CommaOk {
			return content{parts: map[int]Labels{0: a.get(v.X).flat()}}
		}
		return a.get(v.X)
	case *ssa.Field:
		c := a.get(v.X).part(v.Field)
		c.all |= a.fields[fieldOf(v)]
		return c
	case *ssa.Index:
		return content{all: a.get(v.X).flat()}
	case *ssa.Lookup:
		if v.CommaOk {
			return content{parts: map[int]Labels{0: a.get(v.X).flat()}}
		}
		return content{all: a.get(v.X).flat()}
	case *ssa.Extract:
		return a.get(v.Tuple).part(v.Index)
	case *ssa.Next:
		held := a.get(v.Iter).flat()
		return content{parts: map[int]Labels{1: held, 2: held}}
	case *ssa.MakeClosure:
		return content{all: a.union(v.Bindings).flat()}
	case *ssa.Select:
		return a.selected(v)
	}
	return content{}
}

// sameThing is the operand of an instruction that gives it another type, or a part of
// it that cannot be told from the whole; nil for other instructions.
func sameThing(value ssa.Value) ssa.Value {
	switch v := value.(type) {
	case *ssa.ChangeType:
		return v.X
	case *ssa.Convert:
		return v.X
	case *ssa.MultiConvert:
		return v.X
	case *ssa.ChangeInterface:
		return v.X
	case *ssa.MakeInterface:
		return v.X
	case *ssa.Slice:
		return v.X
	case *ssa.SliceToArrayPointer:
		return v.X
	case *ssa.Range:
		return v.X
	}
	return nil
}

// deref is what a pointer points to.
func (a *Analysis) deref(pointer ssa.Value) content {
	if isAddress(pointer) {
		return a.load(pointer)
	}
	return a.get(pointer)
}

func received(v *ssa.UnOp, held Labels) content {
	if v.CommaOk {
		return content{parts: map[int]Labels{0: held}}
	}
	return content{all: held}
}

func (a *Analysis) union(values []ssa.Value) content {
	var c content
	for _, v := range values {
		c = c.with(a.get(v))
	}
	return c
}

// selected moves labels over the cases of a select; what they receive are the
// results from the third on.
func (a *Analysis) selected(v *ssa.Select) content {
	c := content{parts: map[int]Labels{}}
	receives := 2
	for _, state := range v.States {
		if state.Send != nil {
			a.send(state.Chan, state.Send)
			continue
		}
		c.parts[receives] = a.get(state.Chan).flat()
		receives++
	}
	return c
}

// send puts a value into a channel that was made here; what becomes of others a
// Spec looks after.
func (a *Analysis) send(channel, value ssa.Value) {
	for _, place := range a.places(channel) {
		a.add(place.Root, content{all: a.get(value).flat()})
	}
}

func (a *Analysis) returned(ret *ssa.Return) {
	fn := ret.Parent()
	results := a.results[fn]
	if s := a.summaries[fn]; s != nil {
		results = s.Results
	} else if results == nil {
		results = make([]Labels, len(ret.Results))
		a.results[fn] = results
	}
	for i, value := range ret.Results {
		if l := a.get(value).flat(); results[i]|l != results[i] {
			results[i] |= l
			a.changed = true
		}
	}
}
