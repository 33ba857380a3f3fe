package records

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func one(name, schema string) []Stream {
	return []Stream{{Name: name, Schema: json.RawMessage(schema), origin: "test"}}
}

func TestTypesOfColumns(t *testing.T) {
	for name, test := range map[string]struct{ schema, required, want string }{
		"text":                   {`{"type": "string"}`, "", "base.Null[string]"},
		"required text":          {`{"type": "string"}`, "c", "string"},
		"required, may be null":  {`{"type": ["null", "string"]}`, "c", "base.Null[string]"},
		"a date":                 {`{"type": "string", "format": "date-time"}`, "c", "string"},
		"a boolean":              {`{"type": "boolean"}`, "c", "bool"},
		"an integer":             {`{"type": "integer"}`, "c", "json.Number"},
		"an integer of 64 bits":  {`{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}`, "c", "int64"},
		"one of 64 bits at most": {`{"type": "integer", "minimum": 0, "exclusiveMaximum": 4294967296}`, "c", "int64"},
		"one of more":            {`{"type": "integer", "minimum": 0, "maximum": 18446744073709551615}`, "c", "json.Number"},
		"one of many digits":     {`{"type": "integer", "minimum": 0, "maximum": 1e999999999}`, "c", "json.Number"},
		"a number":               {`{"type": "number", "multipleOf": 0.01}`, "c", "json.Number"},
		"several types":          {`{"type": ["string", "integer"]}`, "c", "base.Value"},
		"no type":                {`{}`, "c", "base.Value"},
		"anything":               {`true`, "c", "base.Value"},
		"a branch and null":      {`{"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}`, "c", "base.Null[string]"},
		"a branch, maybe null":   {`{"oneOf": [{"type": ["null", "number"]}]}`, "c", "base.Null[json.Number]"},
		"two branches":           {`{"anyOf": [{"type": "string"}, {"type": "object"}]}`, "c", "base.Value"},
		"all of":                 {`{"allOf": [{"type": "string"}]}`, "c", "base.Value"},
		"a definition":           {`{"$ref": "#/definitions/money"}`, "c", "json.Number"},
		"made of itself":         {`{"$ref": "#/definitions/tree"}`, "c", "TRecordC"},
		"unknown definition":     {`{"$ref": "#/definitions/none"}`, "c", "base.Value"},
		"elsewhere":              {`{"$ref": "other.json"}`, "c", "base.Value"},
		"a list":                 {`{"type": "array", "items": {"type": "string"}}`, "c", "[]string"},
		"a list with nulls":      {`{"type": "array", "items": {"type": ["null", "string"]}}`, "c", "[]base.Null[string]"},
		"a list of lists":        {`{"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}`, "c", "[][]bool"},
		"a list of anything":     {`{"type": "array"}`, "c", "base.Value"},
		"a tuple":                {`{"type": "array", "items": [{"type": "string"}]}`, "c", "base.Value"},
		"a list of objects":      {`{"type": "array", "items": {"type": "object", "properties": {"a": {}}}}`, "c", "[]TRecordCItem"},
		"an object":              {`{"type": "object", "properties": {"a": {}}}`, "c", "TRecordC"},
		"an open object":         {`{"type": "object"}`, "c", "base.Value"},
		"an object, maybe":       {`{"type": ["null", "object"], "properties": {"a": {}}}`, "", "base.Null[TRecordC]"},
	} {
		t.Run(name, func(t *testing.T) {
			src, err := Go("acme", one("t", `{"definitions": {"money": {"type": "number"}, "tree": {"type": "object", "properties": {"left": {"$ref": "#/definitions/tree"}}}},
				"properties": {"c": `+test.schema+`}, "required": ["`+test.required+`"]}`))
			if err != nil {
				t.Fatal(err)
			}
			_, fields, _ := strings.Cut(string(src), "type TRecord struct {\n")
			words := strings.Fields(fields)
			if len(words) < 2 || words[0] != "C" || words[1] != test.want {
				t.Errorf("got %q, want C %s", words[:2], test.want)
			}
		})
	}
}

