package base_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// The order in which a connector's methods are called, drawn: one golden for a
// run that goes well, and for each place where it may not.
func TestOrderOfCalls(t *testing.T) {
	input := strings.Join([]string{
		schemaLine("users"), recordLine("users", `{"id": 1}`), schemaLine("orders"),
		schemaLine("users"), // a repetition changes nothing
		recordLine("users", `{"id": 2}`), recordLine("orders", `{"id": 1}`),
		schemaLine("users", `"id": {"type": "string"}`), // drains
		recordLine("users", `{"id": "3"}`),
		`{"type": "ACTIVATE_VERSION", "stream": "users", "version": 7}` + "\n", // drains
		recordLine("users", `{"id": "4"}`),
		schemaLine("empty"),
	}, "")
	boom := errors.New("boom")
	tests := []struct {
		name string
		exit int
		args []string
		fail map[string]error // nil: a panic
	}{
		{name: "all goes well"},
		{name: "connection test", args: []string{"--test_connection"}},
		{name: "connection test fails", exit: 1, args: []string{"--test_connection"}, fail: map[string]error{"test": boom}},
		{name: "templates", args: []string{"--show_templates"}},
		{name: "before fails", exit: 1, fail: map[string]error{"before": boom}},
		{name: "before panics", exit: 1, fail: map[string]error{"before": nil}},
		{name: "open fails", exit: 1, fail: map[string]error{"open": boom}},
		{name: "schema fails", exit: 1, fail: map[string]error{"schema orders": boom}},
		{name: "schema panics", exit: 1, fail: map[string]error{"schema orders": nil}},
		{name: "version fails", exit: 1, fail: map[string]error{"version users 7": boom}},
		{name: "deduplication panics", exit: 1, fail: map[string]error{"deduplicate orders": nil}},
		{name: "after fails", exit: 1, fail: map[string]error{"after": boom}},
		{name: "close fails", exit: 1, fail: map[string]error{"close": boom}},
		{name: "close panics", exit: 1, fail: map[string]error{"close": nil}},
	}
	var drawn strings.Builder
	for _, test := range tests {
		d := &full{fail: test.fail}
		got := play(t, d, `{"table": "t"}`, input, test.args...)
		got.says(t, test.exit)
		fmt.Fprintf(&drawn, "# %s: exit %d\n%s\n\n", test.name, got.exit, d.trace.String())
	}
	golden(t, "order.golden", drawn.String())
}

func TestPanicIsAnErrorWithItsPlace(t *testing.T) {
	d := &plain{export: func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		recordData[len(recordData)] = base.RecordData{}
		return nil
	}}
	got := play(t, d, `{"table": "t"}`, schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState))
	got.says(t, 1, "stream users: the connector panicked: runtime error: index out of range [1] with length 1", "order_test.go")
	if got.stdout != "" {
		t.Errorf("state %q, want none", got.stdout)
	}
}

func TestCallThatLeavesItsGoroutineIsAnError(t *testing.T) {
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
		runtime.Goexit()
		return nil
	}}
	got := play(t, d, `{"table": "t"}`, schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState))
	got.says(t, 1, "stream users: the connector ended its goroutine")
	if got.stdout != "" {
		t.Errorf("state %q, want none", got.stdout)
	}
}

// The end of the context is a first signal: what was read is exported.
func TestEndOfTheContextStopsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
		cancel()
		return nil
	}}
	var stdout strings.Builder
	ended := make(chan int, 1)
	go func() {
		ended <- base.Run(ctx, d, tracedInfo(), base.Env{Args: []string{"--config_json", `{"maximum_batch_rows": 1}`}, Stdin: reader, Stdout: &stdout})
	}()
	_, _ = io.WriteString(writer, schemaLine("users")+recordLine("users", `{"id": 1}`))
	if code := <-ended; code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	_ = writer.Close()
}

const usersState = `{"bookmarks": {"users": {"id": 1}}}`

// wrong has the names of optional methods, with other signatures.
type wrong struct{ plain }

func (*wrong) Open() error                                      { return nil }
func (*wrong) Close(context.Context)                            {}
func (*wrong) HandleSchema(context.Context, *base.Stream) error { return nil }

func TestMethodWithAnotherSignatureIsToldAtTheStart(t *testing.T) {
	got := play(t, &wrong{}, `{"table": "t"}`, "")
	got.says(t, 1, "*base_test.wrong has a method Open with the signature func() error",
		"it must be func(context.Context) error", "method Close", "method HandleSchema")
}

