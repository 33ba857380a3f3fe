package jsonschema

import "github.com/santhosh-tekuri/jsonschema/v6"

// resolve follows a schema that says nothing but what another says.
func resolve(s *jsonschema.Schema) *jsonschema.Schema {
	for range 100 { // a circle ends here, and circular finds it
		next := s.Ref
		if next == nil && len(s.AllOf) == 1 {
			next = s.AllOf[0]
		}
		if next == nil || saysMore(s) {
			break
		}
		s = next
	}
	return s
}

// saysMore tells whether a schema with a Ref, or with one schema in AllOf, says
// something beside it.
func saysMore(s *jsonschema.Schema) bool {
	return s.Ref != nil && len(s.AllOf) > 0 || s.Bool != nil || s.Types != nil || s.Enum != nil || s.Const != nil || s.Not != nil ||
		len(s.AnyOf)+len(s.OneOf) > 0 || s.If != nil ||
		s.RecursiveRef != nil || s.DynamicRef != nil || s.UnevaluatedItems != nil || s.UnevaluatedProperties != nil ||
		numberRulesOf(s) != nil || textRulesOf(s) != nil || restrictsObjects(s) ||
		s.MinItems != nil || s.MaxItems != nil || s.UniqueItems || s.Contains != nil || s.Items != nil || s.PrefixItems != nil || s.Items2020 != nil
}
