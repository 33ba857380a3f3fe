package base

import (
	"bytes"
	"errors"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// readLine does what one line asks for (parts 5 and 6 of Mage's contract).
func (r *run) readLine(e *entry) error {
	line := singer.Line{Text: e.line, Number: e.number, Offset: e.offset, Open: e.open}
	m, err := singer.Parse(line)
	if m.Type != singer.TypeRecord { // records count when it is clear what becomes of them
		r.set.pass(e.line)
	}
	if err != nil {
		return r.refuseLine(line, err)
	}
	switch m.Form {
	case singer.Text:
		r.noise("Unable to parse: " + singer.Excerpt(line.Text) + "\n")
		return nil
	case singer.Nothing:
		r.noise("No valid row data for line: " + singer.Excerpt(line.Text) + "\n")
		return nil
	case singer.Untyped:
		r.relay(m)
		return nil
	}
	r.last = lastMessage{m.Type, m.Stream}
	return r.readMessage(m, line, e)
}

func (r *run) readMessage(m singer.Message, line singer.Line, e *entry) error {
	if m.Stream != "" {
		if err := r.adoptFromCatalog(m.Stream, line); err != nil {
			return located(err, m.Stream, line.Number)
		}
	}
	var err error
	switch m.Type {
	case singer.TypeRecord:
		err = r.readRecordMessage(m, e)
	case singer.TypeState:
		err = r.readState(m)
	case singer.TypeSchema:
		err = r.readSchema(m, line)
	case singer.TypeActivateVersion:
		err = r.readVersion(m, line)
	case singer.TypeDeadLetter:
		err = r.readLetter(m, e)
	case singer.TypeLog:
	default:
		err = singer.UnknownType(m.Type)
	}
	return located(err, m.Stream, line.Number)
}

// located adds stream and line to an error that has none yet.
func located(err error, stream string, line int64) error {
	var fault *singer.Fault
	if err == nil || errors.Is(err, errFlushFailed) || errors.As(err, &fault) {
		return err
	}
	return &singer.Fault{Stream: stream, Line: line, Err: err}
}

// refuseLine sets a line aside that cannot be read, or ends the run with it.
func (r *run) refuseLine(line singer.Line, err error) error {
	fault := &singer.Fault{Line: line.Number, Err: err}
	if !r.limits.setsAside() {
		return fault
	}
	r.summary.lines++
	r.set.started(r.now)
	return r.letters.add(r.set, DeadLetter{
		Line: line.Number, Offset: line.Offset, Reason: fault.Error(), Original: bytes.Clone(line.Text),
	})
}
