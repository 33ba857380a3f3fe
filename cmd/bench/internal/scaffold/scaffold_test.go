package scaffold

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The whole way, with one tool that is here and one that is not.
func TestToolsMakeTheSameConnector(t *testing.T) {
	var stdout, stderr bytes.Buffer
	args := []string{"--runs", "1", "--tools", "gonew,cruft", "--venv", t.TempDir(), "--json"}
	if code := Run(context.Background(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &stderr)
	}
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Tasks) != 1 || len(r.Tasks[0].Rows) != 1 || len(r.Tasks[0].Rows[0].Samples) != 1 || r.Tasks[0].Rows[0].Wall <= 0 {
		t.Errorf("tasks: %+v", r.Tasks)
	}
	if len(r.Skipped) != 1 || r.Skipped[0].Tool != "cruft" || !strings.Contains(r.Skipped[0].Why, "--venv") {
		t.Errorf("skipped: %+v", r.Skipped)
	}
}

func TestWrongUsageIsSaid(t *testing.T) {
	for args, want := range map[string]string{
		"--no-such-flag":     "no-such-flag",
		"word":               `unknown argument "word"`,
		"--runs 0":           "--runs: want 1 or more, not 0",
		"--tools mage-dest,": `tool "" is not known; there are mage-dest, cookiecutter`,
	} {
		var stdout, stderr bytes.Buffer
		code := Run(context.Background(), strings.Fields(args), &stdout, &stderr)
		if code != 2 || !strings.Contains(stderr.String(), want) || stdout.Len() > 0 {
			t.Errorf("%s: exit code %d, %s, want %s", args, code, &stderr, want)
		}
	}
}

func TestTableIsGolden(t *testing.T) {
	s := &stage{dir: "scratch", checkout: "checkout"}
	runs := func(wall time.Duration, peak int64) []figures.Sample {
		return []figures.Sample{{Wall: wall, CPU: wall / 2, PeakKiB: peak}, {Wall: wall * 11 / 10, CPU: wall / 2, PeakKiB: peak}, {Wall: wall * 9 / 10, CPU: wall / 2, PeakKiB: peak}}
	}
	outcomes := []outcome{
		{entry{task: makeIt, tool: "mage-dest", does: "makes it", plain: true, args: []string{"new", "--replace", "checkout"}}, runs(20*time.Millisecond, 16<<10)},
		{entry{task: makeIt, tool: "cruft", does: "makes it too", args: []string{"create", s.template("cruft")}}, runs(500*time.Millisecond, 45<<10)},
		{entry{task: checkFresh, tool: "cruft", does: "checks", args: []string{"check"}}, runs(300*time.Millisecond, 8<<10)},
	}
	r := report{
		Environment: "go1.26, linux/amd64, 2 cores", Runs: 3, Files: 31, Bytes: 46_386, FloorMiB: 9,
		Tools: []toolReport{{"mage-dest", "this checkout"}, {"cruft", "2.16.0"}}, Tasks: sum(outcomes, s),
		Skipped: []skipped{{"copier", "not found; get it"}},
	}
	var b bytes.Buffer
	if err := table(&b, r); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/table.txt"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; make it with -update", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update if this is right (-want +got):\n%s", diff)
	}
}
