package kafka_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/kafka"
)

// said runs the connector and returns its exit code and what it said.
func said(t *testing.T, stdin string, args ...string) (int, string) {
	t.Helper()
	p := start(t, newStore(), strings.NewReader(stdin), args...)
	return p.wait(), p.stderr.String()
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--feed kafka://a/b --work kafka://a/b":              "a process is one or the other",
		"--wait":                                             "--wait goes with --feed",
		"--work kafka://a/b --wait":                          "a worker ends when it is stopped",
		"--feed http://a/b":                                  "--feed: want kafka://BROKER",
		"--feed kafka://u:secret@a/b":                        "put kafka_username and kafka_password into the config",
		"--feed kafka://a/b/c":                               `topic "b/c"`,
		"--feed kafka://a:b/c":                               `broker "a:b"`,
		"--work kafka://a/b?grup=x":                          `"grup" is not known: want create, group, idle, partitions, replication`,
		"--work kafka://a/b?partitions=8":                    "say create=true too",
		"--work kafka://a/b?idle=0s":                         "want more than 0",
		"--feed kafka://a/b?idle=5s":                         "idle is for --work",
		"--work kafka://a/b --state s.json --config_json {}": "--state does not go with the flags of the engine kafka",
		"--feed kafka://a/b --dry_run":                       "--dry_run does not go",
		"--feed kafka://a/b --run_id 1":                      "--run_id does not go",
	} {
		code, log := said(t, "", strings.Fields(args)...)
		if code != 2 || !strings.Contains(log, want) {
			t.Errorf("%s: exit code %d, want 2 and %q:\n%s", args, code, want, log)
		}
		if strings.Contains(log, "secret") {
			t.Errorf("%s: the password is told:\n%s", args, log)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{
		`{"kafka_sasl": "plain"}`:                     "kafka_sasl: plain needs kafka_username and kafka_password",
		`{"kafka_sasl": "kerberos"}`:                  `want one of none, plain, scram-sha-256, scram-sha-512, not \"kerberos\"`,
		`{"kafka_username": "a"}`:                     "kafka_username has no effect without kafka_sasl",
		`{"kafka_cert_file": "a"}`:                    "kafka_cert_file and kafka_key_file go together",
		`{"kafka_ca_file": "no/such/file"}`:           "kafka_ca_file: open no/such/file",
		`{"kafka_session_timeout": "0s"}`:             "want more than 0",
		`{"kafka_compression": "brotli", "other": 1}`: `want one of none, gzip, snappy, lz4, zstd, not \"brotli\"`,
	} {
		code, log := said(t, "", "--feed", "kafka://127.0.0.1:1/orders", "--config_json", config)
		if code != 1 || !strings.Contains(log, want) {
			t.Errorf("%s: exit code %d, want 1 and %q:\n%s", config, code, want, log)
		}
	}
}

func TestWorkerNeedsAConfig(t *testing.T) {
	t.Parallel()
	if code, log := said(t, "", "--work", "kafka://127.0.0.1:1/orders"); code != 1 || !strings.Contains(log, "Config and config file path is missing") {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

func TestFeederRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	topics := 0
	for input, want := range map[string]string{
		schemaOf("orders") + `{"type": "RECORD", "stream": "orders", "rec`: "line 2: malformed message",
		`{"type": "RECORD", "stream": "orders", "record": {}}`:             "stream orders, line 1: RECORD of a stream that has no schema yet",
		`{"type": "RECORD", "record": {}}`:                                 "line 1: Required key stream is missing from row.",
		`{"type": "RECRD", "stream": "orders"}`:                            "stream orders, line 1: Unknown message type RECRD",
		`{"type": "STATE"}`:                                                "STATE without value",
		`{"type": "SCHEMA", "stream": "orders"}`:                           "stream orders, line 1: the schema is missing",
		`{"type": "DEAD_LETTER", "original": "{}"}`:                        "give it to the connector itself",
	} {
		topics++ // nothing is fed while something is left of an earlier feed
		code, log := said(t, input, "--feed", fmt.Sprintf("%s-%d?create=true&partitions=1", address, topics))
		if code != 1 || !strings.Contains(strings.ReplaceAll(log, `\"`, `"`), want) {
			t.Errorf("%s: exit code %d, want 1 and %q:\n%s", input, code, want, log)
		}
	}
}

func TestFeederNeedsItsTopic(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	if code, log := said(t, orders(0, 1), "--feed", address); code != 1 || !strings.Contains(log, "make it, or say create=true&partitions=N&replication=N in the URL") {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

// A group that another program commits offsets of would lack what stands beside them.
func TestForeignOffsetsAreRefused(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	start(t, newStore(), strings.NewReader(orders(0, 100)), "--feed", address+"?create=true&partitions=1").must(0)
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: "orders", Partition: 0, At: 50})
	if err := admin(t, c.ListenAddrs()).CommitAllOffsets(t.Context(), "acme", offsets); err != nil {
		t.Fatal(err)
	}
	w := worker(t, newStore(), address, someConfig)
	w.must(1)
	if log := w.stderr.String(); !strings.Contains(log, "another program commits offsets of this group") {
		t.Errorf("the worker does not say what is wrong:\n%s", log)
	}
}

// Records that the topic has forgotten before they were stored are not passed in silence.
func TestForgottenRecordsAreTold(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	s := newStore()
	start(t, s, strings.NewReader(orders(0, 100)), "--feed", address+"?create=true&partitions=1").must(0)
	worker(t, s, address+"?idle=300ms", someConfig).must(0)
	read, write := io.Pipe()
	start(t, s, read, "--feed", address)
	if _, err := io.WriteString(write, orders(100, 200)); err != nil {
		t.Fatal(err)
	}
	a := admin(t, c.ListenAddrs())
	eventually(t, "the records are on the topic", func() bool {
		ends, err := a.ListEndOffsets(t.Context(), "orders")
		end, _ := ends.Lookup("orders", 0)
		return err == nil && end.Offset > 200
	})
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: "orders", Partition: 0, At: 190})
	if _, err := a.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	w := worker(t, s, address, someConfig)
	w.must(1)
	if log := w.stderr.String(); !strings.Contains(log, "retention has removed") {
		t.Errorf("the worker does not say what is lost:\n%s", log)
	}
}

