package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
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
	return root
}

// definition is a schema that never refers to another without a step into the
// value.
func (a *author) definition(string) any {
	if a.chance(2) {
		return a.object(2)
	}
	return schema{"type": "array", "items": a.schema(2)}
}

// wide is more properties than are compiled at once.
func (a *author) wide() schema {
	properties := schema{}
	for i := range pick(a, []int{200, 300, 600}) {
		properties["c"+strconv.Itoa(i)] = schema{"type": []any{"null", pick(a, []any{"integer", "string", "boolean"})}}
	}
	for range 5 {
		properties[a.name()] = a.schema(2)
	}
	s := schema{"type": "object", "properties": properties, "required": []any{"c1", "a"}}
	if a.chance(2) {
		s["additionalProperties"] = pick(a, []any{true, false, schema{"type": "integer"}, schema{"$ref": "#/definitions/A"}})
	}
	if a.chance(3) {
		s["patternProperties"] = schema{"^x": a.schema(1), "b$": a.schema(1)}
	}
	if a.chance(4) {
		s["maxProperties"] = a.IntN(20)
	}
	return s
}

func (a *author) name() string {
	return pick(a, []string{"a", "b", "c", "d", "xa", "xb", "id", "name", "é", "a b", "c1", "c7", "c150", "c299", `q"q`, "long_name_of_a_column"})
}

