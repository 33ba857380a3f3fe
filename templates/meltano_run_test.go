package templates_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// meltanoVariable names the program meltano.
const meltanoVariable = "MAGE_DEST_MELTANO"

// TestUnderMeltano puts the rendered plugin definition into a project of Meltano's, and
// runs a tap that others wrote into the connector, twice: out of one schema of a real
// PostgreSQL into another.
func TestUnderMeltano(t *testing.T) {
	program := os.Getenv(meltanoVariable)
	if program == "" {
		t.Skipf("SKIPPED: it needs Meltano; set %s to its program", meltanoVariable)
	}
	database := pgserver.Start(t, "fsync=off")
	db := openPostgres(t, database)
	do := func(statement string) {
		t.Helper()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE SCHEMA source`)
	do(`CREATE TABLE source.orders (id bigint PRIMARY KEY, name text, amount numeric(38, 10), updated_at timestamptz NOT NULL, tags text[], detail jsonb)`)
	more := func(from, to int) {
		t.Helper()
		do(fmt.Sprintf(`INSERT INTO source.orders SELECT i, 'name ' || i, i * 1.0000000001, '2026-01-01Z'::timestamptz + i * interval '1 hour', array['ä', 'b"'], jsonb_build_object('n', i)
			FROM generate_series(%d, %d) i ON CONFLICT (id) DO UPDATE SET name = 'new', updated_at = '2027-01-01Z'`, from, to))
	}
	m := newMeltano(t, program, database)

	t.Run("about", func(t *testing.T) {
		var about struct {
			Name         string
			Capabilities []string
			Settings     struct{ Properties map[string]any }
		}
		if err := json.Unmarshal([]byte(m.good(t, "invoke", "target-acme-crm", "--about", "--format=json")), &about); err != nil {
			t.Fatal(err)
		}
		if about.Name != "acme-crm" || about.Settings.Properties["host"] == nil {
			t.Errorf("it tells %+v", about)
		}
	})
	t.Run("config", func(t *testing.T) {
		listed := m.good(t, "config", "list", "target-acme-crm")
		if !strings.Contains(listed, "Host name or address") || strings.Contains(listed, pgserver.Password) {
			t.Errorf("meltano config lists\n%s", listed)
		}
	})
	t.Run("first run", func(t *testing.T) {
		more(1, 1000)
		m.runs(t, 1000)
		sameRows(t, db, `SELECT id, name, amount, updated_at, tags, detail FROM source.orders`, `SELECT id, name, amount, updated_at, tags, detail FROM loaded."source-orders"`)
	})
	t.Run("second run goes on from the state", func(t *testing.T) {
		more(1000, 1100) // one is changed, and the tap sends the last one again
		m.runs(t, 101)
		sameRows(t, db, `SELECT id, name, amount, updated_at, tags, detail FROM source.orders`, `SELECT id, name, amount, updated_at, tags, detail FROM loaded."source-orders"`)
	})
	state := m.good(t, "state", "get", "test:tap-postgres-to-target-acme-crm")
	t.Run("a wrong password", func(t *testing.T) {
		do(`INSERT INTO source.orders VALUES (1104, 'later', 1, '2027-05-01Z')`)
		log := m.fails(t, []string{"TARGET_ACME_CRM_PASSWORD=wrong-password"})
		if !strings.Contains(log, "password authentication failed") || strings.Contains(log, "wrong-password") {
			t.Errorf("the log does not say what is wrong, or tells the password:\n%s", log)
		}
	})
	t.Run("a stream that fails", func(t *testing.T) {
		do(`INSERT INTO source.orders VALUES (1105, 'late', 1, '2027-06-01Z')`)
		do(`ALTER TABLE loaded."source-orders" ADD CHECK (id < 1105)`)
		log := m.fails(t, nil)
		if !strings.Contains(log, "violates check constraint") {
			t.Errorf("the log does not say what is wrong:\n%s", log)
		}
	})
	if after := m.good(t, "state", "get", "test:tap-postgres-to-target-acme-crm"); after != state {
		t.Errorf("runs that failed have changed the state from %s to %s", state, after)
	}
}

// sameRows wants two queries to find the same rows.
func sameRows(t *testing.T, db *sql.DB, one, other string) {
	t.Helper()
	var differ, all int
	err := db.QueryRow(fmt.Sprintf(`SELECT (SELECT count(*) FROM ((%[1]s EXCEPT ALL %[2]s) UNION ALL (%[2]s EXCEPT ALL %[1]s)) d), (SELECT count(*) FROM (%[1]s) a)`, one, other)).Scan(&differ, &all)
	if err != nil {
		t.Fatal(err)
	}
	if differ > 0 || all == 0 {
		t.Errorf("%d of %d rows differ", differ, all)
	}
}

// meltano is a project with a tap and the connector.
type meltano struct {
	program, dir string
	env          []string
}

func newMeltano(t *testing.T, program string, database *pgserver.Server) *meltano {
	t.Helper()
	c := newConnector(t, "postgres", "acme-crm")
	c.goTool(t, "mod", "tidy")
	c.goTool(t, "build", "-o", "acme-crm", ".")
	m := &meltano{program: program, dir: t.TempDir()}
	m.env = append(os.Environ(), "PATH="+c.dir+":"+filepath.Dir(program)+":"+os.Getenv("PATH"), "MELTANO_SEND_ANONYMOUS_USAGE_STATS=false", "NO_COLOR=1",
		"TARGET_ACME_CRM_PASSWORD="+pgserver.Password)
	tap := fmt.Sprintf(`default_environment: test
environments: [{name: test}]
send_anonymous_usage_stats: false
project_id: 11111111-1111-4111-8111-111111111111
plugins:
  extractors:
    - name: tap-postgres
      namespace: tap_postgres
      pip_url: meltanolabs-tap-postgres==0.10.0
      executable: tap-postgres
      capabilities: [catalog, discover, state]
      settings: [{name: sqlalchemy_url, sensitive: true}, {name: filter_schemas, kind: array}]
      config: {sqlalchemy_url: %q, filter_schemas: [source]}
      select: ["source-orders.*"]
      metadata: {source-orders: {replication-method: INCREMENTAL, replication-key: updated_at}}
`, "postgresql"+strings.TrimPrefix(strings.Split(database.URL(pgserver.Database), "?")[0], "postgres"))
	_, loaders, found := strings.Cut(c.read(t, "meltano.yml"), "plugins:\n")
	if !found {
		t.Fatal("meltano.yml has no plugins")
	}
	if err := os.WriteFile(filepath.Join(m.dir, "meltano.yml"), []byte(tap+loaders), 0o644); err != nil {
		t.Fatal(err)
	}
	m.good(t, "install", "extractor", "tap-postgres")
	for key, value := range map[string]string{
		"host": pgserver.Host, "port": fmt.Sprint(database.Port), "database": pgserver.Database, "username": pgserver.User, "schema": "loaded",
	} {
		m.good(t, "config", "set", "target-acme-crm", key, value)
	}
	return m
}

// meltano runs the program; what it prints is only returned.
func (m *meltano) meltano(t *testing.T, env []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), m.program, args...)
	cmd.Dir, cmd.Env = m.dir, append(m.env, env...)
	var out, told strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &told
	err = cmd.Run()
	return out.String(), told.String(), err
}

func (m *meltano) good(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, err := m.meltano(t, nil, args...)
	if err != nil {
		t.Fatalf("meltano %v: %v\n%s\n%s", args, err, stdout, stderr)
	}
	return stdout
}

// runs wants a run to go well, and to load so many records.
func (m *meltano) runs(t *testing.T, records int) {
	t.Helper()
	_, log, err := m.meltano(t, nil, "run", "tap-postgres", "target-acme-crm")
	if want := fmt.Sprintf("%d records read, %d exported, 0 rejected", records, records); err != nil || !strings.Contains(log, want) {
		t.Errorf("meltano run: %v, want %q in\n%s", err, want, log)
	}
	t.Logf("meltano run said\n%s", tail([]byte(log), 8000))
}

func (m *meltano) fails(t *testing.T, env []string) string {
	t.Helper()
	_, log, err := m.meltano(t, env, "run", "tap-postgres", "target-acme-crm")
	if err == nil {
		t.Error("meltano run went well")
	}
	t.Logf("meltano run said\n%s", tail([]byte(log), 8000))
	return log
}
