package base

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// run is one run of a connector. Everything in it belongs to the goroutine that
// Run is called on.
type run struct {
	env       Env
	info      Info
	flags     flags
	role      Role // that the flags ask for
	connector Connector
	can       capabilities
	core      *core
	config    any // a pointer to the author's config struct

	log     *slog.Logger
	writer  *logWriter
	relayed *logWriter // the tap's own log lines
	secrets mask

	source    configSource
	hasConfig bool
	limits    limits
	lane      *Lane // that this run is; nil for a process by itself

	catalog     map[string]objectText
	flows       map[string]*flow
	registry    *registry
	versions    map[string]int64 // of streams that have no schema yet
	marks       map[string]Mark  // of streams that an earlier run with the same ID has stored
	memory      *memory
	parser      *parser      // of lines that have to be looked at again
	chunk       *chunk       // that is being read
	now         time.Time    // when it was taken up
	lines       int64        // read so far
	set         *batchSet    // that is being filled
	inFlight    *export      // that is being exported, or nil
	handed      []RecordData // of the batch that is being exported
	trimmed     int          // bytes of memory given up since the last collection
	pacer       pacer
	ledger      *ledger
	letters     *deadLetters
	inLetter    bool // the line that is read is the original of a dead letter
	state       stateWriter
	reading     bool // the run is one that reads input
	unsaved     bool // the latest state is not written yet
	stuck       bool // the state's writer does not come back
	lettersLost bool // dead letters could not be stored, or are too many: no state may pass them

	calls    context.Context // of the author's methods
	shutdown *shutdown
	opened   bool
	failures failures
	last     lastMessage
	progress *progress
	summary  *summary
}

// lastMessage is the message read last, for the tags of the last set.
type lastMessage struct{ rowType, stream string }

// newRun checks what can be checked without the config.
func newRun(d Connector, info Info, f flags, env Env) (*run, error) {
	can, err := capabilitiesOf(d)
	if err != nil {
		return nil, err
	}
	attached := d.attach()
	r := &run{
		env: env, info: info, flags: f, connector: d, can: can,
		core: attached.core, config: attached.config,
		flows: map[string]*flow{}, registry: newRegistry(), versions: map[string]int64{},
		memory: newMemory(env.chunkBytes, env.spoil),
		set:    &batchSet{}, ledger: &ledger{}, summary: &summary{started: env.Now()}, pacer: newPacer(env.LookupEnv),
	}
	r.openLog()
	r.core.stream = r.registry.copy
	r.core.logger = slog.New(&logHandler{writer: r.writer, caller: info.class(), author: true})
	return r, nil
}

func (r *run) openLog() {
	out := r.env.Stderr
	if r.flags.logToStdout {
		out = r.env.Stdout
	}
	mu := &sync.Mutex{} // of both, for they may write to one file
	r.writer = &logWriter{mu: mu, out: out, bare: r.flags.logToStdout, debug: r.flags.debug, now: r.env.Now}
	r.relayed = &logWriter{mu: mu, out: r.env.Stderr, debug: r.flags.debug, now: r.env.Now}
	if !r.flags.debug { // who debugs wants to see all
		r.writer.sampler, r.relayed.sampler = &sampler{shapes: map[string]*sampled{}}, &sampler{shapes: map[string]*sampled{}}
	}
	r.log = slog.New(&logHandler{writer: r.writer, caller: r.info.class()})
}

// main is a run from its first log line to its exit code (3.1 and 3.2 of Mage's
// contract).
func (r *run) main(ctx context.Context) int {
	if r.can.before != nil {
		if err := call(func() error { return r.can.before.BeforeProcess(ctx) }); err != nil {
			err = fmt.Errorf("before_process: %w", err)
			r.tell(err)
			return r.exitCode(err)
		}
	}
	r.log.Info(r.info.class() + " process started.")
	err := r.act(ctx)
	code := r.exitCode(err)
	r.saveMetrics(code)
	if err != nil {
		r.tell(err)
		return code
	}
	r.log.Info(r.info.class() + " process completed.")
	return code
}

// act does the one thing that the flags ask for.
func (r *run) act(ctx context.Context) error {
	if r.flags.showTemplates && !r.flags.testConnection {
		if err := showTemplates(r.env.Stdout, r.info.Templates); err != nil {
			return err
		}
		return r.afterProcess(func(f func(context.Context) error) error { return call(func() error { return f(ctx) }) })
	}
	if r.role != RoleLoad {
		return r.engage(ctx, r.role)
	}
	if err := r.configure(); err != nil {
		return err
	}
	calls, shutdown := watch(ctx, r.env.Signals, r.limits.ShutdownTimeout.Duration)
	if r.lane != nil {
		calls = context.WithValue(calls, sharedKey{}, true)
	}
	r.calls, r.shutdown = calls, shutdown
	defer shutdown.end()
	if r.flags.testConnection {
		if err := r.testConnection(); err != nil {
			return err
		}
		return r.afterProcess(r.author)
	}
	if r.flags.dryRun {
		r.log.Info("Dry run: nothing is exported, and no state is told.")
	}
	return r.read()
}

// afterProcess calls the hook by the given way of calling.
func (r *run) afterProcess(by func(func(context.Context) error) error) error {
	if r.can.after == nil {
		return nil
	}
	err := r.retrying("after_process", func() error { return by(r.can.after.AfterProcess) })
	if err != nil {
		return fmt.Errorf("after_process: %w", err)
	}
	return nil
}

// ready makes sure that there is a config and that the store is open.
func (r *run) ready() error {
	if !r.hasConfig {
		return errNoConfig
	}
	if r.opened {
		return nil
	}
	r.opened = true
	if r.can.opener == nil {
		return r.openRun()
	}
	open := func() error { return r.author(r.can.opener.Open) }
	if r.flags.testConnection { // who asks waits for ten seconds, and wants to know how it is now
		return open()
	}
	if err := r.retrying("opening of the store", open); err != nil {
		return err
	}
	return r.openRun()
}

func (r *run) close() error {
	if !r.opened || r.can.closer == nil {
		return nil
	}
	r.opened = false
	if err := r.author(r.can.closer.Close); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
