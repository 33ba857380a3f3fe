package base

import (
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

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
