package base

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// readLine does what one line asks for (parts 5 and 6 of Mage's contract).
func (r *run) readLine(line singer.Line) error {
	m, err := singer.Parse(line)
	if err != nil {
		return r.refuseLine(line, err)
	}
	switch m.Form {
	case singer.Text:
		r.log.Info("Unable to parse: " + singer.Excerpt(line.Text) + "\n")
		return nil
	case singer.Nothing:
		r.log.Info("No valid row data for line: " + singer.Excerpt(line.Text) + "\n")
		return nil
	case singer.Untyped:
		r.relay(m)
		return nil
	}
	r.last = lastMessage{m.Type, m.Stream}
	return r.readMessage(m, line)
}

func (r *run) readMessage(m singer.Message, line singer.Line) error {
	if m.Stream != "" {
		if err := r.adoptFromCatalog(m.Stream, line); err != nil {
			return located(err, m.Stream, line.Number)
		}
	}
	var err error
	switch m.Type {
	case singer.TypeRecord:
		err = r.readRecord(m, line)
	case singer.TypeState:
		err = r.readState(m)
	case singer.TypeSchema:
		err = r.readSchema(m, line)
	case singer.TypeActivateVersion:
		err = r.readVersion(m, line)
	case singer.TypeLog:
	default:
		err = fmt.Errorf("Unknown message type %s: want SCHEMA, RECORD, STATE, ACTIVATE_VERSION or LOG", singer.Excerpt([]byte(m.Type))) //nolint:staticcheck // Mage's own words
	}
	return located(err, m.Stream, line.Number)
}

// located adds stream and line to an error that has none yet.
func located(err error, stream string, line int64) error {
	var withStream *streamError
	var withLine *lineError
	switch {
	case err == nil, errors.Is(err, errFlushFailed), errors.As(err, &withStream), errors.As(err, &withLine):
		return err
	case stream != "":
		return &streamError{stream, line, err}
	}
	return &lineError{line, err}
}

// refuseLine sets a line aside that cannot be read, or ends the run with it.
func (r *run) refuseLine(line singer.Line, err error) error {
	fault := &lineError{line.Number, err}
	if r.limits.OnInvalid != "dead_letter" {
		return fault
	}
	r.summary.lines++
	r.set.started(r.env.Now())
	return r.letters.add(DeadLetter{
		Line: line.Number, Offset: line.Offset, Reason: fault.Error(), Original: bytes.Clone(line.Text),
	})
}

// errNoStream is Mage's own sentence.
var errNoStream = errors.New("Required key stream is missing from row.") //nolint:staticcheck // Mage's own words

func (r *run) readSchema(m singer.Message, line singer.Line) error {
	if m.Stream == "" {
		return errNoStream
	}
	known := r.streams[m.Stream]
	if known.known() && known.fromCatalog {
		r.log.Info(fmt.Sprintf("Schema for stream %s already exists from catalog JSON.", m.Stream))
		return nil
	}
	if known.known() && bytes.Equal(known.source, sourceOf(m)) {
		r.set.touch(known)
		return nil
	}
	s, err := newStream(m.Stream, m, r.limits.Streams)
	if err != nil {
		return err
	}
	if err := r.drain(m.Stream); err != nil {
		return err
	}
	return r.adopt(s, line)
}

// adoptFromCatalog makes the catalog's entry the schema of a stream the first
// time that a message names it.
func (r *run) adoptFromCatalog(name string, line singer.Line) error {
	entry, ok := r.catalog[name]
	if !ok || r.streams[name].known() {
		return nil
	}
	s, err := newStream(name, entry, r.limits.Streams)
	if err != nil {
		return fmt.Errorf("--catalog_json: %w", err)
	}
	s.fromCatalog = true
	return r.adopt(s, line)
}

// adopt makes s the stream of its name from here on. That its schema is no good
// or that the store will not have it is the failure of this stream alone.
func (r *run) adopt(s *Stream, line singer.Line) error {
	if err := r.ready(); err != nil {
		return err
	}
	if version, ok := r.versions[s.Name]; ok {
		s.Version = &version
	}
	r.streams[s.Name] = s
	r.set.touch(s)
	r.ledger.streamKnown(s.Name)
	r.summary.stream(s.Name)
	if err := r.preparer.prepareToCheck(s); err != nil {
		return r.failStream(s.Name, line, err)
	}
	if r.can.schemas == nil || r.set.failed(s.Name) {
		return nil
	}
	err := r.author(func() error { return r.can.schemas.HandleSchema(r.calls, *s) })
	return r.failStream(s.Name, line, err)
}

