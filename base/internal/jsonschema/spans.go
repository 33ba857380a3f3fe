package jsonschema

import (
	"hash/maphash"
)

// spans are parts of a text, the keys of open objects for instance, among which
// equal ones are to be noticed. They are a stack: an object that is open adds to
// its own frame, and those inside of it are closed before it goes on.
type spans struct {
	seed  maphash.Seed
	list  []span
	slots []int32 // hash tables of frames with many spans; an empty slot is 0
}

type span struct {
	hash       uint64
	start, end uint32
}

// frame is the part of the stack that belongs to one object.
type frame struct {
	first, table, size int // size is that of the hash table, 0 while there is none
}

// few is how many spans are compared one by one before a hash table pays.
const few = 16

func (s *spans) reset() { s.list, s.slots = s.list[:0], s.slots[:0] }

func (s *spans) enter() frame { return frame{first: len(s.list), table: len(s.slots)} }

func (s *spans) leave(f frame) { s.list, s.slots = s.list[:f.first], s.slots[:f.table] }

// add puts text[start:end] in the frame, unless the same stands there already.
func (s *spans) add(f *frame, text []byte, start, end int) (before bool) {
	if s.list == nil {
		s.seed = maphash.MakeSeed() // hostile input cannot choose keys that collide
	}
	new := span{uint64(end - start), uint32(start), uint32(end)}
	if f.size == 0 {
		new.hash = fingerprint(text[start:end])
		for _, other := range s.list[f.first:] {
			if other.hash == new.hash && same(text, other, new) {
				return true
			}
		}
		s.list = append(s.list, new)
		if len(s.list)-f.first > few {
			s.grow(f, text)
		}
		return false
	}
	new.hash = maphash.Bytes(s.seed, text[start:end])
	if s.find(f, text, new) {
		return true
	}
	s.list = append(s.list, new)
	if 2*(len(s.list)-f.first) > f.size {
		s.grow(f, text)
	}
	return false
}

// fingerprint is a number that is cheap to have and seldom the same for two keys
// of one object.
func fingerprint(key []byte) uint64 {
	h := uint64(len(key))
	for i := max(0, len(key)-8); i < len(key); i++ {
		h = h<<8 ^ h>>56 ^ uint64(key[i])
	}
	return h
}

func same(text []byte, a, b span) bool {
	return string(text[a.start:a.end]) == string(text[b.start:b.end])
}

// find looks for a span in the frame's table and puts it there if it is missing:
// it is the next of the list.
func (s *spans) find(f *frame, text []byte, new span) bool {
	table := s.slots[f.table : f.table+f.size]
	mask := uint64(f.size - 1)
	for at := new.hash & mask; ; at = (at + 1) & mask {
		if table[at] == 0 {
			table[at] = int32(len(s.list) - f.first + 1)
			return false
		}
		if other := s.list[f.first+int(table[at])-1]; other.hash == new.hash && same(text, other, new) {
			return true
		}
	}
}

// grow makes the frame's table four times as large, or makes the first.
func (s *spans) grow(f *frame, text []byte) {
	rehash := f.size == 0
	f.size = max(8*few, 4*f.size)
	s.slots = s.slots[:f.table]
	for range f.size {
		s.slots = append(s.slots, 0)
	}
	mask := uint64(f.size - 1)
	for i := f.first; i < len(s.list); i++ {
		if rehash {
			s.list[i].hash = maphash.Bytes(s.seed, text[s.list[i].start:s.list[i].end])
		}
		at := s.list[i].hash & mask
		for s.slots[f.table+int(at)] != 0 {
			at = (at + 1) & mask
		}
		s.slots[f.table+int(at)] = int32(i - f.first + 1)
	}
}
