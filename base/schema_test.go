package base

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

func TestPropertiesAreReadFromAnySpelling(t *testing.T) {
	tests := []struct {
		property, types, format string
	}{
		{`{}`, "", ""},
		{`{"type": "integer"}`, "integer", ""},
		{`{"type": ["null", "string"], "format": "date-time"}`, "null string", "date-time"},
		{`{"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["null", "string"]}]}`, "string null", "date-time"},
		{`{"oneOf": [{"type": "number"}, {"$ref": "#"}]}`, "number", ""},
		{`{"anyOf": [{"format": "date"}, {"format": "time"}]}`, "", ""},
		{`{"type": 7}`, "", ""},
		{`{"type": [1, "null", null]}`, "null", ""},
		{`true`, "", ""},
		{`null`, "", ""},
		{`[]`, "", ""},
		{`{"type": "string", "type": "array"}`, "array", ""},
		{`{"\u0074ype": "object"}`, "object", ""},
	}
	for _, test := range tests {
		s, err := NewSchema([]byte(`{"properties": {"c": ` + test.property + `}}`))
		if err != nil {
			t.Errorf("%s: %v", test.property, err)
			continue
		}
		p, ok := s.Property("c")
		if got := strings.Join(p.Types, " "); !ok || got != test.types || p.Format != test.format {
			t.Errorf("%s: types %q, format %q; want %q and %q", test.property, got, p.Format, test.types, test.format)
		}
		if !p.Accepts("string") && (len(p.Types) == 0 || slices.Contains(p.Types, "string")) {
			t.Errorf("%s does not accept a string", test.property)
		}
	}
}

func TestSchemasThatAreNoneAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                   "the schema must be an object, not array",
		`null`:                 "the schema must be an object, not null",
		`{}`:                   "the schema has no properties",
		`{"properties": []}`:   "schema.properties must be an object, not array",
		`{"properties": null}`: "schema.properties must be an object, not null",
		`{"properties"`:        "schema: column 14",
	} {
		if _, err := NewSchema([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestAddedColumnsComeLastAndReplaceTheirNamesakes(t *testing.T) {
	overrides := streamOverrides{Columns: constantColumns{{name: "id", value: Value(`7`)}, {name: "src", value: Value(`"x"`)}}}
	s, err := parseSchema([]byte(`{"type": "object", "properties": {"id": {"type": "integer"}, "_mage_updated_at": {}, "n": {"maximum": NaN}}, "x": 1}`),
		overrides.properties())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type": "object", "properties": {"id": {"type": ["string"]}, ` +
		`"_mage_updated_at": {"format": "date-time", "type": ["null", "string"]}, "n": {"maximum": null}, ` +
		`"_mage_created_at": {"format": "date-time", "type": ["null", "string"]}, "src": {"type": ["string"]}}, "x": 1}`
	if diff := cmp.Diff(want, string(s.Raw())); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
}

func TestStreamDefinitions(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema": {"properties": {}}, "key_properties": "id"}`:            "key_properties must be a list of column names, not string",
		`{"schema": {"properties": {}}, "key_properties": [1]}`:             "key_properties must hold column names, not number",
		`{"schema": {"properties": {}}, "replication_method": 1}`:           "replication_method must be a string, not number",
		`{"schema": {"properties": {}}, "disable_column_type_check": "no"}`: "disable_column_type_check must be true or false, not string",
		`{}`: "the schema is missing",
		`{"schema": {"properties": {}}, "key_properties": null, "partition_keys": null, "unique_constraints": [], "unique_conflict_method": null}`: "",
	} {
		_, err := newStream("s", objectText(text), streamOverrides{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Whatever the SCHEMA message, reading it ends in an error or in a stream whose
// schema is valid JSON and has the columns of the message, in their order.
func FuzzSchemaReader(f *testing.F) {
	f.Add([]byte(`{"type": "SCHEMA", "stream": "s", "schema": {"properties": {"id": {"type": ["null", "integer"]}, "a": {"anyOf": [{"items": {}}]}}}}`))
	f.Add([]byte(`{"schema": {"properties": {"a": {}, "a": 1, "\u0061": NaN}, "properties": {"b": []}}, "key_properties": ["b"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := rawjson.Check(text); err != nil {
			return
		}
		overrides := streamOverrides{Columns: constantColumns{{name: "src", value: Value(`1`)}}}
		s, err := newStream("s", objectText(text), overrides)
		if err != nil {
			return
		}
		var rendered struct {
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if err := json.Unmarshal(s.Schema.Raw(), &rendered); err != nil {
			t.Fatalf("schema of %q is %q: %v", text, s.Schema.Raw(), err)
		}
		if _, err := json.Marshal(s); err != nil {
			t.Fatalf("stream of %q: %v", text, err)
		}
		schema, _ := rawjson.Get(text, "schema")
		properties, _ := rawjson.Get(schema, "properties")
		var want object
		for m := range rawjson.Members(properties) {
			want.add(m)
		}
		for i, m := range want.members {
			if got := s.Schema.Properties()[i].Name; got != m.Name() {
				t.Fatalf("column %d of %q is %q, want %q", i, text, got, m.Name())
			}
		}
		for _, p := range s.Schema.Properties() {
			if _, ok := rendered.Properties[p.Name]; !ok {
				t.Fatalf("column %q of %q is not in %q", p.Name, text, s.Schema.Raw())
			}
		}
		compilesOrSays(t, s)
	})
}

// compilesOrSays compiles the schema for both ways of checking, and checks a
// record by it; neither may panic.
func compilesOrSays(t *testing.T, s *Stream) {
	t.Helper()
	for _, mode := range []string{"mage", "full"} {
		strict := *s
		strict.checker, strict.DisableColumnTypeCheck = nil, false
		p := newParser(limits{Validation: mode}, nil, newMemory(defaultChunk, false))
		p.workFor(&slab.Lease{})
		if p.plan(&strict) != nil {
			continue
		}
		_ = p.makeRecord(&entry{}, &strict, []byte(`{"id": 1e400, "a": "[1]", "b": [{}], "c": null}`))
	}
}

// A record checked against a schema keeps its bytes, or is refused.
func TestSchemaOfAMessageIsNotKeptInTheLine(t *testing.T) {
	line := []byte(`{"type": "SCHEMA", "stream": "s", "schema": {"properties": {"id": {}}}}`)
	m, err := singer.Parse(singer.Line{Text: line})
	if err != nil {
		t.Fatal(err)
	}
	s, err := newStream("s", m, streamOverrides{})
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(s.Schema.Raw())
	for i := range line {
		line[i] = 'x'
	}
	if p, ok := s.Schema.Property("id"); !bytes.Equal(before, s.Schema.Raw()) || !ok || string(p.Raw) != "{}" {
		t.Error("the stream shares memory with the line it was read from")
	}
}