// failStream gives a stream up: nothing that is held of it is exported, and the
// rest of it is read and dropped. As in Mage's base the run goes on to the end of
// the set, so that the other streams lose nothing, and then fails (7.4 of its
// contract). No error fails no stream.
func (r *run) failStream(name string, line singer.Line, err error) error {
	if err == nil {
		return nil
	}
	fault := &streamError{name, line.Number, err}
	if r.info.RecordByRecord || errors.Is(err, errAbandoned) {
		return fault
	}
	r.set.fail(name, fault, r.env.Now())
	return nil
}

// drain exports everything if records of the stream are held.
func (r *run) drain(stream string) error {
	batch, ok := r.set.byName[stream]
	if !ok || len(batch.records) == 0 {
		return nil
	}
	return r.flush(false)
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
	err := r.preparer.prepare(&record, s, m.NonFinite)
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

func (r *run) readState(m singer.Message) error {
	value, ok := m.Get("value")
	if !ok {
		return errors.New("STATE without value: the key value must be the state")
	}
	r.last.stream = stateStreamName(value)
	if r.info.RecordByRecord {
		return r.tellAsRead(value)
	}
	r.ledger.stateRead(value)
	r.set.started(r.env.Now())
	if r.set.bytes == 0 && len(r.letters.waiting) == 0 {
		r.ledger.release()
	}
	return nil
}

// tellAsRead writes a STATE as it was read: all records before it are exported.
func (r *run) tellAsRead(value []byte) error {
	if emptyState(value) {
		return nil
	}
	if err := r.storeLetters(); err != nil {
		return err
	}
	_, err := r.writeState(value, true)
	return err
}

// stateStreamName is the stream that Mage's base takes a STATE for (8.2 of its
// contract); here it only fills a tag.
func stateStreamName(value []byte) string {
	if current, ok := rawjson.Get(value, "current_stream"); ok && rawjson.KindOf(current) == rawjson.String {
		return rawjson.Unquote(current)
	}
	bookmarks, _ := rawjson.Get(value, "bookmarks")
	for _, object := range [][]byte{bookmarks, value} {
		for m := range rawjson.Members(object) {
			return m.Name()
		}
	}
	return ""
}

func (r *run) readVersion(m singer.Message, line singer.Line) error {
	if m.Stream == "" {
		return errNoStream
	}
	text, ok := m.Get("version")
	if !ok || Value(text).IsNull() {
		return nil
	}
	version, err := parseVersion(text)
	if err != nil {
		return err
	}
	if err := r.drain(m.Stream); err != nil {
		return err
	}
	r.versions[m.Stream] = version
	s := r.streams[m.Stream]
	if !s.known() {
		r.log.Debug("ACTIVATE_VERSION of a stream that has no schema yet.", "stream", m.Stream)
		return nil
	}
	s.Version = &version
	r.set.touch(s)
	if r.can.versions == nil || r.set.failed(m.Stream) {
		return nil
	}
	err = r.author(func() error { return r.can.versions.ActivateVersion(r.calls, *s, version) })
	return r.failStream(m.Stream, line, err)
}

// relay passes a log line of the tap on, with its own level and caller. It goes
// to stderr even with --log_to_stdout, as in Mage's base: on stdout a line of
// level ERROR would make Mage fail a run in which nothing failed.
func (r *run) relay(m singer.Message) {
	caller := m.Text("caller")
	if caller == "" {
		caller = "Logger"
	}
	level := strings.ToUpper(m.Text("level"))
	switch level {
	case "DEBUG":
		if !r.flags.debug {
			return
		}
	case "INFO", "WARNING", "ERROR", "EXCEPTION":
	case "CRITICAL", "FATAL":
		level = "ERROR"
	default:
		level = "INFO"
	}
	message := m.Text("message")
	if message == "" {
		value, _ := m.Get("message")
		message = string(value)
	}
	tags, ok := m.Get("tags")
	if !ok || rawjson.KindOf(tags) != rawjson.Object {
		tags = json.RawMessage("{}")
	}
	r.relayed.write(logLine{caller: caller, level: level, message: message, tags: tags})
}
