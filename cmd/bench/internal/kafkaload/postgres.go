package kafkaload

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
	"github.com/mage-dest/mage-dest/cmd/bench/internal/pgload"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// postgresTarget is a connector of pack postgres with the engine, and a server.
type postgresTarget struct {
	server          *pgserver.Server
	db              *sql.DB
	program, config string
	want            string // checksum of the rows of the plain pipe
}

const ordersTable = "bench.orders"

func newPostgresTarget(ctx context.Context, dir string) (*postgresTarget, error) {
	server, err := pgserver.New("shared_buffers = 512MB", "max_wal_size = 8GB")
	if err != nil {
		return nil, err
	}
	t := &postgresTarget{server: server, config: filepath.Join(dir, "config.json")}
	if err := t.open(ctx, dir); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *postgresTarget) open(ctx context.Context, dir string) (err error) {
	if t.db, err = sql.Open("pgx", t.server.URL(pgserver.Database)); err != nil {
		return err
	}
	if err := pgload.WriteConfig(t.config, t.server, "bench"); err != nil {
		return err
	}
	t.program, err = checkout.Build(ctx, filepath.Join(dir, "connector"), "postgres", "engine=kafka")
	return err
}

func (t *postgresTarget) close() {
	if t.db != nil {
		_ = t.db.Close() // nothing is under way
	}
	_ = t.server.Close() // nor needed
}

func (t *postgresTarget) name() string { return "postgres" }

func (t *postgresTarget) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, t.program, append([]string{"--config", t.config}, args...)...)
}

func (t *postgresTarget) empty(ctx context.Context) error {
	for _, statement := range []string{"DROP TABLE IF EXISTS " + ordersTable, "CHECKPOINT"} {
		if _, err := t.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func (t *postgresTarget) holds(ctx context.Context, records int) error {
	var rows int
	var sum string
	query := `SELECT count(*), sum(hashtextextended((id, account_id, name, email, phone, status, amount, discount, quantity, active, country, created_at, updated_at, notes)::text, 0))::text FROM ` + ordersTable
	if err := t.db.QueryRowContext(ctx, query).Scan(&rows, &sum); err != nil {
		return err
	}
	if rows != records {
		return fmt.Errorf("%d rows are in %s, want %d", rows, ordersTable, records)
	}
	if t.want == "" {
		t.want = sum
	}
	if sum != t.want {
		return fmt.Errorf("the rows have the checksum %s, those of the plain pipe %s", sum, t.want)
	}
	return nil
}
