package templates_test

import (
	"database/sql"
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
