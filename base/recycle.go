package base

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// memory is where the entries of a run lie, and what belongs to them.
type memory struct {
	chunks  *slab.Home[byte]
	entries *slab.Home[entry]
	columns *slab.Home[jsonschema.Column]
	texts   *slab.Home[byte] // of records that were rewritten
}

// newMemory returns the memory of a run that reads so many bytes at once. spoil
// overwrites bytes that are free, so that tests see who looks at them.
func newMemory(chunkBytes int, spoil bool) *memory {
	scrub := func(text []byte) {
		if spoil {
			for i := range text {
				text[i] = 0xfe // no UTF-8
			}
		}
	}
	return &memory{
		chunks:  singer.ChunkHome(chunkBytes, scrub),
		entries: slab.NewHome(128, func(entries []entry) { clear(entries) }),
		columns: slab.NewHome(2048, func([]jsonschema.Column) {}),
		texts:   slab.NewHome(32<<10, scrub),
	}
}

// trim gives back what was of use to an earlier part of the input only, and
// returns how many bytes that is.
func (m *memory) trim() int {
	return m.chunks.Trim() + m.entries.Trim() + m.columns.Trim() + m.texts.Trim()
}

// bytes is all of it, in use or free.
func (m *memory) bytes() int {
	return m.chunks.Bytes() + m.entries.Bytes() + m.columns.Bytes() + m.texts.Bytes()
}

// giveBack lets the garbage collector have memory that is of no use any more. That
// is seldom much; then it would take the collector too long to notice. Lanes do not
// each have it look through the memory of all.
func (r *run) giveBack() {
	const much = 8 << 20
	if r.trimmed += r.memory.trim(); r.trimmed > much*r.share() {
		r.trimmed = 0
		runtime.GC()
	}
}

// pacer keeps garbage from growing with the batches. By itself the collector waits
// until there is as much garbage as there is memory in use; that is too much where
// most of the memory in use are records.
type pacer struct {
	set     bool // the user has set GOGC: leave it
	percent int  // what it is now, 0 if it was never set
	read    int64
}

const (
	// paceEvery is how many bytes are read before the memory is looked at again.
	paceEvery = 4 << 20
	// leastGarbage is how much the collector may always wait for.
	leastGarbage = 32 << 20
	// leastInUse is what a program takes that has just begun.
	leastInUse = 4 << 20
)

func newPacer(env func(string) (string, bool)) pacer {
	_, set := env("GOGC")
	return pacer{set: set, read: paceEvery}
}

// pace looks at the memory again when another few megabytes were read.
func (r *run) pace(bytes int) {
	if r.pacer.read += int64(bytes); r.pacer.set || r.pacer.read < paceEvery {
		return
	}
	r.pacer.read = 0
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	batches := r.memory.bytes()
	percent := gcPercent(max(int(live[0].Value.Uint64()), batches), batches)
	if percent != r.pacer.percent {
		r.pacer.percent = percent
		debug.SetGCPercent(percent)
	}
}

// gcPercent is how many percent of what is in use may be garbage: as much as what
// is not held for batches, and leastGarbage at least. It comes in steps, for each
// change stops the program for a moment.
func gcPercent(inUse, batches int) int {
	const step = 10
	others := max(inUse-batches, leastGarbage)
	percent := 100 * others / max(inUse, leastInUse)
	if others > leastGarbage {
		percent = min(percent, 100) // what Go does by itself
	}
	return max(percent/step*step, step)
}
