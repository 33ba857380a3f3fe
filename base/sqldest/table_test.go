package sqldest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

func TestNamesAreKept(t *testing.T) {
	names := []string{
		"CamelCase", "two words", `quote"s`, "order", "select", "1st", "rowid", "semi;colon--", "a.b", "%s?1", "[x]", "`y`", "'z'",
		strings.Repeat("long", 40), "emoji😀", "È", "è", "tab\tnew\nline", "\u2028", "_sdc_batched_at",
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			column := string(sqldest.JSONString(name))
			sch := schema(name, column+`:{"type":"integer"}`, `"key_properties":[`+column+`]`)
			s.load(sch, record(name, column+`:1`))
			s.load(sch, record(name, column+`:1`))
			quoted := dialect{}.Quote(name)
			s.want(`SELECT `+quoted+` FROM `+quoted, `1`)
			s.want(`SELECT name FROM sqlite_schema WHERE type = 'table'`, literal(name))
		})
	}
}

func TestNamesThatCannotBeKeptGetASuffix(t *testing.T) {
	columns := func(s *store) []string {
		return s.query(`SELECT name FROM pragma_table_info('s') WHERE name NOT GLOB '_mage*'`)
	}
	for _, tc := range []struct {
		name, properties string
		want             []string
	}{
		{"empty", `""`, []string{`'_e3b0c442'`}},
		{"U+0000", `"a\u0000b"`, []string{`'a_b_59b271ae'`}},
		{"case alone", `"Id","id","ID"`, []string{`'Id'`, `'id_a5614527'`, `'ID_3843971d'`}},
		{"the writer's own", `"_MAGE_CREATED_AT","x"`, []string{`'_MAGE_CREATED_AT_4a7b7311'`, `'x'`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			var defined, values []string
			for i, property := range strings.Split(tc.properties, ",") {
				defined = append(defined, property+`:{"type":"integer"}`)
				values = append(values, fmt.Sprintf("%s:%d", property, i))
			}
			s.load(schema("s", strings.Join(defined, ",")), record("s", strings.Join(values, ",")))
			first := columns(s)
			if !slices.Equal(first, tc.want) {
				t.Errorf("columns %v, want %v", first, tc.want)
			}
			// In another order, and alone, each property finds its column again.
			slices.Reverse(defined)
			s.load(schema("s", strings.Join(defined, ",")), record("s", strings.Join(values, ",")))
			for i := range defined {
				s.load(schema("s", defined[len(defined)-1-i]), record("s", values[i]))
			}
			if again := columns(s); !slices.Equal(first, again) {
				t.Errorf("columns %v became %v", first, again)
			}
			for i, column := range first {
				name := strings.Trim(column, "'")
				s.want(fmt.Sprintf(`SELECT DISTINCT %q FROM s WHERE %q IS NOT NULL`, name, name), fmt.Sprint(i))
			}
		})
	}
}

// shortNames is a database that allows few bytes in a name.
type shortNames struct{ dialect }

func (shortNames) Limits() sqldest.Limits { return sqldest.Limits{Identifier: 16, Columns: 2000} }

