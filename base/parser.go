package base

import (
	"errors"
	"math"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// parser makes entries of lines and records of those that are a RECORD. It belongs
// to one goroutine.
type parser struct {
	preparer
	registry *registry
	pass     jsonschema.Pass
	entries  slab.Arena[entry]
	columns  slab.Arena[jsonschema.Column]
	texts    slab.Arena[byte]

	streams map[string]*Stream // what the registry said the last time
	changes int
	last    *Stream
}

func newParser(limits limits, registry *registry, m *memory) *parser {
	return &parser{
		preparer: preparer{limits: limits}, registry: registry, streams: map[string]*Stream{}, changes: -1,
		entries: slab.NewArena(m.entries), columns: slab.NewArena(m.columns), texts: slab.NewArena(m.texts),
	}
}

// workFor tells who holds the memory of what is made from now on.
func (p *parser) workFor(lease *slab.Lease) {
	p.entries.WorkFor(lease)
	p.columns.WorkFor(lease)
	p.texts.WorkFor(lease)
}

// refresh asks the registry again, if anything has changed there.
func (p *parser) refresh() {
	if changes := p.registry.changed(); changes != p.changes {
		p.changes, p.last = changes, nil
		clear(p.streams)
	}
}

// stream returns the stream of that name, or nil.
func (p *parser) stream(name []byte) *Stream {
	if p.last != nil && p.last.Name == string(name) {
		return p.last
	}
	s, ok := p.streams[string(name)]
	if !ok {
		if s = p.registry.get(string(name)); s == nil {
			return nil
		}
		p.streams[s.Name] = s
	}
	p.last = s
	return s
}

// parse reads the entry's line as a RECORD of a stream that is known. ok is false
// if it is anything else, or at fault: then the line has to be read with more
// care.
func (p *parser) parse(e *entry) (ok bool) {
	var m recordMessage
	if int64(len(e.line)) > longest || !p.scanRecord(&m, e.line) {
		return false
	}
	if m.version.isSet() {
		e.setVersion(e.line[m.version.start:m.version.end])
	}
	return p.prepare(e, m.stream, e.line[m.record.start:m.record.end], m.verdict) == nil
}

// setVersion takes the version from a RECORD message; it must be an integer of 64
// bits to count.
func (e *entry) setVersion(text []byte) {
	version, err := parseVersion(text)
	e.version, e.versioned = version, err == nil
}

// longest is how long a record may be: an index of its columns counts in 32 bits.
const longest = math.MaxUint32

var errTooLong = errors.New("a record of 4 GiB or more cannot be held")

// makeRecord makes the record of an entry from its text.
func (p *parser) makeRecord(e *entry, s *Stream, text []byte) error {
	if int64(len(text)) > longest {
		return errTooLong
	}
	e.rewritten = false
	p.pass.Columns = p.columns.Room(s.room())
	verdict := p.pass.Record(s.plan, text, 0, 0)
	return p.prepare(e, s, text, verdict)
}
