package base

import (
	"context"
	"io"
	"log/slog"
	"os"
)

// Lane is one of several runs in a process, each over a part of the input of its own.
type Lane struct {
	// Connector is a value of the lane's own.
	Connector Connector
	// Input are lines as on stdin. Its end is the end of the run.
	Input io.Reader
	// State gets a line for each state that may be told.
	State io.Writer
	// Signals stop the lane as they do a process.
	Signals <-chan os.Signal
	// RunID is that of --run_id, for connectors that resume runs. The lane may begin
	// anywhere in the run, at the position Start.
	RunID string
	Start int64
	// Position is that of the record in a line of Input, lines counted from 1; positions
	// grow with the lines.
	Position func(line int64) int64
	// Versions are those that were activated before the lane begins, by stream.
	Versions map[string]int64
	// DeadLetters takes refused records if Process.SetsAside.
	DeadLetters DeadLetterer
	// Share is how many lanes have to do with the memory of the process at present.
	Share func() int
	// Report is told after each set what became of the lane's records so far.
	Report func([]Figures)
	// Tags are added to every line of the lane's log.
	Tags []any
}

// RunLane runs the connector over a lane and returns the exit code that a process would.
func (p *Process) RunLane(lane *Lane) int {
	parent := p.run
	env := parent.env
	env.Stdin, env.Stdout, env.Signals = lane.Input, lane.State, lane.Signals
	f := parent.flags
	f.state, f.inputFilePath, f.runID = "", "", ""
	f.configJSON, f.config, f.settings = string(parent.source.object), "", ""
	r, err := newRun(lane.Connector, parent.info, f, env)
	if err != nil {
		parent.log.Error(err.Error())
		return exitFailed
	}
	if r.can.resumer != nil {
		r.flags.runID = lane.RunID
	}
	r.lane = lane
	r.writer, r.relayed = parent.writer, parent.relayed
	r.log = slog.New(&logHandler{writer: r.writer, caller: r.info.class()}).With(lane.Tags...)
	r.core.logger = slog.New(&logHandler{writer: r.writer, caller: r.info.class(), author: true}).With(lane.Tags...)
	for stream, version := range lane.Versions {
		r.versions[stream] = version
	}
	return r.main(context.Background())
}

type sharedKey struct{}

// Shared tells, from the context of any call, whether other processes load the same
// streams at the same time: a table must not be emptied then because a run begins.
func Shared(ctx context.Context) bool {
	shared, _ := ctx.Value(sharedKey{}).(bool)
	return shared
}

// position is that of a record among those of its stream; a lane counts otherwise.
func (r *run) position(f *flow, e *entry) int64 {
	if r.lane != nil && r.lane.Position != nil {
		return r.lane.Position(e.number)
	}
	return f.stats.read
}

// share is by how many the memory is divided.
func (r *run) share() int {
	if r.lane == nil || r.lane.Share == nil {
		return 1
	}
	return max(1, r.lane.Share())
}

// report tells the engine what became of a lane's records.
func (r *run) report() {
	if r.lane == nil || r.lane.Report == nil {
		return
	}
	r.lane.Report(r.figures())
}
