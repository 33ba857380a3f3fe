package base

import (
	"bytes"
	"math"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// ledger is the one place that decides which state may be told. A STATE may be
// told when every record that was read before it is durable; where a stream has
// failed for good, the bookmarks of the other streams may be told without the
// rest of the value.
//
// Records and states share one count: a record's position is how many records
// were read up to it, a state's position is how many were read before it.
type ledger struct {
	read    int64            // records read
	oldest  map[string]int64 // per stream, position of its first record that is not durable
	pending []pendingState   // in input order
	bytes   int64            // held by pending
	told    stateFold        // of all states that may be told
	taken   []byte           // told as it was last taken; nil before the first
	fresh   bool             // states were added to told since
	streams map[string]bool  // streams that records were read of
}

type pendingState struct {
	position int64
	value    []byte
}

func newLedger() *ledger {
	return &ledger{oldest: map[string]int64{}, streams: map[string]bool{}}
}

// recordRead notes that a record of the stream was read and is not yet durable.
func (l *ledger) recordRead(stream string) {
	l.read++
	l.streams[stream] = true
	if _, waiting := l.oldest[stream]; !waiting {
		l.oldest[stream] = l.read
	}
}

// streamFailed notes that something that was read of the stream, a record or any
// other message, cannot be stored: no state after it may be told for the stream.
func (l *ledger) streamFailed(stream string) { l.recordRead(stream) }

// streamKnown notes that a bookmark of that name belongs to a stream of this
// run, even if no record of it was read.
func (l *ledger) streamKnown(stream string) { l.streams[stream] = true }

// streamDurable notes that every record read of the stream is durable.
func (l *ledger) streamDurable(stream string) { delete(l.oldest, stream) }

// stateRead notes a STATE. An empty value says nothing and is dropped, so that
// it never replaces a good one.
func (l *ledger) stateRead(value []byte) {
	if rawjson.Empty(value) {
		return
	}
	l.pending = append(l.pending, pendingState{l.read, bytes.Clone(value)})
	l.bytes += heldState(value)
}

// heldState is the memory a pending state takes.
func heldState(value []byte) int64 {
	return int64(len(value)) + int64(unsafe.Sizeof(pendingState{}))
}

// release folds every state that all records before it allow into what may be
// told.
func (l *ledger) release() {
	limit := l.durableUpTo()
	for len(l.pending) > 0 && l.pending[0].position < limit {
		state := l.pending[0]
		l.pending = l.pending[1:]
		l.bytes -= heldState(state.value)
		l.told.add(state.value)
		l.fresh = true
	}
	if len(l.pending) == 0 {
		l.pending = nil // frees the array
	}
}

// releaseBookmarks is for the end of a run that has failed: of the states that
// can never be told whole, it tells the bookmarks of streams that are durable up
// to there. A bookmark whose name is no stream of this run is kept back, for it
// may mean the stream that failed.
func (l *ledger) releaseBookmarks() {
	for _, state := range l.pending {
		bookmarks, _ := rawjson.Get(state.value, "bookmarks")
		var kept []rawjson.Member
		for m := range rawjson.Members(bookmarks) {
			name := m.Name()
			first, waiting := l.oldest[name]
			if l.streams[name] && (!waiting || first > state.position) {
				kept = append(kept, m)
			}
		}
		if len(kept) > 0 {
			l.told.addBookmarks(kept)
			l.fresh = true
		}
	}
}

// durableUpTo is the position of the first record that is not durable.
func (l *ledger) durableUpTo() int64 {
	limit := int64(math.MaxInt64)
	for _, position := range l.oldest {
		limit = min(limit, position)
	}
	return limit
}

// take returns the state to be told, and whether it has changed since the last
// call.
func (l *ledger) take() (state []byte, changed bool) {
	if !l.fresh {
		return l.taken, false
	}
	l.fresh = false
	state = l.told.bytes()
	changed = !bytes.Equal(state, l.taken)
	l.taken = state
	return state, changed
}
