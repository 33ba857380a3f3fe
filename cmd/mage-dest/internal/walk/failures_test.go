package walk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// moody is a connector that fails as its config says.
type moody struct {
	base.Destination[struct {
		Fails   []string `json:"fails" doc:"Streams whose export fails."`
		Panics  []string `json:"panics" doc:"Streams whose export panics."`
		Partly  bool     `json:"partly" doc:"Whether only the first record fails."`
		Closed  bool     `json:"closed" doc:"Whether Open fails."`
		Hanging bool     `json:"hanging" doc:"Whether an export waits for its context."`
		Says    string   `json:"says" doc:"What the errors are marked as: retryable, permanent, large."`
	}]
	exporting chan struct{} // gets a word at each call, where one listens
}

func (m *moody) Open(context.Context) error {
	if m.Config().Closed {
		return errors.New("closed")
	}
	return nil
}

func (m *moody) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	select {
	case m.exporting <- struct{}{}:
	default:
	}
	switch c := m.Config(); {
	case c.Hanging:
		<-ctx.Done()
		return ctx.Err()
	case slices.Contains(c.Panics, stream):
		panic("away")
	case !slices.Contains(c.Fails, stream):
		return nil
	case c.Partly:
		return &base.BatchError{Failed: map[int]error{0: errors.New("odd")}}
	}
	err := errors.New("away")
	switch m.Config().Says {
	case "retryable":
		return base.Retryable(err)
	case "permanent":
		return base.Permanent(err)
	case "large":
		return base.TooLarge(err)
	}
	return err
}

const (
	twoStreams = `{"type":"SCHEMA","stream":"a","schema":{"properties":{"id":{"type":"integer"}}},"disable_column_type_check":false}
{"type":"SCHEMA","stream":"b","schema":{"properties":{"id":{"type":"integer"}}}}
{"type":"RECORD","stream":"a","record":{"id":1}}
{"type":"STATE","value":{"bookmarks":{"a":1}}}
{"type":"RECORD","stream":"b","record":{"id":1}}
{"type":"STATE","value":{"bookmarks":{"a":1,"b":1}}}
`
	all   = `{"bookmarks":{"a":1,"b":1}}`
	onlyA = `{"bookmarks":{"a":1}}`
	onlyB = `{"bookmarks":{"b":1}}`
)

// failure is one way to bring about a row of README's table.
type failure struct {
	args   []string
	config string // of --config_json; "" leaves the flag out
	input  string
	state  string // that is told

	signals int // sent once the first export has begun, to a run whose input does not end
}

// failures are the rows by what happens, in README's words.
func failures(letters string) map[string][]failure {
	aside := func(more string) string {
		return fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q%s}`, letters, more)
	}
	refusedA := strings.Replace(twoStreams, `"stream":"a","record":{"id":1}`, `"stream":"a","record":{"id":"x"}`, 1)
	refusedB := strings.Replace(twoStreams, `"stream":"b","record":{"id":1}`, `"stream":"b","record":{"id":"x"}`, 1)
	refusedTwice := strings.Replace(refusedA, `{"type":"STATE"`, `{"type":"RECORD","stream":"a","record":{"id":"y"}}`+"\n"+`{"type":"STATE"`, 1)
	broken := twoStreams + `{"type":"RECORD", "stream` + "\n" + strings.ReplaceAll(twoStreams, ":1}}", ":2}}")
	const stored = `{"fails": []}`
	return map[string][]failure{
		"unknown flag, bad value of a flag": {
			{args: []string{"--nosuch"}},
			{args: []string{"--about", "poetry"}},
		},
		"config missing or wrong; batch limit above the memory limit": {
			{input: twoStreams},
			{config: `{"maximum_batch_rows": "x"}`, input: twoStreams},
		},
		"Open or HandleSchema fails": {
			{config: `{"closed": true}`, input: twoStreams},
		},
		"text that is no JSON, as taps print it": {
			{config: stored, input: "hello\n" + twoStreams + "bye\n", state: all},
		},
		"line that starts as a JSON object and is none; unknown message type; RECORD before its SCHEMA": {
			{config: stored, input: broken, state: all},
			{config: stored, input: twoStreams + `{"type":"NOVEL"}`, state: all},
			{config: stored, input: twoStreams + `{"type":"RECORD","stream":"c","record":{}}`, state: all},
		},
		"record refused by its schema": {
			{config: stored, input: refusedA, state: onlyB},
			{config: `{"validation": "full"}`, input: refusedB, state: onlyA},
		},
		"record refused by its schema, with `on_invalid: dead_letter`": {
			{config: aside(""), input: refusedA, state: all},
		},
		"more than `maximum_dead_letters`, or they cannot be written": {
			{config: aside(`, "maximum_dead_letters": 1`), input: refusedTwice},
			{config: `{"on_invalid": "dead_letter", "dead_letter_path": "nosuch/folder/file"}`, input: refusedA},
		},
		"ExportBatchData returns a Retryable error for longer than `maximum_attempts` or `maximum_retry_time` allow": {
			{config: `{"fails": ["b"], "says": "retryable", "maximum_attempts": 2, "retry_wait": "1ms"}`, input: twoStreams, state: onlyA},
			{config: `{"fails": ["b"], "says": "retryable", "maximum_retry_time": "1ms"}`, input: twoStreams, state: onlyA},
		},
		"a call takes longer than `call_timeout`": {
			{config: `{"hanging": true, "call_timeout": "1ms"}`, input: twoStreams},
		},
		"a record that is Permanent or TooLarge alone, with `on_invalid: dead_letter`": {
			{config: aside(`, "fails": ["b"], "says": "permanent"`), input: twoStreams, state: all},
			{config: aside(`, "fails": ["b"], "says": "large"`), input: twoStreams, state: all},
		},
		"too large a part refused, `maximum_dead_letter_share`": {
			{config: aside(`, "maximum_dead_letter_share": 0.1`), input: refusedA},
		},
		"`--run_id` of a connector without ResumeRun": {
			{config: stored, args: []string{"--run_id", "x"}, input: twoStreams},
		},
		"ExportBatchData returns an error or panics": {
			{config: `{"fails": ["b"]}`, input: twoStreams, state: onlyA},
			{config: `{"panics": ["a"]}`, input: twoStreams, state: onlyB},
		},
		"ExportBatchData returns a `*BatchError`": {
			{config: `{"fails": ["b"], "partly": true}`, input: twoStreams, state: onlyA},
		},
		"a `*BatchError`, with `on_invalid: dead_letter`": {
			{config: aside(`, "fails": ["b"], "partly": true`), input: twoStreams, state: all},
		},
		"several streams fail": {
			{config: `{"fails": ["a", "b"]}`, input: twoStreams},
		},
		"the state cannot be written": {
			{args: []string{"--state", "nosuch/folder/state"}, config: stored, input: twoStreams},
		},
		"first SIGINT, SIGTERM": {
			// The signal comes while all that was read is exported, for its age.
			{config: `{"maximum_batch_age": "20ms"}`, input: twoStreams, state: all, signals: 1},
		},
		"a second one, or the time is over": {
			{config: `{"maximum_batch_rows": 1, "hanging": true}`, input: twoStreams, signals: 2},
			{config: `{"maximum_batch_rows": 1, "hanging": true, "shutdown_timeout": "1ms"}`, input: twoStreams, signals: 1},
		},
	}
}