// Rows of an older version are still there: were the bookmark told, the tap would
// not ask again that they go.
func TestNoBookmarkPassesAVersionThatWasNotActivated(t *testing.T) {
	d := &full{fail: map[string]error{"version users 7": errors.New("boom")}}
	got := play(t, d, `{"table": "t"}`, strings.Join([]string{
		schemaLine("users"), recordLine("users", `{"id": 1}`),
		stateLine(`{"bookmarks": {"users": 1}}`),
		schemaLine("orders"), recordLine("orders", `{"id": 1}`),
		`{"type": "ACTIVATE_VERSION", "stream": "users", "version": 7}` + "\n",
		stateLine(`{"bookmarks": {"users": 2, "orders": 1}}`),
	}, ""))
	got.says(t, 1, "stream users, line 6: boom")
	if want := `{"bookmarks": {"users": 1, "orders": 1}}`; !strings.HasSuffix(strings.TrimSpace(got.stdout), want) {
		t.Errorf("the last state is not %s\n%s", want, got.stdout)
	}
}

func TestAllStreamsThatFailAreTold(t *testing.T) {
	d := &plain{export: func(_ context.Context, _ []base.RecordData, stream string, _ base.Tags) error {
		if stream == "b" {
			return nil
		}
		return errors.New("boom " + stream)
	}}
	input := schemaLine("a") + schemaLine("b") + checkedLine("c") + recordLine("a", `{"id": 1}`) + recordLine("b", `{"id": 1}`) +
		recordLine("c", `{"id": "x"}`) + recordLine("ghost", `{}`) +
		stateLine(`{"bookmarks": {"a": 1, "b": 1, "c": 1, "ghost": 1}}`)
	got := play(t, d, `{"table": "t"}`, input)
	got.says(t, 1, "3 failures: stream a: boom a; stream c, line 6: column id: want integer, not string; "+
		"stream ghost, line 7: A record for stream ghost was encountered before a corresponding schema.")
	if state := strings.TrimSpace(got.stdout); state != `{"bookmarks": {"b": 1}}` {
		t.Errorf("state %q, want that of b alone", state)
	}
	lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "ERROR") != (i == len(lines)-1) {
			t.Errorf("line %d of %d: %s", i+1, len(lines), line)
		}
	}
}

func TestUnfinishedConnectorLosesNothing(t *testing.T) {
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error { return base.ErrNotImplemented }}
	got := play(t, d, `{"table": "t"}`, schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState))
	got.says(t, 1, "ExportBatchData is not implemented")
	if got.stdout != "" {
		t.Errorf("state %q, want none", got.stdout)
	}
}

func TestBatchErrors(t *testing.T) {
	bad := errors.New("bad row")
	partial := &base.BatchError{Failed: map[int]error{2: bad, 0: bad}}
	var none *base.BatchError
	tests := []struct {
		name, config, says string
		err                error
		exit               int
		letters            int
		state              bool
	}{
		{name: "fails the stream", err: partial, exit: 1, says: "stream users: 2 records of the batch failed, the first at index 0: bad row"},
		{name: "sets records aside", config: `"on_invalid": "dead_letter"`, err: partial, letters: 2, state: true},
		{name: "wrapped", config: `"on_invalid": "dead_letter"`, err: fmt.Errorf("write: %w", partial), letters: 2, state: true},
		{name: "joined with another error", config: `"on_invalid": "dead_letter"`, err: errors.Join(partial, errors.New("commit failed")), exit: 1, says: "commit failed"},
		{name: "wrapped with another error", config: `"on_invalid": "dead_letter"`, err: fmt.Errorf("%w, %w", errors.New("commit failed"), partial), exit: 1, says: "commit failed"},
		{name: "lists no record", err: &base.BatchError{}, state: true},
		{name: "is a nil pointer", err: none, state: true},
		{name: "lists an index beyond the batch", config: `"on_invalid": "dead_letter"`, err: &base.BatchError{Failed: map[int]error{3: bad}}, exit: 1,
			says: "the connector's BatchError lists index 3 of a batch of 3 records"},
		{name: "lists more than is allowed", config: `"on_invalid": "dead_letter", "maximum_dead_letters": 1`, err: partial, exit: 1, letters: 2,
			says: "too many records were refused: more than maximum_dead_letters (1)"},
		{name: "has no reason", config: `"on_invalid": "dead_letter"`, err: &base.BatchError{Failed: map[int]error{1: nil}}, letters: 1, state: true},
	}
	input := schemaLine("users") + recordLine("users", `{"id": 1}`) + recordLine("users", `{"id": 2}`) + recordLine("users", `{"id": 3}`) + stateLine(usersState)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error { return test.err }}
			path := filepath.Join(t.TempDir(), "dead.jsonl")
			config := `{"dead_letter_path": "` + path + `"`
			if test.config != "" {
				config += ", " + test.config
			}
			got := play(t, d, config+"}", input)
			got.says(t, test.exit, test.says)
			if letters, _ := os.ReadFile(path); strings.Count(string(letters), `"DEAD_LETTER"`) != test.letters {
				t.Errorf("dead letters:\n%swant %d", letters, test.letters)
			}
			if (got.stdout != "") != test.state {
				t.Errorf("state %q", got.stdout)
			}
		})
	}
}
