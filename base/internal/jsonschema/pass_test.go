package jsonschema

import (
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// A tap may send a schema again and again.
func TestPassKeepsNoPlanThatIsNotUsedAnyMore(t *testing.T) {
	s, err := Compile([]byte(`{"properties": {"a": {"type": "integer"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var pass Pass
	var plans []weak.Pointer[Plan]
	for range 3 {
		plan := s.Plan(nil)
		plans = append(plans, weak.Make(plan))
		pass.Judge(plan, []byte(`{"a": 1}`))
	}
	runtime.GC()
	for i, plan := range plans[:2] {
		if plan.Value() != nil {
			t.Errorf("plan %d is still there", i)
		}
	}
	runtime.KeepAlive(&pass)
}

func TestDepthIsCountedOnce(t *testing.T) {
	for name, schema := range map[string]string{
		"nothing":      `{}`,
		"allOf":        `{"allOf": [{"properties": {"a": {}}}, {"properties": {"a": {"allOf": [{}, {"type": "object"}]}}}]}`,
		"dependencies": `{"dependencies": {"a": {"properties": {"a": {"type": "object"}}}}}`,
		"contains":     `{"properties": {"a": {"contains": {"contains": {}}}}}`,
	} {
		s, err := Compile([]byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		plan := s.Plan(nil)
		nested := func(levels int) []byte {
			return []byte(strings.Repeat(`{"a":`, levels) + "{}" + strings.Repeat("}", levels))
		}
		var pass Pass
		deepest := nested(rawjson.MaxDepth - 1)
		if v := pass.Judge(plan, deepest); v.String() != "valid" {
			t.Errorf("%s, as deep as may be: %v", name, v)
		}
		if v := pass.Record(plan, deepest, 0, 0); v.String() != "valid" {
			t.Errorf("%s, a record as deep as may be: %v", name, v)
		}
		if v := pass.Record(plan, deepest, 0, 1); v.End >= 0 {
			t.Errorf("%s, a record within something: %v", name, v)
		}
		if v := pass.Judge(plan, nested(rawjson.MaxDepth)); v.End >= 0 {
			t.Errorf("%s, too deep: %v", name, v)
		}
		beside := []byte(`{"b":[` + strings.Repeat("[{}],", 2*rawjson.MaxDepth) + "{}]}")
		if v := pass.Judge(plan, beside); v.String() != "valid" {
			t.Errorf("%s, beside one another: %v", name, v)
		}
	}
}
