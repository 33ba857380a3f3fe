package trial

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	_ "modernc.org/sqlite"
)

// The database is written with declared types that make the driver guess: what
// is read back must be what SQLite holds.
func TestDatabaseIsReadBackAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "a b?#%.db")
	db, err := sql.Open("sqlite", filepath.Join(dir, "plain.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`CREATE TABLE "odd "" name" ("at" DATETIME, "on" BOOLEAN, "n" NUMERIC, "big" TEXT, "x.y" INTEGER)`,
		`INSERT INTO "odd "" name" VALUES ('2017-01-01 00:00:00', 1, 0.1, '18446744073709551616', NULL)`,
		`CREATE TABLE "empty" ("id" INTEGER)`,
		`VACUUM INTO '` + file + `'`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	var words bytes.Buffer
	got, err := Store{Connector: "../../../..", File: file, Scratch: dir}.Tables(t.Context(), &words)
	if err != nil {
		t.Fatalf("%v\n%s", err, &words)
	}
	want := []Table{
		{Name: "empty"},
		{Name: `odd " name`, Rows: []Row{{
			"at": "2017-01-01 00:00:00", "on": json.Number("1"), "n": json.Number("0.1"), "big": "18446744073709551616", "x.y": nil,
		}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
