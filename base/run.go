package base

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// run is one run of a connector. Everything in it belongs to the goroutine that
// Run is called on.
type run struct {
	env       Env
	info      Info
	flags     flags
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
	preparer  *preparer

	catalog  map[string]objectText
	streams  map[string]*Stream
	versions map[string]int64 // of streams that have no schema yet
	set      *batchSet
	ledger   *ledger
	letters  *deadLetters
	state    stateWriter
	unsaved  bool // the latest state is not written yet
	stuck    bool // the state's writer does not come back

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
		streams: map[string]*Stream{}, versions: map[string]int64{},
		set: newBatchSet(0), ledger: newLedger(), summary: newSummary(env.Now()),
	}
	r.openLog()
	r.core.stream = r.streamByName
	r.core.logger = slog.New(&logHandler{writer: r.writer, caller: info.class(), author: true})
	return r, nil
}

func (r *run) openLog() {
	out := r.env.Stderr
	if r.flags.logToStdout {
		out = r.env.Stdout
	}
	r.writer = &logWriter{out: out, bare: r.flags.logToStdout, debug: r.flags.debug, now: r.env.Now}
	r.relayed = &logWriter{out: r.env.Stderr, debug: r.flags.debug, now: r.env.Now}
	r.log = slog.New(&logHandler{writer: r.writer, caller: r.info.class()})
}

func (r *run) streamByName(name string) Stream {
	if s := r.streams[name]; s != nil {
		return *s
	}
	return Stream{Name: name}
}

// main is a run from its first log line to its exit code (3.1 and 3.2 of Mage's
// contract).
func (r *run) main(ctx context.Context) int {
	if r.can.before != nil {
		if err := call(func() error { return r.can.before.BeforeProcess(ctx) }); err != nil {
			return r.fail(fmt.Errorf("before_process: %w", err))
		}
	}
	r.log.Info(r.info.class() + " process started.")
	if err := r.act(ctx); err != nil {
		return r.fail(err)
	}
	r.log.Info(r.info.class() + " process completed.")
	return exitDone
}

// act does the one thing that the flags ask for.
func (r *run) act(ctx context.Context) error {
	if r.flags.showTemplates && !r.flags.testConnection {
		if err := showTemplates(r.env.Stdout, r.info.Templates); err != nil {
			return err
		}
		return r.afterProcess(ctx, call)
	}
	if err := r.configure(); err != nil {
		return err
	}
	calls, shutdown := watch(ctx, r.env.Signals, r.limits.ShutdownTimeout.Duration)
	r.calls, r.shutdown = calls, shutdown
	defer shutdown.end()
	if r.flags.testConnection {
		if err := r.testConnection(); err != nil {
			return err
		}
		return r.afterProcess(r.calls, r.author)
	}
	return r.read()
}

// afterProcess calls the hook by the given way of calling.
func (r *run) afterProcess(ctx context.Context, by func(func() error) error) error {
	if r.can.after == nil {
		return nil
	}
	if err := by(func() error { return r.can.after.AfterProcess(ctx) }); err != nil {
		return fmt.Errorf("after_process: %w", err)
	}
	return nil
}

// configure fills the config structs. That there is no config at all is told
// only when it is needed, as in Mage: an empty input needs none.
func (r *run) configure() error {
	object, err := chooseConfig(r.flags)
	if err != nil {
		return err
	}
	r.source = configSource{object: object, env: r.env.LookupEnv, prefix: r.info.envPrefix()}
	r.hasConfig = r.source.given(r.config, &r.limits)
	targets := []any{&r.limits}
	if r.hasConfig {
		targets = append(targets, r.config)
	}
	warnings, err := r.source.fill(targets...)
	r.hideSecrets() // also from what is wrong with the config
	if err != nil {
		return err
	}
	for _, warning := range warnings {
		r.log.Warn(warning)
	}
	return r.applyLimits()
}

