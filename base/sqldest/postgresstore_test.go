package sqldest_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// postgresStores makes stores that are schemas of one server.
type postgresStores struct {
	server *pgserver.Server
	made   atomic.Int64
}

// TestPostgres holds the dialect of the postgres pack against a real server.
func TestPostgres(t *testing.T) {
	p := &postgresStores{server: pgserver.Start(t, "fsync=off")}
	for name, test := range map[string]func(*testing.T, *store){
		"types": postgresTypes, "Mage's table": postgresTakesOver, "keys": postgresKeys, "key changes": postgresKeyChanges, "names": postgresNames,
		"widening": postgresWidening, "refused": postgresRefused, "records come back": postgresRecordsComeBack, "counts": postgresCounts,
		"hard delete": postgresHardDelete, "versions": postgresVersions, "load methods": postgresLoadMethods,
		"schema change": postgresSchemaChange, "flatten": postgresFlatten, "metadata": postgresMetadata,
		"a run that is taken over": takenOver, "dry run": postgresDryRun, "extra columns": postgresExtraColumns,
	} {
		t.Run(name, func(t *testing.T) { test(t, p.store(t)) })
	}
}

// store is an empty schema.
func (p *postgresStores) store(t *testing.T) *store {
	t.Helper()
	config, err := pgx.ParseConfig(p.server.URL(pgserver.Database))
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	schema := fmt.Sprint("a ", p.made.Add(1))
	config.RuntimeParams["search_path"] = `"` + schema + `"`
	s := &store{t: t, db: stdlib.OpenDB(*config), dialect: postgres{schema: schema}, config: `{"validation": "mage"}`}
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.now = time.Date(2026, 1, 2, 3, 4, 5, 67e6, time.FixedZone("", 3600))
	s.options.Now = func() time.Time { return s.now }
	return s
}

