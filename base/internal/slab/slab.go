// Package slab lends out memory that is used again: what one batch of records
// lies in serves the next batch, so that a long run allocates as little as a short
// one and leaves the garbage collector nothing to do.
//
// A Slab is a piece of memory that several holders share; when the last of them
// lets it go it returns to its Home. An Arena cuts slabs into small parts for one
// goroutine. A Lease is what holds all the slabs that some work lies in.
package slab

import (
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Home keeps the slabs of one kind that nobody holds. It may be used by several
// goroutines.
type Home[T any] struct {
	size  int
	scrub func([]T)

	mu   sync.Mutex
	free []*Slab[T]
	out  int // slabs that are held
	peak int // the most that were held since the last Trim
}

// NewHome returns a Home of slabs of that many items. Items that come back are
// given to scrub, which may leave them in any state that the users of new slabs
// are prepared for.
func NewHome[T any](size int, scrub func([]T)) *Home[T] {
	return &Home[T]{size: size, scrub: scrub}
}

// Size is how many items a slab has.
func (h *Home[T]) Size() int { return h.size }

// Get returns a slab that the caller holds; of more than the usual number of items
// if that is asked for, and then it is not kept when it comes back.
func (h *Home[T]) Get(items int) *Slab[T] {
	if items > h.size {
		s := &Slab[T]{Items: make([]T, items)}
		s.refs.Store(1)
		return s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out++
	h.peak = max(h.peak, h.out)
	var s *Slab[T]
	if n := len(h.free); n > 0 {
		s, h.free[n-1] = h.free[n-1], nil
		h.free = h.free[:n-1]
	} else {
		s = &Slab[T]{Items: make([]T, h.size), home: h}
	}
	s.refs.Store(1)
	return s
}

func (h *Home[T]) takeBack(s *Slab[T]) {
	h.scrub(s.Items)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out--
	h.free = append(h.free, s)
}

// Trim forgets the slabs that were free all the time since the last Trim, and
// returns how many bytes of them there were: what one kind of input needed may be
// of no use to the next.
func (h *Home[T]) Trim() (bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	keep := min(len(h.free), h.peak-h.out)
	dropped := len(h.free) - keep
	clear(h.free[keep:])
	h.free = h.free[:keep]
	h.peak = h.out
	return dropped * h.slabBytes()
}

// Bytes is the memory of all slabs that are held or free, but for those of more
// than the usual number of items.
func (h *Home[T]) Bytes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return (h.out + len(h.free)) * h.slabBytes()
}

func (h *Home[T]) slabBytes() int {
	var item T
	return h.size * int(unsafe.Sizeof(item))
}

// Slab is a piece of memory.
type Slab[T any] struct {
	Items []T
	refs  atomic.Int32
	home  *Home[T] // nil: it is not used again
}

// Retain adds a holder.
func (s *Slab[T]) Retain() { s.refs.Add(1) }

// Release takes a holder away. Nobody may look at the items after the last.
func (s *Slab[T]) Release() {
	switch n := s.refs.Add(-1); {
	case n < 0:
		panic("slab: released more often than retained")
	case n == 0 && s.home != nil:
		s.home.takeBack(s)
	}
}

// Holder is a slab of any kind.
type Holder interface {
	Retain()
	Release()
}

// Lease holds slabs. It belongs to one goroutine at a time.
type Lease struct{ held []Holder }

// Hold adds a slab. One that was added a moment ago is not added again.
func (l *Lease) Hold(s Holder) {
	const moment = 8
	if slices.Contains(l.held[max(0, len(l.held)-moment):], s) {
		return
	}
	s.Retain()
	l.held = append(l.held, s)
}

// Share holds what the other lease holds.
func (l *Lease) Share(other *Lease) {
	for _, s := range other.held {
		l.Hold(s)
	}
}

// Release lets all go.
func (l *Lease) Release() {
	for _, s := range l.held {
		s.Release()
	}
	clear(l.held)
	l.held = l.held[:0]
}

// Arena cuts slabs into parts, one after the other, for the lease that it works
// for. It belongs to one goroutine.
type Arena[T any] struct {
	home  *Home[T]
	slab  *Slab[T]
	used  int
	lease *Lease
	held  bool // the lease holds the slab
}

// NewArena returns an Arena whose slabs come from home. WorkFor must be called
// before anything else.
func NewArena[T any](home *Home[T]) Arena[T] { return Arena[T]{home: home} }

// WorkFor tells who holds what is cut from now on.
func (a *Arena[T]) WorkFor(lease *Lease) { a.lease, a.held = lease, false }

// Room returns the free part of the current slab, of length 0 and with room for at
// least that many items: what is appended to it may be passed to Keep.
func (a *Arena[T]) Room(items int) []T {
	if a.slab == nil || len(a.slab.Items)-a.used < items {
		a.next(items)
	}
	return a.slab.Items[a.used:a.used]
}

// Keep takes the items, which were appended to what Room returned, out of the
// free part.
func (a *Arena[T]) Keep(items []T) []T {
	if n := len(items); n > len(a.slab.Items)-a.used { // they have outgrown it
		items = append(a.Room(n), items...)
	}
	a.used += len(items)
	a.hold()
	return items[:len(items):len(items)]
}

// New returns one item.
func (a *Arena[T]) New() *T {
	if a.slab == nil || a.used == len(a.slab.Items) {
		a.next(1)
	}
	item := &a.slab.Items[a.used]
	a.used++
	a.hold()
	return item
}

func (a *Arena[T]) hold() {
	if !a.held {
		a.lease.Hold(a.slab)
		a.held = true
	}
}

func (a *Arena[T]) next(items int) {
	if a.slab != nil {
		a.slab.Release()
	}
	a.slab, a.used, a.held = a.home.Get(items), 0, false
}
