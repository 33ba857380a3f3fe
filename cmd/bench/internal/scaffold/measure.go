package scaffold

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// outcome is what was seen of an entry.
type outcome struct {
	entry
	runs []figures.Sample
}

// measure runs the commands of all tools.
func measure(ctx context.Context, o options, dir string, progress io.Writer) (report, error) {
	s, err := newStage(ctx, dir, o.venv)
	if err != nil {
		return report{}, err
	}
	program, _, err := buildOurs(ctx, s)
	if err != nil {
		return report{}, err
	}
	if err := s.makeConnectors(ctx, program); err != nil {
		return report{}, err
	}
	r := report{Environment: figures.Environment(), Runs: o.runs, Files: len(s.today), Bytes: s.today.size()}
	var outcomes []outcome
	for _, t := range o.tools {
		fmt.Fprintf(progress, "%s: preparing\n", t.name)
		program, version, err := t.install(ctx, s)
		if err != nil {
			fmt.Fprintf(progress, "%s is skipped: %v\n", t.name, err)
			r.Skipped = append(r.Skipped, skipped{t.name, err.Error()})
			continue
		}
		entries, err := t.enter(ctx, s, program)
		if err != nil {
			return r, fmt.Errorf("prepare %s: %w", t.name, err)
		}
		for _, e := range entries {
			e.tool, e.program = t.name, program
			outcomes = append(outcomes, outcome{entry: e})
		}
		r.Tools = append(r.Tools, toolReport{t.name, version})
	}
	floor, err := rounds(ctx, s, outcomes, o.runs, progress)
	if err != nil {
		return r, err
	}
	r.FloorMiB = mebibytes(floor)
	r.Tasks = sum(outcomes, s)
	return r, nil
}

// rounds runs all commands in turn, task by task, as often as asked and once before to
// warm up. It returns the least peak of memory that could be seen in every run, in KiB.
func rounds(ctx context.Context, s *stage, outcomes []outcome, runs int, progress io.Writer) (floor int64, err error) {
	order := tasks()
	slices.SortStableFunc(outcomes, func(a, b outcome) int { return slices.Index(order, a.task) - slices.Index(order, b.task) })
	for round := range runs + 1 {
		for i := range outcomes {
			least, err := figures.LowerFloor()
			if err != nil {
				return 0, err
			}
			floor = max(floor, least)
			sample, err := outcomes[i].run(ctx, s)
			if err != nil {
				return 0, fmt.Errorf("%s (%s): %w", outcomes[i].said(s), outcomes[i].task, err)
			}
			if round > 0 {
				outcomes[i].runs = append(outcomes[i].runs, sample)
			}
		}
		fmt.Fprintf(progress, "round %d of %d\n", round, runs)
	}
	return floor, nil
}
