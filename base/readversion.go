package base

import (
	"context"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

func (r *run) readVersion(m singer.Message, line singer.Line) error {
	if m.Stream == "" {
		return singer.ErrNoStream
	}
	text, ok := m.Get("version")
	if !ok || Value(text).IsNull() {
		return nil
	}
	version, err := parseVersion(text)
	if err != nil {
		return err
	}
	f := r.flows[m.Stream]
	if err := r.drain(f); err != nil {
		return err
	}
	r.versions[m.Stream] = version
	if !f.known() {
		r.log.Debug("ACTIVATE_VERSION of a stream that has no schema yet.", "stream", m.Stream)
		return nil
	}
	r.registry.setVersion(f.stream, version)
	r.set.touch(f)
	if r.can.versions == nil || f.failed() || r.flags.dryRun {
		return nil
	}
	err = r.retrying("activation of a version of stream "+m.Stream, func() error {
		return r.author(func(ctx context.Context) error { return r.can.versions.ActivateVersion(ctx, *f.stream, version) })
	})
	return r.failStream(f, line.Number, err)
}
