package templates_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"
)

// foreignStreams are test streams of other Singer targets. They are not part of
// this repository: where the folder is not beside it, the test is skipped.
const foreignStreams = "../../shared/streams"

// foreign is a file of them, loaded twice into one database.
type foreign struct {
	file       string
	validation string // full unless it says otherwise
	first      string // rows of each table after the first run
	second     string // and after the second; the same if empty
	fails      string // what the failure of both runs says
}

func foreigns() []foreign {
	const (
		sdk, labs = "meltano-sdk/", "meltanolabs/"
		wise      = "pipelinewise/integration/resources/"
		mage      = "mage" // the file breaks its own schema, by a limit or a format
	)
	return []foreign{
		{file: sdk + "array_data.singer", first: "test_array_data=4"},
		{file: sdk + "camelcase.singer", first: "TestCamelcase=2"},
		{file: sdk + "camelcase_complex_schema.singer", first: "ForecastingTypeToCategory=0"},
		{file: sdk + "duplicate_records.singer", first: "test_duplicate_records=2"},
		{file: sdk + "encoded_string_data.singer", first: "test_strings=11 test_strings_in_arrays=6 test_strings_in_objects=11"},
		{file: sdk + "invalid_schema.singer", fails: "stream test_invalid_schema, line 1: the schema has no properties"},
		{file: sdk + "multiple_state_messages.singer", first: "test_multiple_state_messages_a=6 test_multiple_state_messages_b=6"},
		{file: sdk + "no_primary_keys.singer", first: "test_no_pk=3", second: "test_no_pk=6"},
		{file: sdk + "no_primary_keys_append.singer", first: "test_no_pk=5", second: "test_no_pk=10"},
		{file: sdk + "optional_attributes.singer", first: "test_optional_attributes=4"},
		{file: sdk + "pk_updates.singer", first: "example_stream=2", second: "example_stream=4"},
		{file: sdk + "record_before_schema.singer", fails: "stream test_record_before_schema, line 1: A record"},
		{file: sdk + "record_missing_fields.singer", first: "record_missing_fields=2"},
		{file: sdk + "record_missing_key_property.singer", first: "test_record_missing_key_property=0",
			fails: `stream test_record_missing_key_property: table "test_record_missing_key_property": 1 records of the batch failed, the first at index 0: column "id" at line 2`},
		{file: sdk + "record_missing_required_property.singer", first: "test_record_missing_required_property=0",
			fails: "stream test_record_missing_required_property, line 2: required, but missing: id"},
		{file: sdk + "schema_no_properties.singer", first: "test_object_schema_no_properties=2 test_object_schema_with_properties=2",
			second: "test_object_schema_no_properties=4 test_object_schema_with_properties=4"},
		{file: sdk + "schema_updates.singer", first: "test_schema_updates=6"},
		{file: sdk + "special_chars_in_attributes.singer", first: "test:SpecialChars!in?attributes=1"},
		{file: sdk + "user_location_data.singer", first: "test_locations=3 test_user_in_location=3 test_users=5"},
		{file: sdk + "user_location_upsert_data.singer", first: "test_locations=4 test_user_in_location=4 test_users=6"},

		{file: labs + "commits.singer", validation: mage, first: "commits=30"},
		{file: labs + "commits.singer", first: "commits=0", fails: "stream commits, line 2: /"},
		{file: labs + "tap_aapl.singer", first: "aapl=1", second: "aapl=2"},
		{file: labs + "tap_countries.singer", first: "continents=7 countries=250"},

		{file: wise + "invalid-json.json", first: "tap_mysql_test-test_table_one=0"}, // text of the tap goes to the log
		{file: wise + "invalid-message-order.json", first: "tap_mysql_test-test_table_one=1",
			fails: "stream tap_mysql_test-test_table_two, line 3: A record"},
		{file: wise + "messages-pg-logical-streams-no-records.json",
			first: "logical1-logical1_edgydata=0 logical1-logical1_table1=0 logical1-logical1_table2=0 logical2-logical2_table1=0"},
		{file: wise + "messages-pg-logical-streams.json", validation: mage,
			first: "logical1-logical1_edgydata=19 logical1-logical1_table1=4 logical1-logical1_table2=20 logical2-logical2_table1=3"},
		{file: wise + "messages-pg-logical-streams.json",
			first: "logical1-logical1_edgydata=0 logical1-logical1_table1=4 logical1-logical1_table2=20 logical2-logical2_table1=3",
			fails: "stream logical1-logical1_edgydata, line 6: /ctime"},
		{file: wise + "messages-with-invalid-records.json", first: "tap_mysql_test-test_table_invalid_record=0",
			fails: "stream tap_mysql_test-test_table_invalid_record, line 4: /c_pk: want null or integer, not string"},
		{file: wise + "messages-with-long-texts.json", first: "tap_mysql_test-test_table_long_texts=5"},
		{file: wise + "messages-with-multiple-streams-modified-column.json", validation: mage,
			first: "tap_mysql_test-test_table_one=1 tap_mysql_test-test_table_three=2 tap_mysql_test-test_table_two=2"},
		{file: wise + "messages-with-multiple-streams.json", validation: mage,
			first: "tap_mysql_test-test_table_four=3 tap_mysql_test-test_table_one=1 tap_mysql_test-test_table_three=3 tap_mysql_test-test_table_two=2"},
		{file: wise + "messages-with-multiple-streams.json",
			first: "tap_mysql_test-test_table_four=3 tap_mysql_test-test_table_one=1 tap_mysql_test-test_table_three=0 tap_mysql_test-test_table_two=0",
			fails: "2 failures: stream tap_mysql_test-test_table_two, line 11"},
		{file: wise + "messages-with-nested-schema.json", validation: mage, first: "tap_mysql_test-test_table_nested_schema=1"},
		{file: wise + "messages-with-nested-schema.json", first: "tap_mysql_test-test_table_nested_schema=0",
			fails: "stream tap_mysql_test-test_table_nested_schema, line 4: /c_array: want null or object, not array"},
		{file: wise + "messages-with-non-db-friendly-columns.json", first: "tap_mysql_test-test_table_non_db_friendly_columns=5"},
		{file: wise + "messages-with-reserved-name-as-table-name.json", first: "my_db-order=4"},
		{file: wise + "messages-with-space-in-table-name.json", first: "my_db-table with space and UPPERCase=4"},
		{file: wise + "messages-with-unicode-characters.json", validation: mage, first: "tap_mysql_test-test_table_unicode=6"},
		{file: wise + "messages-with-unicode-characters.json", first: "tap_mysql_test-test_table_unicode=0",
			fails: "stream tap_mysql_test-test_table_unicode, line 4: /c_varchar: 34 characters, want at most 16"},
		{file: "pipelinewise/unit/resources/logical-streams.json", first: "logical1-logical1_table2=20"},
	}
}

