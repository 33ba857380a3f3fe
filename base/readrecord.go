package base

import (
	"errors"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// failStream gives a stream up: nothing that is held of it is exported, and the
// rest of it is read and dropped. As in Mage's base the run goes on to the end of
// the set, so that the other streams lose nothing, and then fails (7.4 of its
// contract). No error fails no stream.
func (r *run) failStream(f *flow, line int64, err error) error {
	if err == nil {
		return nil
	}
	fault := &singer.Fault{Stream: f.name, Line: line, Err: err}
	r.ledger.recordRead(f)
	if r.info.RecordByRecord || errors.Is(err, errAbandoned) {
		return fault
	}
	r.set.fail(f, fault, r.now)
	return nil
}

// readRecordMessage reads a RECORD that was not parsed yet, or by a schema that was
// replaced, or that is at fault.
func (r *run) readRecordMessage(m singer.Message, e *entry) error {
	if m.Stream == "" {
		return singer.ErrNoStream
	}
	f := r.flow(m.Stream)
	if f.failed() || !f.known() {
		return r.readRecord(f, e, nil)
	}
	return r.readRecord(f, e, r.makeRecord(m, f.stream, e))
}

// readRecord takes in a record that is ready, or refused.
func (r *run) readRecord(f *flow, e *entry, refused error) error {
	f.stats.read++
	f.stats.bytes += int64(len(e.line))
	e.ordinal = r.position(f, e)
	if refused == nil && f.known() && !f.failed() {
		if stored, err := r.skip(f, e); stored || err != nil {
			r.set.pass(e.line)
			return r.failStream(f, e.number, err)
		}
	}
	r.ledger.recordRead(f)
	switch {
	case f.failed():
		r.set.bytes += int64(len(e.line)) // it is dropped, but the set shall end some day
		return nil
	case !f.known():
		r.set.pass(e.line)
		return r.failStream(f, e.number, errNoSchema(f.name))
	case refused != nil:
		r.set.pass(e.line)
		return r.refuseRecord(f, e, refused)
	case r.info.RecordByRecord:
		return r.exportOne(f, e)
	}
	if r.set.chunk != r.chunk.number {
		r.set.chunk = r.chunk.number
		r.set.lease.Share(&r.chunk.lease)
	}
	r.set.add(f, e, r.now)
	return nil
}

// makeRecord makes the record of an entry by the stream as it is now.
func (r *run) makeRecord(m singer.Message, s *Stream, e *entry) error {
	text, ok := m.Get("record")
	if !ok || rawjson.KindOf(text) != rawjson.Object {
		return errors.New("RECORD without record: the key record must be an object")
	}
	e.version, e.versioned = 0, false
	if version, ok := m.Get("version"); ok {
		e.setVersion(version)
	}
	r.parser.workFor(&r.set.lease)
	return r.parser.makeRecord(e, s, text)
}

// refuseRecord sets a record aside that may not be exported, or fails its stream
// (case 17 of Mage's contract).
func (r *run) refuseRecord(f *flow, e *entry, err error) error {
	if !r.limits.setsAside() {
		return r.failStream(f, e.number, err)
	}
	f.stats.rejected++
	r.set.started(r.now)
	r.set.touch(f) // it is durable when the letter is
	return r.letters.add(r.set, letterOf(f.stream, e, err))
}
