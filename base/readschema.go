package base

import (
	"bytes"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

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

// drain exports everything if records of the stream are held.
func (r *run) drain(stream string) error {
	batch, ok := r.set.byName[stream]
	if !ok || len(batch.records) == 0 {
		return nil
	}
	return r.flush(false)
}
