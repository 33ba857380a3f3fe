package base_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"github.com/mage-dest/mage-dest/base"
)

func TestMain(m *testing.M) {
	runAsConnector() // does not return in a process that a test started as one
	goleak.VerifyTestMain(m)
}

// tracedConfig is the config of the connectors of these tests.
type tracedConfig struct {
	Token base.Secret `json:"token" doc:"A secret."`
	Table string      `json:"table" default:"rows" doc:"Where records go."`
}

// plain has nothing but ExportBatchData.
type plain struct {
	base.Destination[tracedConfig]
	trace  trace
	export func(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error
}

// trace is what was called, in order.
type trace struct {
	mu    sync.Mutex
	calls []string
}

func (t *trace) add(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, fmt.Sprintf(format, args...))
}

func (t *trace) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.calls, "\n")
}

func (p *plain) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	p.trace.add("export %s %s", stream, joinRecords(recordData))
	if p.export == nil {
		return nil
	}
	return p.export(ctx, recordData, stream, tags)
}

func joinRecords(recordData []base.RecordData) string {
	var texts []string
	for _, item := range recordData {
		texts = append(texts, string(item.Record.Raw()))
	}
	return strings.Join(texts, " ")
}

// counting only counts, so that what a run takes is base's own.
type counting struct {
	base.Destination[tracedConfig]
	records map[string]int
	bytes   int64
}

func (c *counting) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	if c.records == nil {
		c.records = map[string]int{}
	}
	c.records[stream] += len(recordData)
	for _, item := range recordData {
		c.bytes += int64(len(item.Record.Raw()))
	}
	return nil
}

// full has every optional method. fail names calls that go wrong, by their line
// in the trace up to the first space after the stream.
type full struct {
	plain
	fail map[string]error
}

func (f *full) note(format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	f.trace.add("%s", call)
	if err, ok := f.fail[call]; ok {
		if err == nil {
			panic("boom in " + call)
		}
		return err
	}
	return nil
}

func (f *full) BeforeProcess(context.Context) error  { return f.note("before") }
func (f *full) AfterProcess(context.Context) error   { return f.note("after") }
func (f *full) Open(context.Context) error           { return f.note("open") }
func (f *full) Close(context.Context) error          { return f.note("close") }
func (f *full) TestConnection(context.Context) error { return f.note("test") }
func (f *full) HandleSchema(_ context.Context, s base.Stream) error {
	return f.note("schema %s", s.Name)
}
func (f *full) ActivateVersion(_ context.Context, s base.Stream, version int64) error {
	return f.note("version %s %d", s.Name, version)
}
func (f *full) RemoveDuplicateRows(recordData []base.RecordData, stream string) []base.RecordData {
	_ = f.note("deduplicate %s", stream)
	return recordData
}
func (f *full) ExportDeadLetters(_ context.Context, letters []base.DeadLetter) error {
	return f.note("letters %d", len(letters))
}

// outcome is what a run in process did.
type outcome struct {
	exit           int
	stdout, stderr string
}

// play runs a connector over the lines of input. The config is given as JSON.
func play(t *testing.T, d base.Connector, config string, input string, args ...string) outcome {
	t.Helper()
	return playReader(t, d, config, strings.NewReader(input), args...)
}

func playReader(t *testing.T, d base.Connector, config string, input io.Reader, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if config != "" {
		args = append([]string{"--config_json", config}, args...)
	}
	exit := base.Run(t.Context(), d, tracedInfo(), base.Env{Args: args, Stdin: input, Stdout: &stdout, Stderr: &stderr})
	return outcome{exit, stdout.String(), stderr.String()}
}

func tracedInfo() base.Info {
	return base.Info{
		Name: "acme-crm", Version: "1.2.3", Description: "Writes to Acme.",
		Templates: fstest.MapFS{"templates/config.json": {Data: []byte("{\"table\": \"rows\"}\n")}},
	}
}

// says checks that the run ended with the code and that its log holds the text.
func (o outcome) says(t *testing.T, exit int, texts ...string) {
	t.Helper()
	if o.exit != exit {
		t.Errorf("exit code %d, want %d\n%s", o.exit, exit, o.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("nothing on stderr says %q:\n%s", text, o.stderr)
		}
	}
}

// Messages, one a line.
func schemaLine(stream string, properties ...string) string {
	if len(properties) == 0 {
		properties = []string{`"id": {"type": "integer"}`}
	}
	return fmt.Sprintf(`{"type": "SCHEMA", "stream": %q, "schema": {"properties": {%s}}, "key_properties": ["id"]}`+"\n",
		stream, strings.Join(properties, ", "))
}

func checkedLine(stream string, properties ...string) string {
	return strings.Replace(schemaLine(stream, properties...), `"key_properties"`, `"disable_column_type_check": false, "key_properties"`, 1)
}

func recordLine(stream, record string) string {
	return fmt.Sprintf(`{"type": "RECORD", "stream": %q, "record": %s}`+"\n", stream, record)
}

func stateLine(value string) string { return `{"type": "STATE", "value": ` + value + "}\n" }