// needForeignStreams skips a test where they are not.
func needForeignStreams(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(foreignStreams); errors.Is(err, os.ErrNotExist) {
		t.Skip("the streams of other targets are not beside this repository: nothing to load")
	}
}

// TestForeignStreamsLandInSQLite walks the whole way: the tool makes a connector
// from the sqlite pack, go builds it, it loads each file twice, and the database
// and the state are read back.
func TestForeignStreamsLandInSQLite(t *testing.T) {
	needForeignStreams(t)
	binary := buildConnector(t)
	tried := map[string]bool{}
	for _, tc := range foreigns() {
		tried[tc.file] = true
		t.Run(tc.file+" "+tc.validation, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			tc.test(t, binary, map[string]any{"path": path}, func() *model { return readDatabase(t, path) }, compact)
		})
	}
	for _, file := range allFiles(t) {
		if !tried[file] {
			t.Errorf("%s is not tried", file)
		}
	}
}

// test loads the file twice with a config, and each time holds what the store has, as
// normal writes values, against the file.
func (tc foreign) test(t *testing.T, binary string, config map[string]any, stored func() *model, normal func(string) string) {
	state := filepath.Join(t.TempDir(), "state.json")
	input := filepath.Join(foreignStreams, filepath.FromSlash(tc.file))
	config["validation"] = "full"
	if tc.validation != "" {
		config["validation"] = tc.validation
	}
	messages, want := readMessages(t, input), &model{}
	for _, counts := range []string{tc.first, tc.second} {
		tc.run(t, binary, "--config_json", marshal(t, config), "--input_file_path", input, "--state", state)
		got := stored()
		if counts == "" {
			counts = tc.first
		}
		if got.counts() != counts {
			t.Errorf("the database holds %q, want %q", got.counts(), counts)
		}
		if tc.fails != "" {
			continue
		}
		want.load(messages)
		if diff := cmp.Diff(want.lines(normal), got.lines(normal)); diff != "" {
			t.Errorf("the database differs (-want +got):\n%s", diff)
		}
		holdState(t, state, messages)
	}
}

func (tc foreign) run(t *testing.T, binary string, args ...string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stderr = &stderr
	err := cmd.Run()
	log := strings.ReplaceAll(stderr.String(), `\"`, `"`)
	switch {
	case tc.fails == "" && err != nil:
		t.Fatalf("%v\n%s", err, log)
	case tc.fails != "" && (cmd.ProcessState.ExitCode() != 1 || !strings.Contains(log, tc.fails)):
		t.Fatalf("%v, want exit code 1 and %q in\n%s", err, tc.fails, log)
	}
}

func buildConnector(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "x")
	binary := filepath.Join(t.TempDir(), "x.exe")
	for _, step := range []struct {
		dir  string
		args []string
	}{
		{"..", []string{"run", "./cmd/mage-dest", "new", "x", "--template", "sqlite", "--dir", folder, "--module", "example.com/x"}},
		{folder, []string{"build", "-o", binary, "."}},
	} {
		cmd := exec.CommandContext(t.Context(), "go", step.args...)
		cmd.Dir = step.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(step.args, " "), err, out)
		}
	}
	return binary
}

func allFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*/*", "*/*/*", "*/*/*/*"} {
		found, err := filepath.Glob(filepath.Join(foreignStreams, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				name, err := filepath.Rel(foreignStreams, file)
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, filepath.ToSlash(name))
			}
		}
	}
	return files
}

type message struct {
	Type, Stream string
	Record       map[string]json.RawMessage
	Keys         []string `json:"key_properties"`
	Version      *int64
	Value        json.RawMessage
}

func readMessages(t *testing.T, path string) []message {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var messages []message
	for line := range bytes.Lines(text) {
		var m message
		if json.Unmarshal(line, &m) == nil {
			messages = append(messages, m)
		}
	}
	return messages
}

// row is a row as text, by column.
type row map[string]string

// model is what a database should hold, by the plainest reading of the messages.
type model struct {
	tables map[string][]modelRow
	keys   map[string][]string
}

type modelRow struct {
	row
	version *int64
}

func (m *model) load(messages []message) {
	if m.tables == nil {
		m.tables, m.keys = map[string][]modelRow{}, map[string][]string{}
	}
	for _, message := range messages {
		switch message.Type {
		case "SCHEMA":
			m.keys[message.Stream] = message.Keys
			m.tables[message.Stream] = slices.Grow(m.tables[message.Stream], 1)
		case "RECORD":
			m.put(message)
		case "ACTIVATE_VERSION":
			m.tables[message.Stream] = slices.DeleteFunc(m.tables[message.Stream], func(r modelRow) bool {
				return r.version == nil || *r.version != *message.Version
			})
		}
	}
}

func (m *model) put(message message) {
	r := modelRow{row{}, message.Version}
	for column, value := range message.Record {
		if text := plain(value); text != "null" {
			r.row[column] = text
		}
	}
	keys, rows := m.keys[message.Stream], m.tables[message.Stream]
	at := slices.IndexFunc(rows, func(other modelRow) bool {
		return len(keys) > 0 && !slices.ContainsFunc(keys, func(key string) bool { return r.row[key] != other.row[key] })
	})
	if at >= 0 {
		rows[at] = r
		return
	}
	m.tables[message.Stream] = append(rows, r)
}

// plain is a value as text: numbers by what they say, lists and objects without
// spaces.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && value[0] == '"' {
		return text
	}
	switch string(value) {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return compact(string(value))
}

func compact(text string) string {
	if number, ok := new(big.Rat).SetString(text); ok {
		return number.RatString()
	}
	var b bytes.Buffer
	if (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) && json.Compact(&b, []byte(text)) == nil {
		return b.String()
	}
	return text
}

// counts are the rows of each table, "a=1 b=2".
func (m *model) counts() string {
	var all []string
	for name, rows := range m.tables {
		all = append(all, fmt.Sprintf("%s=%d", name, len(rows)))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// lines tells all rows, in an order that does not depend on how they came.
func (m *model) lines(normal func(string) string) []string {
	var all []string
	for name, rows := range m.tables {
		all = append(all, fmt.Sprintf("%s has %d rows", name, len(rows)))
		for _, r := range rows {
			values := make(map[string]string, len(r.row))
			for column, value := range r.row {
				values[column] = normal(value)
			}
			all = append(all, fmt.Sprintf("%s: %q", name, values))
		}
	}
	slices.Sort(all)
	return all
}

// readDatabase reads every table with nothing of the connector.
func readDatabase(t *testing.T, path string) *model {
	t.Helper()
	m := &model{tables: map[string][]modelRow{}}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return m // the run ended before it was needed
	}
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	tables := queryRows(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
	for _, table := range tables {
		name := table["name"]
		m.tables[name] = nil
		for _, r := range queryRows(t, db, `SELECT * FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`) {
			for _, own := range []string{"_mage_created_at", "_mage_updated_at", "_sdc_table_version"} {
				delete(r, own)
			}
			m.tables[name] = append(m.tables[name], modelRow{row: r})
		}
	}
	return m
}

// queryRows leaves out what is null.
func queryRows(t *testing.T, db *sql.DB, query string) []row {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err is looked at
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var all []row
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		r := row{}
		for i, column := range columns {
			if values[i].Valid {
				r[column] = values[i].String
			}
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// holdState wants the told state to say all that the last STATE says.
func holdState(t *testing.T, path string, messages []message) {
	t.Helper()
	var last map[string]any
	for _, m := range messages {
		if m.Type == "STATE" {
			last = nil // Unmarshal would add to it
			unmarshal(t, m.Value, &last)
		}
	}
	if len(last) == 0 {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var told map[string]any
	unmarshal(t, text, &told)
	if !says(told, last) {
		t.Errorf("the state is %v, want all that is in %v", told, last)
	}
}

// says reports whether all of want is in got: states add up.
func says(got, want any) bool {
	wanted, ok := want.(map[string]any)
	if !ok {
		return cmp.Equal(got, want)
	}
	all, ok := got.(map[string]any)
	for key, value := range wanted {
		ok = ok && says(all[key], value)
	}
	return ok
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func unmarshal(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
