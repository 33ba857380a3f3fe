//go:build linux

package templates_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

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

// crasher is a server that can crash.
type crasher interface {
	Start() error
	Stop(mode string) error
}

// serverCrashes makes loads until servers have crashed so often.
func (w way) serverCrashes(t *testing.T, crashes int, newLoad func(t *testing.T) (*load, crasher)) {
	t.Helper()
	probe, _ := newLoad(t)
	usual := probe.time()
	total, _ := newLoad(t)
	missing, double, crashed := 0, 0, 0
	for loads := 0; crashed < crashes; loads++ {
		l, server := newLoad(t)
		if w.runID {
			l.args = []string{"--run_id", fmt.Sprintf("load %d", loads)}
		}
		crashed += l.whileServerCrashes(server, w.resume, usual)
		lost, twice := l.whole()
		missing, double = missing+lost, double+twice
		total.add(l)
	}
	if missing+double > 0 {
		t.Errorf("%d rows are missing, %d double", missing, double)
	}
	t.Logf("%d loads of %d records in %d runs, %d crashes of the server: %d rows missing, %d double, %d acknowledged and not there; exit codes %v",
		total.completed, total.records, total.runs, crashed, missing, double, total.lost, total.exits)
}

// whileServerCrashes makes a load until it is through; at a random moment of the most time
// that a run takes the server crashes, and soon is there again.
func (l *load) whileServerCrashes(server crasher, resume bool, most time.Duration) (crashes int) {
	l.t.Helper()
	for {
		var from [3]int
		if resume {
			from = l.told()
		}
		cmd, log := l.start(from)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var err error
		select {
		case err = <-ended:
		case <-time.After(rand.N(most)):
			crashes++
			if err := server.Stop("immediate"); err != nil {
				l.t.Fatal(err)
			}
			time.Sleep(rand.N(300 * time.Millisecond))
			if err := server.Start(); err != nil {
				l.t.Fatal(err)
			}
			err = <-ended
		}
		code := cmd.ProcessState.ExitCode()
		l.exits[code]++
		l.covered(l.told())
		if err == nil {
			l.completed++
			return crashes
		}
		if l.runs > 50 {
			l.t.Fatalf("exit code %d\n%s", code, log)
		}
		l.t.Logf("exit code %d: …%s", code, tail(log.Bytes())[max(0, len(tail(log.Bytes()))-400):])
	}
}
