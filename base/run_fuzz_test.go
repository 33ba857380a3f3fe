package base_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// Whatever comes in, a run ends with 0 or 1, nothing panics, and what it tells are
// states.
func FuzzRun(f *testing.F) {
	lines := checkedLine("a", `"id": {"type": "integer"}`, `"x": {"type": "array", "items": {"type": "object"}}`) + schemaLine("b") +
		recordLine("a", `{"id": 1, "x": "['y']"}`) + recordLine("b", `{"id": NaN, "x": 1e400}`) + stateLine(`{"bookmarks": {"a": 1, "b": {"c": 2}}}`) +
		`{"type": "ACTIVATE_VERSION", "stream": "a", "version": 3}` + "\n" + schemaLine("a", `"id": {"type": "string"}`) + recordLine("a", `{"id": "2"}`) +
		`{"level": "INFO", "message": "m"}` + "\nstray\n" + stateLine(`"s"`) +
		`{"type": "DEAD_LETTER", "line": 3, "offset": 9, "stream": "a", "original": "{\"type\": \"RECORD\", \"stream\": \"a\", \"record\": {\"id\": \"3\"}}"}` + "\n" +
		`{"type": "DEAD_LETTER", "line": 4, "original_base64": "eyJ0eXBlIjogIv8ifQ=="}` + "\n"
	for choice := range byte(64) {
		f.Add(choice, lines)
	}
	f.Fuzz(func(t *testing.T, choice byte, input string) {
		config := map[string]any{"table": "t", "maximum_dead_letters": 2}
		if choice&1 != 0 {
			config["validation"] = "full"
		}
		if choice&2 != 0 {
			config["on_invalid"] = "dead_letter"
		}
		if choice&4 != 0 {
			config["maximum_batch_rows"], config["non_finite"] = 1, "null"
		}
		text, err := json.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		d := &full{}
		d.export = func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
			for _, item := range recordData {
				if !json.Valid(item.Record.Raw()) {
					t.Errorf("record %q is no JSON", item.Record.Raw())
				}
				if _, err := item.Record.Map(); err != nil {
					t.Error(err)
				}
			}
			if choice&16 != 0 {
				return &base.BatchError{Failed: map[int]error{0: errors.New("bad row")}}
			}
			return nil
		}
		info := tracedInfo()
		info.RecordByRecord = choice&8 != 0
		var stdout, stderr bytes.Buffer
		env := base.Env{
			Args: []string{"--config_json", string(text)}, Stdin: strings.NewReader(input), Stdout: &stdout, Stderr: &stderr,
		}
		if choice&32 != 0 {
			env = base.WithChunks(env, 64) // and whoever looks at memory that is free finds no UTF-8
		}
		exit := base.Run(context.Background(), d, info, env)
		if exit != 0 && exit != 1 || strings.Contains(stderr.String(), "panic") && !strings.Contains(input, "panic") || strings.Contains(stderr.String(), "the library that") {
			t.Errorf("exit code %d\n%s", exit, stderr.String())
		}
		for line := range strings.Lines(stdout.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%q on stdout is no state", line)
			}
		}
		for line := range strings.Lines(stderr.String()) {
			if _, text, ok := strings.Cut(line, "] "); !ok || !json.Valid([]byte(text)) {
				t.Errorf("%q is no log line", line)
			}
		}
	})
}
