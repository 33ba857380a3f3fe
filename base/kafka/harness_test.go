package kafka_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/kafka"
)

// store is what workers write to: rows by stream and key, and every record in the order
// in which it came.
type store struct {
	mu      sync.Mutex
	rows    map[string]map[string]string // stream, key, record
	log     []string                     // of calls
	records []string                     // stream and record
	export  func(ctx context.Context, stream string, records []base.RecordData) error
}

func newStore() *store { return &store{rows: map[string]map[string]string{}} }

// target is a connector that writes to a store.
type target struct {
	base.Destination[struct{}]
	store *store
}

func (t *target) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	if f := t.store.export; f != nil {
		if err := f(ctx, stream, recordData); err != nil {
			return err
		}
	}
	keys := t.Stream(stream).KeyProperties
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	if t.store.rows[stream] == nil {
		t.store.rows[stream] = map[string]string{}
	}
	for _, item := range recordData {
		text, err := json.Marshal(item.Record)
		if err != nil {
			return err
		}
		key := ""
		for _, name := range keys {
			value, _ := item.Record.Get(name)
			key += string(value) + "|"
		}
		if key == "" {
			key = fmt.Sprint(len(t.store.records))
		}
		t.store.rows[stream][key] = string(text)
		t.store.records = append(t.store.records, stream+" "+string(text))
	}
	return nil
}

func (t *target) HandleSchema(_ context.Context, stream base.Stream) error {
	t.store.note("schema %s %d", stream.Name, len(stream.Schema.Properties()))
	return nil
}

func (t *target) ActivateVersion(_ context.Context, stream base.Stream, version int64) error {
	t.store.note("version %s %d", stream.Name, version)
	return nil
}

func (s *store) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func (s *store) count(stream string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.rows[stream])
}

func (s *store) exported() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.records)
}

// cluster is a Kafka in this process, and a topic's address on it.
func cluster(t *testing.T, options ...kfake.Opt) (c *kfake.Cluster, address string) {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, "kafka://" + strings.Join(c.ListenAddrs(), ",") + "/orders"
}

// process is a run of a connector.
type process struct {
	t       *testing.T
	name    string
	signals chan os.Signal
	ended   chan int
	stderr  *buffer
}

type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs the connector with these arguments.
func start(t *testing.T, s *store, stdin io.Reader, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: strings.Join(args, " "), signals: make(chan os.Signal, 2), ended: make(chan int, 1), stderr: &buffer{}}
	connector := func() base.Connector { return &target{store: s} }
	info := base.Info{Name: "acme", Version: "1.0.0", Engine: kafka.Engine(connector)}
	go func() {
		p.ended <- base.Run(context.Background(), connector(), info, base.Env{Args: args, Stdin: stdin, Stderr: p.stderr, Stdout: io.Discard, Signals: p.signals})
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s:\n%s", p.name, p.stderr)
		}
	})
	return p
}

// stop sends a signal, waits and returns the exit code.
func (p *process) stop() int {
	select {
	case p.signals <- syscall.SIGTERM:
	default:
	}
	return p.wait()
}

const patience = 30 * time.Second

func (p *process) wait() int {
	select {
	case code := <-p.ended:
		p.ended <- code
		return code
	case <-time.After(patience):
		p.t.Errorf("%s did not end", p.name)
		return -1
	}
}

// must waits for a process that has to end with an exit code.
func (p *process) must(code int) {
	p.t.Helper()
	if got := p.wait(); got != code {
		p.t.Fatalf("%s ended with exit code %d, want %d", p.name, got, code)
	}
}

// worker starts one with a config.
func worker(t *testing.T, s *store, address, config string) *process {
	t.Helper()
	return start(t, s, nil, "--work", address, "--config_json", config)
}

const someConfig = `{"maximum_batch_rows": 500}`

// orders is a stream with records, and a STATE after every hundred.
func orders(from, to int) string {
	var b strings.Builder
	b.WriteString(schemaOf("orders", "amount"))
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `{"type": "RECORD", "stream": "orders", "record": {"id": %d, "amount": %d}}`+"\n", i, i*3)
		if i%100 == 99 {
			fmt.Fprintf(&b, `{"type": "STATE", "value": {"bookmarks": {"orders": {"id": %d}}}}`+"\n", i)
		}
	}
	return b.String()
}

func schemaOf(stream string, columns ...string) string {
	properties := `"id": {"type": "integer"}`
	for _, column := range columns {
		properties += fmt.Sprintf(`, "%s": {"type": ["null", "integer"]}`, column)
	}
	return fmt.Sprintf(`{"type": "SCHEMA", "stream": "%s", "key_properties": ["id"], "schema": {"type": "object", "properties": {%s}}}`+"\n", stream, properties)
}

func stateFile(t *testing.T) string { return filepath.Join(t.TempDir(), "state.json") }

func readState(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come to this: %s", what)
		}
	}
}
