package jsonschema

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// widest is how many properties are compiled at once. The library keeps what it
// has still to compile in a list and searches all of it for each property: at
// 100,000 of them that takes minutes.
const widest = 250

// others is what is said of the members of an object that are no property of any
// part and match no pattern.
type others struct {
	names    map[string]any // the properties of all parts
	patterns []jsonschema.Regexp
	schema   *jsonschema.Schema // nil: there may be none
}

// remaining is others before it is compiled.
type remaining struct {
	names  map[string]any
	schema any // nil: there may be none
}

// split takes a schema with very many properties apart into schemas that are
// compiled one by one, where a value that is valid by all of them is valid by the
// whole, and the other way round. The first has all that is not said of a property
// that it names; what additionalProperties says, which speaks of all parts, is in
// rest, if not nil. A schema in which one part speaks of another stays whole.
func split(schema any) (parts []any, rest *remaining) {
	document, _ := schema.(map[string]any)
	properties, _ := document["properties"].(map[string]any)
	if len(properties) <= widest || entangled(document) {
		return []any{schema}, nil
	}
	first := maps.Clone(document)
	delete(first, "properties")
	if additional, ok := document["additionalProperties"]; ok && additional != true {
		delete(first, "additionalProperties")
		rest = &remaining{names: properties}
		if additional, ok := additional.(map[string]any); ok {
			rest.schema = withDefinitions(additional, document)
		}
	}
	parts = []any{first}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(properties)), widest) {
		some := make(map[string]any, len(chunk))
		for _, name := range chunk {
			some[name] = properties[name]
		}
		parts = append(parts, withDefinitions(map[string]any{"properties": some}, document))
	}
	return parts, rest
}

// definitions are the keywords under which schemas keep what they refer to.
func definitions() []string { return []string{"definitions", "$defs"} }

// withDefinitions adds to a part what it may refer to, and the draft.
func withDefinitions(part, document map[string]any) map[string]any {
	part = maps.Clone(part)
	for _, keyword := range append(definitions(), "$schema") {
		if value, ok := document[keyword]; ok {
			part[keyword] = value
		}
	}
	return part
}

// entangled tells whether the schema refers to anything but its definitions, or
// judges the members of an object by what other keywords say of them.
func entangled(document map[string]any) bool {
	return document["unevaluatedProperties"] != nil || refers(document)
}

func refers(value any) bool {
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, refers)
	case map[string]any:
		for key, member := range value {
			// A property may have such a name, but its schema is no string.
			text, isText := member.(string)
			if isText && refersBy(key, text) || refers(member) {
				return true
			}
		}
	}
	return false
}

// refersBy tells whether a keyword binds its schema to a place in the document.
func refersBy(keyword, text string) bool {
	if keyword == "$ref" && slices.ContainsFunc(definitions(), func(d string) bool { return strings.HasPrefix(text, "#/"+d+"/") }) {
		return false
	}
	named := []string{"id", "$id", "$anchor", "$dynamicAnchor"}
	return slices.Contains(named, keyword) || strings.HasPrefix(keyword, "$") && strings.HasSuffix(strings.ToLower(keyword), "ref")
}

// additional is what the others are to the whole schema.
func (o *others) additional() any {
	if o.schema != nil {
		return o.schema
	}
	return false
}

// violations tells what is wrong with the members of an object that are others.
func (o *others) violations(value any) []Violation {
	object, _ := value.(map[string]any)
	if o == nil {
		return nil
	}
	var all []Violation
	var extra []string
	for name, member := range object {
		if _, ok := o.names[name]; ok || slices.ContainsFunc(o.patterns, func(p jsonschema.Regexp) bool { return p.MatchString(name) }) {
			continue
		}
		if o.schema == nil {
			extra = append(extra, name)
			continue
		}
		for _, v := range violationsOf(o.schema.Validate(member)) {
			all = append(all, Violation{Pointer: pointer([]string{name}) + v.Pointer, Reason: v.Reason})
		}
	}
	if extra != nil {
		slices.Sort(extra)
		all = append(all, Violation{Reason: reason(&kind.AdditionalProperties{Properties: extra})})
	}
	return all
}