// A topic forgets what is old; what is in force is repeated, so that whoever comes then
// knows it, and a version is not activated again.
func TestSchemasOutliveRetention(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	s := newStore()
	read, write := io.Pipe()
	connector := func() base.Connector { return &target{store: s} }
	ended := make(chan int, 1)
	go func() {
		ended <- base.Run(t.Context(), connector(), base.Info{Name: "acme", Engine: kafka.RepeatSchemas(kafka.Engine(connector), 200*time.Millisecond)},
			base.Env{Args: []string{"--feed", address + "?create=true&partitions=1", "--wait"}, Stdin: read, Stderr: &buffer{}})
	}()
	first := worker(t, s, address, `{"maximum_batch_rows": 1}`)
	say := func(text string) {
		t.Helper()
		if _, err := io.WriteString(write, text); err != nil {
			t.Fatal(err)
		}
	}
	record := func(id int) string {
		return fmt.Sprintf(`{"type": "RECORD", "stream": "orders", "version": 3, "record": {"id": %d}}`+"\n", id)
	}
	say(schemaOf("orders", "a") + record(1) + `{"type": "ACTIVATE_VERSION", "stream": "orders", "version": 3}` + "\n" + record(2))
	eventually(t, "two records are stored", func() bool { return s.exported() == 2 })
	a := admin(t, c.ListenAddrs())
	const forgotten = 6 // offset behind SCHEMA, records, END and version as they came first
	eventually(t, "what was repeated is committed", func() bool {
		say(record(3))
		responses, err := a.FetchOffsetsForTopics(t.Context(), "acme", "orders")
		if err != nil {
			t.Fatal(err)
		}
		response, _ := responses.Lookup("orders", 0)
		var first int64
		_, err = fmt.Sscanf(response.Metadata, "schemas %d", &first)
		return err == nil && first >= forgotten
	})
	if code := first.stop(); code != 0 {
		t.Fatalf("the first worker ends with exit code %d", code)
	}
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: "orders", Partition: 0, At: forgotten})
	if _, err := a.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.log = nil
	s.mu.Unlock()
	worker(t, s, address, someConfig)
	say(record(4))
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Fatalf("the feeder ends with exit code %d", code)
	}
	if got := s.count("orders"); got != 4 {
		t.Errorf("%d rows, want 4", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.log, "schema orders 4") || slices.Contains(s.log, "version orders 3") {
		t.Errorf("the second worker has done %v, want the schema and no activation", s.log)
	}
}

