package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// topicFacts are what the brokers say of a topic.
type topicFacts struct {
	id         string // another one after the topic was deleted and made again
	partitions int32
}

// openTopic finds the topic, or makes it if the address says so.
func (a address) openTopic(ctx context.Context, admin *kadm.Client, name string, partitions int32) (topicFacts, error) {
	facts, err := describe(ctx, admin, name)
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return facts, err
	}
	if !a.create {
		return facts, fmt.Errorf("the topic %s is not there (%w): make it, or say create=true&partitions=N&replication=N in the URL", name, err)
	}
	orDefault := func(n int32) int32 {
		if n == 0 {
			return -1
		}
		return n
	}
	response, err := admin.CreateTopic(ctx, orDefault(partitions), int16(orDefault(int32(a.replication))), nil, name)
	if err == nil {
		err = response.Err
	}
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) { // another worker was faster
		return facts, fmt.Errorf("make the topic %s: %w", name, err)
	}
	return awaitTopic(ctx, admin, name)
}

// awaitTopic finds a topic that was made just now: brokers learn of it one by one.
func awaitTopic(ctx context.Context, admin *kadm.Client, name string) (topicFacts, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		facts, err := describe(ctx, admin, name)
		if !errors.Is(err, kerr.UnknownTopicOrPartition) && !errors.Is(err, kerr.LeaderNotAvailable) {
			return facts, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return facts, err
		}
	}
}

func describe(ctx context.Context, admin *kadm.Client, name string) (topicFacts, error) {
	topics, err := admin.ListTopics(ctx, name)
	if err != nil {
		return topicFacts{}, fmt.Errorf("look for the topic %s: %w", name, err)
	}
	topic := topics[name]
	if topic.Err != nil {
		return topicFacts{}, topic.Err
	}
	return topicFacts{topic.ID.String(), int32(len(topic.Partitions))}, nil
}
