package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// measure runs all contenders on all shapes.
func measure(ctx context.Context, o options, dir string, progress io.Writer) (report, error) {
	r := report{Environment: environment(), Runs: o.runs}
	executable, err := os.Executable()
	if err != nil {
		return r, err
	}
	py, err := newPython(o.python, o.mage, filepath.Join(dir, "python"))
	if err != nil {
		return r, err
	}
	var entrants []entrant
	for _, c := range o.contenders {
		if c.peer != nil {
			if err := py.missing(ctx, c.peer); err != nil {
				r.Skipped = append(r.Skipped, skipped{c.name, err.Error()})
				fmt.Fprintf(progress, "%s is skipped: %v\n", c.name, err)
				continue
			}
		}
		entrants = append(entrants, entrant{contender: c, workers: o.workers, records: o.records})
		if c.peer != nil {
			entrants[len(entrants)-1].records = o.peerRecords
		}
	}
	if o.wall {
		noop, err := contenderNamed(noopName)
		if err != nil {
			return r, err
		}
		for workers := 1; workers <= 2; workers++ {
			entrants = append(entrants, entrant{contender: noop, workers: workers, records: o.records, wall: true})
		}
	}
	for _, s := range o.shapes {
		b := booth{shape: s, dir: dir, executable: executable, python: py, progress: progress}
		outcomes, err := b.rounds(ctx, entrants, o)
		if err != nil {
			return r, fmt.Errorf("shape %s: %w", s.name, err)
		}
		r.Shapes = append(r.Shapes, sum(s, outcomes))
	}
	return r, ctx.Err()
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
	fullRuns, startRuns []sample
}

// booth is where the contenders meet on one shape.
type booth struct {
	shape      shape
	dir        string
	executable string
	python     python
	progress   io.Writer
}

// rounds runs all entrants in turn, as often as asked.
func (b booth) rounds(ctx context.Context, entrants []entrant, o options) ([]outcome, error) {
	inputs := map[int]input{}
	defer func() {
		for _, in := range inputs {
			_ = os.Remove(in.path)
		}
	}()
	make := func(records int) (input, error) {
		if in, ok := inputs[records]; ok {
			return in, nil
		}
		fmt.Fprintf(b.progress, "%s: writing %d records\n", b.shape.name, records)
		in, err := generateFile(filepath.Join(b.dir, b.shape.name+"-"+strconv.Itoa(records)), b.shape, records, o.seed)
		inputs[records] = in
		return in, err
	}
	outcomes := []outcome{}
	for _, e := range entrants {
		full, err := make(b.shape.records(e.records))
		if err != nil {
			return nil, err
		}
		start, err := make(len(b.shape.streams))
		if err != nil {
			return nil, err
		}
		outcomes = append(outcomes, outcome{entrant: e, full: full, start: start})
	}
	for round := range o.runs + 1 {
		for i := range outcomes {
			out := &outcomes[i]
			full, err := b.run(ctx, out.entrant, out.full)
			if err != nil {
				return nil, err
			}
			start, err := b.run(ctx, out.entrant, out.start)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first warms up
				out.fullRuns = append(out.fullRuns, full)
				out.startRuns = append(out.startRuns, start)
			}
		}
		fmt.Fprintf(b.progress, "%s: round %d of %d\n", b.shape.name, round, o.runs)
	}
	return outcomes, nil
}

// run is one process on one input.
func (b booth) run(ctx context.Context, e entrant, in input) (sample, error) {
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
