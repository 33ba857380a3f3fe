package base_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
)

func TestRefusedRecordsAndLinesAreSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	d := &plain{}
	input := checkedLine("users") +
		recordLine("users", `{"id": 1}`) +
		recordLine("users", `{"id": "é"}`) +
		`{"type": "RECORD", "stream": "us` + "\n" +
		"{\"type\": \"\xff\"}\r\n" +
		recordLine("users", `{"id": 2}`) +
		stateLine(`{"bookmarks": {"users": {"id": 2}}}`)
	got := play(t, d, `{"on_invalid": "dead_letter", "dead_letter_path": "`+path+`"}`, input)
	got.says(t, 0, "3 records read, 2 exported, 1 rejected", "2 lines that are no messages were set aside")
	want := `{"type":"SCHEMA","stream":"users","schema":{"properties": {"id": {"type": "integer"}}},"key_properties":["id"],"disable_column_type_check":false}
{"type":"DEAD_LETTER","line":3,"offset":214,"stream":"users","reason":"stream users, line 3: column id: want integer, not string","original":"{\"type\": \"RECORD\", \"stream\": \"users\", \"record\": {\"id\": \"é\"}}"}
{"type":"DEAD_LETTER","line":4,"offset":276,"reason":"line 4: malformed message: column 33: the line ends inside a string","original":"{\"type\": \"RECORD\", \"stream\": \"us"}
{"type":"DEAD_LETTER","line":5,"offset":309,"reason":"line 5: malformed message: column 11: invalid UTF-8: byte 0xff","original_base64":"eyJ0eXBlIjogIv8ifQ=="}
`
	letters, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(letters)); diff != "" {
		t.Errorf("dead letters (-want +got):\n%s", diff)
	}
	if d.trace.String() != `export users {"id": 1} {"id": 2}` {
		t.Errorf("calls:\n%s", d.trace.String())
	}
	if state := strings.TrimSpace(got.stdout); state != `{"bookmarks": {"users": {"id": 2}}}` {
		t.Errorf("state %q", state)
	}
}

func TestDeadLettersGoToTheConnectorIfItTakesThem(t *testing.T) {
	d := &full{}
	input := checkedLine("users") + recordLine("users", `{"id": "x"}`) + stateLine(usersState)
	got := play(t, d, `{"on_invalid": "dead_letter"}`, input)
	got.says(t, 0)
	if want := "before\nopen\nschema users\nletters 1\nafter\nclose"; d.trace.String() != want {
		t.Errorf("calls:\n%s\nwant\n%s", d.trace.String(), want)
	}
	if strings.TrimSpace(got.stdout) != usersState {
		t.Errorf("state %q", got.stdout)
	}
}

func TestNoStatePassesLettersThatAreLost(t *testing.T) {
	for name, err := range map[string]error{"fails": errors.New("boom"), "panics": nil} {
		d := &full{fail: map[string]error{"letters 1": err}}
		input := checkedLine("users") + recordLine("users", `{"id": "x"}`) + stateLine(usersState)
		got := play(t, d, `{"on_invalid": "dead_letter"}`, input)
		got.says(t, 1, "dead letters: ")
		if got.stdout != "" {
			t.Errorf("%s: state %q, want none", name, got.stdout)
		}
	}
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
		return &base.BatchError{Failed: map[int]error{0: errors.New("bad row")}}
	}}
	config := `{"on_invalid": "dead_letter", "dead_letter_path": "` + filepath.Join(t.TempDir(), "no", "such", "folder") + `"}`
	got := play(t, d, config, schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState))
	got.says(t, 1, "dead letters: open")
	if got.stdout != "" {
		t.Errorf("state %q, want none", got.stdout)
	}
}

func TestARunThatRefusesEverythingIsStopped(t *testing.T) {
	d := &full{}
	input := checkedLine("users") + strings.Repeat(recordLine("users", `{"id": "x"}`), 10) + stateLine(usersState)
	got := play(t, d, `{"on_invalid": "dead_letter", "maximum_dead_letters": 3}`, input)
	got.says(t, 1, "too many records were refused: more than maximum_dead_letters (3); the last: stream users, line 5")
	if !strings.Contains(d.trace.String(), "letters 4") || got.stdout != "" {
		t.Errorf("calls:\n%s\nstate %q", d.trace.String(), got.stdout)
	}
}

func TestDeadLettersNeedAPlace(t *testing.T) {
	got := play(t, &plain{}, `{"on_invalid": "dead_letter"}`, "")
	got.says(t, 1, "config: dead_letter_path: required with on_invalid: dead_letter")
}
