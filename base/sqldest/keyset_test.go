package sqldest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestKeySetIsAMap holds a set, used for one batch after the other, to a map.
func TestKeySetIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s keySet
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			keys := rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 4), 0, 200).Draw(t, "keys")
			s.reset(len(keys))
			want := map[string]int{}
			for _, key := range keys {
				number, known := s.add(key)
				wanted, seen := want[string(key)]
				if !seen {
					wanted = len(want)
					want[string(key)] = wanted
				}
				if number != wanted || known != seen {
					t.Fatalf("key %v: %d, %v, want %d, %v", key, number, known, wanted, seen)
				}
			}
		}
	})
}

func TestKeySetUsesItsMemoryAgain(t *testing.T) {
	var s keySet
	keys := make([][]byte, 1000)
	for i := range keys {
		keys[i] = fmt.Append(nil, "key ", i)
	}
	fill := func() {
		s.reset(len(keys))
		for _, key := range keys {
			s.add(key)
		}
	}
	fill()
	if n := testing.AllocsPerRun(10, fill); n > 0 {
		t.Errorf("%v allocations for a batch that is no larger than the one before", n)
	}
}
