//go:build linux

package templates_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// postgresLoads makes loads into schemas of one server.
type postgresLoads struct {
	server  *pgserver.Server
	binary  string
	records int
	made    atomic.Int64
}

func newPostgresLoads(t *testing.T) *postgresLoads {
	t.Helper()
	server := pgserver.Start(t)
	return &postgresLoads{server: server, binary: buildPack(t, "postgres"), records: number(t, "MAGE_DEST_KILL_RECORDS", 6000)}
}

func (p *postgresLoads) load(t *testing.T, keyed bool) *load {
	t.Helper()
	l := newLoad(t, p.binary, p.records, keyed)
	schema := fmt.Sprintf("load_%d", p.made.Add(1))
	l.config = map[string]any{
		"host": pgserver.Host, "port": p.server.Port, "database": pgserver.Database, "username": pgserver.User, "password": pgserver.Password,
		"schema": schema, "maximum_batch_rows": 500, "retry_wait": "100ms", "maximum_attempts": 20,
	}
	l.columns = []string{
		"id, amount::float8, note", "id, name, active::int",
		`id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), replace(payload::text, ' ', '')`,
	}
	l.open = func() *sql.DB {
		db, err := sql.Open("pgx", p.server.URL(pgserver.Database)+"&search_path="+url.QueryEscape(schema))
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	return l
}

// TestPostgresLoadsThatAreCutOffLoseNothing is TestLoadsThatAreCutOffLoseNothing with
// PostgreSQL.
func TestPostgresLoadsThatAreCutOffLoseNothing(t *testing.T) {
	p, kills := newPostgresLoads(t), number(t, "MAGE_DEST_KILLS", 4)
	for _, w := range []way{
		{"keys, from the last state, SIGKILL", true, true, false, []syscall.Signal{syscall.SIGKILL}},
		{"no keys, the same run ID, SIGKILL", false, false, true, []syscall.Signal{syscall.SIGKILL}},
	} {
		t.Run(w.name, func(t *testing.T) {
			w.cutOff(t, kills, func(t *testing.T) *load { return p.load(t, w.keyed) })
		})
	}
}

// TestPostgresServerThatCrashesLosesNothing: while loads are under way the server crashes
// and comes back, again and again. A run goes on where it can, and is made again where it
// cannot: every row is there once.
func TestPostgresServerThatCrashesLosesNothing(t *testing.T) {
	p, crashes := newPostgresLoads(t), number(t, "MAGE_DEST_KILLS", 4)
	for _, w := range []way{{name: "keys, from the last state", keyed: true, resume: true}, {name: "no keys, the same run ID", runID: true}} {
		t.Run(w.name, func(t *testing.T) {
			w.serverCrashes(t, crashes, func(t *testing.T) (*load, crasher) { return p.load(t, w.keyed), p.server })
		})
	}
}
