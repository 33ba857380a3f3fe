package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base"
)

// worker takes partitions and runs the connector over each.
type worker struct {
	process *base.Process
	engine  *engine
	options []kgo.Opt // of every client
	client  *kgo.Client
	admin   *kadm.Client
	topic   topicFacts
	letters *letters // nil if refused records go elsewhere

	mu     sync.Mutex
	lanes  map[int32]*lane
	ending []*lane // those that gave their partition up and still hold something
	totals *totals
	count  atomic.Int32 // of both

	queue  *queue
	failed chan error // of the first lane that fails
}

// What is fetched at once: of all partitions and of one; and how long a broker waits until
// there is something.
const (
	fetchWait           = 500 * time.Millisecond
	fetchBytes          = 4 << 20
	fetchPartitionBytes = 512 << 10
)

func (e *engine) runWorker(p *base.Process) error {
	options, err := e.client(p)
	if err != nil {
		return err
	}
	w := &worker{
		process: p, engine: e, options: options, lanes: map[int32]*lane{}, totals: newTotals(),
		queue: newQueue(), failed: make(chan error, 1),
	}
	// One client for what is asked now and then: the other is busy with the group.
	asking, err := kgo.NewClient(append(options, kgo.ProducerBatchMaxBytes(int32(e.settings.MaximumMessageBytes)), kgo.RequiredAcks(kgo.AllISRAcks()))...)
	if err != nil {
		return err
	}
	defer asking.Close()
	if err := w.open(asking); err != nil {
		return err
	}
	w.client, err = kgo.NewClient(append(options,
		kgo.ConsumerGroup(e.at.group), kgo.ConsumeTopics(e.at.topic), kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(e.settings.SessionTimeout.Duration), kgo.HeartbeatInterval(e.settings.heartbeat()),
		kgo.RebalanceTimeout(e.settings.RebalanceTimeout.Duration),
		kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(),
		// A new group begins at the start; a committed offset that the topic has forgotten is
		// records lost, and an error.
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()), kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.WithPools(newPool()), kgo.FetchMaxWait(fetchWait), kgo.FetchMaxBytes(fetchBytes), kgo.FetchMaxPartitionBytes(fetchPartitionBytes),
		kgo.OnPartitionsAssigned(w.assigned), kgo.OnPartitionsRevoked(w.revoked), kgo.OnPartitionsLost(w.lost),
	)...)
	if err != nil {
		return err
	}
	started := time.Now()
	err = w.work()
	w.summarize(started)
	return err
}

func (w *worker) open(client *kgo.Client) error {
	ctx, at := w.process.Context(), w.engine.at
	if err := reach(ctx, client, at.brokers); err != nil {
		return err
	}
	w.admin = kadm.NewClient(client)
	if err := w.awaitTopic(ctx); err != nil {
		return err
	}
	if !w.process.SetsAside() {
		return nil
	}
	if _, err := at.openTopic(ctx, w.admin, at.letters(), 1); err != nil {
		return fmt.Errorf("%w; records that are refused go there (on_invalid: fail has the worker fail instead, dead_letter_path names a file)", err)
	}
	w.letters = &letters{client: client, topic: at.letters()}
	return nil
}

// awaitTopic finds the topic. Where the first feeder makes it, workers may be there
// before.
func (w *worker) awaitTopic(ctx context.Context) (err error) {
	at, told := w.engine.at, time.Time{}
	for {
		w.topic, err = at.openTopic(ctx, w.admin, at.topic, at.partitions)
		if !errors.Is(err, kerr.UnknownTopicOrPartition) {
			return err
		}
		if time.Since(told) >= w.engine.timing.tell {
			told = time.Now()
			w.process.Logger().Warn(fmt.Sprintf("Waiting for the topic: %v.", err))
		}
		select {
		case <-time.After(w.engine.timing.look):
		case <-w.process.Stopped():
			return w.process.Interrupted(fmt.Sprintf("there was no topic %s", at.topic))
		}
	}
}

// work goes on until the worker is stopped, idle for long enough, or a lane fails.
func (w *worker) work() error {
	polls, stop := context.WithCancel(w.process.Context())
	defer stop()
	go func() {
		select {
		case <-w.process.Stopped():
			stop()
		case <-polls.Done():
		}
	}()
	var failure error
	for failure == nil && polls.Err() == nil {
		failure = w.poll(polls)
	}
	w.endLanes()
	w.client.CloseAllowingRebalance()
	if errors.Is(failure, errIdle) {
		return nil
	}
	return failure
}

// errIdle ends a worker that has had nothing to do.
var errIdle = errors.New("idle")

// poll takes what has come in, if there is room for it. It never waits long for the store,
// and never while the group shares its partitions anew; a partition whose records are not
// taken is paused, so that it does not take the room of others.
func (w *worker) poll(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, w.engine.timing.look)
	defer cancel()
	var fetches kgo.Fetches
	if w.queue.wait(within) {
		fetches = w.client.PollFetches(within)
		defer w.client.AllowRebalance()
	}
	if fetches.IsClientClosed() {
		return errors.New("the client was closed")
	}
	select {
	case err := <-w.failed:
		return err
	default:
	}
	var failure error
	fetches.EachError(func(_ string, partition int32, err error) {
		if fault := w.fetchFault(partition, err); fault != nil {
			failure = fault
		}
	})
	if failure != nil {
		return failure
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	fetches.EachPartition(func(t kgo.FetchTopicPartition) {
		if l := w.lanes[t.Partition]; l != nil && len(t.Records) > 0 {
			l.push(t.Records, t.HighWatermark)
			w.totals.busy(time.Now())
		}
	})
	w.pause()
	w.tellProgress()
	if idle := w.engine.at.idle; idle > 0 && w.totals.idle(time.Now()) >= idle && !w.holding() {
		w.process.Logger().Info(fmt.Sprintf("Nothing has come for %s: the worker ends.", idle))
		return errIdle
	}
	return nil
}

