package sqldest

import (
	"bytes"
	"hash/maphash"
)

// keySet numbers the different keys of a batch, from 0. It is a hash table of its
// own because its memory, kept from batch to batch, serves without an allocation
// for each key. The zero keySet is made ready by reset.
type keySet struct {
	seed    maphash.Seed
	slots   []uint32 // 1 + the number of a key, 0 where none is; at most half of them are taken
	entries []keyEntry
	text    []byte // all keys, one after the other
}

type keyEntry struct {
	hash uint64
	end  int // in text
}

// reset makes room for a number of keys, and forgets all.
func (s *keySet) reset(keys int) {
	if s.slots == nil {
		s.seed = maphash.MakeSeed()
	}
	size := 16
	for size < 2*keys {
		size *= 2
	}
	if size > cap(s.slots) {
		s.slots = make([]uint32, size)
	} else {
		s.slots = s.slots[:size]
		clear(s.slots)
	}
	s.entries, s.text = s.entries[:0], s.text[:0]
}

// add returns the number of a key, and whether it was there already. It keeps
// nothing of the key's memory.
func (s *keySet) add(key []byte) (number int, known bool) {
	hash := maphash.Bytes(s.seed, key)
	mask := len(s.slots) - 1
	at := int(hash) & mask
	for ; s.slots[at] != 0; at = (at + 1) & mask {
		number = int(s.slots[at] - 1)
		if s.entries[number].hash == hash && bytes.Equal(s.key(number), key) {
			return number, true
		}
	}
	s.text = append(s.text, key...)
	s.entries = append(s.entries, keyEntry{hash: hash, end: len(s.text)})
	s.slots[at] = uint32(len(s.entries))
	return len(s.entries) - 1, false
}

func (s *keySet) key(number int) []byte {
	start := 0
	if number > 0 {
		start = s.entries[number-1].end
	}
	return s.text[start:s.entries[number].end]
}
