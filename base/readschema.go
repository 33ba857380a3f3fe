package base

import (
	"bytes"
	"context"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

func (r *run) readSchema(m singer.Message, line singer.Line) error {
	if m.Stream == "" {
		return singer.ErrNoStream
	}
	f := r.flows[m.Stream]
	if f.known() && f.stream.fromCatalog {
		r.log.Info(fmt.Sprintf("Schema for stream %s already exists from catalog JSON.", m.Stream))
		return nil
	}
	if f.known() && bytes.Equal(f.stream.source, sourceOf(m)) {
		r.set.touch(f)
		return nil
	}
	s, err := newStream(m.Stream, m, r.limits.Streams)
	if err != nil {
		return err
	}
	if err := r.drain(f); err != nil {
		return err
	}
	return r.adopt(s, line)
}

// adopt makes s the stream of its name from here on. That its schema is no good
// or that the store will not have it is the failure of this stream alone.
func (r *run) adopt(s *Stream, line singer.Line) error {
	if err := r.settle(); err != nil {
		return err
	}
	if !r.flags.dryRun || r.can.planner != nil {
		if err := r.ready(); err != nil {
			return err
		}
	}
	if version, ok := r.versions[s.Name]; ok {
		s.Version = &version
	}
	f := r.flow(s.Name)
	err := r.parser.plan(s)
	s.flow, f.stream = f, s
	r.registry.put(s)
	r.set.touch(f)
	if err != nil {
		return r.failStream(f, line.Number, err)
	}
	if f.failed() {
		return nil
	}
	if r.flags.dryRun {
		return r.failStream(f, line.Number, r.planSchema(s))
	}
	if r.can.schemas == nil {
		return nil
	}
	err = r.retrying("schema of stream "+s.Name, func() error {
		return r.author(func(ctx context.Context) error { return r.can.schemas.HandleSchema(ctx, *s) })
	})
	return r.failStream(f, line.Number, err)
}

// drain exports everything if records of the stream are held, and waits until they
// are durable.
func (r *run) drain(f *flow) error {
	if f != nil && f.holds() {
		if err := r.flush(false); err != nil {
			return err
		}
	}
	return r.settle()
}
