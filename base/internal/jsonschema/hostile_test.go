package jsonschema

import (
	"fmt"
	"strings"
	"testing"
)

// hostile is a text that is made to take long, of any size.
type hostile struct {
	name   string
	schema string
	size   int // of the text, in what it consists of
	text   func(n int) string
	want   string // what String makes of the verdict
}

func hostileTexts() []hostile {
	const recursive = `{"definitions": {"tree": %s}, "$ref": "#/definitions/tree"}`
	numbered := func(n int, format string) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, format, i)
		}
		return strings.TrimSuffix(s.String(), ",")
	}
	within := func(n int, left, middle, right string) string {
		return strings.Repeat(left, n) + middle + strings.Repeat(right, n)
	}
	return []hostile{
		{"too many brackets", `{}`, 20_000, func(n int) string { return within(n, "[", "", "]") }, "no JSON"},
		{"brackets", fmt.Sprintf(recursive, `{"type": "array", "items": {"$ref": "#/definitions/tree"}}`), 4_995, func(n int) string { return within(n, "[", "", "]") }, "valid"},
		{"brackets that are not closed", `{}`, 4_995, func(n int) string { return strings.Repeat(`[{"":`, n) }, "no JSON"},
		{"branches that lead back", fmt.Sprintf(recursive, `{"oneOf": [{"type": "array", "items": {"$ref": "#/definitions/tree"}}, {"items": {"$ref": "#/definitions/tree"}, "minItems": 1}]}`), 4_995,
			func(n int) string { return within(n, "[[],", "[]", "]") }, "invalid"},
		{"unique items within unique items", fmt.Sprintf(recursive, `{"uniqueItems": true, "items": {"$ref": "#/definitions/tree"}}`), 4_995, func(n int) string { return within(n, "[0,", "1", "]") }, "valid"},
		{"objects in an enum", `{"enum": [{"a": 1}]}`, 4_995, func(n int) string { return within(n, `{"b":0,"a":`, `"`+strings.Repeat("x", 100*n)+`"`, "}") }, "invalid"},
		{"exponent", `{"type": "number", "multipleOf": 0.7, "minimum": 3}`, 500_000, func(n int) string { return "1e" + strings.Repeat("1", n) }, "invalid"},
		{"exponent of a million", `{"type": "integer", "multipleOf": 7, "minimum": 3}`, 1_000_000, func(n int) string { return fmt.Sprintf("7e%d", n) }, "valid"},
		{"digits", `{"type": "integer", "minimum": 0, "multipleOf": 3}`, 500_000, func(n int) string { return strings.Repeat("9", n) }, "valid"},
		{"digits by a long divisor", `{"multipleOf": 333333333333333333333333333}`, 270_000, func(n int) string { return strings.Repeat("9", n) }, "valid"},
		{"zeros by a long divisor", `{"multipleOf": 333333333333333333333333333}`, 100_000, func(n int) string { return strings.Repeat("9", n) + fmt.Sprintf("e%d", n) }, "invalid"},
		{"regular expression", `{"format": "regex"}`, 100_000, func(n int) string { return `"` + strings.Repeat("(a|b)*", n/6) + `"` }, "valid"},
		{"digits behind the point", `{"maximum": 0.5, "multipleOf": 0.03}`, 500_000, func(n int) string { return "0." + strings.Repeat("3", n) }, "invalid"},
		{"one key", `{}`, 500_000, func(n int) string { return "{" + strings.Repeat(`"k":1,`, n) + `"k":2}` }, "repeated"},
		{"one column", `{"properties": {"k": {"type": "integer"}}}`, 500_000, func(n int) string { return "{" + strings.Repeat(`"k":1,`, n) + `"k":2}` }, "repeated"},
		{"unknown keys", `{"patternProperties": {"^x": false}}`, 500_000, func(n int) string { return "{" + numbered(n, `"k%d":1,`) + "}" }, "valid"},
		{"keys alike at their ends", `{}`, 100_000, func(n int) string { return "{" + numbered(n, `"%07d_the_same":1,`) + "}" }, "valid"},
		{"pattern", `{"pattern": "^(a+)+$"}`, 100_000, func(n int) string { return `"` + strings.Repeat("a", n) + `!"` }, "invalid"},
		{"escapes", `{"type": "string", "maxLength": 10}`, 8 << 20, func(n int) string { return `"` + strings.Repeat(`\n`, n/2) + `"` }, "invalid"},
		{"escapes in a key", `{"properties": {"k": {}}, "propertyNames": {"maxLength": 2}}`, 1 << 20, func(n int) string { return `{"` + strings.Repeat(`\u006b`, n/6) + `":1}` }, "not judged"},
		{"beyond ASCII", `{"minLength": 100000000}`, 8 << 20, func(n int) string { return `"` + strings.Repeat("é", n/2) + `"` }, "invalid"},
		{"unique items", `{"uniqueItems": true}`, 100_000, func(n int) string { return "[" + numbered(n, `%d,`) + "]" }, "valid"},
		{"unique objects", `{"uniqueItems": true}`, 20_000, func(n int) string { return "[" + numbered(n, `{"a":[{}],"b":%d},`) + "]" }, "valid"},
		{"enum", `{"items": {"enum": [` + numbered(100_000, `"v%d",`) + `]}}`, 100_000, func(n int) string { return "[" + strings.Repeat(`"v99999",`, n) + `"v"]` }, "invalid"},
		{"200 branches", `{"items": {"anyOf": [` + numbered(200, `{"const": %d},`) + `]}}`, 5_000, func(n int) string { return "[" + strings.Repeat(`199,`, n) + "0]" }, "valid"},
		{"200 branches of objects", `{"items": {"anyOf": [` + numbered(200, `{"type": "object", "properties": {"k": {"const": %d}}},`) + `]}}`, 1_000, func(n int) string { return "[" + strings.Repeat(`{"k":199},`, n) + `{"k":0}]` }, "valid"},
		{"contains", `{"contains": {"contains": {"const": 1}}}`, 100_000, func(n int) string { return "[" + strings.Repeat("[0,0,0],", n) + "[0]]" }, "invalid"},
	}
}

func (h hostile) plan(tb testing.TB) *Plan {
	tb.Helper()
	s, err := Compile([]byte(h.schema))
	if err != nil {
		tb.Fatal(err)
	}
	plan := s.Plan(nil)
	if plan.Fallbacks > 0 {
		tb.Fatal("the library judges it")
	}
	return plan
}

func (v Verdict) String() string {
	switch {
	case v.End < 0:
		return "no JSON"
	case v.Repeated:
		return "repeated"
	case v.Plain() && v.Valid:
		return "valid"
	case v.Plain():
		return "invalid"
	}
	return "not judged"
}

func TestHostileTextsAreJudged(t *testing.T) {
	for _, test := range hostileTexts() {
		var pass Pass
		if got := pass.Judge(test.plan(t), []byte(test.text(test.size))); got.String() != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Each text comes in two sizes: what takes time in proportion to its length takes as
// many nanoseconds a byte in both.
func BenchmarkHostileTexts(b *testing.B) {
	for _, test := range hostileTexts() {
		plan := test.plan(b)
		for _, times := range []int{1, 2} {
			text := []byte(test.text(times * test.size))
			b.Run(fmt.Sprintf("%s/%d", test.name, times), func(b *testing.B) {
				var pass Pass
				for b.Loop() {
					pass.Judge(plan, text)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(text)), "ns/B")
			})
		}
	}
}
