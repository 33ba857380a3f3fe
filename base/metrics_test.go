package base_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// sample is a line of Prometheus' text format as its grammar has it.
var sample = regexp.MustCompile(`^[a-z_]+\{[a-z_]+="(?:[^"\\\n]|\\[\\n"])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\n"])*")*\} [0-9.e+-]+$`)

func TestMetricsTellWhatTheRunDid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acme.prom")
	config := `{"metrics_path": "` + path + `", "retry_wait": "1ms"}`
	odd := `we"ird\\ \n stream`
	input := recordsOf("users", []int{1, 2, 3}) + strings.ReplaceAll(recordsOf("X", []int{1}), `"X"`, `"we\"ird\\ \n stream"`) + stateLine(usersState)
	play(t, &plain{export: script(base.Retryable(errors.New("busy")), nil)}, config, input).says(t, 0)
	text := readFile(t, path)
	for _, want := range []string{
		`mage_dest_last_run_records_read{connector="acme-crm",stream="users"} 3`,
		`mage_dest_last_run_records_exported{connector="acme-crm",stream="` + strings.ReplaceAll(odd, `"`, `\"`) + `"} 1`,
		`mage_dest_last_run_retries{connector="acme-crm",stream="users"} 1`,
		`mage_dest_last_run_exit_code{connector="acme-crm"} 0`,
		`mage_dest_last_run_success{connector="acme-crm"} 1`,
		"# TYPE mage_dest_last_run_records_read gauge",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s:\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "# ") && !sample.MatchString(line) {
			t.Errorf("no line of the format: %q", line)
		}
	}
}

// A run that fails leaves its figures, too; what is wrong with the file is a warning.
func TestMetricsOfARunThatFails(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "acme.prom")
	play(t, &plain{export: script(errors.New("boom"))}, `{"metrics_path": "`+path+`"}`, recordsOf("users", []int{1})).says(t, 1)
	if text := readFile(t, path); !strings.Contains(text, `success{connector="acme-crm"} 0`) || !strings.Contains(text, `exit_code{connector="acme-crm"} 1`) ||
		!strings.Contains(text, `state_timestamp_seconds{connector="acme-crm"} 0`) {
		t.Errorf("metrics:\n%s", text)
	}
	missing := filepath.Join(folder, "no", "such", "folder")
	play(t, &plain{}, `{"metrics_path": "`+missing+`"}`, recordsOf("users", []int{1})).says(t, 0, "The metrics could not be written to metrics_path")
	play(t, &full{}, `{"metrics_path": "`+path+`.2"}`, "", "--test_connection").says(t, 0)
	if _, err := os.Stat(path + ".2"); err == nil {
		t.Error("a test of the connection writes the metrics of a run")
	}
}
