package base_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// derived is a case that follows from the words of Mage's contract, beside those
// that were recorded; the number in its name is that of the part it is about.
type derived struct {
	name     string
	input    []string
	config   string // keys beside output_path, as JSON members
	args     []string
	catalog  string
	settings string
	env      string // recordByRecord
	want     mend
}

const (
	nameType  = `"name": {"type": ["null", "string"]}`
	idType    = `"id": {"type": ["integer"]}`
	bothUsers = `[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]`
)

func derivedCases() []derived {
	schema := func(stream string) string { return schemaLine(stream, idType, nameType) }
	user := func(id, name string) string { return recordLine("users", `{"id": `+id+`, "name": "`+name+`"}`) }
	order := func(id string) string { return recordLine("orders", `{"id": `+id+`, "name": "o"}`) }
	bookmark := func(stream, id string) string {
		return `{"bookmarks": {"` + stream + `": {"id": ` + id + `}}}`
	}
	column := func(definition string) string { return schemaLine("users", idType, `"a": `+definition) }
	checked := func(definition string) string { return checkedLine("users", idType, `"a": `+definition) }
	value := func(text string) string { return recordLine("users", `{"id": 1, "a": `+text+`}`) }
	stored := func(text string) map[string]string {
		return map[string]string{"users": `[{"id": 1, "a": ` + text + `}]`}
	}
	both := map[string]string{"users": bothUsers}
	first := map[string]string{"users": `[{"id": 1, "name": "a"}]`}
	const small = `"maximum_batch_size_mb": 0.0001`

	return []derived{
		{name: "8 state after the last record of a set", config: small,
			input: []string{schema("users"), user("1", "a"), user("2", "b"), stateLine(bookmark("users", "2"))},
			want:  mend{records: both, state: bookmark("users", "2")}},
		{name: "8 state names a stream whose records went with an earlier set", config: small,
			input: []string{schema("users"), schema("orders"), user("1", "a"), order("9"), stateLine(bookmark("users", "1")), stateLine(bookmark("orders", "9"))},
			want:  mend{records: map[string]string{"users": `[{"id":1,"name":"a"}]`, "orders": `[{"id":9,"name":"o"}]`}, state: `{"bookmarks": {"users": {"id": 1}, "orders": {"id": 9}}}`}},
		{name: "8 bookmarks of all sets are kept", config: small,
			input: []string{schema("users"), schema("orders"), user("1", "a"), stateLine(bookmark("users", "1")), order("9"), stateLine(bookmark("orders", "9"))},
			want:  mend{records: map[string]string{"users": `[{"id":1,"name":"a"}]`, "orders": `[{"id":9,"name":"o"}]`}, state: `{"bookmarks": {"users": {"id": 1}, "orders": {"id": 9}}}`}},
		{name: "9.1 a record before its schema spares the other streams",
			input: []string{schema("users"), recordLine("ghosts", `{"id": 1}`), user("1", "a"), user("2", "b"), stateLine(bookmark("users", "2"))},
			want:  mend{exit: 1, records: both, state: bookmark("users", "2"), says: "stream ghosts, line 2: A record for stream ghosts was encountered before a corresponding schema."}},
		{name: "9.4 a bad value spares the other streams",
			input: []string{schema("users"), checkedLine("orders", idType, nameType), user("1", "a"), recordLine("orders", `{"id": "x"}`), order("2"), user("2", "b"), stateLine(`{"bookmarks": {"users": {"id": 2}, "orders": {"id": 2}}}`)},
			want:  mend{exit: 1, records: both, state: bookmark("users", "2"), says: "stream orders, line 4: column id: want integer, not string"}},
		{name: "9.4 a column that the schema lacks",
			input: []string{checkedLine("users", idType), recordLine("users", `{"id": 1, "extra": 2}`)},
			want:  mend{exit: 1, says: "stream users, line 2: column extra: the schema has no such column"}},
		{name: "9.4 an integer is a number",
			input: []string{checked(`{"type": "number"}`), value("1")}, want: mend{records: stored("1")}},
		{name: "9.4 an integer with a fraction is none",
			input: []string{checked(`{"type": ["null", "integer"]}`), value("1.5")}, want: mend{exit: 1, says: "column a: want"}},
		{name: "9.4 an object column takes an array",
			input: []string{checked(`{"type": ["object"], "properties": {"x": {"type": "integer"}}, "required": ["x"]}`), value(`[{"x": "no integer"}]`)},
			want:  mend{records: stored(`[{"x": "no integer"}]`)}},
		{name: "9.4 an array column is not looked into",
			input: []string{checked(`{"type": ["null", "array"], "items": {"type": "integer"}}`), value(`["x"]`)}, want: mend{records: stored(`["x"]`)}},
		{name: "9.4 formats are not looked at",
			input: []string{checked(`{"type": "string", "format": "date-time"}`), value(`"yesterday"`)}, want: mend{records: stored(`"yesterday"`)}},
		{name: "9.2 a list of JSON objects as text",
			input: []string{column(`{"type": "array", "items": {"type": "object"}}`), value(`["{\"b\": 1}", {"c": 2}]`)}, want: mend{records: stored(`[{"b": 1}, {"c": 2}]`)}},
		{name: "9.2 JSON text of an array",
			input: []string{column(`{"type": "array"}`), value(`"[1, \"two\", null]"`)}, want: mend{records: stored(`[1, "two", null]`)}},
		{name: "9.2 a Python list as text",
			input: []string{column(`{"type": "array"}`), value(`"['a', None, True, {'b': 1.5}]"`)}, want: mend{records: stored(`["a", null, true, {"b": 1.5}]`)}},
		{name: "9.2 a Python tuple as text",
			input: []string{column(`{"type": "array"}`), value(`"(1, 2)"`)}, want: mend{records: stored(`[1, 2]`)}},
		{name: "9.2 a scalar as text is kept",
			input: []string{column(`{"type": "array"}`), value(`"5"`)}, want: mend{records: stored(`5`)}},
		{name: "9.2 a scalar as text stays text where text is allowed",
			input: []string{column(`{"anyOf": [{"type": "array"}, {"type": "string"}]}`), value(`"5"`)}, want: mend{records: stored(`"5"`)}},
		{name: "9.2 empty text and null are left alone",
			input: []string{column(`{"type": ["null", "array"]}`), value(`""`), value(`null`)}, want: mend{records: map[string]string{"users": `[{"id":1,"a":""},{"id":1,"a":null}]`}}},
		{name: "9.2 a branch of anyOf with a list of types",
			input: []string{column(`{"anyOf": [{"type": ["null", "array"]}, {}]}`), value(`"[1]"`)}, want: mend{records: stored(`[1]`)}},
		{name: "6.4 a record without columns",
			input: []string{schema("users"), recordLine("users", `{}`)}, want: mend{records: map[string]string{"users": `[{}]`}}},
		{name: "5.4 integers of any size",
			input: []string{schema("users"), recordLine("users", `{"id": 9223372036854775808}`), recordLine("users", `{"id": -123456789012345678901234567890}`)},
			want:  mend{records: map[string]string{"users": `[{"id": 9223372036854775808}, {"id": -123456789012345678901234567890}]`}}},
		{name: "5.4 fractions and exponents with all digits",
			input: []string{column(`{"type": "number"}`), value("0.1234567890123456789012345678901234567"), value("1e400"), value("-0.0"), value("1.10")},
			want:  mend{records: map[string]string{"users": `[{"id":1,"a":0.1234567890123456789012345678901234567},{"id":1,"a":1e400},{"id":1,"a":-0.0},{"id":1,"a":1.10}]`}}},
		{name: "5.4 an integer of 5,000 digits",
			input: []string{schema("users"), user("1", "a"), recordLine("users", `{"id": `+strings.Repeat("7", 5000)+`, "name": "b"}`)},
			want:  mend{records: map[string]string{"users": `[{"id":1,"name":"a"},{"id":` + strings.Repeat("7", 5000) + `,"name":"b"}]`}}},
		{name: "6.3 constant columns that are no strings, checked", config: `"_streams": {"columns": {"n": 5, "flag": true, "nothing": null}}`,
			input: []string{checkedLine("users", idType, nameType), user("1", "a")},
			want:  mend{records: map[string]string{"users": `[{"id":1,"name":"a","n":5,"flag":true,"nothing":null}]`}}},
		{name: "4.2 the catalog goes before the SCHEMA message",
			catalog: `{"streams": [{"stream": "users", "schema": {"properties": {"name": {"type": "string"}, "id": {"type": "integer"}}}}]}`,
			input:   []string{schemaLine("users", `"other": {}`), recordLine("users", `{"id": 1, "other": 2, "name": "a"}`)},
			want:    mend{records: first, says: "Schema for stream users already exists from catalog JSON."}},
		{name: "4.1 tap_stream_id goes before stream",
			catalog: `{"streams": [{"tap_stream_id": "users", "stream": "people", "schema": {"properties": {"id": {}}}}]}`,
			input:   []string{recordLine("users", `{"id": 1, "name": "a"}`)},
			want:    mend{records: map[string]string{"users": `[{"id": 1}]`}}},
		{name: "4.1 a catalog as Python writes it",
			catalog: `{"streams": [{"stream": "users", "schema": {"properties": {"id": {"maximum": Infinity}}}}]}`,
			input:   []string{recordLine("users", `{"id": 1}`)},
			want:    mend{records: map[string]string{"users": `[{"id": 1}]`}}},
		{name: "4.1 a catalog stream that is not named stays away",
			catalog: `{"streams": [{"stream": "users", "schema": {"properties": {"id": {}}}}, {"stream": "orders", "schema": {}}]}`,
			input:   []string{recordLine("users", `{"id": 1}`)},
			want:    mend{records: map[string]string{"users": `[{"id": 1}]`}}},
		{name: "8.2 state null is ignored",
			input: []string{schema("users"), user("1", "a"), stateLine("null")}, want: mend{records: first}},
		{name: "6.5 a STATE without value",
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), `{"type": "STATE"}` + "\n", user("2", "b")},
			want:  mend{exit: 1, records: first, state: bookmark("users", "1"), says: "line 4: STATE without value"}},
		{name: "8.4 keys beside bookmarks are kept",
			input: []string{schema("users"), user("1", "a"), stateLine(`{"bookmarks": {"users": {"id": 1}}, "currently_syncing": "users", "v": [1]}`)},
			want:  mend{records: first, state: `{"bookmarks": {"users": {"id": 1}}, "currently_syncing": "users", "v": [1]}`}},
		{name: "8.4 keys of a bookmark are merged one level deep",
			input: []string{schema("users"), user("1", "a"), stateLine(`{"bookmarks": {"users": {"id": 1, "deep": {"x": 1}}}}`), user("2", "b"), stateLine(`{"bookmarks": {"users": {"at": 2, "deep": {"y": 2}}}}`)},
			want:  mend{records: both, state: `{"bookmarks": {"users": {"id": 1, "deep": {"y": 2}, "at": 2}}}`}},
		{name: "8 a state that follows no record",
			input: []string{schema("users"), stateLine(bookmark("users", "7"))}, want: mend{state: bookmark("users", "7")}},
		{name: "8 a state before any schema",
			input: []string{stateLine(bookmark("users", "7"))}, want: mend{state: bookmark("users", "7")}},
		{name: "7.4 of two streams the second fails", config: `"fail_streams": ["orders"]`,
			input: []string{schema("users"), user("1", "a"), user("2", "b"), stateLine(bookmark("users", "2")), schema("orders"), order("9"), stateLine(bookmark("orders", "9"))},
			want:  mend{exit: 1, records: both, state: bookmark("users", "2"), says: "stream orders: boom orders"}},
		{name: "7.4 of two streams the first fails", config: `"fail_streams": ["orders"]`,
			input: []string{schema("orders"), order("9"), stateLine(bookmark("orders", "9")), schema("users"), user("1", "a"), user("2", "b"), stateLine(`{"bookmarks": {"orders": {"id": 9}, "users": {"id": 2}}}`)},
			want:  mend{exit: 1, records: both, state: bookmark("users", "2"), says: "boom orders"}},
		{name: "6.1 a log line of an unknown level",
			input: []string{schema("users"), `{"level": "WARNING", "message": "careful", "tags": {"a": 1}}` + "\n", `{"level": "NOTICE", "message": "so it is"}` + "\n", user("1", "a")},
			want:  mend{records: first, says: "careful"}},
		{name: "5.3 JSON that Python takes for false",
			input: []string{schema("users"), "{}\n[]\nnull\n0\n0.0\n\"\"\nfalse\n", user("1", "a")}, want: mend{records: first, says: "No valid row data for line"}},
		{name: "5.3 JSON that is no object",
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), "42\n", user("2", "b")},
			want:  mend{exit: 1, records: first, state: bookmark("users", "1"), says: "line 4: the line is JSON, but no object"}},
		{name: "5.2 a byte order mark",
			input: []string{"\xef\xbb\xbf", schema("users"), user("1", "a")}, want: mend{records: first}},
		{name: "5.1 bytes that are no UTF-8",
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), user("2", "\xff\xfe"), user("3", "c")},
			want:  mend{exit: 1, records: first, state: bookmark("users", "1"), says: "line 4: malformed message: column 68: invalid UTF-8: byte 0xff"}},
		{name: "6.7 a record without stream",
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), `{"type": "RECORD", "record": {"id": 2}}` + "\n"},
			want:  mend{exit: 1, records: first, state: bookmark("users", "1"), says: "line 4: Required key stream is missing from row."}},
		{name: "6.5 a version without a schema", input: []string{`{"type": "ACTIVATE_VERSION", "stream": "users", "version": 3}` + "\n"}, want: mend{}},
		{name: "11.1 the connection test goes before the templates", args: []string{"--test_connection", "--show_templates"},
			config: `"fail_connection": "no route"`, want: mend{exit: 1, says: "no route"}},
		{name: "2.1 an empty config is none", config: "{}",
			input: []string{schema("users"), user("1", "a")}, want: mend{exit: 1, says: "Config and config file path is missing."}},
		{name: "2.1 settings give the config if nothing else does", config: "{}", settings: "config:\n  output_path: export.jsonl\n  table: t\n",
			input: []string{schema("users"), user("1", "a")}, want: mend{records: first}},
		{name: "1.1 log_to_stdout 0 logs to stderr", args: []string{"--log_to_stdout", "0"},
			input: []string{schema("users"), user("1", "a")}, want: mend{records: first}},
		{name: "1.2 an unknown flag", args: []string{"--no_such_flag"}, want: mend{exit: 2, says: "--no_such_flag"}},
		{name: "1.2 a catalog that is no JSON", args: []string{"--catalog_json", "{"}, want: mend{exit: 1, says: "--catalog_json is not JSON"}},
		{name: "7.5 record by record", env: "1", config: `"record_meta": true`,
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), user("2", "b")},
			want:  mend{records: both, state: bookmark("users", "1")}},
		{name: "7.5 record by record, a failure", env: "1", config: `"fail_on_call": {"users": 1}`,
			input: []string{schema("users"), user("1", "a"), stateLine(bookmark("users", "1")), user("2", "b"), stateLine(bookmark("users", "2"))},
			want:  mend{exit: 1, records: first, state: bookmark("users", "1"), says: "boom users"}},
	}
}

