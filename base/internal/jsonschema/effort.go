package jsonschema

import (
	"maps"
	"reflect"
	"slices"
	"unsafe"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// effort foretells how often the library will look at the parts of a value. By a
// schema that leads back to itself through several branches that is a power of the
// depth, and each time it may make an error of a kilobyte.
type effort struct {
	known map[visit]int // what was counted, 0 while it is
}

// visit is an array or an object, by where it lies, with a schema for it. All other
// values are alike.
type visit struct {
	schema *jsonschema.Schema
	value  unsafe.Pointer
	length int
}

// tooMuch tells whether the effort is out of proportion to the value.
func tooMuch(s *jsonschema.Schema, value any) bool {
	const (
		flat  = 3      // nothing multiplies within so few levels
		deep  = 1000   // from here on the places of errors, each spelled out, are what takes room
		least = 10_000 // looks that are never too many
	)
	parts, depth := measure(value)
	if depth <= flat {
		return false
	}
	e := effort{known: map[visit]int{}}
	looks := e.of(s, value)
	return looks > least+patience*parts || depth > deep && looks > deep
}

// measure counts a value and all that is in it, and how deep it is nested.
func measure(value any) (parts, depth int) {
	parts = 1
	within := func(value any) {
		p, d := measure(value)
		parts, depth = parts+p, max(depth, d+1)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			within(member)
		}
	case []any:
		for _, element := range value {
			within(element)
		}
	}
	return parts, depth
}

// of counts the looks at a value by a schema, up to a number that is surely too much.
func (e *effort) of(s *jsonschema.Schema, value any) int {
	if s == nil {
		return 0
	}
	v := visit{schema: s}
	switch value := value.(type) {
	case map[string]any:
		v.value, v.length = reflect.ValueOf(value).UnsafePointer(), len(value)
	case []any:
		v.value, v.length = unsafe.Pointer(unsafe.SliceData(value)), len(value)
	}
	if n, counted := e.known[v]; counted {
		return n
	}
	e.known[v] = 0 // the library stops at a circle that stands still
	n := 1
	for _, same := range sameValue(s) {
		n += e.of(same, value)
	}
	switch value := value.(type) {
	case map[string]any:
		n += e.members(s, value)
	case []any:
		n += e.elements(s, value)
	}
	const most = 1 << 40
	e.known[v] = min(n, most)
	return e.known[v]
}

// sameValue are the schemas by which a schema judges the same value.
func sameValue(s *jsonschema.Schema) []*jsonschema.Schema {
	all := []*jsonschema.Schema{s.Ref, s.RecursiveRef, s.Not, s.If, s.Then, s.Else}
	if s.DynamicRef != nil {
		all = append(all, s.DynamicRef.Ref)
	}
	all = slices.AppendSeq(slices.Concat(all, s.AllOf, s.AnyOf, s.OneOf), maps.Values(s.DependentSchemas))
	for _, dependency := range s.Dependencies {
		if schema, ok := dependency.(*jsonschema.Schema); ok {
			all = append(all, schema)
		}
	}
	return all
}

func (e *effort) members(s *jsonschema.Schema, object map[string]any) (n int) {
	additional, _ := s.AdditionalProperties.(*jsonschema.Schema)
	for name, member := range object {
		n += e.of(s.Properties[name], member) + e.of(additional, member) + e.of(s.UnevaluatedProperties, member)
		for match, schema := range s.PatternProperties {
			if match.MatchString(name) {
				n += e.of(schema, member)
			}
		}
	}
	return n
}

func (e *effort) elements(s *jsonschema.Schema, array []any) (n int) {
	prefix, items := s.PrefixItems, s.Items2020
	switch all := s.Items.(type) {
	case *jsonschema.Schema:
		items = all
	case []*jsonschema.Schema:
		prefix = all
		items, _ = s.AdditionalItems.(*jsonschema.Schema)
	}
	for i, element := range array {
		by := items
		if i < len(prefix) {
			by = prefix[i]
		}
		n += e.of(by, element) + e.of(s.Contains, element) + e.of(s.UnevaluatedItems, element)
	}
	return n
}
