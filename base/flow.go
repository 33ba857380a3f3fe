package base

import "sync"

// flow is what a run keeps of one stream, from its first message on.
type flow struct {
	name   string
	stream *Stream // as the last schema has it; nil before the first
	batch  *streamBatch
	stats  streamSummary

	// Positions of records that are not durable, for the ledger; 0 for none.
	sealed   int64 // the first among those that were handed on, or failed
	filling  int64 // the first among those that are held for the next set
	skipping int64 // the first among those that an earlier run seems to have stored
}

// known tells a flow that has a schema from one of which nothing is known.
func (f *flow) known() bool { return f != nil && f.stream.known() }

// flow returns what is kept of a stream, from now on.
func (r *run) flow(name string) *flow {
	f, ok := r.flows[name]
	if !ok {
		f = &flow{name: name}
		r.flows[name] = f
		r.summary.flows = append(r.summary.flows, f)
	}
	return f
}

// registry tells the goroutines that check records, and the author's, which
// streams there are.
type registry struct {
	mu      sync.RWMutex
	streams map[string]*Stream
	changes int
}

func newRegistry() *registry { return &registry{streams: map[string]*Stream{}} }

// put makes s the stream of its name.
func (r *registry) put(s *Stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[s.Name] = s
	r.changes++
}

// get returns the stream of that name, or nil.
func (r *registry) get(name string) *Stream {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.streams[name]
}

// changed returns a number that is another after every change.
func (r *registry) changed() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.changes
}

// setVersion notes the version that was activated.
func (r *registry) setVersion(s *Stream, version int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Version = &version
}

// copy returns the stream of that name as it is now.
func (r *registry) copy(name string) Stream {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if s := r.streams[name]; s != nil {
		return *s
	}
	return Stream{Name: name}
}