// columns are the table's, with their types.
func (s *store) columns(table string) []string {
	s.t.Helper()
	var all []string
	err := transaction(s, func(tx *sql.Tx) error {
		there, err := s.dialect.Describe(s.t.Context(), tx, table)
		for _, c := range there.Columns {
			if !strings.HasPrefix(c.Name, "_mage") {
				all = append(all, c.Name+" "+c.SQLType)
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func (s *store) wantColumns(table string, want ...string) {
	s.t.Helper()
	if got := strings.Join(s.columns(table), ", "); got != strings.Join(want, ", ") {
		s.t.Errorf("table %s has the columns %s, want %s", table, got, strings.Join(want, ", "))
	}
}

func transaction(s *store, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(s.t.Context(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it was for reading
	return f(tx)
}

func (s *store) exec(statement string) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

func postgresTypes(t *testing.T, s *store) {
	for _, tc := range []struct{ property, want, sent, stored string }{
		{`{"type":"integer"}`, "bigint", `-9223372036854775808`, `-9223372036854775808`},
		{`{"type":"integer","maximum":18446744073709551615}`, "numeric", `18446744073709551615`, `18446744073709551615`},
		{`{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807}`, "bigint", `1.0e1`, `10`},
		{`{"type":["null","number"]}`, "numeric", `0.10000000000000000000000000000000000001`, `0.10000000000000000000000000000000000001`},
		{`{"type":["integer","number"]}`, "numeric", `1e3`, `1000`},
		{`{"type":"boolean"}`, "boolean", `true`, `true`},
		{`{"type":"string"}`, "text", `"tab\t, \\N, \\, \"quote\", 'x', \n, \u00e9 😀 \\t"`, "tab\t, \\N, \\, \"quote\", 'x', \n, é 😀 \\t"},
		{`{"type":"string"}`, "text", `"\\."`, `\.`},
		{`{"type":"string"}`, "text", `""`, ``},
		{`{"type":"string","format":"date"}`, "text", `"2026-01-31"`, `2026-01-31`},
		{`{"type":"string","format":"date-time"}`, "timestamp with time zone", `"2026-01-31T23:59:59.123456-02:30"`, `2026-02-01 02:29:59.123456+00`},
		{`{"type":"string","format":"date-time"}`, "timestamp with time zone", `"2026-01-31 23:59"`, `2026-01-31 23:59:00+00`},
		{`{"anyOf":[{"type":"string","format":"date-time"},{"type":"string"}]}`, "text", `"yesterday"`, `yesterday`},
		{`{"anyOf":[{"type":"string","format":"date-time"},{"type":"null"}]}`, "timestamp with time zone", `"0001-01-01t00:00:00.000000000z"`, `0001-01-01 00:00:00+00`},
		{`{"type":"object"}`, "jsonb", `{"b": [1e2, "\u0041\\\t\""], "a": 123456789012345678901234567890.10}`, `{"a": 123456789012345678901234567890.10, "b": [100, "A\\\t\""]}`},
		{`{"type":["string","integer"]}`, "jsonb", `"x"`, `"x"`},
		{`{}`, "jsonb", `[null, 1.50]`, `[null, 1.50]`},
		{`{"type":"array","items":{"type":"string"}}`, "text[]", `["a", null, "", "NULL", "b\\c\"d,{}\n\t", "\\N"]`, `{a,NULL,"","NULL","b\\c\"d,{}` + "\n\t" + `","\\N"}`},
		{`{"type":["null","array"],"items":{"type":["null","integer"]}}`, "bigint[]", `[1, null, -2]`, `{1,NULL,-2}`},
		{`{"type":"array","items":{"type":"number"}}`, "numeric[]", `[0.10, 1e2]`, `{0.10,100}`},
		{`{"type":"array","items":{"type":"boolean"}}`, "boolean[]", `[true,false]`, `{t,f}`},
		{`{"type":"array","items":{"type":"object"}}`, "jsonb[]", `[{"a": "x\"y\\z"}, {}]`, `{"{\"a\": \"x\\\"y\\\\z\"}","{}"}`},
		{`{"type":"array","items":{"type":"array","items":{"type":"integer"}}}`, "jsonb", `[[1],[2,3]]`, `[[1], [2, 3]]`},
		{`{"type":"array"}`, "jsonb", `[]`, `[]`},
		{`{"type":"array","items":{"type":"string"}}`, "text[]", `[]`, `{}`},
	} {
		s.load(schema("s", `"v":`+tc.property), record("s", `"v":`+tc.sent))
		s.wantColumns("s", "v "+tc.want)
		s.want(`SELECT v::text FROM s`, literal(tc.stored))
		s.exec(`DROP TABLE s`)
	}
	s.dialect = postgres{schema: s.dialect.(postgres).schema, jsonArrays: true}
	s.load(schema("s", `"v":{"type":"array","items":{"type":"string"}}`), record("s", `"v":["a"]`))
	s.wantColumns("s", "v jsonb")
}

// The table is as Mage's own destination makes it (destinations/sql/utils.py).
func postgresTakesOver(t *testing.T, s *store) {
	s.exec(`CREATE SCHEMA ` + s.dialect.Quote(s.dialect.(postgres).schema))
	s.exec(`CREATE TABLE "orders" ("id" BIGINT, "_user" TEXT, "amount" DOUBLE PRECISION, "at" TIMESTAMPTZ, "paid" BOOLEAN,
		"detail" JSONB, "tags" TEXT[], "any" TEXT, "_mage_created_at" TIMESTAMPTZ, "_mage_updated_at" TIMESTAMPTZ,
		CONSTRAINT unique_orders_id UNIQUE ("id"), PRIMARY KEY ("id"))`)
	s.exec(`INSERT INTO orders VALUES (1, 'ann', 0.5, '2026-01-01 00:00:00+00', true, '{}', '{a}', 'x', now(), now())`)
	node := s.query(`SELECT pg_relation_filenode('orders')`)
	sch := schema("orders", idInt+`,"User":{"type":"string"},"amount":{"type":"number"},"at":{"type":"string","format":"date-time"},"paid":{"type":"boolean"},"detail":{"type":"object"},"tags":{"type":"array","items":{"type":"string"}},"any":{"type":"array"}`, keyID, `"unique_constraints":["id"],"unique_conflict_method":"UPDATE"`)
	s.load(sch,
		record("orders", `"id":1,"User":"bob","amount":0.1,"at":"2026-01-02T00:00:00Z","paid":false,"detail":{"a":1},"tags":["b"],"any":[1]`),
		record("orders", `"id":2,"User":"eve","amount":7`))
	s.want(`SELECT id, _user, amount, at::text, paid, detail::text, tags::text, "any" FROM orders ORDER BY id`,
		`1 'bob' 0.1 '2026-01-02 00:00:00+00' false '{"a": 1}' '{b}' '[1]'`, `2 'eve' 7.0 NULL NULL NULL NULL NULL`)
	s.wantColumns("orders", "id bigint", "_user text", "amount double precision", "at timestamp with time zone", "paid boolean", "detail jsonb", "tags text[]", "any text")
	if again := s.query(`SELECT pg_relation_filenode('orders')`); again[0] != node[0] {
		t.Error("the table was written anew")
	}
	s.want(`SELECT count(*) FROM pg_indexes WHERE tablename = 'orders' AND schemaname = current_schema()`, `1`)
}

func postgresKeys(t *testing.T, s *store) {
	s.load(schema("s", idInt+`,"v":{"type":"string"}`, keyID), record("s", `"id":1,"v":"a"`), record("s", `"id":1.0,"v":"b"`))
	s.load(schema("s", idInt+`,"v":{"type":"string"}`, keyID), record("s", `"id":2,"v":"c"`), record("s", `"id":1,"v":"d"`))
	s.want(`SELECT id, v FROM s ORDER BY id`, `1 'd'`, `2 'c'`)
	for i, tc := range []struct{ property, first, again string }{
		{`{"type":"number"}`, `1.50`, `15e-1`},
		{`{"type":"number"}`, `0`, `-0.0`},
		{`{"type":"string","format":"date-time"}`, `"2026-01-01T00:00:00Z"`, `"2026-01-01T01:00:00.000+01:00"`},
		{`{"type":"string"}`, `"\u0041"`, `"A"`},
		{`{"type":["string","integer"]}`, `1.0`, `1`},
		{`{"type":"object"}`, `{"a":1,"b":"x"}`, `{"b":"\u0078", "a":1.0}`},
		{`{"type":"boolean"}`, `true`, `true`},
	} {
		table := fmt.Sprint("k", i)
		sch := schema(table, `"k":`+tc.property+`,"v":{"type":"integer"}`, `"key_properties":["k"]`)
		s.load(sch, record(table, `"k":`+tc.first+`,"v":1`), record(table, `"k":`+tc.again+`,"v":2`))
		s.load(sch, record(table, `"k":`+tc.first+`,"v":3`), record(table, `"k":`+tc.again+`,"v":4`))
		s.want(`SELECT v FROM `+table, `4`)
	}
	s.load(schema("i", idInt+`,"v":{"type":"string"}`, keyID, `"unique_conflict_method":"IGNORE"`), record("i", `"id":1,"v":"a"`))
	s.load(schema("i", idInt+`,"v":{"type":"string"}`, keyID, `"unique_conflict_method":"IGNORE"`), record("i", `"id":1,"v":"b"`), record("i", `"id":2,"v":"b"`))
	s.want(`SELECT id, v FROM i ORDER BY id`, `1 'a'`, `2 'b'`)

	// A record without a key is refused, also where others of its batch conflict in a new table.
	for _, batch := range []int{1, 2, 3, 4} {
		letters := filepath.Join(t.TempDir(), "letters")
		s.config = fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q, "maximum_batch_rows": %d}`, letters, batch)
		table := fmt.Sprint("n", batch)
		s.load(schema(table, idInt, keyID), record(table, `"id":1`), record(table, `"id":3`), record(table, `"id":null`), record(table, `"id":1`), record(table, `"id":2`))
		s.want(`SELECT id FROM `+table+` ORDER BY id`, `1`, `2`, `3`)
		if text, err := os.ReadFile(letters); err != nil || strings.Count(string(text), "it is part of the key") != 1 {
			t.Errorf("batches of %d: the record without a key is not set aside: %v\n%s", batch, err, text)
		}
	}
}

func postgresKeyChanges(t *testing.T, s *store) {
	two := idInt + `,"part":{"type":["null","string"]}`
	s.load(schema("s", two, keyID), record("s", `"id":1,"part":"a"`))
	s.load(schema("s", two, `"key_properties":["id","part"]`), record("s", `"id":1,"part":"a"`), record("s", `"id":1,"part":"b"`))
	s.load(schema("s", two, `"key_properties":["part"]`), record("s", `"part":"c"`))
	s.want(`SELECT id, part FROM s ORDER BY part`, `1 'a'`, `1 'b'`, `NULL 'c'`)
	s.fail([]string{"remove the rows that share one", "(id)=(1) is duplicated"}, schema("s", two, keyID))
}

func postgresNames(t *testing.T, s *store) {
	long := strings.Repeat("a", 62)
	for _, name := range []string{"CamelCase", `quote"s`, "two words", long + "éx", long + "éy", "select", "emoji😀"} {
		s.load(schema(name, `"`+long+`éx":{"type":"integer"},"`+long+`éy":{"type":"integer"},"First Name":{"type":"integer"},"first_name":{"type":"integer"},"Order":{"type":"integer"}`),
			record(name, `"`+long+`éx":1,"`+long+`éy":2,"First Name":3,"first_name":4,"Order":5`))
		s.load(schema(name, `"first_name":{"type":"integer"},"`+long+`éy":{"type":"integer"}`), record(name, `"first_name":6,"`+long+`éy":7`))
	}
	s.want(`SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()`, `7`)
	s.wantColumns("CamelCase", long[:54]+"_ff4fa6d4 bigint", long[:54]+"_7ac0b5ad bigint", "first_name bigint", "first_name_05416fbf bigint", "_order bigint")
	d := s.dialect.(postgres)
	s.dialect = postgres{schema: d.schema, keepCase: true, keepCharacters: true, keepReserved: true}
	s.load(schema("kept", `"First Name":{"type":"integer"},"a\"b":{"type":"integer"},"order":{"type":"integer"}`), record("kept", `"First Name":3,"a\"b":4,"order":5`))
	s.wantColumns("kept", "First Name bigint", `a"b bigint`, "order bigint")
}

func postgresWidening(t *testing.T, s *store) {
	for i, tc := range []struct{ before, first, after, second, want, stored string }{
		{`{"type":"integer"}`, `5`, `{"type":"number"}`, `0.5`, "numeric", `5,0.5`},
		{`{"type":"integer"}`, `5`, `{"type":"integer"}`, `9223372036854775808`, "numeric", `5,9223372036854775808`},
		{`{"type":"integer"}`, `5`, `{"type":"string"}`, `"x"`, "text", `5,x`},
		{`{"type":"boolean"}`, `true`, `{"type":["boolean","integer"]}`, `1`, "jsonb", `true,1`},
		{`{"type":"string"}`, `"x"`, `{"type":"integer"}`, `1`, "text", `x,1`},
		{`{"type":"string","format":"date-time"}`, `"2026-01-01T00:00:00Z"`, `{"type":"string"}`, `"x"`, "text", `2026-01-01T00:00:00+00:00,x`},
		{`{"type":"array","items":{"type":"integer"}}`, `[1]`, `{"type":"array","items":{"type":"integer"}}`, `[9223372036854775808]`, "numeric[]", `{1},{9223372036854775808}`},
		{`{"type":"array","items":{"type":"integer"}}`, `[1]`, `{"type":"array"}`, `["x"]`, "jsonb", `[1],["x"]`},
		{`{"type":"array","items":{"type":"string"}}`, `["a"]`, `{"type":"array","items":{"type":"string"}}`, `[1,{"b":2}]`, "jsonb", `["a"],[1, {"b": 2}]`},
	} {
		table := fmt.Sprint("w", i)
		s.load(schema(table, `"v":`+tc.before+`,"n":{"type":"integer"}`), record(table, `"n":1,"v":`+tc.first))
		s.load(schema(table, `"v":`+tc.after+`,"n":{"type":"integer"}`), record(table, `"n":2,"v":`+tc.second))
		s.wantColumns(table, "v "+tc.want, "n bigint")
		s.want(`SELECT string_agg(v::text, ',' ORDER BY n) FROM `+table, literal(tc.stored))
	}
	s.exec(`CREATE TABLE old (v varchar(3), n numeric(5,2), r real, i integer, d date, t timestamp, u uuid)`)
	s.load(schema("old", `"v":{"type":"string"},"n":{"type":"number"},"r":{"type":"number"},"i":{"type":"integer"},"d":{"type":"string"},"t":{"type":"string","format":"date-time"},"u":{"type":"string"}`),
		record("old", `"v":"äöü","n":123.45,"r":0.1,"i":7,"d":"2026-01-31","t":"2026-01-31T01:00:00+01:00","u":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"`))
	s.wantColumns("old", "v character varying(3)", "n numeric(5,2)", "r real", "i integer", "d date", "t timestamp without time zone", "u uuid")
	s.load(schema("old", `"v":{"type":"string"},"n":{"type":"number"},"r":{"type":"number"},"i":{"type":"integer"}`), record("old", `"v":"four","n":1.234,"r":0.123456789,"i":3000000000`))
	s.wantColumns("old", "v text", "n numeric", "r numeric", "i bigint", "d date", "t timestamp without time zone", "u uuid")
	s.want(`SELECT v, n::text, r::text, i FROM old ORDER BY i`, `'äöü' '123.45' '0.1' 7`, `'four' '1.234' '0.123456789' 3000000000`)
}

func postgresRefused(t *testing.T, s *store) {
	for _, tc := range []struct{ property, value, says string }{
		{`{"type":"string"}`, `"a\u0000b"`, "nul_characters: remove"},
		{`{"type":"object"}`, `{"a":"\\\u0000"}`, "nul_characters: remove"},
		{`{"type":"object"}`, `{"a\u0000":1}`, "nul_characters: remove"},
		{`{"type":"string"}`, `"\ud800"`, "half of a surrogate pair"},
		{`{"type":"object"}`, `{"a":"\ud800"}`, "half of a surrogate pair"},
		{`{"type":"string","format":"date-time"}`, `"2026-02-30T00:00:00Z"`, "RFC 3339"},
		{`{"type":"string","format":"date-time"}`, `"0000-01-01T00:00:00Z"`, "RFC 3339"},
		{`{"type":"string","format":"date-time"}`, `"2026-01-01T00:00:00.0000001Z"`, "microsecond"},
		{`{"type":"number"}`, `1e-20000`, "16,383 digits"},
		{`{"type":"object"}`, `{"a":[1E-20000]}`, "16,383 digits"},
		{`{"type":"number"}`, `1e200000`, "overflows"},
		{`{"type":"integer"}`, `"x"`, "JSON type string"},
		{`{"type":"boolean"}`, `"yes"`, "JSON type string"},
		{`{"type":"array","items":{"type":"string"}}`, `{"a":1}`, "JSON type object"},
	} {
		s.fail([]string{tc.says}, schema("s", `"v":`+tc.property), record("s", `"v":`+tc.value))
		s.exec(`DROP TABLE s`)
	}
	d := s.dialect.(postgres)
	d.dropNUL = true
	s.dialect = d
	s.load(schema("s", `"v":{"type":"string"},"o":{"type":"object"}`), record("s", `"v":"a\u0000b\\u0000","o":{"a\u0000":"\\\u0000\u0000x\\u0000"}`))
	s.want(`SELECT v, o::text FROM s`, `'ab\u0000' '{"a": "\\x\\u0000"}'`)
}

// Texts are of what PostgreSQL has: without U+0000.
func postgresRecordsComeBack(t *testing.T, s *store) {
	text := rapid.Map(rapid.String(), func(text string) string { return strings.ReplaceAll(text, "\x00", "") })
	recordsComeBack(t, s, text, func(kind, sent, got string) bool {
		if (kind == "object" || kind == "string") && sent != "" {
			return sameJSON(t, sent, got)
		}
		return sameValue(kind, sent, got) || isZero(sent) && isZero(got) // numeric has no minus zero
	})
}

func isZero(number string) bool {
	return number != "" && strings.Trim(strings.Split(strings.ToLower(number), "e")[0], "-0.") == ""
}

// sameJSON goes by the numbers' values: jsonb writes them in its own way.
func sameJSON(t *testing.T, sent, got string) bool {
	t.Helper()
	a, err := canonicalJSON(base.Value(sent))
	if err != nil {
		t.Fatal(err)
	}
	b, err := canonicalJSON(base.Value(got))
	if err != nil {
		t.Fatal(err)
	}
	return a == b
}

func postgresCounts(t *testing.T, s *store) {
	sch := schema("s", idInt, keyID)
	counts := func(log string) string {
		for line := range strings.Lines(log) {
			if _, tags, ok := strings.Cut(line, `"records_affected": `); ok {
				return strings.Split(tags, "}")[0]
			}
		}
		return log
	}
	if got, want := counts(s.load(sch, record("s", `"id":1`), record("s", `"id":2`), record("s", `"id":2`))), `2, "records_inserted": 2, "records_updated": 0`; got != want {
		t.Errorf("a new table: %s, want %s", got, want)
	}
	if got, want := counts(s.load(sch, record("s", `"id":1`), record("s", `"id":3`))), `2, "records_inserted": 1, "records_updated": 1`; got != want {
		t.Errorf("a table that was there: %s, want %s", got, want)
	}
	s.args = []string{"--config_json", `{"maximum_batch_rows": 2}`}
	if got, want := counts(s.load(schema("r", idInt, keyID), record("r", `"id":1`), record("r", `"id":2`), record("r", `"id":2`), record("r", `"id":3`))), `2, "records_inserted": 2, "records_updated": 0`; got != want {
		t.Errorf("a row that is there in a new table: %s, want %s", got, want)
	}
	s.want(`SELECT id FROM r ORDER BY id`, `1`, `2`, `3`)
}

func postgresHardDelete(t *testing.T, s *store) {
	sch := schema("s", idInt+`,"part":{"type":"string"},"_sdc_deleted_at":{"type":["null","string"],"format":"date-time"}`, `"key_properties":["id","part"]`)
	rows := []string{record("s", `"id":1,"part":"a"`), record("s", `"id":1,"part":"b"`), record("s", `"id":2,"part":"a"`)}
	s.load(append([]string{sch}, rows...)...)
	gone := record("s", `"id":1,"part":"a","_sdc_deleted_at":"2026-01-01T00:00:00Z"`)
	s.load(sch, gone)
	s.want(`SELECT id, part, _sdc_deleted_at IS NULL FROM s ORDER BY id, part`, `1 'a' false`, `1 'b' true`, `2 'a' true`)
	s.options.HardDelete = true
	s.load(sch, gone, record("s", `"id":3,"part":"a","_sdc_deleted_at":"2026-01-01T00:00:00Z"`),
		record("s", `"id":2,"part":"a","_sdc_deleted_at":"2026-01-01T00:00:00Z"`), record("s", `"id":2,"part":"a"`))
	s.want(`SELECT id, part, _sdc_deleted_at IS NULL FROM s ORDER BY id, part`, `1 'b' true`, `2 'a' true`)
}

func postgresVersions(t *testing.T, s *store) {
	versioned := func(id, version int) string {
		return record("s", fmt.Sprintf(`"id":%d`, id), fmt.Sprintf(`"version":%d`, version))
	}
	activate := func(version int) string {
		return fmt.Sprintf(`{"type":"ACTIVATE_VERSION","stream":"s","version":%d}`, version)
	}
	s.load(schema("s", idInt, keyID), versioned(1, 1), versioned(2, 1), activate(1))
	s.load(schema("s", idInt, keyID), versioned(2, 2), versioned(3, 2), activate(2))
	s.want(`SELECT id, _sdc_table_version FROM s ORDER BY id`, `2 2`, `3 2`)
	s.options.SoftDelete = true
	s.load(schema("s", idInt, keyID), versioned(3, 3), activate(3))
	s.want(`SELECT id, _sdc_table_version, _sdc_deleted_at::text FROM s ORDER BY id`, `2 2 '2026-01-02 02:04:05.067+00'`, `3 3 NULL`)
}

func postgresLoadMethods(t *testing.T, s *store) {
	sch := schema("s", idInt, keyID)
	s.options.LoadMethod = sqldest.AppendOnly
	s.load(sch, record("s", `"id":1`), record("s", `"id":1`))
	s.want(`SELECT count(*) FROM s`, `2`)
	s.options.LoadMethod = sqldest.Overwrite
	s.args = []string{"--config_json", `{"maximum_batch_rows": 1}`}
	s.exec(`DROP TABLE s`)
	s.load(sch, record("s", `"id":1`), record("s", `"id":2`))
	s.load(sch, record("s", `"id":3`), record("s", `"id":4`))
	s.want(`SELECT id FROM s ORDER BY id`, `3`, `4`)
	s.fail([]string{"half of a surrogate"}, schema("s", idInt+`,"v":{"type":"string"}`, keyID), record("s", `"id":5,"v":"\ud800"`))
	s.want(`SELECT id FROM s ORDER BY id`, `3`, `4`) // nothing came in their place
	s.load(sch)
	s.want(`SELECT id FROM s`)
}

func postgresSchemaChange(t *testing.T, s *store) {
	wide := schema("s", idInt+`,"v":{"type":"string"}`, keyID)
	s.options.SchemaChange = sqldest.Freeze
	s.load(schema("s", idInt, keyID), record("s", `"id":1`))
	s.fail([]string{"schema_change is freeze", `"v" (text)`}, wide, record("s", `"id":2,"v":"x"`))
	s.fail([]string{"numeric"}, schema("s", idInt, keyID), record("s", `"id":9223372036854775808`))
	s.options.SchemaChange = sqldest.Discard
	log := s.load(wide, record("s", `"id":2,"v":"x","w":3`))
	s.want(`SELECT id FROM s ORDER BY id`, `1`, `2`)
	if !strings.Contains(log, "are not stored") {
		t.Error("nothing is said of the column that is left out")
	}
	s.fail([]string{"numeric"}, schema("s", idInt, keyID), record("s", `"id":9223372036854775808`))
}

func postgresFlatten(t *testing.T, s *store) {
	s.options.FlattenDepth = 1
	sch := schema("s", idInt+`,"a":{"type":["null","object"],"properties":{"b":{"type":"integer"},"c":{"type":"object","properties":{"d":{"type":"string"}}}}},"a__b":{"type":"string"},"o":{"type":"object"}`, keyID)
	s.load(sch, record("s", `"id":1,"a":{"b":5,"c":{"d":"x"}},"a__b":"y","o":{"z":1}`), record("s", `"id":2,"a":null`), record("s", `"id":3,"a":{"new":[1]}`), record("s", `"id":4,"a":"text"`))
	s.want(`SELECT id, a__b, a__c::text, o::text, a__new::text, a::text FROM s ORDER BY id`,
		`1 5 '{"d": "x"}' '{"z": 1}' NULL NULL`, `2 NULL NULL NULL NULL NULL`, `3 NULL NULL NULL '[1]' NULL`, `4 NULL NULL NULL NULL '"text"'`)
	s.want(`SELECT count(*) FROM s WHERE a__b_63e5c1c4 = 'y'`, `1`)
	s.options.FlattenDepth = 2
	s.load(schema("deep", `"a":{"type":"object","properties":{"c":{"type":"object","properties":{"d":{"type":"string"}}}}}`, `"key_properties":["a__c__d"]`),
		record("deep", `"a":{"c":{"d":"x"}}`), record("deep", `"a":{"c":{"d":"x"}}`))
	s.want(`SELECT a__c__d FROM deep`, `'x'`)
}

func postgresMetadata(t *testing.T, s *store) {
	s.options.SingerColumns, s.options.WithoutMageColumns = true, true
	s.load(schema("s", idInt), record("s", `"id":1`, `"time_extracted":"2026-01-01T00:00:00Z"`, `"version":7`))
	s.wantColumns("s", "id bigint", "_sdc_table_version bigint", "_sdc_deleted_at timestamp with time zone", "_sdc_extracted_at timestamp with time zone",
		"_sdc_received_at timestamp with time zone", "_sdc_batched_at timestamp with time zone", "_sdc_sequence bigint", "_sdc_sync_started_at bigint")
	s.want(`SELECT _sdc_table_version, _sdc_deleted_at, _sdc_extracted_at::text, _sdc_batched_at::text, _sdc_sequence, _sdc_sync_started_at FROM s`,
		`7 NULL '2026-01-01 00:00:00+00' '2026-01-02 02:04:05.067+00' 1767319445067 1767319445067`)
	s.want(`SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND column_name LIKE '\_mage%'`, `0`)
}

// A column of which the schema says nothing, beside one of the schema's.
func postgresExtraColumns(t *testing.T, s *store) {
	s.load(schema("s", idInt, keyID), record("s", `"id":1,"x":{"a":1}`), record("s", `"id":2,"x":"text"`))
	s.want(`SELECT id, x::text FROM s ORDER BY id`, `1 '{"a": 1}'`, `2 '"text"'`)
}

func postgresDryRun(t *testing.T, s *store) {
	w := sqldest.New(s.db, s.dialect, s.options)
	plan := func(text string) []string {
		t.Helper()
		stream := streamOf(t, "s", text)
		stream.KeyProperties = []string{"id"}
		statements, err := w.PlanSchema(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		return statements
	}
	got := plan(`{"properties":{"id":{"type":"integer"}}}`)
	got = append(got, plan(`{"properties":{"id":{"type":"number"},"v":{"type":"string"}}}`)...)
	got = append(got, plan(`{"properties":{"id":{"type":"number"},"v":{"type":"string"}}}`)...)
	name := s.dialect.(postgres).QuoteTable("s")
	want := []string{
		`CREATE SCHEMA IF NOT EXISTS ` + s.dialect.Quote(s.dialect.(postgres).schema),
		`CREATE TABLE ` + name + ` ("id" bigint, "_mage_created_at" timestamp with time zone, "_mage_updated_at" timestamp with time zone)`,
		`ALTER TABLE ` + name + ` ADD CONSTRAINT "mage_dest_key_x" PRIMARY KEY ("id")`,
		`ALTER TABLE ` + name + ` ALTER COLUMN "id" TYPE numeric USING "id"::numeric`,
		`ALTER TABLE ` + name + ` ADD COLUMN "v" text`,
	}
	for i := range got {
		if at := strings.Index(got[i], "mage_dest_key_"); at >= 0 {
			got[i] = got[i][:at] + "mage_dest_key_x" + got[i][at+len("mage_dest_key_")+16:]
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	s.want(`SELECT count(*) FROM pg_namespace WHERE nspname = `+"'"+s.dialect.(postgres).schema+"'", `0`)
}
