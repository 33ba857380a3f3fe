package base

import (
	"slices"
	"strings"
	"sync"
)

// wideIndex finds columns of a record that has many in no order. It is made at the first
// search and takes four bytes a column, a fraction of what the columns take: a map
// would take more than the record.
type wideIndex struct {
	once   sync.Once
	sorted []uint32 // places of the columns, by name
}

func (w *wideIndex) find(e *entry, name string) int {
	w.once.Do(func() {
		w.sorted = make([]uint32, len(e.columns))
		for i := range w.sorted {
			w.sorted[i] = uint32(i)
		}
		slices.SortFunc(w.sorted, func(a, b uint32) int { return strings.Compare(e.name(e.columns[a]), e.name(e.columns[b])) })
	})
	at, ok := slices.BinarySearchFunc(w.sorted, name, func(place uint32, name string) int {
		return strings.Compare(e.name(e.columns[place]), name)
	})
	if !ok {
		return -1
	}
	return int(w.sorted[at])
}
