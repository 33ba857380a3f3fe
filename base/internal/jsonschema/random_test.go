package jsonschema

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// drafts are the drafts that random schemas are written in.
var drafts = []struct {
	url   string
	draft *jsonschema.Draft
	level int
}{
	{"http://json-schema.org/draft-04/schema#", jsonschema.Draft4, 4},
	{"http://json-schema.org/draft-06/schema#", jsonschema.Draft6, 6},
	{"http://json-schema.org/draft-07/schema#", jsonschema.Draft7, 7},
	{"https://json-schema.org/draft/2019-09/schema", jsonschema.Draft2019, 2019},
	{"https://json-schema.org/draft/2020-12/schema", jsonschema.Draft2020, 2020},
}

// author writes random schemas, and values that nearly fit them.
type author struct {
	*rand.Rand
	level   int // of the draft
	defined map[string]any
	circles bool // the schema may lead back to itself
}

func newAuthor(seed uint64) *author { return &author{Rand: rand.New(rand.NewPCG(seed, 7))} }

// chance is true once in n times.
func (a *author) chance(n int) bool { return a.IntN(n) == 0 }

func pick[T any](a *author, from []T) T { return from[a.IntN(len(from))] }

type schema = map[string]any

// document is a whole schema of an object, seldom of something else.
func (a *author) document() schema {
	draft := pick(a, drafts[:])
	if a.chance(3) {
		draft = drafts[2]
	}
	a.level, a.defined = draft.level, map[string]any{}
	names := []string{"A", "B", "C"}
	for _, name := range names {
		a.defined[name] = nil // may be referred to, also by itself
	}
	if a.circles = a.chance(2); !a.circles {
		names = nil
		a.defined = map[string]any{"A": schema{"type": "object", "maxProperties": 3}, "B": a.columns(66), "C": schema{"type": "array", "items": a.number()}}
	}
	for _, name := range names {
		a.defined[name] = a.definition(name)
	}
	root := a.object(3)
	switch {
	case a.chance(12):
		root = a.wide()
	case a.chance(8):
		if s, ok := a.schema(3).(schema); ok {
			root = s
		}
	}
	switch {
	case a.level == 2019 && a.chance(2):
		root["$recursiveAnchor"] = true
	case a.level == 2020:
		root["$dynamicAnchor"] = "node"
	}
	root["$schema"] = draft.url
	root["definitions"] = a.defined
	if a.level >= 2019 {
		root["$defs"] = a.defined
	}
	return root
}

// definition is a schema that never refers to another without a step into the
// value.
func (a *author) definition(name string) any {
	here := schema{"$ref": "#/definitions/" + name}
	switch a.IntN(6) {
	case 1:
		if a.chance(5) { // it stands still
			return schema{"anyOf": []any{a.text(), schema{"$ref": "#/definitions/" + name}}}
		}
		return a.columns(70 + a.IntN(80))
	case 0: // a tree, as such schemas are written mostly
		return schema{pick(a, []string{"anyOf", "oneOf"}): []any{
			schema{"type": pick(a, []any{"null", "string", []any{"integer", "null"}})},
			schema{"type": "object", "properties": schema{"a": here, "b": a.schema(1)}, "required": []any{pick(a, []string{"a", "b"})}},
			schema{"type": pick(a, []any{"array", "object"}), "items": here, "additionalProperties": here},
		}}
	case 2, 3:
		return schema{"type": "array", "items": a.schema(2)}
	}
	return a.object(2)
}

// columns is an object of so many properties, of which more than one word of bits
// is needed to tell which were there.
func (a *author) columns(n int) schema {
	properties := schema{}
	for i := range n {
		properties["c"+strconv.Itoa(i)] = schema{"type": []any{"null", pick(a, []any{"integer", "string", "boolean"})}}
	}
	last := "c" + strconv.Itoa(n-1)
	s := schema{"type": "object", "properties": properties}
	if a.chance(2) {
		s["required"] = []any{"c1", last}
	}
	if a.chance(3) {
		s["dependencies"] = schema{"c7": []any{last}, last: []any{"c" + strconv.Itoa(n/2)}, "c65": schema{"minProperties": 3}}
	}
	return s
}

// wide is more properties than are compiled at once, or nearly so.
func (a *author) wide() schema {
	s := a.columns(pick(a, []int{200, 249, 300, 600}))
	properties := s["properties"].(schema)
	for range 5 {
		properties[a.name()] = a.schema(2)
	}
	if a.chance(2) {
		s["additionalProperties"] = pick(a, []any{true, false, schema{"type": "integer"}, schema{"$ref": "#/definitions/A"}})
	}
	if a.chance(3) {
		s["patternProperties"] = schema{"^x": a.schema(1), "b$": a.schema(1), "^c1": schema{"not": schema{"type": "boolean"}}}
	}
	if a.chance(4) {
		s["maxProperties"] = a.IntN(20)
	}
	if a.chance(6) {
		s["allOf"] = []any{schema{"$ref": "#/definitions/B"}}
	}
	if a.chance(8) { // one part speaks of another
		properties["id"] = schema{"$ref": "#/properties/c7"}
	}
	if a.level >= 6 && a.chance(6) {
		s["propertyNames"] = schema{"maxLength": 4}
	}
	return s
}

