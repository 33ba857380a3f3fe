package jsonschema

import (
	"fmt"
	"strings"
	"testing"
)

// Schemas that lead back to themselves on several ways: without care a walk over d
// levels takes 2^d steps.
func TestDeepTreesAreJudgedInTimeWhateverTheBranches(t *testing.T) {
	const tree = `{"definitions": {"tree": %s}, "$ref": "#/definitions/tree"}`
	const again = `{"$ref": "#/definitions/tree"}`
	branch := func(word string) string {
		return fmt.Sprintf(`{"type": "object", "required": ["word"], "properties": {"child": %s, "word": {"enum": [%q]}}}`, again, word)
	}
	for name, schema := range map[string]string{
		"oneOf":            fmt.Sprintf(`{"oneOf": [%s, %s]}`, branch("and"), branch("or")),
		"anyOf":            fmt.Sprintf(`{"anyOf": [%s, %s]}`, branch("and"), branch("or")),
		"allOf":            fmt.Sprintf(`{"properties": {"child": %s}, "allOf": [{"properties": {"child": %s}}, %s]}`, again, again, branch("or")),
		"if":               fmt.Sprintf(`{"if": %s, "then": {"properties": {"child": %s}}, "else": %s}`, branch("or"), again, branch("and")),
		"dependencies":     fmt.Sprintf(`{"properties": {"child": %s}, "dependencies": {"word": %s}}`, again, branch("or")),
		"several patterns": fmt.Sprintf(`{"properties": {"child": %s}, "patternProperties": {"^c": %s, "d$": {"allOf": [%s]}}}`, again, again, again),
		"required":         fmt.Sprintf(`{"properties": {"child": %s}, "anyOf": [{"required": ["none"]}, {"required": ["word"]}]}`, again),
	} {
		s, err := Compile(fmt.Appendf(nil, tree, schema))
		if err != nil {
			t.Fatal(err)
		}
		plan := s.Plan(nil)
		if plan.Fallbacks > 0 {
			t.Fatalf("%s: the library judges it", name)
		}
		var pass Pass
		for innermost, want := range map[string]bool{"or": true, "xor": name == "required" || name == "several patterns"} {
			const levels = 3000
			text := strings.Repeat(`{"child":`, levels) + fmt.Sprintf(`{"word":%q}`, innermost) + strings.Repeat(`,"word":"or"}`, levels)
			if got := pass.Judge(plan, []byte(text)); !got.Plain() || got.Valid != want {
				t.Errorf("%s: %+v with %q innermost, want valid %t", name, got, innermost, want)
			}
			if violations := s.Validate(decoded([]byte(text))); !want && len(violations) == 0 {
				t.Errorf("%s: no violations with %q innermost", name, innermost)
			}
		}
	}
}
