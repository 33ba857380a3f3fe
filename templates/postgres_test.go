package templates_test

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// openPostgres opens the database of a server.
func openPostgres(t *testing.T, server *pgserver.Server) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", server.URL(pgserver.Database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestPostgresPackPassesItsTests gives the tests of a connector a server: without one
// they are skipped.
func TestPostgresPackPassesItsTests(t *testing.T) {
	server := pgserver.Start(t, "fsync=off")
	c := newConnector(t, "postgres", "acme-crm")
	c.goTool(t, "mod", "tidy")
	config, err := json.Marshal(map[string]any{
		"host": pgserver.Host, "port": server.Port, "database": pgserver.Database, "username": pgserver.User, "password": pgserver.Password,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ACME_CRM_TEST_CONFIG", string(config))
	out := c.goTool(t, "test", "-v", "./...")
	if passed := strings.Count(out, "\n    --- PASS: TestConformance/"); passed < 42 {
		t.Errorf("%d of the 44 tests of conform pass, want 42\n%s", passed, out)
	}
	var left int
	if err := openPostgres(t, server).QueryRow(`SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'test%'`).Scan(&left); err != nil || left > 0 {
		t.Errorf("the tests have left %d schemas (%v)", left, err)
	}
}
