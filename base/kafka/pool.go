package kafka

import (
	"encoding/binary"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// pool keeps the memory that fetched messages lie in, to be used again: a line is copied
// to where it is read, and its message recycled then. Unlike a sync.Pool it loses nothing
// to the garbage collector, which would be run for it all the while.
type pool struct {
	bytes   free[byte]
	records free[kgo.Record]
}

// What is kept at most: bytes, and records of some 200 bytes; of one piece, for one long
// line shall not keep its memory; and pieces, which are searched.
const (
	keptBytes   = queued
	keptRecords = 1 << 17
	keptPiece   = 4 << 20
	keptPieces  = 256
)

func newPool() *pool {
	return &pool{bytes: free[byte]{limit: keptBytes}, records: free[kgo.Record]{limit: keptRecords}}
}

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) GetDecompressBytes(compressed []byte, codec kgo.CompressionCodecType) []byte {
	const guess = 4 // how much larger data is than it was compressed, mostly
	need := guess * len(compressed)
	if codec == kgo.CodecSnappy { // it says how long it becomes; what may be wrong is bounded
		if length, n := binary.Uvarint(compressed); n > 0 && length <= keptPiece {
			need = int(length)
		}
	}
	return p.bytes.get(need)
}

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *pool) PutDecompressBytes(b []byte) {
	if cap(b) <= keptPiece {
		p.bytes.put(b)
	}
}

// GetRecords implements kgo.PoolRecords.
func (p *pool) GetRecords(n int) []kgo.Record { return p.records.get(n) }

// PutRecords implements kgo.PoolRecords.
func (p *pool) PutRecords(records []kgo.Record) { p.records.put(records) }

// free are slices that are of no use at the moment, those that were used last at the end.
type free[T any] struct {
	limit int // of what is kept, in elements

	mu   sync.Mutex
	kept [][]T
	size int
}

// get returns an empty slice with room for n.
func (f *free[T]) get(n int) []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range slices.Backward(f.kept) { // the last are still in the processor's cache
		if cap(s) >= n {
			f.kept = slices.Delete(f.kept, i, i+1)
			f.size -= cap(s)
			return s[:0]
		}
	}
	return make([]T, 0, n)
}

// put keeps a slice, and drops those instead that nobody wanted for longest.
func (f *free[T]) put(s []T) {
	if cap(s) == 0 || cap(s) > f.limit {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	stale := 0
	for f.size+cap(s) > f.limit || len(f.kept)-stale >= keptPieces {
		f.size -= cap(f.kept[stale])
		stale++
	}
	f.kept = slices.Delete(f.kept, 0, stale)
	f.kept = append(f.kept, s)
	f.size += cap(s)
}
