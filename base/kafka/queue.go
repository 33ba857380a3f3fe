package kafka

import (
	"context"
	"sync/atomic"
)

// queued is how much may wait in all lanes together, in bytes.
const queued = 32 << 20

// queue measures what waits in all lanes.
type queue struct {
	bytes atomic.Int64
	room  chan struct{} // gets a value when there is room again
}

func newQueue() *queue { return &queue{room: make(chan struct{}, 1)} }

func (q *queue) add(bytes int64) {
	after := q.bytes.Add(bytes)
	if after < queued && after-bytes >= queued {
		select {
		case q.room <- struct{}{}:
		default:
		}
	}
}

// wait waits until there is room, and tells whether there is.
func (q *queue) wait(ctx context.Context) bool {
	for q.bytes.Load() >= queued {
		select {
		case <-q.room:
		case <-ctx.Done():
			return false
		}
	}
	return true
}
