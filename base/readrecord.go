package base

import (
	"bytes"
	"errors"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// failStream gives a stream up: nothing that is held of it is exported, and the
// rest of it is read and dropped. As in Mage's base the run goes on to the end of
// the set, so that the other streams lose nothing, and then fails (7.4 of its
// contract). No error fails no stream.
func (r *run) failStream(name string, line singer.Line, err error) error {
	if err == nil {
		return nil
	}
	fault := &streamError{name, line.Number, err}
	r.ledger.streamFailed(name)
	if r.info.RecordByRecord || errors.Is(err, errAbandoned) {
		return fault
	}
	r.set.fail(name, fault, r.env.Now())
	return nil
}

func (r *run) readRecord(m singer.Message, line singer.Line) error {
	if m.Stream == "" {
		return errNoStream
	}
	s := r.streams[m.Stream]
	r.ledger.recordRead(m.Stream)
	stats := r.summary.stream(m.Stream)
	stats.read++
	stats.bytes += int64(len(line.Text))
	switch {
	case r.set.failed(m.Stream):
		r.set.drop(line.Text)
		return nil
	case !s.known():
		r.set.drop(line.Text)
		return r.failStream(m.Stream, line, errNoSchema(m.Stream))
	}
	record, err := r.newRecord(m, line, s)
	if err != nil {
		return r.refuseRecord(s, line, err)
	}
	if r.info.RecordByRecord {
		return r.exportOne(s, record)
	}
	stats.ordinal++
	r.set.add(s, RecordData{Record: record, Stream: m.Stream}, stats.ordinal, r.env.Now())
	return nil
}

func (r *run) newRecord(m singer.Message, line singer.Line, s *Stream) (Record, error) {
	text, ok := m.Get("record")
	if !ok || rawjson.KindOf(text) != rawjson.Object {
		return Record{}, errors.New("RECORD without record: the key record must be an object")
	}
	record := Record{raw: text, line: line.Text, number: line.Number, offset: line.Offset}
	if version, ok := m.Get("version"); ok && !Value(version).IsNull() {
		record.version = version
	}
	err := r.preparer.prepare(&record, s, oddities{nonFinite: m.NonFinite, repeated: m.Repeated})
	return record, err
}

// refuseRecord sets a record aside that may not be exported, or fails its stream
// (case 17 of Mage's contract).
func (r *run) refuseRecord(s *Stream, line singer.Line, err error) error {
	if r.limits.OnInvalid != "dead_letter" {
		r.set.drop(line.Text)
		return r.failStream(s.Name, line, err)
	}
	fault := &streamError{s.Name, line.Number, err}
	r.summary.stream(s.Name).rejected++
	r.set.started(r.env.Now())
	if !r.holds(s.Name) {
		r.ledger.streamDurable(s.Name) // the letter is, before any state is told
	}
	return r.letters.add(DeadLetter{
		Line: line.Number, Offset: line.Offset, Stream: s.Name, Reason: fault.Error(), Original: bytes.Clone(line.Text),
	})
}

func (r *run) holds(stream string) bool {
	batch, ok := r.set.byName[stream]
	return ok && len(batch.records) > 0
}
