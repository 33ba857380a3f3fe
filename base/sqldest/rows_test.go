package sqldest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

func TestRowsWithoutKeyAreAppended(t *testing.T) {
	s := newStore(t)
	lines := []string{schema("s", idInt), record("s", `"id":1`), record("s", `"id":1`)}
	s.load(lines...)
	s.load(lines...)
	s.want(`SELECT id, count(*) FROM s`, `1 4`)
}

func TestRowsWithKeyAreUpdated(t *testing.T) {
	s := newStore(t)
	s.load(schema("s", idInt+`,"a":{"type":"string"},"b":{"type":"string"}`, keyID),
		record("s", `"id":1,"a":"x","b":"y"`), record("s", `"id":2,"a":"x"`))
	created := `'2026-01-02 02:04:05.067000'`
	s.now = s.now.Add(time.Hour)
	s.load(schema("s", idInt+`,"a":{"type":"string"},"b":{"type":"string"}`, keyID),
		record("s", `"id":1,"a":"z"`), record("s", `"id":3`))
	updated := `'2026-01-02 03:04:05.067000'`
	s.want(`SELECT id, a, b, _mage_created_at, _mage_updated_at FROM s ORDER BY id`,
		`1 'z' NULL `+created+` `+updated, // a column that the record lacks is null
		`2 'x' NULL `+created+` `+created,
		`3 NULL NULL `+updated+` `+updated)
}

func TestConflicts(t *testing.T) {
	const unique = `"unique_constraints":["id"]`
	for _, tc := range []struct{ name, more, want string }{
		{"key_properties update", keyID, `1 'd'`},
		{"unique_constraints update where no method is said", unique, `1 'd'`},
		{"UPDATE", unique + `,"unique_conflict_method":"UPDATE"`, `1 'd'`},
		{"IGNORE", unique + `,"unique_conflict_method":"IGNORE"`, `1 'a'`},
		{"IGNORE with key_properties alone", keyID + `,"unique_conflict_method":"IGNORE"`, `1 'a'`},
		{"unique_constraints go before key_properties", unique + `,"key_properties":["v"]`, `1 'd'`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			sch := schema("s", idInt+`,"v":{"type":"string"}`, tc.more)
			s.load(sch, record("s", `"id":1,"v":"a"`), record("s", `"id":1,"v":"b"`))
			s.load(sch, record("s", `"v":"c","id":1`), record("s", `"id":1.0,"v":"d"`))
			s.want(`SELECT id, v FROM s`, tc.want)
		})
	}
}

