package kafka

import (
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// barriers are the places on the topic, one in each partition, that states stand at. All
// that the states cover is before them.
type barriers struct {
	partitions int32

	mu      sync.Mutex
	values  [][]byte // of states that have no barrier yet
	pending []*barrier
}

// barrier is one of them.
type barrier struct {
	values  [][]byte // of the states, in the order of the input
	offsets []int64  // by partition; -1 while it is not known to be on the topic
}

// add notes a state that everything sent so far is covered by.
func (b *barriers) add(value []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.values = append(b.values, append([]byte(nil), value...))
}

// raise makes a barrier of the states that have none.
func (b *barriers) raise() *barrier {
	next := &barrier{offsets: make([]int64, b.partitions)}
	for i := range next.offsets {
		next.offsets[i] = -1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	next.values, b.values = b.values, nil
	b.pending = append(b.pending, next)
	return next
}

// placed notes where a barrier stands in a partition.
func (b *barriers) placed(at *barrier, partition int32, offset int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at.offsets[partition] = offset
}

// release returns the states that may be told, given up to where each partition is
// stored, and forgets them. They are told in order: none before those before it.
func (b *barriers) release(committed []int64) (values [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.pending) > 0 && b.pending[0].passed(committed) {
		values = append(values, b.pending[0].values...)
		b.pending = b.pending[1:]
	}
	return values
}

// passed tells whether everything before the barrier is stored.
func (b *barrier) passed(committed []int64) bool {
	if len(committed) < len(b.offsets) {
		return false
	}
	for partition, offset := range b.offsets {
		if offset < 0 || committed[partition] < offset {
			return false
		}
	}
	return true
}

// waiting is how many barriers have states that may not be told yet.
func (b *barriers) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pending)
}

// sendBarrier puts a STATE, or an END, into every partition.
func (f *feeder) sendBarrier(kind string) {
	at := f.barriers.raise()
	var line []byte
	if kind == singer.TypeState {
		line = f.state
	}
	f.state, f.marked = nil, time.Now()
	for partition := range f.topic.partitions {
		f.client.Produce(f.process.Context(), control(partition, kind, line), func(r *kgo.Record, err error) {
			f.sent(r, err)
			if err == nil {
				f.barriers.placed(at, r.Partition, r.Offset)
			}
		})
	}
}

// onTick does what is due. A STATE is put on the topic at once, but not more often than
// states are looked at: a tap may send one after each record.
func (f *feeder) onTick() error {
	if failure := f.failure.Load(); failure != nil {
		return *failure
	}
	now := time.Now()
	if f.state != nil && now.Sub(f.marked) >= f.engine.timing.look {
		f.sendBarrier(singer.TypeState)
	}
	f.repeatSchemas(now)
	return f.release(false)
}

// release tells the states that the workers have stored everything before of.
func (f *feeder) release(final bool) error {
	committed, err := f.group.committed()
	if err != nil {
		return err
	}
	values := f.barriers.release(committed)
	// What could not be sent is not on the topic, before barriers that are: they were placed
	// after its failure was noted, so this has to be looked at after them.
	if f.failure.Load() != nil {
		values = nil
	}
	for _, value := range values {
		f.process.AddState(value)
		f.unsaved = true
	}
	if !f.unsaved {
		return nil
	}
	done, err := f.process.TellState(final)
	f.unsaved = !done
	return err
}

// drain has the workers store everything that was sent, and waits for that.
func (f *feeder) drain(what string) error {
	f.sendBarrier(typeEnd)
	if err := f.flush(); err != nil {
		return err
	}
	return f.await(what, f.process.Stopped())
}

// await waits until the workers have passed all barriers. A signal ends it: at once
// where there is input that was not read, else when shutdown_timeout has passed.
func (f *feeder) await(what string, stopped <-chan struct{}) error {
	tick := time.NewTicker(f.engine.timing.look / 4)
	defer tick.Stop()
	told := time.Now()
	for {
		if err := f.release(false); err != nil {
			return err
		}
		if f.barriers.waiting() == 0 {
			return nil
		}
		if time.Since(told) >= f.engine.timing.patience {
			told = time.Now()
			f.tellWait(what)
		}
		select {
		case <-tick.C:
		case <-stopped:
			return f.process.Interrupted("workers have not stored " + what)
		case <-f.process.Context().Done():
			return f.process.Interrupted("workers have not stored " + what)
		}
	}
}

// tellWait tells what is waited for, and whether there is anybody who does it.
func (f *feeder) tellWait(what string) {
	lag, err := f.group.lag(f.process.Context())
	if err != nil {
		f.process.Logger().Warn(fmt.Sprintf("Waiting for workers to store %s: %v.", what, err))
		return
	}
	members, err := f.group.members(f.process.Context())
	if err == nil && members == 0 {
		f.process.Logger().Warn(fmt.Sprintf("Waiting for workers to store %s, %d messages: the group %s has no worker at present. Start some: %s --work '%s%s/%s?group=%s' --config FILE",
			what, lag, f.engine.at.group, f.process.Info().Name, scheme, f.engine.at.brokers[0], f.engine.at.topic, f.engine.at.group))
		return
	}
	f.process.Logger().Info(fmt.Sprintf("Waiting for %d workers of the group %s to store %s: %d messages.", members, f.engine.at.group, what, lag))
}
