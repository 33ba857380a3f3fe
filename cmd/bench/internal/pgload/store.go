package pgload

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// The tables, in a schema of their own: the connector's, and psql's, which has the same
// columns and key.
const (
	schema = "bench"
	ours   = schema + ".orders"
	theirs = schema + ".copied"
)

// store is the server and a connection that prepares and judges.
type store struct {
	server *pgserver.Server
	db     *sql.DB
}

func openStore() (*store, error) {
	server, err := pgserver.New("shared_buffers = 512MB", "max_wal_size = 8GB")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("pgx", server.URL(pgserver.Database))
	return &store{server, db}, err
}

func (s *store) close() {
	_ = s.db.Close()     // nothing is under way
	_ = s.server.Close() // nor needed
}

// prepare runs statements and writes what is waiting to disk, which is no part of the
// load that follows.
func (s *store) prepare(ctx context.Context, statements ...string) error {
	for _, statement := range append(statements, "CHECKPOINT") {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// contents are the number of rows of a table and a checksum of what came with records.
func (s *store) contents(ctx context.Context, name string) (rows int, sum string, err error) {
	query := `SELECT count(*), coalesce(md5(string_agg(md5((id, account_id, name, email, phone, status, amount, discount, quantity, active, country, created_at, updated_at, notes)::text), '' ORDER BY id)), '') FROM ` + name
	err = s.db.QueryRowContext(ctx, query).Scan(&rows, &sum)
	return rows, sum, err
}