func TestDerivedCases(t *testing.T) {
	for _, c := range derivedCases() {
		t.Run(c.name, func(t *testing.T) {
			out := t.TempDir()
			got := playInProcess(t, contractRun{dir: out, args: c.arguments(t, out), input: strings.Join(c.input, ""), recordByRecord: c.env != ""})
			got.state = strings.TrimSpace(optionalFile(t, filepath.Join(out, "state")))
			got.records = joinCalls(t, optionalFile(t, filepath.Join(out, "export.jsonl")))
			got.compare(t, c.want)
			if strings.Contains(c.name, "log_to_stdout 0") && got.stdout != "" {
				t.Errorf("stdout %q, want nothing", got.stdout)
			}
		})
	}
}

func (c derived) arguments(t *testing.T, out string) []string {
	t.Helper()
	config := `{"output_path": "export.jsonl"}`
	if c.config == "{}" {
		config = c.config
	} else if c.config != "" {
		config = `{"output_path": "export.jsonl", ` + c.config + `}`
	}
	args := []string{"--config_json", config, "--state", filepath.Join(out, "state")}
	if c.settings != "" {
		path := filepath.Join(out, "settings.yaml")
		if err := os.WriteFile(path, []byte(c.settings), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--settings", path)
	}
	if c.catalog != "" {
		args = append(args, "--catalog_json", c.catalog)
	}
	return append(args, c.args...)
}
