package flow

import (
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// Analysis is the following of values through one package.
type Analysis struct {
	spec      Spec
	fset      *token.FileSet
	values    map[ssa.Value]content
	fields    map[*types.Var]Labels
	bindings  map[*ssa.FreeVar][]ssa.Value
	checked   map[ssa.Value]bool
	results   map[*ssa.Function][]Labels // of function literals
	summaries map[*ssa.Function]*Summary
	hits      map[hitKey]*Hit
	order     []*Hit
	changed   bool
}

type hitKey struct {
	pos          token.Pos
	what, callee string
}

// Run follows values through functions, literals included, until nothing new is
// found.
func Run(spec Spec, fset *token.FileSet, functions []*ssa.Function) *Analysis {
	a := &Analysis{
		spec: spec, fset: fset,
		values: map[ssa.Value]content{}, fields: map[*types.Var]Labels{},
		bindings: map[*ssa.FreeVar][]ssa.Value{}, checked: map[ssa.Value]bool{},
		results: map[*ssa.Function][]Labels{}, summaries: map[*ssa.Function]*Summary{},
		hits: map[hitKey]*Hit{},
	}
	for _, fn := range functions {
		a.begin(fn)
	}
	for a.changed = true; a.changed; { // labels are only added, so this ends
		a.changed = false
		for _, fn := range functions {
			for _, block := range fn.Blocks {
				for _, instr := range block.Instrs {
					a.step(instr)
				}
			}
		}
	}
	return a
}

// begin labels the parameters of a function and binds what its literals capture.
func (a *Analysis) begin(fn *ssa.Function) {
	if fn.Parent() == nil {
		a.summaries[fn] = &Summary{
			Results: make([]Labels, fn.Signature.Results().Len()),
			Into:    make([]Labels, len(fn.Params)),
		}
	}
	for i, p := range fn.Params {
		c := content{all: a.spec.Source(p)}
		if fn.Parent() == nil {
			c.all |= Param(i)
		}
		a.add(p, c)
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if closure, ok := instr.(*ssa.MakeClosure); ok {
				for i, fv := range closure.Fn.(*ssa.Function).FreeVars {
					a.bindings[fv] = append(a.bindings[fv], closure.Bindings[i])
				}
			}
		}
	}
}

// Hits are the places where labels of the Spec's own origins end, in the order in
// which they were found.
func (a *Analysis) Hits() []*Hit {
	return slices.DeleteFunc(slices.Clone(a.order), func(h *Hit) bool { return h.Labels.Sources() == 0 })
}

// Summaries yields what is to be known of each declared function, where there is
// something to know.
func (a *Analysis) Summaries(yield func(*types.Func, Summary) bool) {
	for fn, s := range a.summaries {
		object, ok := fn.Object().(*types.Func)
		if ok && !s.empty() && !yield(object, *s) {
			return
		}
	}
}

// Labels are those of a value and of all that it holds.
func (a *Analysis) Labels(v ssa.Value) Labels { return a.get(v).flat() }

// Hit tells of a place where labels end.
func (a *Analysis) Hit(hit Hit, in *ssa.Function) {
	if hit.Labels == 0 {
		return
	}
	hit.In = declared(in)
	key := hitKey{hit.Pos, hit.What, hit.Callee}
	known := a.hits[key]
	if known == nil {
		known = &hit
		a.hits[key], a.order, a.changed = known, append(a.order, known), true
	} else if known.Labels|hit.Labels != known.Labels {
		known.Labels |= hit.Labels
		a.changed = true
	}
	a.summarize(known)
}

// summarize makes a hit of parameters a sink of the function.
func (a *Analysis) summarize(hit *Hit) {
	s := a.summaries[hit.In]
	if s == nil || hit.Labels.Params() == 0 {
		return
	}
	where := hit.Where
	if where == "" {
		at := a.fset.Position(hit.Pos)
		where = filepath.Base(at.Filename) + ":" + strconv.Itoa(at.Line)
	}
	for i := range s.Sinks {
		if s.Sinks[i].What == hit.What && s.Sinks[i].Where == where {
			s.Sinks[i].Labels |= hit.Labels.Params()
			return
		}
	}
	s.Sinks = append(s.Sinks, Sink{hit.Labels.Params(), hit.What, where, hit.Async})
}

