package base

import (
	"time"

	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// batchSet is what is held of all streams between two flushes.
type batchSet struct {
	number  int // of the set within the run, from 0
	streams []*streamBatch
	letters []DeadLetter // refused while the set was filled, or exported

	letterBytes int64
	records     int
	bytes       int64      // as memory counts them
	longest     int        // records of the stream that has most
	since       time.Time  // when the first record or state came in; zero while there is none
	lease       slab.Lease // of the memory that the records lie in
	chunk       int64      // number of the last one whose memory the lease holds
}

// streamBatch is what is held of one stream, and later what became of it.
type streamBatch struct {
	flow        *flow
	stream      *Stream
	first, last *entry // of the records, each of which leads to the next
	records     int
	ordinal     int64 // of the first record among all of the stream
	readAt      time.Time
	failed      error // why it is not exported, and nothing more of it is held

	exported, rejected int64
	retries, splits    int64
	took               time.Duration
}

// touch gives a stream its place: streams are exported in the order in which
// messages named them.
func (b *batchSet) touch(f *flow) *streamBatch {
	if f.batch == nil {
		f.batch = &streamBatch{flow: f, stream: f.stream}
		b.streams = append(b.streams, f.batch)
	}
	return f.batch
}

// fail gives a stream up until the end of the set; its first fault counts.
func (b *batchSet) fail(f *flow, fault error, now time.Time) {
	batch := b.touch(f)
	if batch.failed == nil {
		batch.failed = fault
	}
	b.records -= batch.records
	batch.first, batch.last, batch.records = nil, nil, 0
	b.started(now)
}

// failed tells whether the stream was given up in this set.
func (f *flow) failed() bool { return f.batch != nil && f.batch.failed != nil }

// holds tells whether records of the stream are held.
func (f *flow) holds() bool { return f.batch != nil && f.batch.records > 0 }

// pass counts a line that is not held as a record. Its memory is, until the set is
// exported, if records beside it are; and a set in which every stream has failed
// ends at the limit like any other.
func (b *batchSet) pass(line []byte) {
	if !b.since.IsZero() {
		b.bytes += int64(len(line)) + 1
	}
}

// add holds a record.
func (b *batchSet) add(f *flow, e *entry, now time.Time) {
	batch := f.batch
	if batch == nil || batch.records == 0 {
		batch = b.touch(f)
		batch.stream, batch.ordinal, batch.readAt = f.stream, e.ordinal, now
		batch.first = e
		b.started(now)
	} else {
		batch.last.next = e
	}
	batch.last, e.next = e, nil
	batch.records++
	b.records++
	b.longest = max(b.longest, batch.records)
	b.bytes += e.held()
}

// started notes that something is held from now on.
func (b *batchSet) started(now time.Time) {
	if b.since.IsZero() {
		b.since = now
	}
}

// full tells whether a limit is reached. Half of the memory is for the set that is
// filled, the other half for the one that is exported in the meantime. What counts
// is what was read alone: neither time nor the number of workers. A lane has its share
// of the memory.
func (b *batchSet) full(l *limits, share int) bool {
	if l.MaximumBatchSizeMB > 0 && b.bytes+b.letterBytes >= l.setBytes(b.number)/int64(share) {
		return true
	}
	return l.MaximumBatchRows > 0 && b.longest >= l.MaximumBatchRows
}

// seal ends the filling: what comes next of the streams is of another set.
func (b *batchSet) seal() {
	for _, batch := range b.streams {
		batch.flow.batch = nil
	}
}