func TestReadmeTellsWhatFailuresDo(t *testing.T) {
	known := failures(filepath.Join(t.TempDir(), "letters"))
	for _, row := range cells(t, read(t, filepath.Join(checkout, "README.md")), "Failures") {
		what, code := row[0], row[1]
		switch what {
		case "SIGKILL, power cut": // there is no process here that could be killed
			continue
		case "`--test_connection` fails; there is nothing to test":
			testConnectionCodes(t, code)
			continue
		}
		if len(known[what]) == 0 {
			t.Errorf("README tells of %q, which no test brings about", what)
		}
		for i, f := range known[what] {
			t.Run(fmt.Sprintf("%s %d", what, i), func(t *testing.T) { f.bringAbout(t, code) })
		}
		delete(known, what)
	}
	for what := range known {
		t.Errorf("README does not tell of %q", what)
	}
}

func (f failure) bringAbout(t *testing.T, want string) {
	state := filepath.Join(t.TempDir(), "state")
	args := append([]string{"--state", state}, f.args...)
	if f.config != "" {
		args = append(args, "--config_json", f.config)
	}
	m := &moody{exporting: make(chan struct{}, 1)}
	var log bytes.Buffer
	env := base.Env{Args: args, Stdin: strings.NewReader(f.input), Stderr: &log}
	if f.signals > 0 {
		env.Stdin, env.Signals = endless(t, f.input), f.send(m)
	}
	code := base.Run(t.Context(), m, base.Info{Name: "acme"}, env)
	if first, _, _ := strings.Cut(want, ","); fmt.Sprint(code) != first {
		t.Errorf("exit code %d, and README says %s\n%s", code, want, &log)
	}
	told, err := os.ReadFile(state)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(strings.TrimSpace(string(told)), " ", ""); got != f.state {
		t.Errorf("the state told is %q, want %q\n%s", got, f.state, &log)
	}
}

// endless is an input that never ends.
func endless(t *testing.T, text string) io.Reader {
	reader, writer := io.Pipe()
	t.Cleanup(func() { _ = writer.Close() })
	go func() { _, _ = io.WriteString(writer, text) }()
	return reader
}

// send gives the signals once an export has begun.
func (f failure) send(m *moody) <-chan os.Signal {
	signals := make(chan os.Signal)
	go func() {
		<-m.exporting
		for range f.signals {
			signals <- syscall.SIGINT
		}
	}()
	return signals
}

func testConnectionCodes(t *testing.T, want string) {
	t.Helper()
	run := func(d base.Connector, config string) int {
		return base.Run(t.Context(), d, base.Info{Name: "acme"}, base.Env{Args: []string{"--test_connection", "--config_json", config}})
	}
	if got := fmt.Sprintf("%d; %d", run(&moody{}, `{"closed": true}`), run(&bare{}, `{"validation": "mage"}`)); got != want {
		t.Errorf("--test_connection: exit codes %s, and README says %s", got, want)
	}
}