// declared is the declared function that a literal is in.
func declared(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// get is what a value holds.
func (a *Analysis) get(v ssa.Value) content {
	if a.checked[v] {
		return content{}
	}
	if isAddress(v) {
		return a.load(v)
	}
	return a.values[v]
}

// add puts content into a value, as far as its type can hold it.
func (a *Analysis) add(v ssa.Value, c content) {
	if _, iterator := v.(*ssa.Range); !iterator && !a.spec.Carries(v.Type()) {
		return
	}
	before := a.values[v]
	if after := before.with(a.fitting(v.Type(), c)); !after.equal(before) {
		a.values[v] = after
		a.changed = true
	}
}

// fitting drops the parts of a content that their types cannot hold.
func (a *Analysis) fitting(t types.Type, c content) content {
	if len(c.parts) == 0 {
		return c
	}
	fits := content{all: c.all, parts: map[int]Labels{}}
	for i, l := range c.parts {
		if part := partType(t, i); part == nil || a.spec.Carries(part) {
			fits.parts[i] = l
		}
	}
	return fits
}

func partType(t types.Type, i int) types.Type {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	switch t := t.Underlying().(type) {
	case *types.Struct:
		if i < t.NumFields() {
			return t.Field(i).Type()
		}
	case *types.Tuple:
		if i < t.Len() {
			return t.At(i).Type()
		}
	}
	return nil
}

// load is what the place of an address holds.
func (a *Analysis) load(addr ssa.Value) content {
	var c content
	for _, place := range a.places(addr) {
		held := a.values[place.Root]
		if a.checked[place.Root] {
			continue
		}
		if place.Field == whole {
			c = c.with(held)
		} else {
			c.all |= held.part(place.Field).all &^ a.own(place.Root)
		}
	}
	if field := fieldOf(addr); field != nil {
		c.all |= a.fields[field]
	}
	c.all |= a.spec.Source(addr)
	return c
}

// own is the label of a parameter, where fields are followed by themselves: what one
// of its fields holds does not say what another does.
func (a *Analysis) own(root ssa.Value) Labels {
	if p, ok := root.(*ssa.Parameter); ok && a.spec.Fields && p.Parent().Parent() == nil {
		return Param(slices.Index(p.Parent().Params, p))
	}
	return 0
}

// store puts content into the place of an address.
func (a *Analysis) store(at ssa.Instruction, addr ssa.Value, c content) {
	labels := c.flat()
	if labels == 0 {
		return
	}
	if field := fieldOf(addr); field != nil && a.spec.Fields {
		a.label(field, labels.Sources())
	}
	for _, place := range a.places(addr) {
		if place.Field == whole {
			a.add(place.Root, c)
		} else {
			a.add(place.Root, content{parts: map[int]Labels{place.Field: labels}})
		}
		a.stored(at, place, labels)
	}
}

// stored tells of what is put into something that was there before.
func (a *Analysis) stored(at ssa.Instruction, place Place, labels Labels) {
	switch root := place.Root.(type) {
	case *ssa.Parameter:
		fn := root.Parent()
		s := a.summaries[fn]
		if s == nil {
			return // of a literal: what it is called with is known here
		}
		i := slices.Index(fn.Params, root)
		if given := labels &^ Param(i); s.Into[i]|given != s.Into[i] {
			s.Into[i] |= given
			a.changed = true
		}
	case *ssa.Global:
	default:
		return
	}
	if a.spec.Stored != nil {
		a.spec.Stored(a, at, place, labels)
	}
}

func (a *Analysis) label(field *types.Var, labels Labels) {
	if a.fields[field]|labels != a.fields[field] {
		a.fields[field] |= labels
		a.changed = true
	}
}

// fieldOf is the struct field that an address or a value is, or nil.
func fieldOf(v ssa.Value) *types.Var {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return Field(v.X.Type(), v.Field)
	case *ssa.Field:
		return Field(v.X.Type(), v.Field)
	}
	return nil
}

// Field is the i-th field of a struct or of what a pointer to one points to; nil
// where the type is another, a type parameter say.
func Field(t types.Type, i int) *types.Var {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Origin()
	}
	return nil
}
