package packtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mage-dest/mage-dest/generator"
)

// build makes one connector with the pack's defaults, builds and tests it, and feeds it
// its sample stream.
func (s *suite) build(ctx context.Context) error {
	plan, err := s.prepare(ctx, nil, false)
	if err != nil {
		s.tell("is made", "", err.Error())
		return nil
	}
	if err := plan.Apply(); err != nil {
		return err
	}
	var said bytes.Buffer
	if err := generator.Tidy(ctx, plan.Dir, &said); err != nil {
		s.tell("is made", "", err.Error(), said.String())
		return nil
	}
	s.tell("is made", "")
	for _, step := range []struct {
		check string
		args  []string
	}{
		{"builds", []string{"build", "-o", plan.Name.Binary, "."}},
		{"is vetted", []string{"vet", "./..."}},
		{"passes its tests", []string{"test", "./..."}},
	} {
		if out, err := goCommand(ctx, plan.Dir, step.args...); err != nil {
			s.tell(step.check, "", fmt.Sprintf("go %s: %v", strings.Join(step.args, " "), err), out)
			return nil
		}
		s.tell(step.check, "")
	}
	return s.feed(ctx, plan)
}

func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// unwritten is what a connector says whose ExportBatchData is still to be written.
const unwritten = "ExportBatchData is not implemented"

// takesSample is the check that feeds the connector.
const takesSample = "takes its sample stream"

// feed lets the connector load its own sample stream with its own sample config, or with
// one that names a server.
func (s *suite) feed(ctx context.Context, plan *generator.Plan) error {
	config := s.Config
	switch {
	case config == "" && s.pack.Server:
		s.leave(takesSample, "it stores in a server, and nobody knows which: name a config with --config")
		return nil
	case config == "":
		config = filepath.Join(plan.Dir, "templates", "config.json")
	}
	sample, err := os.Open(filepath.Join(plan.Dir, "testdata", "sample.singer"))
	if os.IsNotExist(err) {
		s.tell(takesSample, "", "there is no testdata/sample.singer: a pack for connectors has a stream to try them with")
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the sample stream: %w", err)
	}
	defer sample.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(plan.Dir, plan.Name.Binary), "--config", config)
	cmd.Dir, cmd.Stdin, cmd.Stdout = plan.Dir, sample, io.Discard
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Run(); err != nil && !strings.Contains(log.String(), unwritten) {
		s.tell(takesSample, "", err.Error(), strings.TrimSpace(log.String()))
		return nil
	}
	s.tell(takesSample, "")
	return nil
}
