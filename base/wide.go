package base

import (
	"slices"
	"strings"
	"sync"
)

// few is how many columns are searched one by one before anything else pays.
const few = 24

// wideIndex finds columns of a record that has many. It is made at the first
// search and takes four bytes a column, a tenth of what the columns take: a map
// would take more than the record.
type wideIndex struct {
	once   sync.Once
	sorted []uint32 // places of the columns, by name
}

func (w *wideIndex) find(columns []column, name string) (place int, ok bool) {
	w.once.Do(func() {
		w.sorted = make([]uint32, len(columns))
		for i := range w.sorted {
			w.sorted[i] = uint32(i)
		}
		slices.SortFunc(w.sorted, func(a, b uint32) int { return strings.Compare(columns[a].name, columns[b].name) })
	})
	at, ok := slices.BinarySearchFunc(w.sorted, name, func(place uint32, name string) int {
		return strings.Compare(columns[place].name, name)
	})
	if !ok {
		return 0, false
	}
	return int(w.sorted[at]), true
}
