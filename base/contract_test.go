package base_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/testdata/recorder"
)

// mend is what a case must show where Mage's own behaviour, as recorded, is a
// fault or can be bettered. Everything not named here is as recorded.
type mend struct {
	why     string
	exit    int
	records map[string]string // per stream, a JSON array; nil: no call at all
	state   string            // "": none
	says    string            // part of the final error
}

// mends lists the cases that do not behave as recorded. The numbers in why are
// those of part 13 of the contract.
func mends() map[string]mend {
	const one = `[{"id": 1, "name": "a"}]`
	return map[string]mend{
		"03-batch-split": {why: "2: the state after the record that fills a set is told too",
			records: map[string]string{"users": `[{"id":1,"name":"n1"},{"id":2,"name":"n2"},{"id":3,"name":"n3"},{"id":4,"name":"n4"},{"id":5,"name":"n5"},{"id":6,"name":"n6"}]`},
			state:   `{"bookmarks": {"users": {"id": 6}}}`},
		"06-state-names-unseen-stream": {why: "3: a bookmark may name a stream that was not seen",
			records: map[string]string{"users": `[{"id":1,"name":"a"},{"id":2,"name":"b"}]`},
			state:   `{"bookmarks": {"users": {"id": 1}, "orders": {"id": 9}}}`},
		"10-schema-change-check-on": {why: "13: each record is checked by the schema in force when it was read",
			records: map[string]string{"users": `[{"id":1,"name":"a"},{"id":2,"name":7}]`}},
		"11-record-before-schema": {why: "19: told at once, with the line", exit: 1,
			says: "A record for stream users was encountered before a corresponding schema."},
		"13-schema-without-properties": {why: "17: a message that names the stream", exit: 1,
			says: "stream users, line 1: the schema has no properties"},
		"14-schema-required-check-on": {why: "12: required is no matter of one column",
			records: map[string]string{"users": one}},
		"17-type-violation-check-on": {why: "17: the message names stream, line and column", exit: 1,
			says: "stream users, line 3: column id: want integer, not string"},
		"20-integer-given-as-float-check-on": {why: "17: the message names stream, line and column", exit: 1,
			says: "stream users, line 2: column id: want integer, not number"},
		"26-anyof-string-lost": {why: "11: text stays text where text is allowed",
			records: map[string]string{"users": `[{"id":1,"v":"plain text"}]`}},
		"28-array-of-json-strings-bad": {why: "text that cannot be read stays while nothing is checked",
			records: map[string]string{"users": `[{"id":1,"a":["not json"]}]`}},
		"29-array-type-list-not-coerced": {why: "10: a list of types counts like one type",
			records: map[string]string{"users": `[{"id":1,"a":[{"x":1}],"b":[1,2]}]`}},
		"31-array-bad-literal": {why: "text that cannot be read stays while nothing is checked",
			records: map[string]string{"users": `[{"id":1,"a":"hello world"},{"id":2,"a":[1]}]`}},
		"32-array-items-anyof-without-type": {why: "16: a branch without type says nothing",
			records: map[string]string{"users": `[{"id":1,"a":[{"b":1}]}]`}},
		"33-array-type-list-string-check-on": {why: "10: a list of types counts like one type",
			records: map[string]string{"users": `[{"id":1,"a":[1,2]}]`}},
		"35-record-null": {why: "17: a message that names the line", exit: 1,
			says: "stream users, line 2: RECORD without record"},
		"41-nan-infinity-duplicate-keys": {why: "NaN is no JSON: an error by default, null by non_finite", exit: 1,
			says: "stream users, line 2: column id: NaN"},
		"45-override-partition-keys-null": {why: "15: null is an empty list",
			records: map[string]string{"users": one}},
		"46-catalog-extraction": {why: "6: a null is a value",
			records: map[string]string{"users": `[{"id":1,"name":null},{"id":2,"name":"b"}]`},
			state:   `{"bookmarks": {"users": {"id": 2}}}`},
		"52-state-empty-bookmarks": {why: "passed on as read",
			records: map[string]string{"users": one}, state: `{"bookmarks": {}}`},
		"54-state-value-not-object": {why: "5: any value is a state",
			records: map[string]string{"users": one}, state: `"2024-01-01"`},
		"55-state-current-stream": {why: "5: any value is a state",
			records: map[string]string{"users": one}, state: `{"current_stream": "users", "users": {"id": 1}}`},
		"57-state-arbitrary": {why: "5: any value is a state",
			records: map[string]string{"users": one}, state: `{"users": {"id": 1}}`},
		"58-state-arbitrary-unknown-key": {why: "5: any value is a state",
			records: map[string]string{"users": one}, state: `{"cursor": "abc", "n": 3}`},
		"62-state-of-failed-stream-advances": {why: "1: the bookmark of a failed stream stays", exit: 1,
			records: map[string]string{"users": one}, state: `{"bookmarks": {"users": {"id": 1}}}`, says: "boom orders"},
		"08-split-with-failing-stream": {why: "1: the bookmark of a failed stream stays", exit: 1,
			records: map[string]string{"orders": anything}, state: anything, says: "boom users"},
		"64-two-streams-fail": {why: "18: every stream that failed is named", exit: 1,
			says: "2 failures: stream users: boom users; stream orders: boom orders"},
		"72-unparsable-lines": {why: "7: a message that was cut short ends the run", exit: 1,
			says: "line 5: malformed message: column 62: the line ends inside a string"},
		"77-missing-type": {why: "9: what precedes is exported", exit: 1,
			records: map[string]string{"users": one}, says: "line 3: Required key type is missing from row."},
		"78-unknown-type": {why: "9: what precedes is exported", exit: 1,
			records: map[string]string{"users": one}, says: "line 3: Unknown message type BATCH"},
		"83-deep-nesting": {why: "9: what can be read is accepted",
			records: map[string]string{"users": anything}, state: `{"bookmarks": {"users": {"id": 2}}}`},
		"85-failing-second-set": {why: "batch boundaries are not part of the contract", exit: 1,
			records: map[string]string{"users": anything}, state: anything, says: "boom users"},
		"95-settings-empty-yaml": {why: "17: a clear message", exit: 1,
			says: "Config and config file path is missing."},
	}
}

