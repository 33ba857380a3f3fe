package base

import (
	"time"
	"unsafe"
)

// batchSet is what is held of all streams between two flushes.
type batchSet struct {
	number  int // of the set within the run, from 0
	streams []*streamBatch
	byName  map[string]*streamBatch
	bytes   int64     // of records, as memory counts them
	longest int       // records of the stream that has most
	since   time.Time // when the first record or state came in; zero while there is none
}

// streamBatch is what is held of one stream.
type streamBatch struct {
	stream  *Stream
	records []RecordData
	first   int64 // position of the first record among all of the stream
	readAt  time.Time
	failed  error // why it is not exported, and nothing more of it is held
}

func newBatchSet(number int) *batchSet {
	return &batchSet{number: number, byName: map[string]*streamBatch{}}
}

// touch gives a stream its place: streams are exported in the order in which
// messages named them.
func (b *batchSet) touch(s *Stream) *streamBatch {
	batch, ok := b.byName[s.Name]
	if !ok {
		batch = &streamBatch{stream: s}
		b.byName[s.Name] = batch
		b.streams = append(b.streams, batch)
	}
	return batch
}

// fail gives a stream up until the end of the set; its first fault counts.
func (b *batchSet) fail(stream string, fault error, now time.Time) {
	batch, ok := b.byName[stream]
	if !ok {
		batch = b.touch(&Stream{Name: stream})
	}
	if batch.failed == nil {
		batch.failed = fault
	}
	batch.records = nil
	b.started(now)
}

// failed tells whether the stream was given up in this set.
func (b *batchSet) failed(stream string) bool {
	batch, ok := b.byName[stream]
	return ok && batch.failed != nil
}

// drop counts a record that is not held, so that a set in which every stream has
// failed ends at the limit like any other.
func (b *batchSet) drop(line []byte) { b.bytes += int64(len(line)) }

// add holds a record; ordinal is its position among all of the stream.
func (b *batchSet) add(s *Stream, item RecordData, ordinal int64, now time.Time) {
	batch := b.touch(s)
	if len(batch.records) == 0 {
		batch.stream, batch.first, batch.readAt = s, ordinal, now
	}
	batch.records = append(batch.records, item)
	b.longest = max(b.longest, len(batch.records))
	b.bytes += held(item.Record)
	b.started(now)
}

// started notes that something is held from now on.
func (b *batchSet) started(now time.Time) {
	if b.since.IsZero() {
		b.since = now
	}
}

// held is the memory a record takes: its line, what was rewritten of it, its
// index and its place in the batch.
func held(r Record) int64 {
	bytes := int64(len(r.line)) +
		int64(len(r.columns))*int64(unsafe.Sizeof(column{})) + int64(unsafe.Sizeof(RecordData{}))
	if r.rewritten {
		bytes += int64(len(r.raw))
	}
	return bytes
}

// full tells whether a limit is reached; waiting are bytes held besides records.
func (b *batchSet) full(l limits, waiting int64) bool {
	if limit := l.batchBytes(); l.MaximumBatchSizeMB > 0 && b.bytes+waiting >= limit {
		return true
	}
	return l.MaximumBatchRows > 0 && b.longest >= l.MaximumBatchRows
}
