package kafka

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// groupOffsets follows what a consumer group has committed of a topic.
type groupOffsets struct {
	admin      *kadm.Client
	at         address
	partitions int32
	cancel     context.CancelFunc
	done       chan struct{}

	mu      sync.Mutex
	offsets []int64 // by partition; nil before the first look
	err     error
	since   time.Time // when looking began to fail
}

// lookPatience is how long looks may fail, as while brokers start anew.
const lookPatience = 5 * time.Minute

// watchGroup looks at the group's offsets again and again until stop.
func watchGroup(ctx context.Context, admin *kadm.Client, at address, partitions int32, every time.Duration) *groupOffsets {
	ctx, cancel := context.WithCancel(ctx)
	g := &groupOffsets{admin: admin, at: at, partitions: partitions, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(g.done)
		for {
			_ = g.look(ctx) // it is kept for committed
			select {
			case <-time.After(every):
			case <-ctx.Done():
				return
			}
		}
	}()
	return g
}

func (g *groupOffsets) stop() {
	g.cancel()
	<-g.done
}

// look asks for the offsets now.
func (g *groupOffsets) look(ctx context.Context) error {
	responses, err := g.admin.FetchOffsetsForTopics(ctx, g.at.group, g.at.topic)
	var offsets []int64
	if err == nil {
		offsets = make([]int64, g.partitions)
		for partition := range offsets {
			offsets[partition] = -1
			if response, ok := responses.Lookup(g.at.topic, int32(partition)); ok {
				if response.Err != nil {
					err = response.Err
					break
				}
				offsets[partition] = response.At
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		if g.since.IsZero() {
			g.since = time.Now()
		}
		if time.Since(g.since) > lookPatience && ctx.Err() == nil {
			g.err = fmt.Errorf("offsets of the group %s: %w", g.at.group, err)
		}
		return g.err
	}
	g.offsets, g.err, g.since = offsets, nil, time.Time{}
	return nil
}

// committed are the offsets as they were seen last, by partition: all before is stored.
func (g *groupOffsets) committed() ([]int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.offsets, g.err
}

// lag is how many messages of the topic the group has not stored.
func (g *groupOffsets) lag(ctx context.Context) (int64, error) {
	if err := g.look(ctx); err != nil {
		return 0, err
	}
	committed, err := g.committed()
	if err != nil {
		return 0, err
	}
	starts, err := g.admin.ListStartOffsets(ctx, g.at.topic)
	if err != nil {
		return 0, fmt.Errorf("offsets of the topic %s: %w", g.at.topic, err)
	}
	ends, err := g.admin.ListEndOffsets(ctx, g.at.topic)
	if err != nil {
		return 0, fmt.Errorf("offsets of the topic %s: %w", g.at.topic, err)
	}
	var lag int64
	for partition := range g.partitions {
		start, _ := starts.Lookup(g.at.topic, partition)
		end, _ := ends.Lookup(g.at.topic, partition)
		stored := start.Offset
		if int(partition) < len(committed) {
			stored = max(stored, committed[partition])
		}
		lag += max(0, end.Offset-stored)
	}
	return lag, nil
}

// members is how many workers the group has.
func (g *groupOffsets) members(ctx context.Context) (int, error) {
	groups, err := g.admin.DescribeGroups(ctx, g.at.group)
	if err != nil {
		return 0, fmt.Errorf("members of the group %s: %w", g.at.group, err)
	}
	return len(groups[g.at.group].Members), nil
}
