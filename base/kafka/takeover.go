package kafka

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// takeOver finds what is in force where the group has come to in the partition.
func (l *lane) takeOver() error {
	w := l.worker
	responses, err := w.admin.FetchOffsetsForTopics(w.process.Context(), w.engine.at.group, w.engine.at.topic)
	if err != nil {
		return fmt.Errorf("look for the group's offset: %w", err)
	}
	response, ok := responses.Lookup(w.engine.at.topic, l.partition)
	if ok && response.Err != nil {
		return fmt.Errorf("look for the group's offset: %w", response.Err)
	}
	if !ok || response.At < 0 {
		return nil // the partition is read from its start
	}
	l.mu.Lock()
	l.stored = response.At
	l.mu.Unlock()
	places, err := parsePlaces(response.Metadata)
	if err != nil {
		return fmt.Errorf("what the group %s has committed: %w", w.engine.at.group, err)
	}
	return l.readSchemas(places)
}

// readSchemas reads what is in force from where it stands in the partition.
func (l *lane) readSchemas(p places) error {
	if len(p) == 0 {
		return nil
	}
	w := l.worker
	topic := w.engine.at.topic
	for _, r := range p {
		err := w.readRange(l.partition, r, func(record *kgo.Record) {
			if as, ok := governs(kindOf(record)); ok {
				l.schemas.note(as, record.Offset, record.Value)
			}
		})
		if errors.Is(err, kerr.OffsetOutOfRange) {
			return fmt.Errorf("the SCHEMA at offset %d is no more on the topic, its retention has removed it: feed the stream again: %w", r.first, err)
		}
		if err != nil {
			return fmt.Errorf("read the SCHEMA at offset %d of %s: %w", r.first, topic, err)
		}
	}
	sort.Slice(l.schemas.known, func(i, j int) bool { return l.schemas.known[i].offset < l.schemas.known[j].offset })
	return nil
}

// readPatience is how long a range may take to come.
const readPatience = 2 * time.Minute

// readRange calls f for the records of a range of offsets.
func (w *worker) readRange(partition int32, r placeRange, f func(*kgo.Record)) error {
	topic := w.engine.at.topic
	client, err := kgo.NewClient(append(w.options,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {partition: kgo.NoResetOffset().At(r.first)}}),
		kgo.FetchMaxPartitionBytes(fetchPartitionBytes), kgo.KeepRetryableFetchErrors())...)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(w.process.Context(), readPatience)
	defer cancel()
	for {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		var failure error
		fetches.EachError(func(_ string, _ int32, err error) {
			if !kerr.IsRetriable(err) || errors.Is(err, kerr.OffsetOutOfRange) {
				failure = err
			}
		})
		if failure != nil {
			return failure
		}
		for iterate := fetches.RecordIter(); !iterate.Done(); {
			record := iterate.Next()
			if record.Offset > r.last {
				return nil
			}
			f(record)
			if record.Offset == r.last {
				return nil
			}
		}
	}
}
