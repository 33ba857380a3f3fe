//go:build linux

package templates_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
	"github.com/mage-dest/mage-dest/testdata/kafkatrial"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// TestPostgresByWayOfKafka kills, adds and removes workers of a rendered connector, kills
// its feeder and restarts the broker: nothing is missing, nothing double, and no state
// says more than PostgreSQL holds.
func TestPostgresByWayOfKafka(t *testing.T) {
	broker, err := kafkaserver.New(t.TempDir())
	if errors.Is(err, kafkaserver.ErrNone) {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Kill()
	server := pgserver.Start(t, "fsync=off")
	program := buildPack(t, "postgres", "engine=kafka")
	text, err := json.Marshal(map[string]any{
		"host": pgserver.Host, "port": server.Port, "database": pgserver.Database, "username": pgserver.User, "password": pgserver.Password,
		"schema": "trial", "maximum_batch_age": "300ms", "retry_wait": "50ms", "kafka_session_timeout": "1500ms", "kafka_rebalance_timeout": "3s",
	})
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", server.URL(pgserver.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the server goes, too
	trial := kafkatrial.Trial{
		Program: func(args ...string) *exec.Cmd { return exec.Command(program, args...) },
		Config:  config, Address: "kafka://" + broker.Addr + "/orders",
		Restart: func() error {
			broker.Kill()
			return broker.Start()
		},
		Rows:   func() (kafkatrial.Rows, error) { return readOrders(db) },
		Rounds: number(t, "MAGE_DEST_KAFKA_ROUNDS", 10), Keys: 1000, Seed: uint64(time.Now().UnixNano()), Pace: time.Second,
	}
	told := trial.Run(t)
	t.Logf("%d rounds, seed %d: %d workers and %d feeders killed, %d joins, %d leaves, %d restarts of the broker; %d records, %d states held against PostgreSQL: 0 rows missing, 0 double",
		told.Rounds, trial.Seed, told.WorkersKilled, told.FeedersKilled, told.Joins, told.Leaves, told.Restarts, told.Records, told.States)
}

func readOrders(db *sql.DB) (kafkatrial.Rows, error) {
	rows := kafkatrial.Rows{Versions: map[int64]int64{}}
	result, err := db.Query("SELECT id, version FROM trial.orders")
	if err != nil {
		if strings.Contains(err.Error(), "42P01") {
			return rows, nil // the table is not made yet
		}
		return rows, err
	}
	defer result.Close() //nolint:errcheck // Err is looked at
	for result.Next() {
		var id, version int64
		if err := result.Scan(&id, &version); err != nil {
			return rows, err
		}
		rows.Versions[id] = version
		rows.Count++
	}
	return rows, result.Err()
}