// schema is any schema.
func (a *author) schema(depth int) any {
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
		return schema{pick(a, []string{"enum"}): a.values()}
	case 9:
		s := a.text()
		maps.Copy(s, a.number())
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
	switch {
	case a.level == 2019 && a.chance(8):
		return schema{"$recursiveRef": "#"}
	case a.level == 2020 && a.chance(8):
		return schema{"$dynamicRef": "#node"}
	case a.chance(4):
		return schema{"allOf": []any{schema{"$ref": target}}}
	case a.chance(3):
		return schema{"$ref": target, "type": a.types(), "description": "beside"}
	case a.chance(4) && depth > 0:
		return schema{"type": "array", "items": schema{"$ref": "#"}}
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
		s["if"], s["then"] = a.schema(depth-1), a.schema(depth-1)
		if a.chance(2) {
			s["else"] = a.schema(depth - 1)
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
		text := pick(a, []string{"null", "true", "false", "0", "1", "1.0", "1e0", "-0", "0.5", `""`, `"a"`, `"é"`, `"new"`, `"a\nb"`, "[]", "[1]", "[1.0, 2]", "{}", `{"a": 1}`, `{"a": 1.0, "b": [2]}`, "9007199254740993"})
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
		return pick(a, []json.Number{"0", "1", "-1", "10", "2.5", "-0.5", "100", "1e3", "9007199254740993", "0.1"})
	}
	if a.chance(3) {
		s["minimum"] = limit()
	}
	if a.chance(3) {
		s["maximum"] = limit()
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
		s["multipleOf"] = pick(a, []json.Number{"1", "2", "3", "0.1", "0.01", "2.5", "1e2", "7", "123456789012345678901"})
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
		s["pattern"] = pick(a, []any{"^a", "a+$", "[0-9]{2}", "é", "^(a|b)*$", "."})
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

// value writes a value that has a good chance to fit a schema.
func (a *author) value(of any, depth int) string {
	s, _ := of.(schema)
	if ref, ok := s["$ref"].(string); ok {
		of = a.defined[strings.TrimPrefix(ref, "#/definitions/")]
		s, _ = of.(schema)
	}
	if depth <= 0 || a.chance(12) {
		return a.scalar()
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		if branches, ok := s[keyword].([]any); ok && len(branches) > 0 {
			return a.value(pick(a, branches), depth)
		}
	}
	if values, ok := s["enum"].([]any); ok && !a.chance(5) {
		text, _ := json.Marshal(pick(a, values))
		return string(text)
	}
	kind := s["type"]
	if list, ok := kind.([]any); ok {
		kind = pick(a, list)
	}
	switch kind {
	case "null":
		return "null"
	case "boolean":
		return pick(a, []string{"true", "false"})
	case "integer", "number":
		return a.numeral()
	case "string":
		return a.quoted()
	case "array":
		return a.arrayText(s, depth)
	case "object":
		return a.objectText(s, depth)
	}
	return pick(a, []func() string{a.scalar, func() string { return a.arrayText(s, depth) }, func() string { return a.objectText(s, depth) }})()
}

func (a *author) scalar() string {
	return pick(a, []func() string{a.numeral, a.quoted, func() string { return pick(a, []string{"null", "true", "false"}) }})()
}

func (a *author) numeral() string {
	switch a.IntN(10) {
	case 0:
		return pick(a, []string{"1.0", "1e2", "-0", "-0.0", "1e400", "1E-7", "12345678901234567890123456789012345678901234567890", "0.1", "0.30", "9007199254740993", "1e1000000", "-1e-999999", "100.00", "2.5e1"})
	case 1:
		return strconv.FormatFloat(float64(a.IntN(400)-100)/20, 'f', -1, 64)
	}
	return strconv.Itoa(a.IntN(130) - 15)
}

func (a *author) quoted() string {
	return pick(a, []string{
		`""`, `"a"`, `"aa"`, `"ab12"`, `"\u0061"`, `"é"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\ud800"`, `"😀😀"`, `"a\nb"`, `"new"`, `"12"`, `"\"\\\/"`,
		`"2024-02-29"`, `"2024-02-30"`, `"1990-12-31T23:59:60Z"`, `"08:30:06Z"`, `"P1D"`, `"a@b.c"`, `"example.com"`, `"1.2.3.4"`, `"::1"`, `"http://a/b"`,
		`"/a~0"`, `"1/a"`, `"2eb8aa08-aa98-11ea-b4aa-73b441d16380"`, `"1.2.3"`, `"[a"`, `"a much longer text than all the others here"`,
	})
}

func (a *author) arrayText(s schema, depth int) string {
	items, _ := s["items"].(schema)
	var list []string
	for range a.IntN(4) {
		list = append(list, a.value(items, depth-1))
	}
	if len(list) > 0 && a.chance(4) {
		list = append(list, list[0])
	}
	if a.chance(8) { // the same in other words
		list = append(list, pick(a, []string{`{"a":1,"b":[2]}`, `["a",{}]`, `"a"`, "10"}), pick(a, []string{`{"b":[2.0],"\u0061":1e0}`, `["\u0061", { }]`, `"\u0061"`, "1e1"}))
	}
	return "[" + strings.Join(list, a.comma()) + "]"
}

func (a *author) objectText(s schema, depth int) string {
	properties, _ := s["properties"].(schema)
	var members []string
	add := func(name string) {
		key, _ := json.Marshal(name)
		if a.chance(20) {
			key = fmt.Appendf(nil, `"\u%04x%s"`, []rune(name)[0], strings.Trim(string(key), `"`)[len(string([]rune(name)[0])):])
			if strings.HasPrefix(name, `"`) {
				key, _ = json.Marshal(name)
			}
		}
		members = append(members, string(key)+pick(a, []string{":", ": "})+a.value(properties[name], depth-1))
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if len(properties) < 50 && !a.chance(4) || a.chance(len(properties)) {
			add(name)
		}
	}
	if required, ok := s["required"].([]any); ok {
		for _, name := range required {
			if !strings.Contains(strings.Join(members, ","), fmt.Sprintf("%q:", name)) && !a.chance(5) {
				add(name.(string))
			}
		}
	}
	for a.chance(3) {
		add(a.name()) // perhaps a second time
	}
	a.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, a.comma()) + "}"
}

func (a *author) comma() string { return pick(a, []string{",", ", "}) }

// damage changes a text here and there.
func (a *author) damage(text string) []byte {
	b := []byte(text)
	for range 1 + a.IntN(2) {
		if len(b) == 0 {
			break
		}
		at := a.IntN(len(b))
		switch a.IntN(4) {
		case 0:
			b[at] ^= 1 << a.IntN(8)
		case 1:
			b = b[:at]
		case 2:
			b = append(b[:at], append([]byte(pick(a, []string{"\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "NaN", "\xff", "\x00", "\\u", " "})), b[at:]...)...)
		case 3:
			b = append(b[:at], b[min(at+1+a.IntN(3), len(b)):]...)
		}
	}
	return b
}
