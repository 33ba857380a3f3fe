package base

import (
	"strings"
	"testing"
)

func TestTextOfArrays(t *testing.T) {
	const (
		array   = `{"type": ["null", "array"]}`
		either  = `{"type": ["array", "string"]}`
		objects = `{"type": "array", "items": {"type": ["null", "object"]}}`
		mixed   = `{"type": "array", "items": {"anyOf": [{"type": "object"}, {"type": "string"}, {}]}}`
		fails   = "!"
	)
	for _, test := range []struct{ property, value, want, strict string }{
		{array, `[1, "2"]`, `[1, "2"]`, ""},
		{array, `"[1, \"2\"]"`, `[1, "2"]`, ""},
		{array, `" [1] "`, `[1]`, ""},
		{array, `"('a', None)"`, `["a", null]`, ""},
		{array, `"{'a': 1}"`, `{"a": 1}`, ""},
		{array, `"5"`, `5`, ""},
		{array, `"None"`, `null`, ""},
		{array, `"plain text"`, `"plain text"`, fails},
		{array, `"[NaN]"`, `"[NaN]"`, fails},
		{array, `"[1"`, `"[1"`, fails},
		{array, `""`, `""`, ""},
		{array, `null`, `null`, ""},
		{array, `7`, `7`, ""},
		{array, `{"a": 1}`, `{"a": 1}`, ""},
		{either, `"[1]"`, `[1]`, ""},
		{either, `"5"`, `"5"`, ""},
		{either, `"plain text"`, `"plain text"`, ""},
		{objects, `["{\"a\": 1}", {"b": "[1]"}, null, "2"]`, `[{"a": 1}, {"b": "[1]"}, null, 2]`, ""},
		{objects, `["no json"]`, `["no json"]`, fails},
		{objects, `["{'a': 1}"]`, `["{'a': 1}"]`, fails},
		{mixed, `["no json", "{}"]`, `["no json", {}]`, ""},
		{`{"type": "string"}`, `"[1]"`, `"[1]"`, ""},
	} {
		p := newProperty("c", []byte(test.property))
		for _, strict := range []bool{false, true} {
			got, err := Value(test.value), error(nil)
			if p.acceptArray {
				got, err = coerceArray(p, Value(test.value), strict)
			}
			want := test.want
			if strict && test.strict == fails {
				if err == nil || !strings.Contains(err.Error(), "or text that holds one") {
					t.Errorf("%s in %s, strictly: %s, %v; want an error", test.value, test.property, got, err)
				}
				continue
			}
			if err != nil || string(got) != want {
				t.Errorf("%s in %s: %s, %v; want %s", test.value, test.property, got, err, want)
			}
		}
	}
}
