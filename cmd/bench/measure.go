package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// measure runs all contenders on all shapes.
func measure(ctx context.Context, o options, dir string, progress io.Writer) (report, error) {
	r := report{Environment: figures.Environment(), Runs: o.runs}
	executable, err := os.Executable()
	if err != nil {
		return r, err
	}
	py, err := newPython(o.python, o.mage, filepath.Join(dir, "python"))
	if err != nil {
		return r, err
	}
	entrants, missing := enter(ctx, o, py)
	r.Skipped = missing
	for _, s := range missing {
		fmt.Fprintf(progress, "%s is skipped: %s\n", s.Contender, s.Why)
	}
	for _, s := range o.shapes {
		b := booth{shape: s, dir: dir, executable: executable, python: py, progress: progress}
		outcomes, err := b.prepare(entrants, o.seed)
		if err == nil {
			err = b.rounds(ctx, outcomes, o.runs)
		}
		if err != nil {
			return r, fmt.Errorf("shape %s: %w", s.name, err)
		}
		b.clear(outcomes)
		r.Shapes = append(r.Shapes, sum(s, outcomes))
	}
	return r, nil
}

// enter makes entrants of the contenders that can run here.
func enter(ctx context.Context, o options, py python) (entrants []entrant, missing []skipped) {
	for _, c := range o.contenders {
		e := entrant{contender: c, workers: o.workers, records: o.records}
		if c.peer != nil {
			if err := py.missing(ctx, c.peer); err != nil {
				missing = append(missing, skipped{c.name, err.Error()})
				continue
			}
			e.records = o.peerRecords
		}
		entrants = append(entrants, e)
	}
	if noop, err := contenderNamed(noopName); err == nil && o.wall {
		for workers := 1; workers <= 2; workers++ {
			entrants = append(entrants, entrant{contender: noop, workers: workers, records: o.records, wall: true})
		}
	}
	return entrants, missing
}

// entrant is a contender as it is run.
type entrant struct {
	contender
	workers int
	records int  // of the 14-column shapes
	wall    bool // it is only there for its wall time
}

// outcome is what was seen of an entrant on a shape.
type outcome struct {
	entrant
	full, start         input
	fullRuns, startRuns []figures.Sample
}

// booth is where the contenders meet on one shape.
type booth struct {
	shape      shape
	dir        string
	executable string
	python     python
	progress   io.Writer
}

// prepare writes the inputs: one for all entrants that take the same number of records.
func (b booth) prepare(entrants []entrant, seed uint64) ([]outcome, error) {
	written := map[int]input{}
	write := func(records int) (input, error) {
		if in, ok := written[records]; ok {
			return in, nil
		}
		fmt.Fprintf(b.progress, "%s: writing %d records\n", b.shape.name, records)
		in, err := generateFile(filepath.Join(b.dir, b.shape.name+"-"+strconv.Itoa(records)), b.shape, records, seed)
		written[records] = in
		return in, err
	}
	var outcomes []outcome
	for _, e := range entrants {
		full, err := write(b.shape.records(e.records))
		if err != nil {
			return nil, err
		}
		start, err := write(1)
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome{entrant: e, full: full, start: start})
	}
	return outcomes, nil
}

// clear removes the inputs, which are large.
func (b booth) clear(outcomes []outcome) {
	for _, out := range outcomes {
		_, _ = os.Remove(out.full.path), os.Remove(out.start.path) // several share one
	}
}

// rounds runs all entrants in turn, as often as asked and once before to warm up.
func (b booth) rounds(ctx context.Context, outcomes []outcome, runs int) error {
	for round := range runs + 1 {
		for i := range outcomes {
			out := &outcomes[i]
			full, err := b.run(ctx, out.entrant, out.full)
			if err != nil {
				return err
			}
			start, err := b.run(ctx, out.entrant, out.start)
			if err != nil {
				return err
			}
			if round > 0 {
				out.fullRuns = append(out.fullRuns, full)
				out.startRuns = append(out.startRuns, start)
			}
		}
		fmt.Fprintf(b.progress, "%s: round %d of %d\n", b.shape.name, round, runs)
	}
	return nil
}

// run is one process on one input.
func (b booth) run(ctx context.Context, e entrant, in input) (figures.Sample, error) {
	var cmd *exec.Cmd
	if e.peer != nil {
		cmd = b.python.start(ctx, e.peer)
	} else {
		cmd = exec.CommandContext(ctx, b.executable, childVerb, e.name, b.shape.name, strconv.Itoa(e.workers))
	}
	s, err := runProcess(cmd, in, e.contender)
	if err != nil {
		return s, fmt.Errorf("contender %s, %d records: %w", e.name, in.records, err)
	}
	return s, nil
}
