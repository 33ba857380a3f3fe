package kafka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// marks is told the states of a lane's runs: offsets up to which all is stored.
type marks struct {
	lane   *lane
	reader *laneReader
}

func (m marks) Write(line []byte) (int, error) {
	var mark struct{ Offset int64 }
	if err := json.Unmarshal(line, &mark); err != nil {
		return 0, fmt.Errorf("mark of a lane: %w", err)
	}
	m.reader.durable(mark.Offset)
	if err := m.lane.commit(mark.Offset); err != nil {
		return 0, err
	}
	return len(line), nil
}

// commitPatience is how long a commit is tried, as while brokers start anew.
const commitPatience = 2 * time.Minute

// commit tells the group that all before the offset is stored.
func (l *lane) commit(offset int64) error {
	w := l.worker
	if l.isLost() {
		return nil
	}
	places := l.schemas.before(offset).String()
	ctx, cancel := context.WithTimeout(w.process.Context(), commitPatience)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := w.commit(ctx, l.partition, offset, places)
		switch {
		case err == nil:
			l.mu.Lock()
			l.stored = offset
			l.mu.Unlock()
			return nil
		case l.isLost(), errors.Is(err, kerr.IllegalGeneration), errors.Is(err, kerr.UnknownMemberID), errors.Is(err, kerr.FencedInstanceID), errors.Is(err, errNotHeld):
			return nil // it is another worker's: that one exports again what is not committed
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("commit offset %d of partition %d of %s: %w", offset, l.partition, w.engine.at.topic, err)
		}
	}
}

// errNotHeld is a commit by a worker that is in no group.
var errNotHeld = errors.New("the worker is in no group")

func (w *worker) commit(ctx context.Context, partition int32, offset int64, places string) error {
	ctx = kgo.PreCommitFnContext(ctx, func(request *kmsg.OffsetCommitRequest) error {
		for i := range request.Topics {
			for j := range request.Topics[i].Partitions {
				request.Topics[i].Partitions[j].Metadata = &places
			}
		}
		return nil
	})
	result := errNotHeld // the answer names no partition then
	w.client.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{w.engine.at.topic: {partition: {Epoch: -1, Offset: offset}}},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
			if err != nil {
				result = err
				return
			}
			for _, t := range response.Topics {
				for _, p := range t.Partitions {
					result = kerr.ErrorForCode(p.ErrorCode)
				}
			}
		})
	return result
}