// fetchFault tells what ends a worker from what passes.
func (w *worker) fetchFault(partition int32, err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, kerr.OffsetOutOfRange):
		return fmt.Errorf("partition %d of %s: the offset that the group %s has come to is no more on the topic: its retention has removed records that were never stored. "+
			"Delete the topic and feed again from the state, which says only what was stored: %w", partition, w.engine.at.topic, w.engine.at.group, err)
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.GroupAuthorizationFailed), errors.Is(err, kerr.SaslAuthenticationFailed),
		errors.Is(err, kerr.InvalidSessionTimeout), errors.Is(err, kerr.UnknownTopicID):
		return fmt.Errorf("topic %s, group %s: %w", w.engine.at.topic, w.engine.at.group, err)
	}
	w.process.Logger().Warn(fmt.Sprintf("Partition %d of %s: %v; trying again.", partition, w.engine.at.topic, err))
	return nil
}

// pause holds partitions whose lanes have enough to do, and lets go those that have not.
func (w *worker) pause() {
	var full, hungry []int32
	for partition, l := range w.lanes {
		switch was, now := l.fill(); {
		case now && !was:
			full = append(full, partition)
		case was && !now:
			hungry = append(hungry, partition)
		}
	}
	if len(full) > 0 {
		w.client.PauseFetchPartitions(map[string][]int32{w.engine.at.topic: full})
	}
	if len(hungry) > 0 {
		w.client.ResumeFetchPartitions(map[string][]int32{w.engine.at.topic: hungry})
	}
}

// holding tells whether anything waits to be stored.
func (w *worker) holding() bool {
	for _, l := range w.lanes {
		if l.behind() {
			return true
		}
	}
	return false
}

// assigned begins lanes of new partitions.
func (w *worker) assigned(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, partition := range topics[w.engine.at.topic] {
		var before *lane
		for _, l := range w.ending {
			if l.partition == partition {
				before = l // it must not write beside its successor
			}
		}
		l := newLane(w, partition)
		w.lanes[partition] = l
		w.count.Add(1)
		go l.run(before)
	}
	if n := len(topics[w.engine.at.topic]); n > 0 {
		w.process.Logger().Info(fmt.Sprintf("Took %d partitions of %s: %d are held.", n, w.engine.at.topic, len(w.lanes)))
	}
}

// take removes lanes from those that get records.
func (w *worker) take(partitions []int32) []*lane {
	w.mu.Lock()
	defer w.mu.Unlock()
	var taken []*lane
	for _, partition := range partitions {
		if l := w.lanes[partition]; l != nil {
			delete(w.lanes, partition)
			taken = append(taken, l)
			w.ending = append(w.ending, l)
		}
	}
	w.client.ResumeFetchPartitions(map[string][]int32{w.engine.at.topic: partitions}) // whoever comes next
	return taken
}

// forget drops a lane that has ended.
func (w *worker) forget(l *lane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count.Add(-1)
	for i, other := range w.ending {
		if other == l {
			w.ending = append(w.ending[:i], w.ending[i+1:]...)
			return
		}
	}
}

// revoked stores and commits what is held of partitions that others take. What takes
// longer than the rebalance may is given up: the next worker exports it again.
func (w *worker) revoked(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	lanes := w.take(topics[w.engine.at.topic])
	for _, l := range lanes {
		l.close()
	}
	limit := time.NewTimer(w.engine.settings.RebalanceTimeout.Duration * 9 / 10)
	defer limit.Stop()
	for _, l := range lanes {
		select {
		case <-l.done:
		case <-limit.C:
			w.process.Logger().Warn(fmt.Sprintf("Partition %d of %s: what is held could not be stored within kafka_rebalance_timeout (%s); another worker will export it again.",
				l.partition, w.engine.at.topic, w.engine.settings.RebalanceTimeout.Duration))
			limit.Reset(0)
			l.abandon()
		}
	}
	if len(lanes) > 0 {
		w.process.Logger().Info(fmt.Sprintf("Gave %d partitions of %s to other workers.", len(lanes), w.engine.at.topic))
	}
}

// lost gives partitions up that are another's already.
func (w *worker) lost(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	lanes := w.take(topics[w.engine.at.topic])
	for _, l := range lanes {
		l.abandon()
	}
	if len(lanes) > 0 {
		w.process.Logger().Warn(fmt.Sprintf("Lost %d partitions of %s: the brokers have not heard of this worker for too long. Others export again what was not committed.",
			len(lanes), w.engine.at.topic))
	}
}

// endLanes has all lanes store what they hold.
func (w *worker) endLanes() {
	w.mu.Lock()
	lanes := append([]*lane(nil), w.ending...)
	for _, l := range w.lanes {
		lanes = append(lanes, l)
		l.close()
	}
	w.mu.Unlock()
	for _, l := range lanes {
		select {
		case <-l.done:
		case <-w.process.Context().Done(): // the lanes' calls have come to their end, too
			l.abandon()
			<-l.done
		}
	}
}

// fail ends the worker.
func (w *worker) fail(err error) {
	select {
	case w.failed <- err:
	default: // the first counts
	}
}