func (r *run) applyLimits() error {
	if err := r.limits.check(r.can); err != nil {
		return err
	}
	if err := r.limits.fitMemory(setMemoryLimit(r.env.LookupEnv)); err != nil {
		return err
	}
	catalog, err := parseCatalog(r.flags.catalogJSON)
	if err != nil {
		return err
	}
	r.catalog = catalog
	r.core.limits = r.limits
	r.preparer = r.core.preparer()
	r.letters = &deadLetters{limits: r.limits, author: r.can.deadLetterer, secrets: r.secrets}
	r.state = r.openState()
	return nil
}

func (r *run) openState() stateWriter {
	if r.flags.state == "" {
		return stateStream{r.env.Stdout}
	}
	return &stateFile{path: r.flags.state, now: r.env.Now, log: r.log, interval: time.Second}
}

// hideSecrets keeps the secrets of the config out of the log and the dead
// letters.
func (r *run) hideSecrets() {
	r.secrets = newMask(revealed(reflect.ValueOf(r.config).Elem()))
	r.writer.hide(r.secrets)
	r.relayed.hide(r.secrets)
}

// ready makes sure that there is a config and that the store is open.
func (r *run) ready() error {
	if !r.hasConfig {
		return errNoConfig
	}
	if r.opened || r.can.opener == nil {
		r.opened = true
		return nil
	}
	r.opened = true
	return r.author(func() error { return r.can.opener.Open(r.calls) })
}

// author calls one of the author's methods, or whatever else may hang; it may be
// given up at shutdown.
func (r *run) author(f func() error) error {
	return await(r.shutdown.giveUp, func() error { return call(f) })
}

func (r *run) close() error {
	if !r.opened || r.can.closer == nil {
		return nil
	}
	r.opened = false
	if err := r.author(func() error { return r.can.closer.Close(r.calls) }); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

// testConnection answers --test_connection (11.1 of Mage's contract).
func (r *run) testConnection() error {
	if r.can.tester == nil && r.can.opener == nil && r.can.closer == nil {
		return &usageError{errors.New("there is nothing to test: the connector has neither TestConnection nor Open")}
	}
	r.log.Info("Testing connection...")
	err := r.ready()
	if err == nil && r.can.tester != nil {
		err = r.author(func() error { return r.can.tester.TestConnection(r.calls) })
	}
	if closeErr := r.close(); err == nil {
		err = closeErr
	}
	return err
}

// fail ends a run that went wrong. Its line is the very last, for Mage stops
// reading at it.
func (r *run) fail(err error) int {
	var usage *usageError
	switch {
	case errors.Is(err, errStopped):
		r.log.Warn(fmt.Sprintf("%s process stopped: %v.", r.info.class(), err))
		return r.shutdown.exitCode()
	case errors.As(err, &usage):
		r.exception(err)
		return exitUsage
	}
	r.exception(err)
	if r.shutdown != nil && r.shutdown.stopped() && r.calls.Err() != nil {
		return r.shutdown.exitCode() // the signal, not the store, ended the author's calls
	}
	return exitFailed
}

func (r *run) exception(err error) {
	var all failures
	texts := []string{err.Error()}
	if errors.As(err, &all) {
		texts = texts[:0]
		for _, one := range all {
			texts = append(texts, one.Error())
		}
	}
	r.log.Log(context.Background(), levelException,
		fmt.Sprintf("%s process failed with error %v.", r.info.class(), err),
		"error", err.Error(), "errors", texts, "message", strings.Join(texts, "\n"))
}

// parseCatalog reads --catalog_json: streams by tap_stream_id, or stream.
func parseCatalog(text string) (map[string]objectText, error) {
	catalog := map[string]objectText{}
	if text == "" {
		return catalog, nil
	}
	if _, err := rawjson.Check([]byte(text)); err != nil {
		return nil, fmt.Errorf("--catalog_json is not JSON: %w", err)
	}
	streams, _ := rawjson.Get([]byte(text), "streams")
	i := 0
	for entry := range rawjson.Elements(streams) {
		name, err := optionalText(objectText(entry), "tap_stream_id")
		if err == nil && name == "" {
			name, err = optionalText(objectText(entry), "stream")
		}
		if err != nil || name == "" {
			return nil, fmt.Errorf("--catalog_json: stream %d has neither tap_stream_id nor stream", i)
		}
		catalog[name] = objectText(entry)
		i++
	}
	return catalog, nil
}
