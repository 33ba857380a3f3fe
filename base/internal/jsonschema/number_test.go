package jsonschema

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestNumbersWithAFarExponentAreTamed(t *testing.T) {
	for number, want := range map[json.Number]json.Number{
		"1": "1", "1e400": "1e400", "1e2001": "1e2001", "1e2002": "1e2001", "1E+0002002": "1e2001",
		"-1.5e-99999999999999999999": "-1.5e-2004", "0e999999999": "0e2001", "1e0": "1e0", "1e-0": "1e-0",
		json.Number("0." + strings.Repeat("0", 3000) + "1e3001"): json.Number("0." + strings.Repeat("0", 3000) + "1e3001"),
	} {
		if got := tameNumber(number); got != want {
			t.Errorf("%.20s: %.20s, want %.20s", number, got, want)
		}
	}
}

func TestFarNumbersAreJudgedAsTheyAre(t *testing.T) {
	schema := func(text string) *Schema {
		s, err := Compile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, test := range []struct {
		schema, number string
		valid          bool
	}{
		{`{"minimum": 0}`, "1e999999999", true},
		{`{"minimum": 0}`, "-1e999999999", false},
		{`{"minimum": 0}`, "-1e-999999999", false},
		{`{"maximum": 1}`, "1e-999999999", true},
		{`{"maximum": 1e308}`, "1e1000000", false},
		{`{"maximum": 1e99999999}`, "1e400", true},
		{`{"multipleOf": 3}`, "1e999999999", false},
		{`{"multipleOf": 3}`, "3e999999999", true},
		{`{"multipleOf": 0.5}`, "1e999999999", true},
		{`{"type": "integer"}`, "1e999999999", true},
		{`{"type": "integer"}`, "1e-999999999", false},
		{`{"enum": [0]}`, "1e-999999999", false},
	} {
		if got := schema(test.schema).Validate(json.Number(test.number)); (len(got) == 0) != test.valid {
			t.Errorf("%s by %s: %v, want valid %v", test.number, test.schema, got, test.valid)
		}
	}
}
