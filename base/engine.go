package base

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// Engine gives the program of a connector further roles beside the one from stdin to
// the store, such as package kafka does. A connector that wants one names it in its
// Info; no other connector carries its code.
type Engine interface {
	// Name is the capability that --about tells.
	Name() string

	// DefineFlags adds the engine's flags to those of base, and forgets what an earlier
	// command line said.
	DefineFlags(set *flag.FlagSet)

	// Settings points to the struct of the engine's config keys, which has the tags of
	// a connector's config.
	Settings() any

	// Role tells, once the flags are read, what they ask for. The error is one of usage.
	Role() (Role, error)

	// Run plays the role, until its work is done or p.Stopped.
	Run(p *Process) error
}

// Role is what a process does.
type Role int

const (
	// RoleLoad is to read messages and write them to the store, without an engine.
	RoleLoad Role = iota
	// RoleFeed is to take messages in, keep the tap's state and hand them on. It needs
	// no store: of the config only the engine's own keys are read, and those of base.
	RoleFeed
	// RoleWork is to take messages from the engine and write them to the store.
	RoleWork
)

// Process is what an engine runs in.
type Process struct {
	run   *run
	state stateFold
}

// Info is what the connector's main says of it.
func (p *Process) Info() Info { return p.run.info }

// Logger writes lines as base does.
func (p *Process) Logger() *slog.Logger { return p.run.log }

// Resumes tells whether the connector stores with the rows how far it has come
// (RunResumer).
func (p *Process) Resumes() bool { return p.run.can.resumer != nil }

// Stopped is closed by the first signal: take nothing more.
func (p *Process) Stopped() <-chan struct{} { return p.run.shutdown.stop }

// Context ends at the second signal, or when shutdown_timeout has passed since the first.
func (p *Process) Context() context.Context { return p.run.calls }

// SetsAside tells whether refused records are set aside into the engine's dead letters:
// so they are unless the config says otherwise, for a record that fails one worker fails
// every other that gets it next.
func (p *Process) SetsAside() bool {
	l := p.run.limits
	return l.setsAside() && l.DeadLetterPath == "" && p.run.can.deadLetterer == nil
}

// Input is stdin, or the file of --input_file_path.
func (p *Process) Input() (io.ReadCloser, error) {
	source, err := openInput(p.run.flags.inputFilePath, p.run.env.Stdin, p.run.log)
	if err != nil {
		return nil, err
	}
	return source, p.run.limits.apart(p.run.env.Stdin)
}

// Relay logs what is no message of data: noise, and log lines of the tap.
func (p *Process) Relay(m singer.Message, line []byte) {
	switch m.Form {
	case singer.Text:
		p.run.noise("Unable to parse: " + singer.Excerpt(line) + "\n")
	case singer.Nothing:
		p.run.noise("No valid row data for line: " + singer.Excerpt(line) + "\n")
	case singer.Untyped:
		p.run.relay(m)
	}
}

// Stream reads a SCHEMA message; where --catalog_json has the stream, that goes before.
func (p *Process) Stream(m singer.Message) (Stream, error) {
	var source definition = m
	if entry, ok := p.run.catalog[m.Stream]; ok {
		source = entry
	}
	s, err := newStream(m.Stream, source, p.run.limits.Streams)
	if err != nil {
		return Stream{}, err
	}
	return *s, nil
}

// AddState joins a state with those before it, by the rules of a run.
func (p *Process) AddState(value []byte) { p.state.add(value) }

// Interrupted is the error of a role that a signal ended: what was left undone.
func (p *Process) Interrupted(undone string) error { return fmt.Errorf("%w: %s", errStopped, undone) }

// TellState writes what was added to the state file or stdout. Unless it is final that
// may be put off: done is then false.
func (p *Process) TellState(final bool) (done bool, err error) {
	state := p.state.bytes()
	if state == nil {
		return true, nil
	}
	return p.run.writeState(state, final)
}

// Figures are what became of one stream's records.
type Figures struct {
	Stream                                     string
	Read, Exported, Rejected, Skipped, Batches int64
	Bytes, Retries, Splits                     int64
	Took                                       time.Duration // of all exports
}

// Add adds other to f.
func (f *Figures) Add(other Figures) {
	f.Read += other.Read
	f.Exported += other.Exported
	f.Rejected += other.Rejected
	f.Skipped += other.Skipped
	f.Batches += other.Batches
	f.Bytes += other.Bytes
	f.Retries += other.Retries
	f.Splits += other.Splits
	f.Took += other.Took
}

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

// engage reads the config as the role needs it and lets the engine do the rest.
func (r *run) engage(ctx context.Context, role Role) error {
	for _, wrong := range []struct {
		set  bool
		name string
	}{{r.flags.dryRun, "--dry_run"}, {r.flags.runID != "", "--run_id"}, {role == RoleWork && r.flags.state != "", "--state"}} {
		if wrong.set {
			return &usageError{fmt.Errorf("%s does not go with the flags of the engine %s", wrong.name, r.info.Engine.Name())}
		}
	}
	if err := r.configureFor(role); err != nil {
		return err
	}
	calls, shutdown := watch(ctx, r.env.Signals, r.limits.ShutdownTimeout.Duration)
	r.calls, r.shutdown = calls, shutdown
	defer shutdown.end()
	err := r.info.Engine.Run(&Process{run: r})
	if err == nil && role == RoleFeed && shutdown.stopped() {
		return errStopped
	}
	return err
}

// configureFor fills the config as a role needs it. A feeder stands where the tap is,
// which may know nothing of the store.
func (r *run) configureFor(role Role) error {
	if role == RoleWork {
		if err := r.configure(); err != nil {
			return err
		}
		if !r.hasConfig {
			return errNoConfig
		}
		return nil
	}
	object, err := chooseConfig(r.flags)
	if err != nil {
		return err
	}
	r.source = configSource{object: object, env: r.env.LookupEnv, prefix: r.info.envPrefix()}
	settings := r.info.Engine.Settings()
	_, err = r.source.fill(&r.limits, settings) // the connector's own keys are not known here
	r.hide(r.config, settings)
	if err != nil {
		return err
	}
	r.limits.OnInvalid = "fail" // records are checked where they are exported
	return r.applyLimits()
}

// engineSettings is where the engine's keys go. A lane, which is one of many, has only to
// know them.
func (r *run) engineSettings() any {
	settings := r.info.Engine.Settings()
	if r.lane != nil {
		return reflect.New(reflect.TypeOf(settings).Elem()).Interface()
	}
	return settings
}

// setAsideByDefault is on_invalid of workers, where the config is silent.
func (r *run) setAsideByDefault() error {
	settings, err := settingsOf(reflect.TypeFor[limits]())
	if err != nil {
		return err
	}
	for _, s := range settings {
		if s.key() != "on_invalid" {
			continue
		}
		if _, _, given := r.source.value(s); !given {
			r.limits.OnInvalid = "dead_letter"
		}
	}
	return nil
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

func (r *run) figures() []Figures {
	figures := make([]Figures, 0, len(r.summary.flows))
	for _, f := range r.summary.flows {
		figures = append(figures, f.figures())
	}
	return figures
}

func (f *flow) figures() Figures {
	s := f.stats
	return Figures{
		Stream: f.name, Read: s.read, Exported: s.exported, Rejected: s.rejected, Skipped: s.skipped, Batches: s.batches,
		Bytes: s.bytes, Retries: s.retries, Splits: s.splits, Took: s.took,
	}
}
