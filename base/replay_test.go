package base_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base"
)

func settingAside(path string, more ...string) string {
	return fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q%s}`, path, strings.Join(append([]string{""}, more...), ", "))
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The file of dead letters is an input: when the store takes the records, they and only
// they are exported, once, and no state is told.
func TestDeadLettersCanBeFedBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	odd := func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		failed := map[int]error{}
		for i, item := range recordData {
			if strings.Contains(string(item.Record.Raw()), "odd") {
				failed[i] = errors.New("the store is not ready for it")
			}
		}
		return &base.BatchError{Failed: failed}
	}
	name := `"name": {"type": "string"}`
	input := schemaLine("users", name) + schemaLine("orders", name) +
		recordLine("users", `{"id": 1, "name": "good"}`) + recordLine("users", `{"id": 2, "name": "odd \"é\\u0000\""}`) +
		recordLine("orders", `{"id": 3, "name": "odd"}`) + stateLine(usersState) +
		schemaLine("users", `"name": {"type": ["string", "null"]}`) + recordLine("users", `{"id": 4, "name": "odd too"}`)
	play(t, &plain{export: odd}, settingAside(path), input).says(t, 0, "1 exported, 3 rejected")
	letters := readFile(t, path)
	if got := strings.Count(letters, `"type":"SCHEMA","stream":"users"`); got != 2 {
		t.Errorf("the schema of users is there %d times, want each of the two once:\n%s", got, letters)
	}

	again := filepath.Join(t.TempDir(), "again.jsonl")
	play(t, &plain{export: odd}, settingAside(again), letters).says(t, 0, "0 exported, 3 rejected")
	if diff := cmp.Diff(letters, readFile(t, again)); diff != "" {
		t.Errorf("letters that are refused again are other letters (-first +second):\n%s", diff)
	}

	d := &plain{}
	got := play(t, d, `{"table": "t"}`, letters)
	got.says(t, 0, "3 records read, 3 exported")
	want := "export users {\"id\": 2, \"name\": \"odd \\\"é\\\\u0000\\\"\"}\nexport orders {\"id\": 3, \"name\": \"odd\"}\nexport users {\"id\": 4, \"name\": \"odd too\"}"
	if diff := cmp.Diff(want, d.trace.String()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if got.stdout != "" {
		t.Errorf("a replay tells the state %q", got.stdout)
	}
}

// Whatever was refused comes back byte for byte.
func TestDeadLettersKeepEveryByte(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		first, second := filepath.Join(folder, "first"), filepath.Join(folder, "second")
		for _, path := range []string{first, second} {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		bad := `{"` + strings.NewReplacer("\n", "", "\r", "").Replace(string(rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "line")))
		run := func(path, input string) {
			d, info := &plain{}, tracedInfo()
			code := base.Run(context.Background(), d, info, base.WithChunks(base.Env{
				Args: []string{"--config_json", settingAside(path)}, Stdin: strings.NewReader(input),
			}, 16))
			if code != 0 {
				t.Fatalf("exit code %d for %q", code, input)
			}
		}
		run(first, checkedLine("users")+recordLine("users", `{"id": "x"}`)+bad+"\n")
		letters, err := os.ReadFile(first)
		if err != nil {
			t.Fatal(err)
		}
		run(second, string(letters))
		again, err := os.ReadFile(second)
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != string(letters) {
			t.Fatalf("letters\n%s\nread again\n%s", letters, again)
		}
	})
}

