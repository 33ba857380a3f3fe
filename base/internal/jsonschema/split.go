package jsonschema

import (
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// widest is how many properties are compiled at once. The library keeps what it
// has still to compile in a list and searches all of it for each property: at
// 100,000 of them that takes minutes.
const widest = 250

// split takes a schema with very many properties apart into schemas that are
// compiled one by one, where a value that is valid by all of them is valid by the
// whole, and the other way round. closed, if not nil, names the only properties
// that are allowed; it stands for additionalProperties: false. A schema in which
// one part speaks of another stays whole.
func split(document map[string]any) (parts []map[string]any, closed map[string]any) {
	properties, _ := document["properties"].(map[string]any)
	if len(properties) <= widest || entangled(document) {
		return []map[string]any{document}, nil
	}
	rest := maps.Clone(document)
	delete(rest, "properties")
	if rest["additionalProperties"] == false {
		delete(rest, "additionalProperties")
		closed = properties
	}
	parts = []map[string]any{rest}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(properties)), widest) {
		some := make(map[string]any, len(chunk))
		for _, name := range chunk {
			some[name] = properties[name]
		}
		part := map[string]any{"properties": some}
		if draft, ok := document["$schema"]; ok {
			part["$schema"] = draft
		}
		parts = append(parts, part)
	}
	return parts, closed
}

// entangled tells whether the schema refers to its parts, or judges the members of
// an object by what other keywords say of them.
func entangled(document map[string]any) bool {
	switch document["additionalProperties"] {
	case nil, true:
	case false:
		if document["patternProperties"] != nil {
			return true
		}
	default:
		return true
	}
	return document["unevaluatedProperties"] != nil || refers(document)
}

func refers(value any) bool {
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, refers)
	case map[string]any:
		for key, member := range value {
			// A property may have such a name, but its schema is no string.
			_, isText := member.(string)
			if isText && (key == "id" || key == "$id" || strings.HasPrefix(key, "$") && strings.HasSuffix(strings.ToLower(key), "ref")) {
				return true
			}
			if refers(member) {
				return true
			}
		}
	}
	return false
}

// notAllowed lists the members of an object that closed does not name.
func notAllowed(value any, closed map[string]any) []Violation {
	object, _ := value.(map[string]any)
	var extra []string
	for name := range object {
		if _, ok := closed[name]; !ok {
			extra = append(extra, name)
		}
	}
	if closed == nil || extra == nil {
		return nil
	}
	slices.Sort(extra)
	return []Violation{{Reason: reason(&kind.AdditionalProperties{Properties: extra})}}
}
