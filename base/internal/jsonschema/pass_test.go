package jsonschema

import (
	"runtime"
	"testing"
	"weak"
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
