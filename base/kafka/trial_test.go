package kafka_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/kafka"
	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
	"github.com/mage-dest/mage-dest/testdata/kafkatrial"
)

// storeVariable has this program be a connector that writes to the store at a URL: one
// that can be killed.
const storeVariable = "MAGE_DEST_TEST_STORE"

func TestMain(m *testing.M) {
	if url := os.Getenv(storeVariable); url != "" {
		connector := func() base.Connector { return &client{url: url} }
		base.Main(connector(), base.Info{Name: "acme", Version: "1.0.0", Engine: kafka.Engine(connector)})
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil { // they mostly wait
		panic(err)
	}
	os.Exit(m.Run())
}

// client writes rows to a server over HTTP.
type client struct {
	base.Destination[struct{}]
	url string
}

func (c *client) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	var body bytes.Buffer
	for i := range recordData {
		body.Write(recordData[i].Record.Raw())
		body.WriteByte('\n')
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/"+stream, &body)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return base.Retryable(err)
	}
	defer response.Body.Close() //nolint:errcheck // there is nothing in it
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the store says %s", response.Status)
	}
	return nil
}

// server keeps the last version of each row that came, not the highest: what comes late
// and is old is seen.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	rows map[int64]int64
}

func newServer(t *testing.T) *server {
	s := &server{rows: map[int64]int64{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			return // the client was killed: nothing of it is stored
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for line := range strings.Lines(body.String()) {
			var row struct{ ID, Version int64 }
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			s.rows[row.ID] = row.Version
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) read() (kafkatrial.Rows, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	versions := make(map[int64]int64, len(s.rows))
	for key, version := range s.rows {
		versions[key] = version
	}
	return kafkatrial.Rows{Versions: versions, Count: len(versions)}, nil
}

// rounds is how often something happens in a trial.
func rounds(t *testing.T, least int) int {
	t.Helper()
	text := os.Getenv("MAGE_DEST_KAFKA_ROUNDS")
	if text == "" {
		return least
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func trial(t *testing.T, brokers, timeouts string, restart func() error, rounds int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{"maximum_batch_age": "300ms", "retry_wait": "50ms", `+timeouts+`}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := kafkatrial.Trial{
		Program: func(args ...string) *exec.Cmd {
			cmd := exec.Command(program, args...)
			cmd.Env = append(os.Environ(), storeVariable+"="+s.URL)
			return cmd
		},
		Config: config, Address: "kafka://" + brokers + "/orders", Restart: restart, Rows: s.read,
		Rounds: rounds, Keys: 1000, Seed: seed(t), Pace: time.Second,
	}
	told := r.Run(t)
	t.Logf("%d rounds, seed %d: %d workers and %d feeders killed, %d joins, %d leaves, %d restarts of the broker; %d records, %d states held against the store: 0 rows missing, 0 double",
		told.Rounds, r.Seed, told.WorkersKilled, told.FeedersKilled, told.Joins, told.Leaves, told.Restarts, told.Records, told.States)
	if told.States == 0 && !t.Failed() {
		t.Error("no state was seen")
	}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// This Kafka lets a member's session end while it waits for others to join, unless
	// that takes longer than they are waited for.
	trial(t, strings.Join(c.ListenAddrs(), ","), `"kafka_session_timeout": "3s", "kafka_rebalance_timeout": "1500ms"`, nil, 6)
}

func TestTrialWithApacheKafka(t *testing.T) {
	broker, err := kafkaserver.New(t.TempDir())
	if errors.Is(err, kafkaserver.ErrNone) {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Kill()
	trial(t, broker.Addr, `"kafka_session_timeout": "1500ms", "kafka_rebalance_timeout": "3s"`, func() error {
		broker.Kill()
		return broker.Start()
	}, rounds(t, 10))
}

// seed is another one each time, or that of MAGE_DEST_KAFKA_SEED.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("MAGE_DEST_KAFKA_SEED")
	if text == "" {
		return uint64(time.Now().UnixNano())
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
