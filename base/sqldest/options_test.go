package sqldest_test

import (
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/sqldest"
)

func TestLoadMethods(t *testing.T) {
	s, sch := newStore(t), schema("s", idInt, keyID)
	s.options.LoadMethod = sqldest.AppendOnly
	s.load(sch, record("s", `"id":1`), record("s", `"id":1`))
	s.want(`SELECT id FROM s`, "1", "1")

	s = newStore(t)
	s.config = `{"maximum_batch_rows": 1}`
	s.options.LoadMethod = sqldest.Overwrite
	s.load(sch, record("s", `"id":1`), record("s", `"id":2`))
	s.load(sch, record("s", `"id":3`), record("s", `"id":3`), record("s", `"id":4`))
	s.want(`SELECT id FROM s ORDER BY id`, "3", "4")
	s.fail([]string{"malformed"}, sch, `{"type":"RECORD"`)
	s.want(`SELECT id FROM s ORDER BY id`, "3", "4") // nothing came in their place
	s.load(sch)
	s.want(`SELECT id FROM s`)
}

// A run that is made again under its ID does not empty what it has loaded.
func TestOverwriteGoesOnWithARun(t *testing.T) {
	s, sch := newStore(t), schema("s", idInt)
	s.options.LoadMethod, s.config, s.args = sqldest.Overwrite, `{"maximum_batch_rows": 2}`, []string{"--run_id", "1"}
	input := append([]string{sch}, rows("s", 1, 6)...)
	s.fail([]string{"malformed"}, append(append([]string{}, input[:5]...), `{"type":"RECORD"`)...)
	s.load(input...)
	s.want(`SELECT id FROM s ORDER BY id`, "1", "2", "3", "4", "5", "6")
}

func TestSchemaChange(t *testing.T) {
	s, narrow, wide := newStore(t), schema("s", idInt, keyID), schema("s", idInt+`,"v":{"type":"string"}`, keyID)
	s.options.SchemaChange = sqldest.Freeze
	s.load(narrow, record("s", `"id":1`))
	s.fail([]string{"schema_change is freeze", `"v"`}, wide, record("s", `"id":2,"v":"x"`))
	s.fail([]string{"schema_change is freeze", `"w"`}, narrow, record("s", `"id":2,"w":"x"`))
	s.want(`SELECT * FROM pragma_table_info('s') WHERE name IN ('v', 'w')`)

	s.options.SchemaChange = sqldest.Discard
	if log := s.load(wide, record("s", `"id":2,"v":"x","w":3`)); !strings.Contains(log, "are not stored") {
		t.Errorf("nothing is said of the columns that are left out:\n%s", log)
	}
	s.want(`SELECT id FROM s ORDER BY id`, "1", "2")
	s.want(`SELECT * FROM pragma_table_info('s') WHERE name IN ('v', 'w')`)
}

func TestFlattenedObjects(t *testing.T) {
	s := newStore(t)
	s.options.FlattenDepth = 1
	s.load(schema("s", idInt+`,"a":{"type":["null","object"],"properties":{"b":{"type":"integer"},"c":{"type":"object","properties":{"d":{"type":"string"}}}}},"a__b":{"type":"string"},"o":{"type":"object"}`, keyID),
		record("s", `"id":1,"a":{"b":5,"c":{"d":"x"}},"a__b":"y","o":{"z":1}`), record("s", `"id":2,"a":null`),
		record("s", `"id":3,"a":{"new":[1]}`), record("s", `"id":4,"a":"text"`))
	s.want(`SELECT id, a__b, a__c, o, a__new, a FROM s ORDER BY id`,
		`1 5 '{"d":"x"}' '{"z":1}' NULL NULL`, `2 NULL NULL NULL NULL NULL`, `3 NULL NULL NULL '[1]' NULL`, `4 NULL NULL NULL NULL 'text'`)
	s.want(`SELECT count(*) FROM s WHERE a__b_63e5c1c4 = 'y'`, "1")

	s.options.FlattenDepth = 2
	s.load(schema("deep", `"a":{"type":"object","properties":{"c":{"type":"object","properties":{"d":{"type":"string"}}}}}`, `"key_properties":["a__c__d"]`),
		record("deep", `"a":{"c":{"d":"x"}}`), record("deep", `"a":{"c":{"d":"x"}}`))
	s.want(`SELECT a__c__d FROM deep`, `'x'`)
}

func TestMetadataColumns(t *testing.T) {
	const named = `SELECT name FROM pragma_table_info('s') WHERE name LIKE '\_%' ESCAPE '\'`
	s := newStore(t)
	s.load(schema("s", idInt), record("s", `"id":1`))
	s.want(named, `'_mage_created_at'`, `'_mage_updated_at'`)

	s = newStore(t)
	s.options.SingerColumns, s.options.WithoutMageColumns = true, true
	s.load(schema("s", idInt+`,"_sdc_sequence":{"type":"integer"}`),
		record("s", `"id":1,"_sdc_sequence":5`, `"time_extracted":"2026-01-01T00:00:00Z"`, `"version":7`))
	s.want(named, `'_sdc_sequence'`, `'_sdc_table_version'`, `'_sdc_deleted_at'`, `'_sdc_extracted_at'`, `'_sdc_received_at'`, `'_sdc_batched_at'`, `'_sdc_sync_started_at'`)
	s.want(`SELECT _sdc_sequence, _sdc_table_version, _sdc_deleted_at, _sdc_extracted_at, _sdc_batched_at, _sdc_sync_started_at FROM s`,
		`5 7 NULL '2026-01-01T00:00:00Z' '2026-01-02T02:04:05.067000+00:00' 1767319445067`)
}

func TestHardDelete(t *testing.T) {
	sch := schema("s", idInt+`,"_sdc_deleted_at":{"type":["null","string"],"format":"date-time"}`, keyID)
	deleted := func(id string) string { return record("s", `"id":`+id+`,"_sdc_deleted_at":"2026-01-01T00:00:00Z"`) }
	s := newStore(t)
	s.load(append([]string{sch}, rows("s", 1, 3)...)...)
	s.load(sch, deleted("1"))
	s.want(`SELECT id, _sdc_deleted_at FROM s ORDER BY id`, `1 '2026-01-01T00:00:00Z'`, "2 NULL", "3 NULL")
	s.options.HardDelete = true
	s.load(sch, deleted("1"), deleted("4"), deleted("2"), record("s", `"id":2`), record("s", `"id":3`), deleted("3"))
	s.want(`SELECT id FROM s ORDER BY id`, "2")
}

func TestDryRunPlansWhatASchemaWouldDo(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, s.dialect, s.options)
	var got []string
	for _, text := range []string{`{"properties":{"id":{"type":"integer"}}}`, `{"properties":{"id":{"type":"integer"},"v":{"type":"string"}}}`, `{"properties":{"v":{"type":"string"}}}`} {
		statements, err := w.PlanSchema(t.Context(), streamOf(t, "s", text))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, statements...)
	}
	if len(got) != 2 || !strings.HasPrefix(got[0], `CREATE TABLE "s" ("id" `) || !strings.HasPrefix(got[1], `ALTER TABLE "s" ADD COLUMN "v" `) {
		t.Errorf("got %q, want a table and a column more", got)
	}
	s.want(`SELECT count(*) FROM sqlite_schema`, "0")
	for _, statement := range got {
		if _, err := s.db.Exec(statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
