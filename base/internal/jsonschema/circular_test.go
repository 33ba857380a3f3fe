package jsonschema

import "testing"

// A schema may lead back to itself through the value, and mostly does so through
// anyOf; it may not without a step into it.
func TestOnlyCirclesThatStandStillAreLeftToTheLibrary(t *testing.T) {
	for text, fallbacks := range map[string]int{
		`{"properties": {"a": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}}}`:                                                                                               0,
		`{"properties": {"a": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#"}}]}}}`:                                                                   0,
		`{"definitions": {"A": {"anyOf": [{"type": "string"}, {"items": {"$ref": "#/definitions/A"}}]}}, "$ref": "#/definitions/A"}`:                                        0,
		`{"properties": {"a": {"$ref": "#/properties/a"}}}`:                                                                                                                 1,
		`{"definitions": {"A": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/A"}]}}, "items": {"$ref": "#/definitions/A"}}`:                                        1,
		`{"definitions": {"A": {"not": {"$ref": "#/definitions/B"}}, "B": {"allOf": [{"$ref": "#/definitions/A"}, {}]}}, "properties": {"x": {"$ref": "#/definitions/B"}}}`: 1,
	} {
		s, err := Compile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		plan := s.Plan(nil)
		if plan.Fallbacks != fallbacks {
			t.Errorf("%s: %d parts are left to the library, want %d", text, plan.Fallbacks, fallbacks)
		}
		var pass Pass
		if v := pass.Judge(plan, []byte(`{"a": {"a": null}}`)); v.End < 0 {
			t.Errorf("%s: %+v", text, v)
		}
	}
}
