package jsonschema

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// wide is a schema of many integer columns with more keywords beside them.
func wide(columns int, more string) []byte {
	var b strings.Builder
	b.WriteString(`{"properties": {"id": {"type": "integer"}`)
	for i := range columns {
		fmt.Fprintf(&b, `, "c%d": {"type": "integer"}`, i)
	}
	return []byte(b.String() + "}" + more + "}")
}

func TestWideSchemasJudgeAsNarrowOnesDo(t *testing.T) {
	for _, more := range []string{
		``, `, "required": ["id"]`, `, "additionalProperties": false`, `, "additionalProperties": true`,
		`, "additionalProperties": {"type": "string"}`, `, "additionalProperties": false, "patternProperties": {"^x": {}}`,
		`, "maxProperties": 2`, `, "$schema": "http://json-schema.org/draft-04/schema#", "additionalProperties": false`,
		`, "allOf": [{"$ref": "#/properties/c1"}]`,
	} {
		narrow, err := Compile(wide(2, more))
		if err != nil {
			t.Fatal(err)
		}
		broad, err := Compile(wide(3*widest, more))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{`{"id": 1}`, `{}`, `{"id": "x", "c0": null, "c1": 1}`, `{"id": 1, "x": "y"}`, `{"id": 1, "z": 1}`} {
			var a, b any
			if json.Unmarshal([]byte(text), &a) != nil || json.Unmarshal([]byte(text), &b) != nil {
				t.Fatal(text)
			}
			want, got := narrow.Validate(a), broad.Validate(b)
			if len(want) != len(got) {
				t.Errorf("schema with %s, value %s: %v, want %v", more, text, got, want)
			}
		}
	}
}

func TestColumnsOfAWideSchema(t *testing.T) {
	for _, more := range []string{``, `, "additionalProperties": false`} {
		columns, err := CompileColumns(wide(3*widest, more))
		if err != nil {
			t.Fatal(err)
		}
		if len(columns) != 3*widest+1 {
			t.Errorf("%d columns, want %d", len(columns), 3*widest+1)
		}
		last := columns[fmt.Sprintf("c%d", 3*widest-1)]
		if len(last.Validate(json.Number("1"))) != 0 || len(last.Validate("x")) != 1 {
			t.Error("the last column does not check integers")
		}
	}
}
