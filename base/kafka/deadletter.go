package kafka

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base"
)

// letters puts refused records on the topic of dead letters.
type letters struct {
	client *kgo.Client
	topic  string
}

// laneLetters are those of one lane's run.
type laneLetters struct {
	letters   *letters
	worker    *worker
	partition int32
	reader    *laneReader
}

// ExportDeadLetters implements base.DeadLetterer. A letter is a DEAD_LETTER message as in
// a file of them, behind the SCHEMA that refused it, with the place that the record has on its topic
// in the headers topic, partition and offset; its line and offset in the message are those
// of the lane's run, and mean little.
func (l *laneLetters) ExportDeadLetters(ctx context.Context, list []base.DeadLetter) error {
	records := make([]*kgo.Record, 0, len(list))
	for _, letter := range list {
		offset := l.reader.offset(letter.Line)
		letter.Line, letter.Offset = offset+1, offset
		value, err := json.Marshal(letter)
		if err != nil {
			return err
		}
		records = append(records, &kgo.Record{Topic: l.letters.topic, Key: []byte(letter.Stream), Value: value, Headers: []kgo.RecordHeader{
			{Key: "topic", Value: []byte(l.worker.engine.at.topic)},
			{Key: "partition", Value: strconv.AppendInt(nil, int64(l.partition), 10)},
			{Key: "offset", Value: strconv.AppendInt(nil, offset, 10)},
		}})
	}
	if err := l.letters.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return base.Retryable(fmt.Errorf("topic %s: %w", l.letters.topic, err))
	}
	return nil
}
