package base

import (
	"bytes"
	"math"
	"slices"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// ledger is the one place that decides which state may be told. A STATE may be
// told when every record that was read before it is durable; where a stream has
// failed for good, the bookmarks of the other streams may be told without the
// rest of the value.
//
// Records and states share one count: a record's position is how many records
// were read up to it, a state's position is how many were read before it. Records
// are first held for a set that is being filled; the set is sealed when it is
// handed on, and then its streams are durable one by one.
type ledger struct {
	read    int64 // records read
	filling []*flow
	sealed  []*flow
	skips   []*flow
	pending []pendingState // in input order
	told    stateFold      // of all states that may be told
	taken   []byte         // told as it was last taken; nil before the first
	fresh   bool           // states were added to told since
}

type pendingState struct {
	position int64
	value    []byte
}

// recordRead notes that something was read of the stream, a record or any other
// message, that is not durable yet.
func (l *ledger) recordRead(f *flow) {
	l.read++
	if f.filling == 0 {
		f.filling = l.read
		l.filling = append(l.filling, f)
	}
}

// seal notes that what was read is handed on.
func (l *ledger) seal() {
	for _, f := range l.filling {
		if f.sealed == 0 {
			f.sealed = f.filling
			l.sealed = append(l.sealed, f)
		}
		f.filling = 0
	}
	l.filling = l.filling[:0]
}

// durable notes that all that was sealed of the stream is durable.
func (l *ledger) durable(f *flow) { f.sealed = 0 }

// skipped notes that a record was read which seems to be stored already.
func (l *ledger) skipped(f *flow) {
	l.read++
	if f.skipping == 0 {
		f.skipping = l.read
		l.skips = append(l.skips, f)
	}
}

// verified notes that the records of the stream which were skipped are stored.
func (l *ledger) verified(f *flow) {
	f.skipping = 0
	l.skips = slices.DeleteFunc(l.skips, func(other *flow) bool { return other == f })
}

// stateRead notes a STATE. An empty value says nothing and is dropped, so that
// it never replaces a good one. It returns the memory that the state takes.
func (l *ledger) stateRead(value []byte) (held int64) {
	if rawjson.Empty(value) {
		return 0
	}
	l.pending = append(l.pending, pendingState{l.read, bytes.Clone(value)})
	return int64(len(value)) + int64(unsafe.Sizeof(pendingState{}))
}

// release folds every state that all records before it allow into what may be
// told.
func (l *ledger) release() {
	limit := l.durableUpTo()
	for len(l.pending) > 0 && l.pending[0].position < limit {
		state := l.pending[0]
		l.pending = l.pending[1:]
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
func (l *ledger) releaseBookmarks(flows map[string]*flow) {
	for _, state := range l.pending {
		bookmarks, _ := rawjson.Get(state.value, "bookmarks")
		var kept []rawjson.Member
		for m := range rawjson.Members(bookmarks) {
			if f := flows[m.Name()]; f != nil && f.firstWaiting() > state.position {
				kept = append(kept, m)
			}
		}
		if len(kept) > 0 {
			l.told.addBookmarks(kept)
			l.fresh = true
		}
	}
}

// firstWaiting is the position of the stream's first record that is not durable.
func (f *flow) firstWaiting() int64 {
	first := int64(math.MaxInt64)
	for _, position := range []int64{f.skipping, f.sealed, f.filling} {
		if position > 0 {
			first = min(first, position)
		}
	}
	return first
}

// durableUpTo is the position of the first record that is not durable.
func (l *ledger) durableUpTo() int64 {
	limit := int64(math.MaxInt64)
	if len(l.filling) > 0 {
		limit = l.filling[0].filling
	}
	waiting := l.sealed[:0]
	for _, f := range l.sealed {
		if f.sealed > 0 {
			waiting = append(waiting, f)
			limit = min(limit, f.sealed)
		}
	}
	clear(l.sealed[len(waiting):])
	l.sealed = waiting
	for _, f := range l.skips {
		limit = min(limit, f.skipping)
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
