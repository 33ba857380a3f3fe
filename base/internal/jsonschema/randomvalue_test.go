package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// value writes a value that has a good chance to fit a schema.
func (a *author) value(of any, depth int) string {
	s, _ := of.(schema)
	if ref, ok := s["$ref"].(string); ok {
		of = a.defined[ref[strings.LastIndexByte(ref, '/')+1:]]
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
	if value, ok := s["const"]; ok && !a.chance(5) {
		text, _ := json.Marshal(value)
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
		return a.numeralFor(s)
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

// numeralFor is often on the edge of what a schema takes.
func (a *author) numeralFor(s schema) string {
	if edge, ok := s[pick(a, []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})].(json.Number); ok {
		text := string(edge)
		switch {
		case strings.ContainsAny(text, ".e") || a.chance(2):
		case a.chance(2):
			text += "." + pick(a, []string{"0", "00", "5", "000000001", "00000000000000000001"})
		default:
			text += pick(a, []string{"0", "e0", "e1", "E-1", "0e-1"})
		}
		return text
	}
	return a.numeral()
}

func (a *author) numeral() string {
	switch a.IntN(10) {
	case 0:
		if a.chance(200) {
			return pick(a, []string{"NaN", "Infinity", "-Infinity"})
		}
		return pick(a, []string{"1.0", "1e2", "-0", "-0.0", "1e400", "1E-7", "12345678901234567890123456789012345678901234567890", "0.1", "0.30", "9007199254740993", "1e1000000", "-1e-999999", "100.00", "2.5e1",
			"1e99999999999999999999", "0e5", "-0.0e-7", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
			"0.1234567890123456", "999999999999999999", "9999999999999999999", "0." + strings.Repeat("0", 40) + "1", "123456789012345678901", "1" + strings.Repeat("0", 30)})
	case 1:
		return strconv.Itoa(a.IntN(2000)-1000) + pick(a, []string{".0", ".50", "e0", "e1", "e-1", "E+2", ".25e2"})
	case 2:
		return strconv.FormatFloat(float64(a.IntN(400)-100)/20, 'f', -1, 64)
	}
	return strconv.Itoa(a.IntN(130) - 15)
}

func (a *author) quoted() string {
	return pick(a, []string{
		`""`, `"a"`, `"aa"`, `"ab12"`, `"\u0061"`, `"é"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\ud800"`, `"\udc00\ud800"`, `"\ud800\ud83d\ude00"`, `"\uD83D\uDE00x"`, `"\ufffd"`, `"\u0000"`, `"\u007f"`, `"😀😀"`, `"a\nb"`, `"new"`, `"12"`, `"\"\\\/"`,
		`"2024-02-29"`, `"2024-02-30"`, `"1990-12-31T23:59:60Z"`, `"08:30:06Z"`, `"P1D"`, `"a@b.c"`, `"example.com"`, `"1.2.3.4"`, `"::1"`, `"http://a/b"`,
		`"/a~0"`, `"1/a"`, `"2eb8aa08-aa98-11ea-b4aa-73b441d16380"`, `"1.2.3"`, `"[a"`, `"a much longer text than all the others here"`,
	})
}

func (a *author) arrayText(s schema, depth int) string {
	items, _ := s["items"].(schema)
	prefix, _ := s["items"].([]any)
	if more, ok := s["additionalItems"].(schema); ok {
		items = more
	}
	if first, ok := s["prefixItems"].([]any); ok {
		prefix = first
	}
	item := func(i int) string {
		if i < len(prefix) {
			return a.value(prefix[i], depth-1)
		}
		return a.value(items, depth-1)
	}
	var list []string
	for i := range a.IntN(4) {
		list = append(list, item(i))
	}
	if a.chance(20) { // enough for a hash table
		for i := range 15 + a.IntN(60) {
			list = append(list, strconv.Itoa(1000+i))
		}
	}
	if len(list) > 0 && a.chance(4) {
		list = append(list, pick(a, list))
	}
	if a.chance(8) { // the same in other words
		list = append(list, pick(a, []string{`{"a":1,"b":[2]}`, `["a",{}]`, `"a"`, "10", "[[],[0]]"}),
			pick(a, []string{`{"b":[2.0],"\u0061":1e0}`, `["\u0061", { }]`, `"\u0061"`, "1e1", "[ [ ] , [-0.0]]"}))
	}
	return "[" + strings.Join(list, a.comma()) + "]"
}

func (a *author) objectText(s schema, depth int) string {
	properties, _ := s["properties"].(schema)
	var members []string
	add := func(name string) {
		members = append(members, a.key(name)+pick(a, []string{":", ": "})+a.value(properties[name], depth-1))
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
	if a.chance(20) { // enough for a hash table
		for i := range 10 + a.IntN(60) {
			members = append(members, a.key("u"+strconv.Itoa(i*i%97))+":1")
		}
	}
	a.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return "{" + strings.Join(members, a.comma()) + "}"
}

// key spells the name of a member in one way or another.
func (a *author) key(name string) string {
	quoted, _ := json.Marshal(name)
	if !a.chance(100) {
		return string(quoted)
	}
	var all strings.Builder
	for _, r := range name {
		if a.chance(2) {
			fmt.Fprintf(&all, pick(a, []string{`\u%04x`, `\u%04X`}), r)
			continue
		}
		letter, _ := json.Marshal(string(r))
		all.Write(letter[1 : len(letter)-1])
	}
	return `"` + all.String() + `"`
}

func (a *author) comma() string { return pick(a, []string{",", ", ", ",", " ,\t"}) }

// damage changes a text here and there.
func (a *author) damage(text string) []byte {
	b := []byte(text)
	for range 1 + a.IntN(2) {
		if len(b) > 0 {
			b = a.damageOnce(b)
		}
	}
	return b
}

func (a *author) damageOnce(b []byte) []byte {
	at := a.IntN(len(b))
	insert := func(what string) []byte { return slices.Insert(b, at, []byte(what)...) }
	switch a.IntN(8) {
	case 0:
		b[at] ^= 1 << a.IntN(8)
	case 1:
		return b[:at]
	case 2:
		return insert(pick(a, []string{
			`"`, `\`, "{", "}", "[", "]", ",", ":", "0", "-", "NaN", "\xff", "\x00", `\u`, " ", "é", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe2\x82", "\u2028", "\x7f", "\x1f", ".", "e", "+",
		}))
	case 3:
		return slices.Delete(b, at, min(at+1+a.IntN(3), len(b)))
	case 4: // a string goes on with this
		if quote := strings.IndexByte(string(b[at:]), '"'); quote >= 0 {
			at += quote
			return insert(pick(a, []string{`\ud800`, `\udfff\udbff`, `\n`, `\/`, "😀", `\u12`, `\x`, `\u0061`, strings.Repeat("long ", 1+a.IntN(50))}))
		}
	case 5: // another number
		if digit := strings.IndexAny(string(b[at:]), "0123456789"); digit >= 0 {
			return slices.Replace(b, at+digit, at+digit+1, []byte(a.numeral())...)
		}
	case 6: // a piece comes twice, perhaps a member
		end := at + a.IntN(len(b)-at)
		return slices.Insert(b, at, slices.Clone(b[at:end])...)
	case 7:
		return a.wrap(b)
	}
	return b
}

// wrap puts a text into brackets, seldom into as many as may be open or one more. By
// a schema that leads back to itself the library would go through powers of two.
func (a *author) wrap(b []byte) []byte {
	n := 1 + a.IntN(5)
	switch {
	case a.circles:
	case a.chance(2):
		n += a.IntN(50)
	case a.chance(100):
		n = rawjson.MaxDepth - 4 + a.IntN(8)
	}
	left, right := "[", "]"
	if a.chance(2) {
		left, right = `{"a":`, "}"
	}
	return slices.Concat([]byte(strings.Repeat(left, n)), b, []byte(strings.Repeat(right, n)))
}