func TestNamesAreCutToWhatTheDatabaseAllows(t *testing.T) {
	s := newStore(t)
	s.dialect = shortNames{}
	long := strings.Repeat("é", 30)
	sch := schema(long, `"`+long+`1":{},"`+long+`2":{},"sixteen_bytes_16":{}`)
	for range 2 {
		s.load(sch, record(long, `"`+long+`1":1,"`+long+`2":2,"sixteen_bytes_16":3`))
	}
	tables := s.query(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
	if len(tables) != 1 || len(tables[0]) > 18 || !strings.HasPrefix(tables[0], "'ééé_") {
		t.Fatalf("tables %v", tables)
	}
	s.want(`SELECT count(*), sum(length(CAST(name AS BLOB)) > 17) FROM pragma_table_info(`+tables[0]+`)`, `5 0`)
}

func TestStreamsThatWouldShareATable(t *testing.T) {
	s := newStore(t)
	s.fail([]string{"stream users", `"Users"`, "table prefixes"}, schema("Users", idInt), schema("users", idInt))
	s = newStore(t)
	s.options.Table = "one"
	s.fail([]string{"stream b", `"a"`, `"one"`, "leave the setting out"}, schema("a", idInt), schema("b", idInt))
	s.load(schema("a", idInt), record("a", `"id":1`))
	s.want(`SELECT id FROM one`, `1`)
	s.options = sqldest.Options{TablePrefix: "raw_"}
	s.load(schema("a", idInt), record("a", `"id":1`))
	s.want(`SELECT id FROM raw_a`, `1`)
}

func TestSchemaMayGrow(t *testing.T) {
	s := newStore(t)
	s.load(schema("s", idInt+`,"v":{"type":"integer"},"gone":{"type":"string"}`, keyID), record("s", `"id":1,"v":1,"gone":"g"`),
		schema("s", idInt+`,"v":{"type":["integer","string"]},"w":{"type":"object"}`, keyID), record("s", `"id":2,"v":"x","w":{"a":1}`))
	s.want(`SELECT id, v, gone, w FROM s ORDER BY id`, `1 1 'g' NULL`, `2 'x' NULL '{"a":1}'`)
	before := s.query(`SELECT sql FROM sqlite_schema`)
	s.load(schema("s", idInt+`,"v":{"type":"number"},"w":{"type":"integer"}`, keyID), record("s", `"id":3,"v":1.5,"w":18446744073709551616`))
	s.want(`SELECT v, w FROM s WHERE id = 3`, `1.5 '18446744073709551616'`)
	if after := s.query(`SELECT sql FROM sqlite_schema`); !slices.Equal(before, after) {
		t.Errorf("the table was changed without need:\n%v\n%v", before, after)
	}
}

func TestStreamWithoutRecordsHasATable(t *testing.T) {
	s := newStore(t)
	s.load(schema("s", idInt, keyID))
	s.want(`SELECT sql FROM sqlite_schema WHERE type = 'table'`,
		`'CREATE TABLE "s" ("id" ANY, "_mage_created_at" TEXT, "_mage_updated_at" TEXT) STRICT'`)
}

func TestColumnsThatTheSchemaLacksAreAdded(t *testing.T) {
	s := newStore(t)
	log := s.load(schema("s", idInt), record("s", `"id":1,"new":"a","NEW":2`), record("s", `"new":{"b":1.10}`),
		schema("s", idInt+`,"other":{}`), record("s", `"id":3,"new":5,"other":6`))
	s.want(`SELECT id, new, other FROM s`, `1 'a' NULL`, `NULL '{"b":1.10}' NULL`, `3 5 6`)
	if n := strings.Count(log, "A column that the schema lacks was added"); n != 2 {
		t.Errorf("%d warnings, want one for each of two columns:\n%s", n, log)
	}
}

func TestTooManyColumns(t *testing.T) {
	s := newStore(t)
	var columns, values []string
	for i := range 1998 { // and two of the writer's own
		columns = append(columns, fmt.Sprintf(`"c%d":{"type":"integer"}`, i))
		values = append(values, fmt.Sprintf(`"c%d":%d`, i, i))
	}
	s.load(schema("s", strings.Join(columns, ","), `"key_properties":["c0"]`), record("s", strings.Join(values, ",")))
	s.want(`SELECT c0, c1997 FROM s`, `0 1997`)
	limit := []string{"stream s", `table "s"`, "2001 columns", "allows 2000", "select fewer"}
	s.fail(limit, schema("s", strings.Join(columns, ",")+`,"more":{}`))
	s.fail(limit, schema("s", strings.Join(columns, ",")), record("s", `"more":1`))
}

func TestManyStreams(t *testing.T) {
	s := newStore(t)
	s.config = `{"maximum_batch_rows": 1}` // each stream is written to again after all others
	var lines []string
	const streams = 100
	for i := range streams {
		lines = append(lines, schema(fmt.Sprint("s", i), idInt, keyID))
	}
	for id := range 3 {
		for i := range streams {
			lines = append(lines, record(fmt.Sprint("s", i), fmt.Sprintf(`"id":%d`, id)))
		}
	}
	s.load(lines...)
	s.want(`SELECT count(*) FROM sqlite_schema WHERE type = 'table'`, fmt.Sprint(streams))
	s.want(`SELECT (SELECT count(*) FROM s0), (SELECT count(*) FROM s99)`, `3 3`)
}

func TestWriteLearnsTheSchemaByItself(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, s.dialect, s.options)
	record, err := base.NewRecord([]byte(`{"id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range []base.Stream{
		streamOf(t, "s", `{"properties":{"id":{"type":"integer"}}}`),
		streamOf(t, "s", `{"properties":{"id":{"type":"integer"},"v":{}}}`, "id"),
	} {
		if err := w.Write(t.Context(), stream, []base.RecordData{{Record: record, Stream: stream.Name}}); err != nil {
			t.Fatal(err)
		}
	}
	s.want(`SELECT id, v FROM s`, `1 NULL`)
}

// narrow is a database whose columns have to be changed before they hold more.
type narrow struct{ dialect }

func (narrow) ColumnType(t sqldest.Type) string {
	if t == sqldest.Integer {
		return "INTEGER"
	}
	return dialect{}.ColumnType(t)
}

func (n narrow) Widen(table string, column sqldest.Column, t sqldest.Type) (string, []string) {
	if column.SQLType != "INTEGER" || t == sqldest.Integer {
		return column.SQLType, nil
	}
	alter, name := "ALTER TABLE "+n.Quote(table), n.Quote(column.Name)
	return "ANY", []string{
		alter + " ADD COLUMN wider ANY",
		"UPDATE " + n.Quote(table) + " SET wider = " + name,
		alter + " DROP COLUMN " + name,
		alter + " RENAME COLUMN wider TO " + name,
	}
}

func TestColumnsAreWidened(t *testing.T) {
	s := newStore(t)
	s.dialect = narrow{}
	s.load(schema("s", idInt+`,"v":{"type":"integer"}`, keyID), record("s", `"id":1,"v":7`),
		schema("s", idInt+`,"v":{"type":["integer","string"]}`, keyID), record("s", `"id":2,"v":"007"`))
	s.want(`SELECT id, v FROM s ORDER BY id`, `1 7`, `2 '007'`)
	s.load(schema("s", idInt+`,"v":{"type":"integer"}`, keyID), record("s", `"id":3,"v":8`))
	s.want(`SELECT type FROM pragma_table_info('s') WHERE name IN ('id', 'v') ORDER BY name`, `'INTEGER'`, `'ANY'`)
	s.want(`SELECT count(*) FROM s`, `3`)
}
