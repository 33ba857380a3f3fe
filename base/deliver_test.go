package base_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
)

// script answers the calls of ExportBatchData one after the other; the last answer
// is that of all further calls.
func script(answers ...error) func(context.Context, []base.RecordData, string, base.Tags) error {
	return func(context.Context, []base.RecordData, string, base.Tags) error {
		answer := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		return answer
	}
}

func failed(reasons map[int]error) error { return &base.BatchError{Failed: reasons} }

// What the author's error says decides about the calls that follow it, the exit code
// and what is told.
func TestErrorsOfAnExportDecideWhatFollows(t *testing.T) {
	boom := errors.New("boom")
	four := []int{1, 2, 3, 4}
	tests := []struct {
		name    string
		answers []error
		letters bool // dead letters are on
		calls   string
		exit    int
		says    []string
	}{
		{"nil", []error{nil}, false, "1 2 3 4", 0, nil},
		{"unmarked is not tried again", []error{boom}, false, "1 2 3 4", 1, []string{"stream users: boom"}},
		{"unmarked is not halved", []error{boom}, true, "1 2 3 4", 1, []string{"stream users: boom"}},
		{"retryable", []error{base.Retryable(boom), nil}, false, "1 2 3 4|1 2 3 4", 0, []string{"attempt 1: boom"}},
		{"wrapped", []error{fmt.Errorf("put: %w", base.Retryable(boom)), nil}, false, "1 2 3 4|1 2 3 4", 0, nil},
		{"joined with nothing", []error{errors.Join(base.Retryable(boom), nil), nil}, false, "1 2 3 4|1 2 3 4", 0, nil},
		{"joined with another error", []error{errors.Join(base.Retryable(boom), boom), nil}, false, "1 2 3 4", 1, nil},
		{
			"retryable for ever",
			[]error{base.Retryable(boom)},
			false, "1 2 3 4|1 2 3 4|1 2 3 4", 1, []string{"boom; given up after 3 attempts in", "(maximum_attempts)"},
		},
		{"asks to wait", []error{base.RetryAfter(boom, time.Millisecond), nil}, false, "1 2 3 4|1 2 3 4", 0, nil},
		{
			"asks to wait for too long",
			[]error{base.RetryAfter(boom, time.Hour), nil},
			false, "1 2 3 4", 1, []string{"boom; given up after 1 attempts in", "the next is due in 1h", "maximum_retry_time is 1m0s"},
		},
		{"permanent", []error{base.Permanent(boom)}, false, "1 2 3 4", 1, []string{"stream users: boom"}},
		{
			"permanent, one to blame",
			[]error{base.Permanent(boom), nil, base.Permanent(boom), base.Permanent(boom), nil},
			true, "1 2 3 4|1 2|3 4|3|4", 0, []string{"3 exported, 1 rejected"},
		},
		{"permanent, all to blame", []error{base.Permanent(boom)}, true, "1 2 3 4|1 2|1|2|3 4|3|4", 0, []string{"0 exported, 4 rejected"}},
		{"too large", []error{base.TooLarge(boom), nil}, false, "1 2 3 4|1 2|3 4", 0, []string{"The export of stream users is halved, 4 records at first: boom"}},
		{
			"too large alone",
			[]error{base.TooLarge(boom)},
			false, "1 2 3 4|1 2|1", 1, []string{"stream users, line 2: boom"},
		},
		{"too large alone, set aside", []error{base.TooLarge(boom), nil, base.TooLarge(boom), base.TooLarge(boom), nil}, true, "1 2 3 4|1 2|3 4|3|4", 0, []string{"3 exported, 1 rejected"}},
		{"too large, then away", []error{base.TooLarge(boom), base.Retryable(boom), nil}, false, "1 2 3 4|1 2|1 2|3 4", 0, nil},
		{"a half fails", []error{base.TooLarge(boom), nil, boom}, false, "1 2 3 4|1 2|3 4", 1, []string{"stream users: boom", "2 exported"}},
		{"some fail", []error{failed(map[int]error{1: boom})}, false, "1 2 3 4", 1, []string{"3 exported"}},
		{"some are set aside", []error{failed(map[int]error{1: boom})}, true, "1 2 3 4", 0, []string{"3 exported, 1 rejected"}},
		{"some may come again", []error{failed(map[int]error{1: base.Retryable(boom), 3: base.Retryable(boom)}), nil}, false, "1 2 3 4|2 4", 0, []string{"4 exported"}},
		{
			"some may come again, some not",
			[]error{failed(map[int]error{0: boom, 1: base.Retryable(boom)}), nil},
			true, "1 2 3 4|2", 0, []string{"3 exported, 1 rejected"},
		},
		{
			"none is stored without those that fail",
			[]error{&base.BatchError{Failed: map[int]error{2: boom}, NoneStored: true}, nil},
			true, "1 2 3 4|1 2 4", 0, []string{"3 exported, 1 rejected"},
		},
		{
			"none is stored and nobody is to blame",
			[]error{&base.BatchError{NoneStored: true}},
			true, "1 2 3 4", 1, []string{"says that no record is stored and lists none that failed"},
		},
		{"an index beyond", []error{failed(map[int]error{4: boom})}, true, "1 2 3 4", 1, []string{"lists index 4 of a batch of 4 records"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &plain{export: script(test.answers...)}
			config := `{"maximum_attempts": 3, "retry_wait": "1ms", "maximum_retry_time": "1m"`
			if test.letters {
				config += fmt.Sprintf(`, "on_invalid": "dead_letter", "dead_letter_path": %q`, t.TempDir()+"/dead")
			}
			got := play(t, d, config+"}", recordsOf("users", four)+stateLine(usersState))
			got.says(t, test.exit, test.says...)
			if diff := cmp.Diff(test.calls, calledWith(d)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if told := strings.TrimSpace(got.stdout); (told == usersState) != (test.exit == 0) {
				t.Errorf("exit code %d and state %q", got.exit, told)
			}
		})
	}
}

func recordsOf(stream string, ids []int, schemaKeys ...string) string {
	lines := schemaLine(stream)
	for _, key := range schemaKeys {
		lines = strings.Replace(lines, `"type": "SCHEMA"`, `"type": "SCHEMA", `+key, 1)
	}
	for _, id := range ids {
		lines += recordLine(stream, fmt.Sprintf(`{"id": %d}`, id))
	}
	return lines
}

// calledWith are the ids of each call.
func calledWith(d *plain) string {
	calls := strings.Split(d.trace.String(), "\n")
	for i, call := range calls {
		call = strings.NewReplacer("export users ", "", `{"id": `, "", "}", "").Replace(call)
		calls[i] = call
	}
	return strings.Join(calls, "|")
}

// A record that comes again takes those with it that hold later versions of its row,
// so that the last one stays.
func TestLaterVersionsOfARowComeAgainToo(t *testing.T) {
	again := failed(map[int]error{0: base.Retryable(errors.New("busy"))})
	d := &plain{export: script(again, nil)}
	input := recordsOf("users", []int{1, 2, 1, 3, 1}, `"key_properties": ["id"]`)
	play(t, d, `{"retry_wait": "1ms"}`, input).says(t, 0, "5 exported")
	if got, want := calledWith(d), "1 2 1 3 1|1 1 1"; got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
}

// The same records have the same ID however often they are handed over, other
// records another one; ordinals have no holes between halves.
func TestBatchTellsACallFromOthers(t *testing.T) {
	var seen []base.Batch
	answer := script(base.Retryable(errors.New("busy")), base.TooLarge(errors.New("much")), nil)
	d := &plain{export: func(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
		seen = append(seen, base.BatchFromContext(ctx))
		return answer(ctx, recordData, stream, tags)
	}}
	play(t, d, `{"retry_wait": "1ms"}`, recordsOf("users", []int{1, 2, 3, 4, 5})).says(t, 0)
	if len(seen) != 4 || seen[0].ID != seen[1].ID || seen[2].ID == seen[1].ID || seen[3].ID == seen[2].ID {
		t.Fatalf("batches %+v", seen)
	}
	var told []string
	for _, b := range seen {
		told = append(told, fmt.Sprintf("attempt %d, %d to %d", b.Attempt, b.First, b.Last))
	}
	want := []string{"attempt 1, 1 to 5", "attempt 2, 1 to 5", "attempt 1, 1 to 2", "attempt 1, 3 to 5"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A store that hangs fails the run when call_timeout has passed, whether its client
// looks at the context or not.
func TestCallThatTakesTooLongIsEnded(t *testing.T) {
	polite := func(ctx context.Context, _ []base.RecordData, _ string, _ base.Tags) error {
		<-ctx.Done()
		return ctx.Err()
	}
	release := make(chan struct{})
	deaf := func(context.Context, []base.RecordData, string, base.Tags) error {
		<-release
		return nil
	}
	t.Cleanup(func() { close(release) })
	for words, export := range map[string]func(context.Context, []base.RecordData, string, base.Tags) error{
		"context deadline exceeded (call_timeout, 20ms, had passed: raise it if the store is slow)": polite,
		"the connector did not return within call_timeout (20ms): its records are not counted":      deaf,
	} {
		got := play(t, &plain{export: export}, `{"call_timeout": "20ms"}`, recordsOf("users", []int{1})+stateLine(usersState))
		got.says(t, 1, words)
		if got.stdout != "" {
			t.Errorf("state %q, want none", got.stdout)
		}
	}
}

// A test of the connection tells how it is now.
func TestConnectionTestIsNotTriedAgain(t *testing.T) {
	d := &full{fail: map[string]error{"open": base.Retryable(errors.New("busy"))}}
	play(t, d, `{"table": "t"}`, "", "--test_connection").says(t, 1, "busy")
	if got := strings.Count(d.trace.String(), "open"); got != 1 {
		t.Errorf("Open was called %d times, want once", got)
	}
}

// Open, HandleSchema, ActivateVersion and ExportDeadLetters may fail for a while, too.
func TestOtherCallsAreTriedAgain(t *testing.T) {
	for _, call := range []string{"open", "schema users", "version users 7", "letters 1"} {
		d := &full{fail: map[string]error{call: base.Retryable(errors.New("busy"))}}
		input := checkedLine("users") + recordLine("users", `{"id": "x"}`) + `{"type": "ACTIVATE_VERSION", "stream": "users", "version": 7}` + "\n"
		play(t, d, `{"on_invalid": "dead_letter", "maximum_attempts": 3, "retry_wait": "1ms"}`, input).says(t, 1, "busy; given up after 3 attempts")
		if got := strings.Count(d.trace.String(), call); got < 3 {
			t.Errorf("%s was called %d times, want 3 or more:\n%s", call, got, d.trace.String())
		}
	}
}