// A cluster that goes away, for good, ends both with an error.
func TestNoBroker(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	connector := func() base.Connector { return &target{store: newStore()} }
	var log buffer
	code := base.Run(ctx, connector(), base.Info{Name: "acme", Engine: kafka.Engine(connector)}, base.Env{
		Args: []string{"--feed", address, "--config_json", `{"shutdown_timeout": "100ms"}`}, Stderr: &log,
	})
	if code == 0 || !strings.Contains(log.String(), "no broker of") {
		t.Errorf("exit code %d\n%s", code, &log)
	}
}

// A line that Kafka does not take is told with its key and the remedy.
func TestLineThatIsTooLong(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	long := `{"type": "RECORD", "stream": "orders", "record": {"id": 17, "note": "` + strings.Repeat("x", 50_000) + `"}}`
	input := schemaOf("orders") + long + "\n"
	code, log := said(t, input, "--feed", address+"?create=true&partitions=1", "--config_json", `{"kafka_maximum_message_bytes": 20000}`)
	if code != 1 || !strings.Contains(strings.ReplaceAll(log, `\"`, `"`), `with key ["orders",17]`) || !strings.Contains(log, "raise kafka_maximum_message_bytes (20000)") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	s := newStore()
	feeder := start(t, s, strings.NewReader(input), "--feed", address+"-2?create=true&partitions=1", "--wait")
	worker(t, s, address+"-2", someConfig)
	feeder.must(0)
}

// What could not be sent is covered by no state, although the state's place is on the topic
// and everything before it there is stored.
func TestNoStatePassesWhatCouldNotBeSent(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s, state := newStore(), stateFile(t)
	read, write := io.Pipe()
	feeder := start(t, s, read, "--feed", address+"?create=true&partitions=1", "--state", state, "--wait", "--config_json", `{"kafka_maximum_message_bytes": 20000}`)
	worker(t, s, address, `{"maximum_batch_rows": 10}`)
	if _, err := io.WriteString(write, orders(0, 100)); err != nil {
		t.Fatal(err)
	}
	const before = `{"bookmarks": {"orders": {"id": 99}}}`
	eventually(t, "the state before is told", func() bool { return readState(t, state) == before })
	long := `{"type": "RECORD", "stream": "orders", "record": {"id": 100, "note": "` + strings.Repeat("x", 50_000) + `"}}`
	after := `{"type": "STATE", "value": {"bookmarks": {"orders": {"id": 100}}}}`
	_, _ = io.WriteString(write, long+"\n"+after+"\n") // the feeder may be gone before it has read all
	feeder.must(1)
	if got := readState(t, state); got != before {
		t.Errorf("the state is %s, want %s", got, before)
	}
}

// Streams of a catalog need no SCHEMA message.
func TestCatalogGoesBeforeSchemas(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s := newStore()
	catalog := `{"streams": [{"stream": "orders", "tap_stream_id": "orders", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}]}`
	input := `{"type": "RECORD", "stream": "orders", "record": {"id": 1}}` + "\n" + `{"type": "RECORD", "stream": "orders", "record": {"id": 1}}` + "\n"
	feeder := start(t, s, strings.NewReader(input), "--feed", address+"?create=true&partitions=4", "--wait", "--catalog_json", catalog)
	start(t, s, nil, "--work", address, "--config_json", someConfig, "--catalog_json", catalog)
	feeder.must(0)
	if rows, records := s.count("orders"), s.exported(); rows != 1 || records != 2 {
		t.Errorf("%d rows of %d records, want one of two", rows, records)
	}
}

// A worker that takes many partitions over at a time reads the schemas of each where they
// stand, also with settings that every client has besides, such as a login.
func TestPartitionsAreTakenOverSideBySide(t *testing.T) {
	t.Parallel()
	_, address := cluster(t, kfake.EnableSASL(), kfake.Superuser("PLAIN", "loader", "secret"))
	const config = `{"kafka_sasl": "plain", "kafka_username": "loader", "kafka_password": "secret"}`
	s := newStore()
	for i := range 2 {
		feeder := start(t, s, strings.NewReader(orders(1000*i, 1000*i+1000)), "--feed", address+"?create=true&partitions=8", "--wait", "--config_json", config)
		w := worker(t, s, address, config)
		feeder.must(0)
		if code := w.stop(); code != 0 {
			t.Fatalf("worker %d ends with exit code %d", i, code)
		}
	}
	if rows, records := s.count("orders"), s.exported(); rows != 2000 || records != 2000 {
		t.Errorf("%d rows of %d records, want 2000 of each", rows, records)
	}
}