func (a *author) name() string {
	return pick(a, []string{"a", "b", "c", "d", "xa", "xb", "id", "name", "é", "a b", "c1", "c7", "c150", "c299", `q"q`, "long_name_of_a_column",
		"column_11", "column_12", "a_name_of_14_1", "a_name_of_14_2"})
}

// schema is any schema.
func (a *author) schema(depth int) any {
	s := a.typed(depth)
	if s, ok := s.(schema); ok {
		if a.chance(12) { // rules without a type, which speak of one kind of values
			delete(s, "type")
		}
		if a.chance(15) && s["$ref"] == nil && s["enum"] == nil {
			s["enum"] = a.values()
		}
	}
	return s
}

func (a *author) typed(depth int) any {
	switch a.IntN(24) {
	case 0:
		if a.level >= 6 {
			return a.chance(3) == false
		}
	case 1:
		return schema{"$ref": "#/definitions/" + pick(a, []string{"A", "B", "C"})}
	case 2:
		return a.reference(depth)
	case 3:
		return schema{}
	case 4, 5:
		return a.combined(depth)
	case 6, 7:
		return schema{"anyOf": []any{schema{"type": "null"}, a.schema(depth - 1)}}
	case 8:
		if a.level >= 6 && a.chance(2) {
			return schema{"const": a.values()[0]}
		}
		return schema{"enum": a.values()}
	case 9: // something for each kind
		s := a.text()
		maps.Copy(s, a.number())
		if depth > 0 {
			maps.Copy(s, a.array(depth-1))
			maps.Copy(s, a.object(depth-1))
		}
		delete(s, "type")
		return s
	case 10, 11, 12:
		if depth > 0 {
			return a.object(depth - 1)
		}
	case 13, 14, 15:
		if depth > 0 {
			return a.array(depth - 1)
		}
	case 16, 17, 18, 19:
		return a.number()
	}
	return a.text()
}

// reference is a reference of any kind that the draft knows, with or without
// something beside it.
func (a *author) reference(depth int) schema {
	target := "#/definitions/" + pick(a, []string{"A", "B", "C"})
	if a.level >= 2019 && a.chance(2) {
		target = strings.Replace(target, "definitions", "$defs", 1)
	}
	switch {
	case a.circles && a.chance(12) && depth > 0:
		return schema{"type": "array", "items": schema{"$ref": "#"}}
	case a.circles && a.level == 2019 && a.chance(3):
		return schema{"$recursiveRef": "#"}
	case a.circles && a.level == 2020 && a.chance(3):
		return schema{"$dynamicRef": "#node"}
	case a.chance(4):
		return schema{"allOf": []any{schema{"$ref": target}}}
	case a.chance(6):
		return schema{"$ref": target, "allOf": []any{a.text()}}
	case a.chance(3):
		return schema{"$ref": target, "type": a.types(), "description": "beside"}
	}
	return schema{"$ref": target}
}

func (a *author) combined(depth int) any {
	if depth <= 0 {
		return a.text()
	}
	some := func() (list []any) {
		for range 1 + a.IntN(3) {
			list = append(list, a.schema(depth-1))
		}
		return list
	}
	s := schema{pick(a, []string{"anyOf", "oneOf", "allOf"}): some()}
	if a.chance(3) {
		s["not"] = a.schema(depth - 1)
	}
	if a.chance(3) {
		s["type"] = a.types()
	}
	if a.level >= 7 && a.chance(3) {
		s["if"] = a.schema(depth - 1)
		for _, keyword := range []string{"then", "else"} {
			if !a.chance(3) {
				s[keyword] = a.schema(depth - 1)
			}
		}
	}
	return s
}

func (a *author) types() any {
	kinds := []any{"null", "boolean", "integer", "number", "string", "array", "object"}
	if a.chance(2) {
		return pick(a, kinds)
	}
	i, j := a.IntN(len(kinds)), a.IntN(len(kinds))
	if i == j {
		return kinds[i]
	}
	return []any{kinds[i], kinds[j]}
}

// values are for enum and const.
func (a *author) values() (list []any) {
	seen := map[string]bool{}
	for range 1 + a.IntN(5) {
		text := pick(a, []string{"null", "true", "false", "0", "1", "1.0", "1e0", "-0", "0.5", `""`, `"a"`, `"é"`, `"new"`, `"a\nb"`, "[]", "[1]", "[1.0, 2]", "{}", `{"a": 1}`, `{"a": 1.0, "b": [2]}`, "9007199254740993",
			"12", "-3", "2.50", "1e2", `"ab"`, `"😀"`, `"\"q\""`, `[[1], {"a": "é"}]`, `{"b": {}, "a": [true, null]}`, "1e400", "0.1"})
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil && !seen[canonicalText(text)] {
			seen[canonicalText(text)] = true
			list = append(list, value)
		}
	}
	return list
}

