package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// task is what commands of several tools do alike.
type task string

const (
	makeIt      task = "new"
	foretell    task = "update --dry-run"
	bring       task = "update"
	checkFresh  task = "check, up to date"
	checkStale  task = "check, outdated"
	checkFolder task = "check, a hundred connectors"
)

// tasks are all of them, in the order in which they are told of.
func tasks() []task {
	return []task{makeIt, foretell, bring, checkFresh, checkStale, checkFolder}
}

// entry is a command that is measured.
type entry struct {
	task task
	tool string
	does string // what it does, beside or unlike others

	// plain says that it does the task and nothing besides: other entries are held
	// against it. One entry of a task is plain.
	plain bool

	program string
	args    []string
	env     []string // beside that of the stage

	// dir is the folder to run in. A command that writes gets a copy of it, or an
	// empty folder if it is "".
	dir    string
	writes bool

	exit   int                            // the exit code of success
	verify func(dir, output string) error // nil if the exit code says all
}

// run is one run of a command in a stage, which has to do its work.
func (e entry) run(ctx context.Context, s *stage) (figures.Sample, error) {
	dir := e.dir
	if e.writes {
		fresh, err := s.fresh(ctx, e.dir)
		if err != nil {
			return figures.Sample{}, err
		}
		defer os.RemoveAll(filepath.Dir(fresh))
		dir = fresh
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, e.program, e.args...)
	cmd.Dir, cmd.Env = dir, slices.Concat(s.env, e.env)
	cmd.Stdout, cmd.Stderr = &output, &output
	started := time.Now()
	err := cmd.Run()
	sample := figures.Sample{Wall: time.Since(started)}
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		return sample, err
	}
	if code := cmd.ProcessState.ExitCode(); code != e.exit {
		return sample, fmt.Errorf("exit code %d, want %d\n%s", code, e.exit, strings.TrimSpace(output.String()))
	}
	sample.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	sample.PeakKiB = figures.ChildPeakKiB(cmd.ProcessState)
	if e.verify == nil {
		return sample, nil
	}
	return sample, e.verify(dir, output.String())
}
