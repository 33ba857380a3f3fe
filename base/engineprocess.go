package base

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/mage-dest/mage-dest/base/internal/singer"
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

// FromCatalog is a stream of --catalog_json, which needs no SCHEMA message.
func (p *Process) FromCatalog(name string) (s Stream, ok bool, err error) {
	entry, ok := p.run.catalog[name]
	if !ok {
		return Stream{}, false, nil
	}
	found, err := newStream(name, entry, p.run.limits.Streams)
	if err != nil {
		return Stream{}, false, fmt.Errorf("--catalog_json: %w", err)
	}
	return *found, true, nil
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
