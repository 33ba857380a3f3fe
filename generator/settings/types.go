package settings

import (
	"cmp"
	"go/constant"
	"go/types"
	"slices"
)

// nested tells a struct whose fields are settings from one that reads itself.
func nested(t types.Type) (*types.Struct, bool) {
	structure, ok := t.Underlying().(*types.Struct)
	return structure, ok && !readsJSON(t) && !readsText(t)
}

// readsJSON reports whether encoding/json hands a value of the type to its own
// UnmarshalJSON.
func readsJSON(t types.Type) bool { return hasReader(t, "UnmarshalJSON") }

// readsText reports the same of UnmarshalText, which gets strings only.
func readsText(t types.Type) bool { return hasReader(t, "UnmarshalText") }

// hasReader reports whether *t has a method of that name that takes bytes and
// returns an error.
func hasReader(t types.Type, name string) bool {
	if isInterface(t) {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, name)
	method, ok := object.(*types.Func)
	if !ok {
		return false
	}
	signature := method.Signature()
	return signature.Params().Len() == 1 && signature.Results().Len() == 1 && !signature.Variadic() &&
		types.Identical(signature.Params().At(0).Type(), types.NewSlice(types.Typ[types.Byte])) &&
		types.Identical(signature.Results().At(0).Type(), types.Universe.Lookup("error").Type())
}

func isPointer(t types.Type) bool   { _, ok := t.Underlying().(*types.Pointer); return ok }
func isInterface(t types.Type) bool { _, ok := t.Underlying().(*types.Interface); return ok }
func isSlice(t types.Type) bool     { _, ok := t.Underlying().(*types.Slice); return ok }
func isSecret(t types.Type) bool    { return isNamed(t, basePackage, "Secret") }
func isDuration(t types.Type) bool  { return isNamed(t, basePackage, "Duration") }
func isNumber(t types.Type) bool    { return isNamed(t, "encoding/json", "Number") }
func isString(t types.Type) bool    { return basicInfo(t)&types.IsString != 0 }
func isBoolean(t types.Type) bool   { return basicInfo(t)&types.IsBoolean != 0 }

// basicInfo is zero for types that are not basic ones.
func basicInfo(t types.Type) types.BasicInfo {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0
	}
	return basic.Info()
}

// typeName is the type as --about and the settings table name it.
func typeName(t types.Type) string {
	t = pointedTo(t)
	switch {
	case isSecret(t):
		return "secret"
	case isDuration(t):
		return "duration"
	case isNumber(t):
		return "number"
	}
	switch info := basicInfo(t); {
	case info&types.IsBoolean != 0:
		return "boolean"
	case info&types.IsInteger != 0 && t.Underlying() != types.Typ[types.Uintptr]:
		return "integer"
	case info&types.IsFloat != 0:
		return "number"
	case info&types.IsString != 0:
		return "string"
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return "array"
	}
	return "object"
}

// hasUnknown reports whether a type, or one that it is made of, is not known.
func hasUnknown(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if elem := elemOf(t); elem != nil {
		return hasUnknown(elem, seen)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.Invalid
	case *types.Struct:
		for field := range u.Fields() {
			if (field.Exported() || field.Embedded()) && hasUnknown(field.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// unreadable says why encoding/json cannot fill a value of the type, or "".
func unreadable(t types.Type, seen map[types.Type]bool) string {
	if seen[t] || readsJSON(t) || readsText(t) {
		return ""
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 || u.Kind() == types.UnsafePointer {
			return "give it a type of numbers or text"
		}
	case *types.Chan, *types.Signature:
		return `tag it json:"-" if it is no setting`
	case *types.Interface:
		if u.NumMethods() > 0 {
			return "only an interface without methods can be filled; name the type"
		}
	case *types.Map:
		if basicInfo(u.Key())&(types.IsString|types.IsInteger) == 0 && !readsText(u.Key()) {
			return "the keys of a map must be strings or integers"
		}
	}
	if elem := elemOf(t); elem != nil {
		return unreadable(elem, seen)
	}
	return ""
}

// elemOf is what a pointer points to, and a slice, an array or a map holds; or nil.
func elemOf(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return u.Elem()
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	}
	return nil
}

// constantsOf lists the constants of a type of strings, in the order of the source,
// that are declared beside it. There are none for a type that reads itself: what
// it takes is written in its method.
func constantsOf(t types.Type) []string {
	named, ok := types.Unalias(pointedTo(t)).(*types.Named)
	if !ok || !isString(named) || readsJSON(named) || readsText(named) {
		return nil
	}
	scope := named.Obj().Pkg().Scope()
	var found []*types.Const
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(c.Type(), named) && c.Val().Kind() == constant.String {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *types.Const) int { return cmp.Compare(a.Pos(), b.Pos()) })
	var texts []string
	for _, c := range found {
		texts = append(texts, constant.StringVal(c.Val()))
	}
	return texts
}

func packageName(p *types.Package) string { return p.Name() }