// Each line sends the same keys once more, in another spelling where there is one.
func TestKeysOfEveryTypeAreHeldTogether(t *testing.T) {
	for _, tc := range []struct {
		name, property string
		first, again   []string
	}{
		{"integer", `{"type":"integer"}`, []string{`1`, `18446744073709551616`}, []string{`1.0`, `18446744073709551616`}},
		{"number", `{"type":"number"}`, []string{`1`, `0.5`, `9007199254740993`}, []string{`1.0`, `5e-1`, `9007199254740993`}},
		{"boolean", `{"type":"boolean"}`, []string{`true`, `false`}, []string{`true`, `false`}},
		{"text", `{"type":"string"}`, []string{`"a"`, `"é"`, `""`}, []string{`"\u0061"`, `"\u00e9"`, `""`}},
		{"mixed", `{"type":["integer","string"]}`, []string{`1`, `"1"`}, []string{`1`, `"1"`}},
		{"object", `{"type":"object"}`, []string{`{"a":1}`, `{"a":2}`}, []string{`{"a":1}`, `{"a":2}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			sch := schema("s", `"k":`+tc.property, `"key_properties":["k"]`)
			lines := []string{sch}
			for _, key := range append(tc.first, tc.again...) {
				lines = append(lines, record("s", `"k":`+key))
			}
			s.load(lines...)
			s.load(lines...)
			s.want(`SELECT count(*) FROM s`, fmt.Sprint(len(tc.first)))
		})
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	s := newStore(t)
	sch := schema("s", idInt+`,"k":{"type":["null","string"]}`, `"key_properties":["id","k"]`)
	s.fail([]string{"stream s", `column "k" at line 2`, "neither missing nor null"}, sch, record("s", `"id":1`))
	s.fail([]string{"stream s", `column "k" at line 2`, "neither missing nor null"}, sch, record("s", `"id":1,"k":null`))
	s.fail([]string{"stream s", `"gone"`, "the schema lacks"}, schema("s", idInt, `"key_properties":["gone"]`))
	s.fail([]string{"stream s", "_mage_updated_at", "differs in every run"}, schema("s", idInt, `"key_properties":["_mage_updated_at"]`))
	s.fail([]string{"stream s", "unique_conflict_method", "REPLACE"}, schema("s", idInt, keyID, `"unique_conflict_method":"REPLACE"`))
}

func TestKeyMayChange(t *testing.T) {
	s := newStore(t)
	columns := idInt + `,"k":{"type":"string"}`
	s.load(schema("s", columns, keyID), record("s", `"id":1,"k":"a"`),
		schema("s", columns, `"key_properties":["id","k"]`), record("s", `"id":1,"k":"b"`), record("s", `"id":1,"k":"b"`),
		schema("s", columns), record("s", `"id":1,"k":"b"`))
	s.want(`SELECT id, k FROM s`, `1 'a'`, `1 'b'`, `1 'b'`)
	s.fail([]string{"stream s", `table "s"`, "(id)", "UNIQUE"}, schema("s", columns, keyID), record("s", `"id":2`))
	s.want(`SELECT count(*) FROM s`, `3`)
}

func TestUniqueIndexOfOthersServes(t *testing.T) {
	s := newStore(t)
	if _, err := s.db.Exec(`CREATE TABLE s (k TEXT, id INTEGER, PRIMARY KEY (k, id))`); err != nil {
		t.Fatal(err)
	}
	sch := schema("s", idInt+`,"k":{"type":"string"}`, `"key_properties":["id","k"]`)
	s.load(sch, record("s", `"id":1,"k":"a"`))
	s.load(sch, record("s", `"id":1,"k":"a"`))
	s.want(`SELECT id, k FROM s`, `1 'a'`)
	s.want(`SELECT count(*) FROM sqlite_schema WHERE name LIKE 'mage_dest_key_%'`, `0`)
}

func TestVersions(t *testing.T) {
	sch := schema("s", idInt+`,"v":{"type":"string"}`, keyID)
	activate := func(version int) string {
		return fmt.Sprintf(`{"type":"ACTIVATE_VERSION","stream":"s","version":%d}`, version)
	}
	v := func(id, version int) string {
		return record("s", fmt.Sprintf(`"id":%d,"v":"v%d"`, id, version), fmt.Sprintf(`"version":%d`, version))
	}
	t.Run("rows of other versions are deleted", func(t *testing.T) {
		s := newStore(t)
		s.load(sch, record("s", `"id":9`))
		s.load(sch, activate(1), v(1, 1), v(2, 1), activate(1))
		s.want(`SELECT id, v, _sdc_table_version FROM s ORDER BY id`, `1 'v1' 1`, `2 'v1' 1`)
		s.load(sch, v(2, 2), v(3, 2), activate(2))
		s.want(`SELECT id, v, _sdc_table_version FROM s ORDER BY id`, `2 'v2' 2`, `3 'v2' 2`)
	})
	t.Run("without versions there is no column", func(t *testing.T) {
		s := newStore(t)
		s.load(sch, activate(1), record("s", `"id":1`), activate(1))
		s.want(`SELECT name FROM pragma_table_info('s')`, `'id'`, `'v'`, `'_mage_created_at'`, `'_mage_updated_at'`)
		s.want(`SELECT id FROM s`, `1`)
	})
	t.Run("rows of this run that bear no version stay", func(t *testing.T) {
		s := newStore(t)
		log := s.load(sch, v(1, 1), record("s", `"id":2`), v(3, 2), activate(2))
		s.want(`SELECT id FROM s ORDER BY id`, `2`, `3`)
		if !strings.Contains(log, "Rows without a version stay") {
			t.Errorf("no warning in\n%s", log)
		}
	})
	t.Run("soft delete marks them until they come again", func(t *testing.T) {
		s := newStore(t)
		s.options.SoftDelete = true
		s.load(sch, v(1, 1), v(2, 1), activate(1))
		s.load(sch, v(1, 2), activate(2))
		s.want(`SELECT id, _sdc_deleted_at FROM s ORDER BY id`, `1 NULL`, `2 '2026-01-02 02:04:05.067000'`)
		s.load(sch, v(2, 2), activate(2))
		s.want(`SELECT id, v, _sdc_deleted_at FROM s ORDER BY id`, `1 'v2' NULL`, `2 'v2' NULL`)
	})
	t.Run("a stream with its own mark keeps it", func(t *testing.T) {
		s := newStore(t)
		s.options.SoftDelete = true
		own := schema("s", idInt+`,"v":{},"_sdc_deleted_at":{"type":["null","string"]}`, keyID)
		s.load(own, v(1, 1), record("s", `"id":2,"_sdc_deleted_at":"then"`, `"version":1`), activate(1), v(3, 2), activate(2))
		s.want(`SELECT id, _sdc_deleted_at FROM s ORDER BY id`, `1 '2026-01-02 02:04:05.067000'`, `2 'then'`, `3 NULL`)
	})
	t.Run("a column of that name in the schema is the stream's own", func(t *testing.T) {
		s := newStore(t)
		own := schema("s", idInt+`,"_sdc_table_version":{"type":"string"}`, keyID)
		for range 2 {
			s.load(own, record("s", `"id":1,"_sdc_table_version":"x"`), activate(1))
			s.want(`SELECT id, _sdc_table_version FROM s`, `1 'x'`)
		}
	})
	t.Run("a row that IGNORE leaves as it is belongs to the new version", func(t *testing.T) {
		s := newStore(t)
		ignore := schema("s", idInt+`,"v":{"type":"string"}`, keyID, `"unique_conflict_method":"IGNORE"`)
		s.load(ignore, v(1, 1), v(2, 1), activate(1))
		s.load(ignore, v(1, 2), activate(2))
		s.want(`SELECT id, v, _sdc_table_version FROM s`, `1 'v1' 2`)
	})
}

func TestBatchIsOneTransaction(t *testing.T) {
	s := newStore(t)
	if _, err := s.db.Exec(`CREATE TABLE s (id INTEGER CHECK (id < 2000))`); err != nil {
		t.Fatal(err)
	}
	lines := []string{schema("s", idInt)}
	for id := range 2001 {
		lines = append(lines, record("s", fmt.Sprintf(`"id":%d`, id)))
	}
	s.fail([]string{"stream s", `table "s"`, "CHECK"}, lines...)
	s.want(`SELECT count(*) FROM s`, `0`)
	s.load(lines[:2001]...)
	s.want(`SELECT count(*), sum(id) FROM s`, `2000 1999000`)
}

func TestEndOfContextStoresNothing(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, s.dialect, s.options)
	stream := streamOf(t, "s", `{"properties":{"id":{"type":"integer"}}}`)
	if err := w.HandleSchema(t.Context(), stream); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := base.NewRecord([]byte(`{"id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(ctx, stream, []base.RecordData{{Record: r, Stream: "s"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Write: %v, want context.Canceled", err)
	}
	s.want(`SELECT count(*) FROM s`, `0`)
}

func streamOf(t interface{ Fatal(...any) }, name, text string, key ...string) base.Stream {
	parsed, err := base.NewSchema([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return base.Stream{Name: name, Schema: parsed, KeyProperties: key}
}

func TestProbeWritesAndTakesBack(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, s.dialect, s.options)
	for range 2 {
		if err := w.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.want(`SELECT count(*) FROM sqlite_schema`, `0`)
	if _, err := s.db.Exec(`PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	if err := w.Probe(t.Context()); err == nil {
		t.Error("a database that cannot be written to went unseen")
	}
}