func TestContractCases(t *testing.T) {
	cases, err := filepath.Glob("../testdata/contract/cases/*")
	if err != nil || len(cases) != 66 {
		t.Fatalf("want 66 cases, found %d (%v)", len(cases), err)
	}
	for _, dir := range cases {
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			got := playCase(t, dir)
			got.stateFollowsRecords(t)
			want, mended := mends()[name]
			if !mended {
				want = recorded(t, dir)
			}
			got.compare(t, want)
		})
	}
}

// played is what a case did here.
type played struct {
	exit           int
	records        map[string][]any
	sent           map[string]bool // streams of which the input holds records
	state          string
	stdout, stderr string
}

func playCase(t *testing.T, dir string) played {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	input := optionalFile(t, filepath.Join(dir, "input.singer"))
	got := contractRunner(t)(t, contractRun{
		dir: out, args: caseArgs(t, dir, out), input: input,
		// The recordings choose Mage's non-batch mode with a variable.
		recordByRecord: strings.Contains(optionalFile(t, filepath.Join(dir, "env")), "RECORDER_BATCH=0"),
	})
	got.state = strings.TrimSpace(optionalFile(t, filepath.Join(out, "state")))
	got.sent = streamsSent(input)
	got.records = joinCalls(t, optionalFile(t, filepath.Join(out, "export.jsonl")))
	return got
}

// contractRun is what a case asks of the recorder.
type contractRun struct {
	dir            string
	args           []string
	input          string
	recordByRecord bool
}

