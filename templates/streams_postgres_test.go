package templates_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// TestForeignStreamsLandInPostgres is TestForeignStreamsLandInSQLite with PostgreSQL.
func TestForeignStreamsLandInPostgres(t *testing.T) {
	needForeignStreams(t)
	server := pgserver.Start(t, "fsync=off")
	binary := buildPack(t, "postgres")
	for _, tc := range foreigns() {
		t.Run(tc.file+" "+tc.validation, func(t *testing.T) {
			db := openPostgres(t, server)
			if _, err := db.Exec(`DROP SCHEMA IF EXISTS loaded CASCADE`); err != nil {
				t.Fatal(err)
			}
			config := map[string]any{
				"host": pgserver.Host, "port": server.Port, "database": pgserver.Database, "username": pgserver.User, "password": pgserver.Password,
				"nul_characters": "remove", // one of the files has some
				"schema":         "loaded", "lower_case": false, "clean_names": false, "allow_reserved_words": true,
			}
			tc.test(t, binary, config, func() *model { return readPostgres(t, server) }, exact)
		})
	}
}

// readPostgres reads every table with nothing of the connector.
func readPostgres(t *testing.T, server *pgserver.Server) *model {
	t.Helper()
	db, m := openPostgres(t, server), &model{tables: map[string][]modelRow{}}
	for _, table := range queryRows(t, db, `SELECT tablename FROM pg_tables WHERE schemaname = 'loaded'`) {
		name := table["tablename"]
		m.tables[name] = nil
		for _, r := range queryRows(t, db, `SELECT to_jsonb(t)::text AS row FROM loaded."`+strings.ReplaceAll(name, `"`, `""`)+`" t`) {
			var columns map[string]json.RawMessage
			unmarshal(t, []byte(r["row"]), &columns)
			stored := row{}
			for column, value := range columns {
				own := column == "_mage_created_at" || column == "_mage_updated_at" || column == "_sdc_table_version"
				if text := plain(value); text != "null" && !own {
					stored[column] = text
				}
			}
			m.tables[name] = append(m.tables[name], modelRow{row: stored})
		}
	}
	return m
}

// exact is the same text for values that are the same to PostgreSQL: moments, numbers, and
// JSON whatever its spaces and the order of its keys. U+0000 is left out.
func exact(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return compact(text)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return text
	}
	ordered, err := json.Marshal(byValue(value))
	if err != nil {
		return text
	}
	return string(ordered)
}

func byValue(value any) any {
	switch v := value.(type) {
	case json.Number:
		if number, ok := new(big.Rat).SetString(v.String()); ok {
			return number.RatString()
		}
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case []any:
		for i := range v {
			v[i] = byValue(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = byValue(v[key])
		}
	}
	return value
}