func TestLetterThatIsNoneIsRefused(t *testing.T) {
	for letter, words := range map[string]string{
		`{"type": "DEAD_LETTER", "line": 1, "reason": "x"}`:                                                  "DEAD_LETTER without original",
		`{"type": "DEAD_LETTER", "original": "{\"type\": \"DEAD_LETTER\", \"original\": \"{}\"}"}`:           "DEAD_LETTER of a DEAD_LETTER",
		`{"type": "DEAD_LETTER", "original_base64": "!"}`:                                                    "original_base64: illegal base64",
		`{"type": "DEAD_LETTER", "line": 7, "original": "{\"type\": \"RECORD\", \"stream\": \"u\", \"rec"}`:  "line 7: malformed message",
		`{"type": "DEAD_LETTER", "line": 7, "original": "{\"type\": \"RECORD\", \"stream\": \"u\"}"}`:        "A record for stream u was encountered before a corresponding schema",
		`{"type": "DEAD_LETTER", "line": 7, "original": "{\"type\": \"ODD\", \"stream\": \"u\", \"a\": 1}"}`: "Unknown message type ODD",
	} {
		play(t, &plain{}, `{"table": "t"}`, letter+"\n").says(t, 1, words)
	}
}

// A crash can leave half a letter; the next one must not become part of it.
func TestLettersAreNotGluedToHalfALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	if err := os.WriteFile(path, []byte(`{"type":"DEAD_LETTER","line":1,"orig`), 0o600); err != nil {
		t.Fatal(err)
	}
	play(t, &plain{}, settingAside(path), checkedLine("users")+recordLine("users", `{"id": "x"}`)).says(t, 0, "1 rejected")
	lines := strings.Split(strings.TrimSpace(readFile(t, path)), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], `{"type":"SCHEMA"`) || !strings.HasPrefix(lines[2], `{"type":"DEAD_LETTER","line":2`) {
		t.Errorf("the file holds\n%s", strings.Join(lines, "\n"))
	}
	// As input the half line is refused like any, and the rest is read.
	got := play(t, &plain{}, settingAside(filepath.Join(t.TempDir(), "again")), strings.Join(lines, "\n")+"\n")
	got.says(t, 0, "1 records read, 0 exported, 1 rejected", "1 lines that are no messages were set aside")
}

func TestRunDoesNotReadTheLettersThatItWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	if err := os.WriteFile(path, []byte(checkedLine("users")+recordLine("users", `{"id": "x"}`)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := play(t, &plain{}, settingAside(path), "", "--input_file_path", path)
	got.says(t, 1, "dead_letter_path: "+path+" is the input of this run")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	if code := base.Run(t.Context(), &plain{}, tracedInfo(), base.Env{Args: []string{"--config_json", settingAside(path)}, Stdin: file}); code != 1 {
		t.Errorf("exit code %d for stdin, want 1", code)
	}
}

func TestTooLargeAPartOfTheRecordsStopsTheRun(t *testing.T) {
	tests := []struct {
		share     string
		good, bad int
		exit      int
	}{
		{"0", 0, 300, 0},
		{"0.1", 95, 10, 0},
		{"0.1", 89, 10, 1}, // less than 100 records, at the end of the run
		{"0.5", 100, 101, 1},
		{"1", 0, 300, 0},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "dead.jsonl")
		input := checkedLine("users") + strings.Repeat(recordLine("users", `{"id": 1}`), test.good) + strings.Repeat(recordLine("users", `{"id": "x"}`), test.bad) + stateLine(usersState)
		got := play(t, &plain{}, settingAside(path, `"maximum_dead_letter_share": `+test.share), input)
		got.says(t, test.exit)
		if told := strings.TrimSpace(got.stdout) == usersState; told != (test.exit == 0) {
			t.Errorf("%+v: exit code %d and state %q", test, got.exit, got.stdout)
		}
		if test.exit == 1 {
			got.says(t, 1, fmt.Sprintf("%d of %d records, more than maximum_dead_letter_share (%s)", test.bad, test.good+test.bad, test.share))
		}
		if strings.Count(readFile(t, path), "DEAD_LETTER") != test.bad {
			t.Errorf("%+v: not all letters are in the file", test)
		}
	}
}

func TestDeadLettersOnAFullDiskFailTheRun(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	got := play(t, &plain{}, settingAside("/dev/full"), checkedLine("users")+recordLine("users", `{"id": "x"}`)+stateLine(usersState))
	got.says(t, 1, "dead letters: ", "no space left on device")
	if got.stdout != "" {
		t.Errorf("state %q, want none", got.stdout)
	}
}
