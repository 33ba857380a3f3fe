package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The whole way, on an input so small that its numbers say nothing.
func TestBenchTellsTheSameInEveryForm(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0") // many short processes
	svg := filepath.Join(t.TempDir(), "bench.svg")
	args := []string{"--records", "60", "--runs", "1", "--shapes", "narrow3,interleaved", "--contenders", "naive,noop,syntax,mage", "--wall", "--svg", svg}
	var stdout, stderr bytes.Buffer
	if code := run(args, nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &stderr)
	}
	for _, want := range []string{"narrow3: 3 columns", "CONTENDER", "naive ", "noop ", "syntax ", "two workers: ", "mage is skipped: "} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("no %q in\n%s", want, &stdout)
		}
	}
	if text, err := os.ReadFile(svg); err != nil || !bytes.Contains(text, []byte("</svg>")) {
		t.Errorf("no chart: %v", err)
	}
	stdout.Reset()
	if code := run(append(args, "--json"), nil, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &stderr)
	}
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Shapes) != 2 || len(r.Shapes[0].Rows) != 3 || len(r.Shapes[0].Rows[1].FullRuns) != 1 || len(r.Skipped) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestHelpIsNoFailure(t *testing.T) {
	for _, args := range []string{"--help", "scaffold --help", "postgres -h"} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(args), nil, &stdout, &stderr); code != 0 || !strings.Contains(stderr.String(), "-runs") {
			t.Errorf("%s: exit code %d, want 0 and the flags in\n%s", args, code, &stderr)
		}
	}
}

func TestWrongUsageIsSaid(t *testing.T) {
	for args, want := range map[string]string{
		"--no-such-flag":      "no-such-flag",
		"word":                `unknown argument "word"`,
		"--shapes flat":       `shape "flat" is not known; there are flat14, interleaved`,
		"--contenders nobody": `contender "nobody" is not known; there are mage`,
		"--runs 0":            "--runs: want 1 or more, not 0",
		"child noop flat 1":   `shape "flat" is not known`,
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(args), nil, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), want) || stdout.Len() > 0 {
			t.Errorf("%s: exit code %d, %s, want %s", args, code, &stderr, want)
		}
	}
}
