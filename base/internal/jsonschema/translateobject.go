package jsonschema

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func restrictsObjects(s *jsonschema.Schema) bool {
	return len(s.Properties)+len(s.Required)+len(s.PatternProperties)+len(s.Dependencies)+len(s.DependentRequired)+len(s.DependentSchemas) > 0 ||
		s.AdditionalProperties != nil || s.PropertyNames != nil || s.MinProperties != nil || s.MaxProperties != nil
}

// objectRules are the rules of a schema for objects. first are names that come
// before all others, in this order, whether the schema knows them or not.
func (t *translator) objectRules(s *jsonschema.Schema, first []string) *objectRules {
	r := &objectRules{
		id: t.objects, places: map[string]int32{},
		additional: t.either(s.AdditionalProperties), names: t.node(s.PropertyNames),
		least: numberOrZero(s.MinProperties), most: numberOr(s.MaxProperties, -1),
	}
	t.objects++
	for match, schema := range s.PatternProperties {
		r.patterns = append(r.patterns, pattern{regexpOf(match), t.node(schema)})
	}
	slices.SortFunc(r.patterns, func(a, b pattern) int { return strings.Compare(a.match.String(), b.match.String()) })
	for _, name := range slices.Concat(first, named(s)) {
		if _, known := r.places[name]; !known {
			r.places[name] = int32(len(r.properties))
			r.properties = append(r.properties, property{name: name, key: spellingOf(name), node: t.member(s, r, name)})
		}
	}
	for _, name := range s.Required {
		if p := &r.properties[r.places[name]]; p.required == 0 {
			p.required = 1
			r.required++
		}
	}
	t.dependencies(r, s)
	return r
}

// named are all the names of members that a schema mentions.
func named(s *jsonschema.Schema) []string {
	names := slices.Concat(slices.Sorted(maps.Keys(s.Properties)), s.Required)
	for _, name := range slices.Sorted(maps.Keys(s.Dependencies)) {
		needed, _ := s.Dependencies[name].([]string)
		names = append(append(names, name), needed...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependentRequired)) {
		names = append(append(names, name), s.DependentRequired[name]...)
	}
	return append(names, slices.Sorted(maps.Keys(s.DependentSchemas))...)
}

// member is the node of a member with a known name.
func (t *translator) member(s *jsonschema.Schema, r *objectRules, name string) *node {
	if s.PropertyNames != nil && s.PropertyNames.Validate(name) != nil {
		return &node{}
	}
	schema, matched := s.Properties[name]
	n := t.node(schema)
	for _, p := range r.patterns {
		if p.match.MatchString(name) {
			n, matched = joined(n, p.node), true
		}
	}
	if !matched {
		return r.additional
	}
	return n
}

func (t *translator) dependencies(r *objectRules, s *jsonschema.Schema) {
	add := func(name string, needed []string, schema *jsonschema.Schema) {
		d := dependency{place: r.places[name], node: t.node(schema)}
		for _, other := range needed {
			d.required = append(d.required, r.places[other])
		}
		r.dependencies = append(r.dependencies, d)
	}
	for name, value := range s.Dependencies {
		needed, _ := value.([]string)
		schema, _ := value.(*jsonschema.Schema)
		add(name, needed, schema)
	}
	for name, needed := range s.DependentRequired {
		add(name, needed, nil)
	}
	for name, schema := range s.DependentSchemas {
		add(name, nil, schema)
	}
}