func canonicalText(text string) string {
	var digests digests
	canonical, _ := digests.appendCanonical(nil, []byte(text), 0)
	return string(canonical)
}

func (a *author) number() schema {
	s := schema{"type": pick(a, []any{"integer", "number", []any{"null", "number"}, []any{"integer", "null"}})}
	limit := func() json.Number {
		return pick(a, []json.Number{"0", "1", "-1", "10", "2.5", "-0.5", "100", "1e3", "9007199254740993", "0.1",
			"9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e17", "-1e18", "99.99", "1e400", "-1e-7", "12345678901234567890.123456789", "0.0"})
	}
	if a.chance(3) {
		s["minimum"] = limit()
	}
	if a.chance(3) {
		s["maximum"] = limit()
	}
	if same := s["minimum"]; same != nil && a.level >= 6 && a.chance(6) {
		s["exclusive"+pick(a, []string{"Minimum", "Maximum"})] = same
		return s
	}
	for _, bound := range []string{"minimum", "maximum"} {
		key := "exclusiveM" + bound[1:]
		switch {
		case !a.chance(4):
		case a.level >= 6:
			s[key] = limit()
		case s[bound] != nil:
			s[key] = a.chance(2)
		}
	}
	if a.chance(4) {
		s["multipleOf"] = pick(a, []json.Number{"1", "2", "3", "0.1", "0.01", "2.5", "1e2", "7", "123456789012345678901", "0.25", "1e-7", "0.3", "1.5e3", "18446744073709551616.5"})
	}
	return s
}

func (a *author) text() schema {
	s := schema{"type": pick(a, []any{"string", []any{"null", "string"}})}
	if a.chance(4) {
		s["minLength"] = a.IntN(4)
	}
	if a.chance(4) {
		s["maxLength"] = a.IntN(12)
	}
	if a.chance(5) {
		s["pattern"] = pick(a, []any{"^a", "a+$", "[0-9]{2}", "é", "^(a|b)*$", ".", "^\\p{L}+$", "^[^\\x00-\\x1f]*$", "^.{1,4}$", "\\d$", "^$"})
	}
	if a.chance(4) {
		s["format"] = pick(a, append(formatNames(), "color"))
	}
	return s
}

func (a *author) array(depth int) schema {
	s := schema{"type": pick(a, []any{"array", []any{"null", "array"}})}
	tuple := func() (list []any) {
		for range 1 + a.IntN(3) {
			list = append(list, a.schema(depth))
		}
		return list
	}
	items := "items"
	if a.chance(4) {
		if a.level >= 2020 {
			s["prefixItems"] = tuple()
		} else {
			s["items"], items = tuple(), "additionalItems"
		}
	}
	if a.chance(2) {
		s[items] = a.schema(depth)
	} else if items == "additionalItems" && a.chance(2) {
		s[items] = a.chance(2)
	}
	if a.chance(5) {
		s["minItems"] = a.IntN(3)
	}
	if a.chance(5) {
		s["maxItems"] = a.IntN(5)
	}
	if a.chance(4) {
		s["uniqueItems"] = true
	}
	if a.level >= 6 && a.chance(5) {
		s["contains"] = a.schema(depth)
		if a.level >= 2019 && a.chance(2) {
			s["minContains"], s["maxContains"] = a.IntN(2), 1+a.IntN(2)
		}
	}
	if a.level >= 2019 && a.chance(6) {
		s["unevaluatedItems"] = a.schema(depth)
	}
	return s
}

func (a *author) object(depth int) schema {
	properties := schema{}
	for range a.IntN(6) {
		properties[a.name()] = a.schema(depth)
	}
	s := schema{"type": pick(a, []any{"object", []any{"null", "object"}, "object"}), "properties": properties}
	names := func() (list []any) {
		seen := map[string]bool{}
		for range 1 + a.IntN(2) {
			if name := a.name(); !seen[name] {
				seen[name] = true
				list = append(list, name)
			}
		}
		return list
	}
	if a.chance(4) {
		s["required"] = names()
	}
	if a.chance(3) {
		s["additionalProperties"] = pick(a, []any{false, true, a.schema(depth)})
	}
	if a.chance(5) {
		s["patternProperties"] = schema{"^x": a.schema(depth), "b$": a.schema(depth)}
	}
	if a.chance(8) {
		s["minProperties"], s["maxProperties"] = a.IntN(3), a.IntN(6)
	}
	if a.level >= 6 && a.chance(8) {
		s["propertyNames"] = pick(a, []any{schema{"maxLength": 3}, schema{"pattern": "^[a-x]"}, schema{"enum": []any{"a", "b", "id"}}, a.schema(0)})
	}
	if a.chance(8) {
		s["dependencies"] = schema{a.name(): names(), a.name(): a.object(0)}
	}
	if a.level >= 2019 && a.chance(8) {
		delete(s, "dependencies")
		s["dependentRequired"], s["dependentSchemas"] = schema{a.name(): names()}, schema{a.name(): a.object(0)}
	}
	if a.level >= 2019 && a.chance(6) {
		s["unevaluatedProperties"] = pick(a, []any{false, a.schema(depth)})
	}
	return s
}
