package base_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// planner must not be called but for its plans.
type planner struct {
	base.Destination[struct{}]
	t *testing.T
}

func (p *planner) Open(context.Context) error { return nil }

func (p *planner) PlanSchema(_ context.Context, stream base.Stream) ([]string, error) {
	return []string{"CREATE " + stream.Name, "GRANT " + stream.Name + ";"}, nil
}

func (p *planner) HandleSchema(context.Context, base.Stream) error { return p.called("HandleSchema") }

func (p *planner) ActivateVersion(context.Context, base.Stream, int64) error {
	return p.called("ActivateVersion")
}

func (p *planner) AfterProcess(context.Context) error { return p.called("AfterProcess") }

func (p *planner) ResumeRun(context.Context, string) (map[string]base.Mark, error) {
	return nil, p.called("ResumeRun")
}

func (p *planner) FinishRun(context.Context, string) error { return p.called("FinishRun") }

func (p *planner) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return p.called("ExportBatchData")
}

func (p *planner) called(method string) error {
	p.t.Errorf("%s was called in a dry run", method)
	return nil
}

func TestDryRunChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	var out, log bytes.Buffer
	exit := base.Run(t.Context(), &planner{t: t}, base.Info{Name: "test"}, base.Env{
		Args: []string{
			"--dry_run", "--run_id", "1", "--state", path("state.json"), "--config_json",
			`{"on_invalid": "dead_letter", "validation": "full", "dead_letter_path": "` + path("letters") + `", "metrics_path": "` + path("metrics") + `"}`,
		},
		Stdin: strings.NewReader(`{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}}}
{"type":"RECORD","stream":"s","record":{"id":1},"version":1}
{"type":"RECORD","stream":"s","record":{"id":"x"}}
{"type":"ACTIVATE_VERSION","stream":"s","version":1}
{"type":"STATE","value":{"bookmarks":{"s":1}}}
`),
		Stdout: &out, Stderr: &log,
	})
	if want := "CREATE s;\nGRANT s;\n"; exit != 0 || out.String() != want {
		t.Errorf("exit code %d, stdout %q, want %q\n%s", exit, &out, want, &log)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("the run left %v, %v", left, err)
	}
}

func TestDryRunFindsWhatIsWrong(t *testing.T) {
	var out, log bytes.Buffer
	exit := base.Run(t.Context(), &planner{t: t}, base.Info{Name: "test"}, base.Env{
		Args: []string{"--dry_run", "--config_json", `{"validation": "full"}`},
		Stdin: strings.NewReader(`{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}}}
{"type":"RECORD","stream":"s","record":{"id":"x"}}`),
		Stdout: &out, Stderr: &log,
	})
	if exit != 1 || !strings.Contains(log.String(), "stream s, line 2") {
		t.Errorf("exit code %d, want 1 and the line that is wrong\n%s", exit, &log)
	}
}
