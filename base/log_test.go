package base_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
)

// unlike holds what differs from one recording to the next.
var unlike = regexp.MustCompile(`, "timestamp": \d{10}, "uuid": "[0-9a-f]{32}"`)

// What base logs of an ordinary run is, byte for byte, what Mage's base does. Left
// out are the whole last record, which base does not log, and base's own summary.
func TestLinesAreThoseOfMage(t *testing.T) {
	cases, err := filepath.Glob("../testdata/contract/cases/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range cases {
		name := filepath.Base(dir)
		if _, mended := mends()[name]; mended || otherLines()[name] != "" {
			continue
		}
		got := playCase(t, dir)
		want := optionalFile(t, filepath.Join(dir, "expected/stdout"))
		want = regexp.MustCompile(`, "record": .*?\}(\}, "type")`).ReplaceAllString(want, "$1")
		var lines strings.Builder
		for line := range strings.Lines(got.stdout) {
			line = unlike.ReplaceAllString(line, "")
			if !strings.Contains(line, `"summary"`) {
				lines.WriteString(line)
			}
		}
		if diff := cmp.Diff(want, lines.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLogLines(t *testing.T) {
	now := func() time.Time { return time.Date(2024, 2, 29, 1, 2, 3, 4567000, time.UTC) }
	type odd struct{ A, B int }
	d := &plain{}
	d.export = func(context.Context, []base.RecordData, string, base.Tags) error {
		log := d.Logger()
		log.Info("plain é 😀 \x7f\u2028 \"quoted\" \\ \n")
		log.Debug("for debugging")
		log.Warn("careful", "n", 1, "f", 1.5, "t", true, "nil", nil, "took", time.Second, "err", errors.New("<boom> é"))
		log.Error("not the run's", "struct", odd{1, 2}, "html", "<&>", "chan", make(chan int) != nil)
		log.With("a", 1).WithGroup("g").With("b", 2).Info("grouped", "c", 3)
		return nil
	}
	for name, args := range map[string][]string{"log-stderr.golden": {"--debug"}, "log-stdout.golden": {"--log_to_stdout", "1"}} {
		var stdout, stderr bytes.Buffer
		exit := base.Run(t.Context(), d, tracedInfo(), base.Env{
			Args: append(args, "--config_json", `{"table": "t"}`, "--state", os.DevNull), Now: now, Stdout: &stdout, Stderr: &stderr,
			Stdin: strings.NewReader(schemaLine("users") + recordLine("users", `{"id": 1}`) + `{"level": "error", "message": "of the tap é", "caller": "Tap", "tags": {"é": NaN}}` + "\nstray text é \xff\n"),
		})
		if exit != 0 {
			t.Errorf("exit code %d", exit)
		}
		text := stdout.String() + stderr.String()
		golden(t, name, regexp.MustCompile(`"uuid": "[0-9a-f]{32}"`).ReplaceAllString(text, `"uuid": "…"`))
		d = &plain{export: d.export}
	}
}

func TestProgramsThatReadTheLogSeeOneErrorAtTheEnd(t *testing.T) {
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error { return errors.New("boom") }}
	state := filepath.Join(t.TempDir(), "state")
	got := play(t, d, `{"table": "t"}`, schemaLine("a")+stateLine(`{"bookmarks": {"a": 0}}`)+recordLine("a", `{"id": 1}`), "--log_to_stdout", "1", "--state", state)
	if got.exit != 1 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
	for i, line := range lines {
		isError := strings.Contains(line, `"level": "ERROR"`) || strings.Contains(line, `"level": "EXCEPTION"`)
		if isError != (i == len(lines)-1) {
			t.Errorf("line %d of %d: %s", i+1, len(lines), line)
		}
	}
	if text, _ := os.ReadFile(state); string(text) != `{"bookmarks": {"a": 0}}`+"\n" {
		t.Errorf("state %q", text)
	}
}

// otherLines are the cases that do the same as Mage's base and say it in other
// words, and why.
func otherLines() map[string]string {
	const (
		noSchema = "the last set's tags do not carry the whole schema"
		says     = "the error names stream, line and column"
		drains   = "what was read before is exported first"
	)
	return map[string]string{
		"09-schema-change-midstream":         drains,
		"68-activate-version":                drains,
		"22-boolean-is-not-integer-check-on": says,
		"23-null-check-on":                   says,
		"80-schema-missing-stream":           says,
		"91-no-config":                       "the error is told once, with its remedy",
		"48-catalog-partial":                 noSchema,
		"50-catalog-unselected-array-column": noSchema,
		"82-schema-only":                     noSchema,
		"99-flag-prefix-catalog":             noSchema,
		"51-state-empty":                     "the tag stream stands in its usual place",
		"67-non-batch-mode":                  "an empty last set tells no state",
		"89-show-templates":                  "the templates end with a line end",
		"90-show-templates-log-stdout":       "the templates end with a line end",
		"97-input-file-path":                 "the path is that of the test",
	}
}
