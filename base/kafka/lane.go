package kafka

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// lane takes one partition to the store. The connector runs over what comes, from one
// END to the next, as over an input.
type lane struct {
	worker    *worker
	partition int32
	signals   chan os.Signal
	done      chan struct{} // closed when all is over
	given     sync.Once     // the lane up

	mu     sync.Mutex
	came   *sync.Cond
	queue  [][]*kgo.Record
	bytes  int64
	closed bool // nothing more comes
	lost   bool // nothing may be committed
	paused bool
	next   int64 // offset behind the last that came; -1 before the first
	end    int64 // of the partition, as known
	stored int64 // offset up to which all is stored and committed; -1 before the first

	schemas schemas // in force where the run reads
}

func newLane(w *worker, partition int32) *lane {
	l := &lane{worker: w, partition: partition, signals: make(chan os.Signal, 2), done: make(chan struct{}), next: -1, stored: -1}
	l.came = sync.NewCond(&l.mu)
	return l
}

// push hands over what was fetched.
func (l *lane) push(records []*kgo.Record, end int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, records)
	l.count(bytesOf(records))
	l.next, l.end = records[len(records)-1].Offset+1, end
	l.came.Broadcast()
}

func bytesOf(records []*kgo.Record) (n int64) {
	for _, r := range records {
		n += int64(len(r.Value))
	}
	return n
}

// count notes that bytes have come or, less than 0, gone.
func (l *lane) count(bytes int64) {
	l.bytes += bytes
	l.worker.queue.add(bytes)
}

// fill tells whether the lane was and is so full that others want for room; it is hungry
// again at half of that.
func (l *lane) fill() (was, now bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	was = l.paused
	l.paused = l.bytes >= queued/2 || was && l.bytes >= queued/4
	return was, l.paused
}

// behind tells whether something that came is not committed.
func (l *lane) behind() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next >= 0 && l.stored < l.next
}

// lag is how many messages of the partition are not committed.
func (l *lane) lag() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stored < 0 {
		return max(0, l.end)
	}
	return max(0, l.end-l.stored)
}

// close ends the lane when all that came is stored.
func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.came.Broadcast()
}

// abandon ends the lane as soon as may be; nothing more is committed.
func (l *lane) abandon() {
	l.given.Do(func() {
		l.mu.Lock()
		l.lost, l.closed, l.queue = true, true, nil
		l.count(-l.bytes)
		l.came.Broadcast()
		l.mu.Unlock()
		l.signals <- syscall.SIGTERM
		l.signals <- syscall.SIGTERM
	})
}

// pop waits for what was fetched; nil at the end.
func (l *lane) pop(wait bool) []*kgo.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	for wait && len(l.queue) == 0 && !l.closed {
		l.came.Wait()
	}
	if len(l.queue) == 0 {
		return nil
	}
	records := l.queue[0]
	l.queue = l.queue[1:]
	l.count(-bytesOf(records))
	return records
}

// run takes the lane from its first message to its last. The lane of the same partition
// that this worker had before has to be over.
func (l *lane) run(before *lane) {
	w := l.worker
	defer close(l.done)
	defer w.forget(l)
	if before != nil {
		<-before.done
	}
	if err := l.takeOver(); err != nil {
		if !l.isLost() {
			w.fail(fmt.Errorf("partition %d of %s: %w", l.partition, w.engine.at.topic, err))
		}
		return
	}
	var rest []*kgo.Record
	for {
		if len(rest) == 0 {
			if rest = l.pop(true); rest == nil {
				return
			}
		}
		if l.isLost() {
			return // what is left is another worker's
		}
		if rest = l.passStates(rest); len(rest) == 0 {
			continue
		}
		reader := newLaneReader(l, rest)
		code := w.process.RunLane(l.describe(reader, rest[0].Offset))
		w.totals.ended(l)
		if code != 0 {
			if !l.isLost() {
				w.fail(fmt.Errorf("partition %d of %s: the connector failed; what it has stored is committed, the rest comes again", l.partition, w.engine.at.topic))
			}
			return
		}
		rest = reader.left()
	}
}

// passStates commits what stands before the first message that a run is needed for.
func (l *lane) passStates(records []*kgo.Record) []*kgo.Record {
	next := int64(-1)
	for len(records) > 0 {
		if kind := kindOf(records[0]); kind != singer.TypeState && kind != typeEnd {
			break
		}
		next = records[0].Offset + 1
		records[0].Recycle()
		records = records[1:]
	}
	if next >= 0 {
		if err := l.commit(next); err != nil {
			l.worker.fail(err)
		}
	}
	return records
}

func (l *lane) isLost() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// describe is the lane as base knows it.
func (l *lane) describe(reader *laneReader, start int64) *base.Lane {
	w := l.worker
	lane := &base.Lane{
		Connector: w.engine.newConnector(), Input: reader, State: marks{l, reader}, Signals: l.signals,
		RunID: fmt.Sprintf("kafka/%s/%s/%d", w.topic.id, w.engine.at.group, l.partition), Start: start, Position: reader.position,
		Versions: l.schemas.versions(), Share: w.share, Tags: []any{"partition", l.partition},
		Report: func(figures []base.Figures) { w.totals.report(l, figures) },
	}
	if w.letters != nil {
		lane.DeadLetters = &laneLetters{letters: w.letters, worker: w, partition: l.partition, reader: reader}
	}
	return lane
}

// share is how many lanes there are.
func (w *worker) share() int { return int(w.count.Load()) }