func TestNamesOfGo(t *testing.T) {
	for text, want := range map[string]string{
		"order_id": "OrderID", "orderId": "OrderID", "ORDER": "ORDER", "a": "A", "a-b c": "ABC", "2020": "X2020", "_x": "X",
		"": "X", "naïve": "Naïve", "日本": "X日本", "type": "Type", "../x": "X", "http_url": "HTTPURL",
	} {
		if got := exported(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestColumnsOfOneNameStayApart(t *testing.T) {
	src, err := Go("acme", one("orders", `{"properties": {"a_b": {}, "aB": {}, "a-b": {}, "AdditionalProperties": {}, "": {}, "x\n": {}, "`+"`"+`": {}, "read": {}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"AB ", "AB2 ", "AB3 ", "AdditionalProperties2 ", `case "a-b":`, `case "":`, `case "x\n":`} {
		if !strings.Contains(string(src), want) {
			t.Errorf("%q is not in\n%s", want, src)
		}
	}
}

func TestStreamsAreRead(t *testing.T) {
	const schema = `{"properties": {"id": {"type": "integer"}}}`
	for name, test := range map[string]struct{ text, want, err string }{
		"a stream": {`log line` + "\n" + `{"type": "SCHEMA", "stream": "a", "schema": {"properties": {}}}` + "\n" +
			`{"type": "RECORD", "stream": "a", "record": {"schema": 3, "metadata": 1}, "key_properties": 7}` + "\n" +
			`{"type": "SCHEMA", "stream": "a", "schema": ` + schema + `, "key_properties": ["id"]}`, "a [id] " + schema, ""},
		"a catalog": {`{"streams": [{"tap_stream_id": "a", "schema": ` + schema + `, "metadata": [{"breadcrumb": [], "metadata": {"table-key-properties": ["id"]}}]},
			{"stream": "b", "schema": ` + schema + `, "metadata": [{"breadcrumb": [], "metadata": {"selected": false}}]}]}`, "a [id] " + schema, ""},
		"nothing of it":        {"only\nlog lines\n", "", "f: holds no SCHEMA message and is no catalog"},
		"a broken line":        {`{"type": "SCHEMA", `, "", "f:1: unexpected end of JSON input"},
		"no name":              {`{"type": "SCHEMA", "schema": ` + schema + `}`, "", "f:1: the stream has no name"},
		"no schema":            {`{"type": "SCHEMA", "stream": "a"}`, "", `f:1: stream "a" has no schema`},
		"no properties":        {`{"type": "SCHEMA", "stream": "a", "schema": {}}`, "", "the schema has no properties"},
		"a type that is none":  {`{"type": "SCHEMA", "stream": "a", "schema": {"properties": {"id": {"type": 3}}}}`, "", `property "id": schema: type: `},
		"all faults at once":   {`{"streams": [{"stream": "a"}, {"stream": "b"}]}`, "", `f: stream 2: stream "b" has no schema`},
		"a catalog with a gap": {`{"streams": [3]}`, "", "f: stream 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := Read(strings.NewReader(test.text), "f")
			if test.err != "" {
				if err == nil || !strings.Contains(strings.Replace(err.Error(), "f holds", "f: holds", 1), test.err) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || len(list) != 1 || fmt.Sprintf("%s %v %s", list[0].Name, list[0].KeyProperties, list[0].Schema) != test.want {
				t.Errorf("got %s, %v", list, err)
			}
		})
	}
}

func TestFilesOfStreamsStayInTheirFolder(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"orders", "Orders", "ORDERS", "../../etc/passwd", "a/b", `a\b`, ".hidden", "-flag", "con", "日本", "", strings.Repeat("x", 300), strings.Repeat("x", 301)} {
		s := Stream{Name: name, Schema: json.RawMessage(`{"properties":{"b":{},"a":{}}}`), KeyProperties: []string{"b"}}
		path, text, err := s.File()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(path, "/") != 1 || strings.ContainsAny(path, `\:`) || len(path) > 200 {
			t.Errorf("%q goes to %s", name, path)
		}
		if other, twice := seen[strings.ToLower(path)]; twice {
			t.Errorf("%q and %q go to %s", name, other, path)
		}
		seen[strings.ToLower(path)] = name
		if name == "" {
			continue
		}
		again, err := ReadFile(path, text)
		if err != nil || again.Name != name || strings.Index(string(again.Schema), `"b"`) > strings.Index(string(again.Schema), `"a"`) {
			t.Errorf("read back: %v, %v", again, err)
		}
	}
}

// wideCatalog is a catalog of one stream with so many columns.
func wideCatalog(columns int) string {
	var b strings.Builder
	b.WriteString(`{"streams": [{"stream": "wide", "schema": {"type": "object", "properties": {`)
	for i := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		types := []string{`"string"`, `["null", "integer"]`, `["null", "number"]`, `"boolean"`}
		fmt.Fprintf(&b, `"column_%d": {"type": %s}`, i, types[i%len(types)])
	}
	b.WriteString(`}}}]}`)
	return b.String()
}

func BenchmarkGenerate300Columns(b *testing.B) {
	text := wideCatalog(300)
	for b.Loop() {
		list, err := Read(strings.NewReader(text), "catalog.json")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Go("acme", list); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"type": "SCHEMA", "stream": "a", "schema": {"properties": {"id": {"type": ["null", "integer"]}}}}`)
	f.Add(`{"streams": [{"tap_stream_id": "a/b", "schema": {"properties": {"x y": {"anyOf": [{"$ref": "#/definitions/d"}]}}, "definitions": {"d": {"type": "object", "properties": {"d": {"$ref": "#/definitions/d"}}}}}}]}`)
	f.Add(wideCatalog(3))
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Read(strings.NewReader(text), "file")
		if err != nil {
			return
		}
		src, err := Go("acme", list)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := Go("acme", list)
		if err != nil || string(src) != string(again) {
			t.Error("two runs write two things")
		}
		for _, s := range list {
			path, file, err := s.File()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ReadFile(path, file); err != nil {
				t.Errorf("%v\n%s", err, file)
			}
		}
	})
}
