package flow

import "golang.org/x/tools/go/ssa"

// whole is the field of a Place that is no field.
const whole = -1

// Place is where a value is put: a thing and one of its fields.
type Place struct {
	Root  ssa.Value
	Field int
}

// places finds what an address, or a value that refers to something, belongs to.
func (a *Analysis) places(v ssa.Value) []Place {
	var found []Place
	seen := map[ssa.Value]bool{}
	var walk func(v ssa.Value, field int)
	walk = func(v ssa.Value, field int) {
		if seen[v] {
			return
		}
		seen[v] = true
		if same := sameThing(v); same != nil {
			walk(same, field)
			return
		}
		switch v := v.(type) {
		case *ssa.FieldAddr:
			walk(v.X, v.Field)
		case *ssa.Field:
			walk(v.X, v.Field)
		case *ssa.IndexAddr:
			walk(v.X, field)
		case *ssa.Lookup:
			walk(v.X, field)
		case *ssa.Extract:
			if call, ok := v.Tuple.(*ssa.Call); ok {
				found = append(found, Place{call, v.Index})
			} else {
				walk(v.Tuple, field)
			}
		case *ssa.UnOp:
			if only := a.only(v.X); only != nil {
				walk(only, field)
			} else {
				walk(v.X, field)
			}
		case *ssa.TypeAssert:
			walk(v.X, field)
		case *ssa.Phi:
			for _, edge := range v.Edges {
				walk(edge, field)
			}
		case *ssa.FreeVar:
			for _, binding := range a.bindings[v] {
				walk(binding, field)
			}
		default:
			found = append(found, Place{v, field})
		}
	}
	walk(v, whole)
	return found
}

// isAddress tells an address within a thing, whose content is that of the place.
func isAddress(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.FreeVar:
		return true
	}
	return false
}

// only is the one value that a variable ever has: a parameter that a literal
// captures, say. It is nil for other addresses.
func (a *Analysis) only(addr ssa.Value) ssa.Value {
	if captured, ok := addr.(*ssa.FreeVar); ok && len(a.bindings[captured]) == 1 {
		addr = a.bindings[captured][0]
	}
	variable, ok := addr.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var only ssa.Value
	for _, ref := range *variable.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != variable || only != nil {
				return nil
			}
			only = ref.Val
		case *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
		default:
			return nil
		}
	}
	return only
}