// contractRunner runs the recorder in process, or, if the environment variable
// CONTRACT_COMMAND names an executable, that: a connector made by mage-dest new
// and filled in as the recorder, for instance.
func contractRunner(t *testing.T) func(*testing.T, contractRun) played {
	t.Helper()
	command := os.Getenv("CONTRACT_COMMAND")
	if command == "" {
		return playInProcess
	}
	return func(t *testing.T, run contractRun) played {
		t.Helper()
		if run.recordByRecord {
			t.Skip("whether records are exported one by one is built into the executable of CONTRACT_COMMAND")
		}
		var stdout, stderr bytes.Buffer
		process := exec.CommandContext(t.Context(), command, run.args...)
		process.Dir, process.Stdin, process.Stdout, process.Stderr = run.dir, strings.NewReader(run.input), &stdout, &stderr
		if err := process.Run(); process.ProcessState == nil {
			t.Fatal(err)
		}
		return played{exit: process.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	}
}

func playInProcess(t *testing.T, run contractRun) played {
	t.Helper()
	var stdout, stderr bytes.Buffer
	d := recorder.New()
	d.Dir = run.dir
	info := base.Info{
		Name: "recorder", Version: "1.0.0", RecordByRecord: run.recordByRecord,
		Templates: fstest.MapFS{"templates/config.json": {Data: []byte(`{"output_path": "", "fail_streams": []}`)}},
	}
	exit := base.Run(t.Context(), d, info, base.Env{
		Args: run.args, Stdin: strings.NewReader(run.input), Stdout: &stdout, Stderr: &stderr,
	})
	return played{exit: exit, stdout: stdout.String(), stderr: stderr.String()}
}

// caseArgs is the command line of a case, as CONTRACT.md describes it.
func caseArgs(t *testing.T, dir, out string) []string {
	t.Helper()
	if text := optionalFile(t, filepath.Join(dir, "args")); text != "" {
		text = strings.NewReplacer("{case}", dir, "{out}", out).Replace(strings.TrimSuffix(text, "\n"))
		return strings.Split(text, "\n")
	}
	args := []string{"--config", filepath.Join(dir, "config.json"), "--log_to_stdout", "1", "--state", filepath.Join(out, "state")}
	if _, err := os.Stat(filepath.Join(dir, "settings.yaml")); err == nil {
		args = append(args, "--settings", filepath.Join(dir, "settings.yaml"))
	}
	if catalog := optionalFile(t, filepath.Join(dir, "catalog.json")); catalog != "" {
		args = append(args, "--catalog_json", catalog)
	}
	return args
}

func optionalFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

// joinCalls joins the records of all calls that succeeded, per stream: batch
// boundaries are not part of the contract.
func joinCalls(t *testing.T, text string) map[string][]any {
	t.Helper()
	joined := map[string][]any{}
	for line := range strings.Lines(text) {
		var call struct {
			Stream  string
			Records []any
			Raised  bool
		}
		decoder := json.NewDecoder(strings.NewReader(nanAsText(line)))
		decoder.UseNumber()
		if err := decoder.Decode(&call); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if !call.Raised {
			joined[call.Stream] = append(joined[call.Stream], call.Records...)
		}
	}
	return joined
}

func nanAsText(line string) string {
	return strings.NewReplacer(": NaN", `: "NaN"`, ": -Infinity", `: "-Infinity"`).Replace(line)
}

// recorded is what Mage's base did.
func recorded(t *testing.T, dir string) mend {
	t.Helper()
	exit, err := strconv.Atoi(strings.TrimSpace(optionalFile(t, filepath.Join(dir, "expected/exit_code"))))
	if err != nil {
		t.Fatal(err)
	}
	want := mend{exit: exit, state: strings.TrimSpace(optionalFile(t, filepath.Join(dir, "expected/state"))), records: map[string]string{}}
	for stream, records := range joinCalls(t, optionalFile(t, filepath.Join(dir, "expected/export.jsonl"))) {
		text, err := json.Marshal(records)
		if err != nil {
			t.Fatal(err)
		}
		want.records[stream] = string(text)
	}
	return want
}

// anything stands for a value that depends on where batches are cut.
const anything = "*"

func (p played) compare(t *testing.T, want mend) {
	t.Helper()
	if p.exit != want.exit {
		t.Errorf("exit code %d, want %d\nstdout: %s\nstderr: %s", p.exit, want.exit, p.stdout, p.stderr)
	}
	for stream, text := range want.records {
		if text == anything {
			delete(p.records, stream)
			continue
		}
		if diff := cmp.Diff(decoded(t, text), any(p.records[stream])); diff != "" {
			t.Errorf("records of %s (-want +got):\n%s", stream, diff)
		}
		delete(p.records, stream)
	}
	if len(p.records) > 0 {
		t.Errorf("exported, but should not be: %v", p.records)
	}
	if want.state != anything {
		if diff := cmp.Diff(decoded(t, want.state), decoded(t, p.state)); diff != "" {
			t.Errorf("state (-want +got):\n%s", diff)
		}
	}
	if want.says != "" && !strings.Contains(p.stdout+p.stderr, quotedPart(want.says)) {
		t.Errorf("no line says %q\nstdout: %s\nstderr: %s", want.says, p.stdout, p.stderr)
	}
}

// stateFollowsRecords holds for every case with bookmarks by id: a bookmark of a
// stream that sent records names a record that was stored.
func (p played) stateFollowsRecords(t *testing.T) {
	t.Helper()
	state, _ := decoded(t, p.state).(map[string]any)
	bookmarks, _ := state["bookmarks"].(map[string]any)
	for stream, bookmark := range bookmarks {
		values, _ := bookmark.(map[string]any)
		id, isNumber := values["id"].(json.Number)
		if !isNumber || !p.sent[stream] {
			continue
		}
		if !slices.ContainsFunc(p.records[stream], func(record any) bool {
			return record.(map[string]any)["id"] == id
		}) {
			t.Errorf("the state says %s of %s, but what was stored of it is %v", id, stream, p.records[stream])
		}
	}
}

// streamsSent are the streams of which the input holds records.
func streamsSent(input string) map[string]bool {
	sent := map[string]bool{}
	for line := range strings.Lines(input) {
		var message struct{ Type, Stream string }
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "RECORD" {
			sent[message.Stream] = true
		}
	}
	return sent
}

func quotedPart(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return strings.Trim(string(quoted), `"`)
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	if text == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}
