package jsonschema

import (
	"fmt"
	"strings"
	"testing"
)

// What a plan judges in no time may take the library gigabytes to explain.
func TestViolationsAreNotLookedForOnTooManyWays(t *testing.T) {
	const (
		twice = `{"definitions": {"tree": {"oneOf": [
			{"type": "object", "required": ["and"], "properties": {"x": {"$ref": "#/definitions/tree"}}},
			{"type": "object", "required": ["or"], "properties": {"x": {"$ref": "#/definitions/tree"}}}]}}, "$ref": "#/definitions/tree"}`
		once = `{"required": ["and"], "properties": {"x": {"$ref": "#"}}}`
		rest = `{"$schema": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": false, "anyOf": [{"properties": {"x": {"$ref": "#"}}}, {"properties": {"x": {"$ref": "#"}}, "required": ["x"]}]}`
	)
	for _, test := range []struct {
		schema string
		depth  int
		told   bool // where it is wrong
	}{
		{twice, 3, true}, {twice, 8, true}, {twice, 30, false}, {twice, 9000, false},
		{once, 3, true}, {once, 500, true}, {once, 9000, false},
		{rest, 4, true}, {rest, 30, false},
		{`{"properties": {"x": {"type": "string"}}}`, 9000, true},
	} {
		s, err := Compile([]byte(test.schema))
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(strings.Repeat(`{"x":`, test.depth) + `{"y":1}` + strings.Repeat("}", test.depth))
		var pass Pass
		if v := pass.Judge(s.Plan(nil), text); v.End < 0 || v.Valid {
			t.Errorf("%s, %d levels: %v", test.schema, test.depth, v)
		}
		violations := s.Validate(decoded(text))
		if len(violations) == 0 || (violations[0].Reason != tooManyWays) != test.told {
			t.Errorf("%s, %d levels: %.200s", test.schema, test.depth, fmt.Sprint(violations))
		}
	}
}
