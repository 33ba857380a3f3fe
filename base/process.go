package base

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// errFlushFailed ends the reading after a set in which a stream failed; what
// went wrong is in run.failures.
var errFlushFailed = errors.New("a batch set failed")

// read takes the run from the first line to the last state.
func (r *run) read() error {
	source, err := openInput(r.flags.inputFilePath, r.env.Stdin, r.log)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	for _, input := range []io.Reader{source, r.env.Stdin} {
		if err := r.limits.apart(input); err != nil {
			return err
		}
	}
	r.reading = true
	parsers := make([]*parser, r.limits.workers())
	for i := range parsers {
		parsers[i] = newParser(r.limits, r.registry, r.memory)
	}
	in := startInput(source, parsers, r.memory)
	defer in.close()
	r.progress = &progress{}
	if r.lane == nil { // lanes would write over each other
		r.progress = newProgress(r.env.Stderr, r.env.Now)
	}
	return r.finish(r.consume(in))
}

// consume reads until the input ends (nil), a signal comes (errStopped), a set
// fails (errFlushFailed) or a line is at fault.
func (r *run) consume(in *input) error {
	tick := time.NewTicker(r.tick())
	defer tick.Stop()
	for {
		select {
		case c, ok := <-in.chunks:
			if !ok {
				return inputEnd(in.err)
			}
			<-c.parsed
			if err := r.readChunk(c); err != nil {
				return err
			}
			r.pace(len(c.Text))
			in.done(c)
		case <-r.exported():
			if err := r.settle(); err != nil {
				return err
			}
		case <-tick.C:
			if err := r.onTick(); err != nil {
				return err
			}
		case <-r.shutdown.stop:
			return errStopped
		}
	}
}

func inputEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read the input: %w", err)
}

// tick is how often age, progress and a state that was put off are looked at.
func (r *run) tick() time.Duration {
	const most = time.Second
	if age := r.limits.MaximumBatchAge.Duration; age > 0 && age < most {
		return max(age/2, time.Millisecond)
	}
	return most
}

func (r *run) onTick() error {
	r.progress.show(r.summary, r.set)
	age, now := r.limits.MaximumBatchAge.Duration, r.env.Now()
	if r.set.since.After(now) {
		r.set.since = now // the clock was set back: what is held is no younger for that
	}
	if age > 0 && !r.set.since.IsZero() && now.Sub(r.set.since) >= age {
		return r.flush(false)
	}
	_, err := r.saveState(false)
	return err
}

// readChunk does what the lines of a chunk ask for, in their order.
func (r *run) readChunk(c *chunk) error {
	r.chunk, r.now = c, r.env.Now()
	for e := c.first; e != nil; {
		next := e.next
		r.lines++
		e.number = r.lines
		if err := r.readEntry(e); err != nil {
			return err
		}
		e = next
		if !r.set.full(&r.limits, r.share()) {
			continue
		}
		if err := r.flush(false); err != nil {
			return err
		}
		if r.shutdown.stopped() {
			return errStopped // a chunk may hold thousands of slow exports
		}
	}
	return nil
}

// readEntry does what one line asks for: mostly it is a record that was parsed by
// the schema which is in force.
func (r *run) readEntry(e *entry) error {
	if e.stream != nil && e.stream == e.stream.flow.stream {
		r.last = lastMessage{singer.TypeRecord, e.stream.Name}
		return r.readRecord(e.stream.flow, e, nil)
	}
	return r.readLine(e)
}

// finish exports what is held, whatever ended the reading, tells the state, and
// only then what went wrong.
func (r *run) finish(end error) error {
	if end != nil && !errors.Is(end, errFlushFailed) && !errors.Is(end, errStopped) {
		r.note(end)
	}
	if !errors.Is(end, errFlushFailed) {
		_ = r.flush(true) // its failures are in r.failures
	}
	if len(r.failures) > 0 && !r.lettersLost {
		r.ledger.releaseBookmarks(r.flows)
	}
	_, err := r.saveState(true)
	r.note(err)
	if end == nil && len(r.failures) == 0 {
		if !r.flags.dryRun {
			r.note(r.endRun())
			r.note(r.afterProcess(r.author))
		}
	}
	r.note(r.close())
	r.note(r.letters.close())
	r.report()
	r.progress.clear()
	r.writer.tellRest()
	r.relayed.tellRest()
	r.summary.log(r.log, &r.parser.preparer, r.env.Now())
	if len(r.failures) > 0 {
		return r.failures
	}
	if errors.Is(end, errStopped) {
		return errStopped
	}
	return nil
}

// note remembers an error among the run's failures; the same one only once.
func (r *run) note(err error) {
	if err == nil || slices.ContainsFunc(r.failures, func(f error) bool { return f.Error() == err.Error() }) {
		return
	}
	r.failures = append(r.failures, err)
}

// saveState tells the state if it has changed since it was told last.
func (r *run) saveState(final bool) (changed bool, err error) {
	state, changed := r.ledger.take()
	if r.stuck || r.flags.dryRun || !changed && !r.unsaved {
		return false, nil
	}
	r.unsaved = true // also if writing fails: the end of the run tries once more
	done, err := r.writeState(state, final)
	if err != nil {
		return changed, err
	}
	r.unsaved = !done
	if done {
		r.summary.told = r.env.Now()
	}
	return changed, nil
}

// errStateStuck is a state that nobody takes: a pipe without a reader.
var errStateStuck = errors.New("the state could not be written within shutdown_timeout")

// writeState hands a state to its writer. It may be a pipe that nobody reads,
// which must not keep the process from ending; a second after the author's calls
// were given up, so is this.
func (r *run) writeState(state []byte, final bool) (bool, error) {
	var done bool
	var err error
	written := make(chan struct{})
	go func() {
		defer close(written)
		done, err = r.state.write(state, final)
	}()
	select {
	case <-written:
		return done, err
	case <-r.shutdown.giveUp:
	}
	select {
	case <-written:
		return done, err
	case <-time.After(grace):
		r.stuck = true
		return false, errStateStuck
	}
}
