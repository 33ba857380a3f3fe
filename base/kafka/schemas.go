package kafka

import (
	"bytes"
	"slices"
	"strconv"
	"sync"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// schemas are the SCHEMA and ACTIVATE_VERSION messages of a partition that are in force,
// and where they stand.
type schemas struct {
	mu    sync.Mutex
	known []governing // by offset
}

// governing is a message that is in force for its stream from its offset on.
type governing struct {
	kind, stream string
	offset       int64
	line         []byte
}

// note takes a message in.
func (s *schemas) note(kind string, offset int64, line []byte) {
	m, err := singer.Parse(singer.Line{Text: line})
	if err != nil || m.Stream == "" {
		return // the run tells what is wrong with it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = append(s.known, governing{kind, m.Stream, offset, bytes.Clone(line)})
}

// latest are the messages in force before an offset, by offset.
func (s *schemas) latest(offset int64) []governing {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := map[[2]string]int{}
	for i, g := range s.known {
		if g.offset < offset {
			last[[2]string{g.kind, g.stream}] = i
		}
	}
	var found []governing
	for i, g := range s.known {
		if at, ok := last[[2]string{g.kind, g.stream}]; ok && at == i {
			found = append(found, g)
		}
	}
	return found
}

// before tells where the messages stand that are in force before an offset, and forgets
// those that nobody will ask for again.
func (s *schemas) before(offset int64) places {
	found := s.latest(offset)
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := slices.DeleteFunc(slices.Clone(s.known), func(g governing) bool { return g.offset < offset })
	s.known = append(slices.Clone(found), rest...)
	var p places
	for _, g := range found {
		p.add(g.offset)
	}
	return p
}

// everything is an offset behind all.
const everything = int64(1) << 62

// lines are the SCHEMAs as a run gets them that begins here.
func (s *schemas) lines() []byte {
	var text []byte
	for _, g := range s.latest(everything) {
		if g.kind == singer.TypeSchema {
			text = append(append(text, g.line...), '\n')
		}
	}
	return text
}

// versions are the active ones by stream. They were activated; to do that again would
// remove rows of a later one.
func (s *schemas) versions() map[string]int64 {
	versions := map[string]int64{}
	for _, g := range s.latest(everything) {
		if g.kind != singer.TypeActivateVersion {
			continue
		}
		m, err := singer.Parse(singer.Line{Text: g.line})
		if err != nil {
			continue
		}
		text, _ := m.Get("version")
		if version, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			versions[g.stream] = version
		}
	}
	return versions
}
