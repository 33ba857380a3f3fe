package kafka

import (
	"bytes"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// sendSchema puts a SCHEMA into every partition. One that differs from the one before
// may change the store for records that other workers still hold by the one before: it
// waits for them, and what comes after waits for it.
func (f *feeder) sendSchema(s *fedStream, m singer.Message, line []byte) error {
	stream, err := f.process.Stream(m)
	if err != nil {
		return err
	}
	changed := s.schema != nil && !bytes.Equal(s.schema, line)
	if changed {
		if err := f.drain("the records before a new schema of stream " + m.Stream); err != nil {
			return err
		}
	}
	s.schema = bytes.Clone(line)
	s.keys = stream.ConflictKeys()
	f.sendEverywhere(singer.TypeSchema, s.schema)
	if changed {
		return f.drain("the new schema of stream " + m.Stream)
	}
	return nil
}

// sendVersion puts an ACTIVATE_VERSION into every partition, when all records before it
// are stored, and goes on when it is carried out: rows of other versions go then, whoever
// has written them.
func (f *feeder) sendVersion(s *fedStream, line []byte) error {
	name := s.figures.Stream
	if err := f.drain("the records before ACTIVATE_VERSION of stream " + name); err != nil {
		return err
	}
	s.version = bytes.Clone(line)
	f.sendEverywhere(singer.TypeActivateVersion, s.version)
	return f.drain("ACTIVATE_VERSION of stream " + name)
}

// repeatSchemas sends what is in force once more, now and then: a topic may forget what
// is old, and a worker that takes a partition over looks there.
func (f *feeder) repeatSchemas(now time.Time) {
	if f.repeated.IsZero() {
		f.repeated = now
	}
	if now.Sub(f.repeated) < f.engine.timing.schemas {
		return
	}
	f.repeated = now
	for _, s := range f.order {
		if s.schema != nil {
			f.sendEverywhere(singer.TypeSchema, s.schema)
		}
		if s.version != nil {
			f.sendEverywhere(typeVersion, s.version)
		}
	}
}
