package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// feeder puts the tap's messages on the topic and tells the states that workers have
// stored.
type feeder struct {
	process *base.Process
	engine  *engine
	client  *kgo.Client
	topic   topicFacts
	group   *groupOffsets

	streams  map[string]*fedStream
	order    []*fedStream // of their first message
	next     int32        // partition of the next record without keys
	barriers barriers
	state    []byte    // of the last STATE, which is not on the topic yet
	marked   time.Time // when the last STATE was put there
	repeated time.Time // when the SCHEMAs were
	unsaved  bool      // a state may be told that was not
	lines    int64
	failure  atomic.Pointer[error] // of sending
	key      []byte
}

// fedStream is what a feeder knows of one stream.
type fedStream struct {
	figures base.Figures
	schema  []byte // the line; nil before the first
	version []byte // the line of the version that is in force
	keys    []string

	catalogued bool // the schema is that of --catalog_json, which workers have, too
}

// buffered is how much may wait to be sent.
const (
	bufferedRecords = 100_000
	bufferedBytes   = 64 << 20
)

func (e *engine) runFeeder(p *base.Process) error {
	options, err := e.client(p)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(append(options,
		kgo.DefaultProduceTopic(e.at.topic), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(int32(e.settings.MaximumMessageBytes)), kgo.ProducerBatchCompression(e.settings.codec()), kgo.MaxBufferedRecords(bufferedRecords), kgo.MaxBufferedBytes(bufferedBytes),
		kgo.StopProducerOnDataLossDetected(), kgo.RequiredAcks(kgo.AllISRAcks()),
	)...)
	if err != nil {
		return err
	}
	defer client.Close()
	f := &feeder{process: p, engine: e, client: client, streams: map[string]*fedStream{}}
	defer func() {
		if f.group != nil {
			f.group.stop()
		}
	}()
	if err := f.open(); err != nil {
		return err
	}
	source, err := p.Input()
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // it was read
	started := time.Now()
	err = f.feed(source)
	f.summarize(started)
	return err
}

// open finds the topic, and waits until nothing is left there of an earlier feed: of
// that the partitions may have been others, and the schemas.
func (f *feeder) open() error {
	ctx, e := f.process.Context(), f.engine
	if err := reach(ctx, f.client, e.at.brokers); err != nil {
		return err
	}
	admin := kadm.NewClient(f.client)
	var err error
	if e.at.create { // workers, which wait for the other topic, shall find both
		if _, err := e.at.openTopic(ctx, admin, e.at.letters(), 1); err != nil {
			return err
		}
	}
	if f.topic, err = e.at.openTopic(ctx, admin, e.at.topic, e.at.partitions); err != nil {
		return err
	}
	f.barriers.partitions = f.topic.partitions
	f.group = watchGroup(ctx, admin, e.at, f.topic.partitions, e.timing.look)
	left, err := f.group.lag(ctx)
	if err != nil || left == 0 {
		return err
	}
	f.process.Logger().Info(fmt.Sprintf(
		"The topic %s holds %d messages of an earlier feed that the group %s has not stored: the feed begins when it has.", e.at.topic, left, e.at.group))
	return f.drain("what an earlier feed left")
}

// feed sends all input.
func (f *feeder) feed(source io.Reader) error {
	in := startReading(source)
	defer close(in.stop)
	tick := time.NewTicker(f.engine.timing.look)
	defer tick.Stop()
	for {
		select {
		case text, ok := <-in.chunks:
			if !ok {
				return f.end(in.err)
			}
			if err := f.sendChunk(text); err != nil {
				return f.fail(err)
			}
		case <-tick.C:
			if err := f.onTick(); err != nil {
				return f.fail(err)
			}
		case <-f.process.Stopped():
			return f.end(nil)
		}
	}
}

// fail ends a feed that goes wrong: what was stored before is still told.
func (f *feeder) fail(err error) error {
	_ = f.client.Flush(f.process.Context()) // what went wrong is known
	return errors.Join(err, f.release(true))
}

// end makes sure that all is on the topic and has workers store it; with --wait it
// stays until they have.
func (f *feeder) end(err error) error {
	if err != nil && !errors.Is(err, io.EOF) {
		return f.fail(fmt.Errorf("read the input: %w", err))
	}
	f.sendBarrier(typeEnd)
	if err := f.flush(); err != nil {
		return f.fail(err)
	}
	if f.engine.wait {
		if err := f.await("everything", nil); err != nil {
			return errors.Join(err, f.release(true))
		}
	} else if err := f.group.look(f.process.Context()); err != nil {
		return err
	}
	return f.release(true)
}

func (f *feeder) sendChunk(chunk singer.Chunk) error {
	lines := singer.LinesOf(chunk.Text)
	for text, start, ok := lines.Next(); ok; text, start, ok = lines.Next() {
		f.lines++
		open := chunk.Open && start+len(text) == len(chunk.Text)
		if err := f.sendLine(singer.Line{Text: text, Number: f.lines, Offset: chunk.Offset + int64(start), Open: open}); err != nil {
			return err
		}
	}
	return f.onTick()
}

func (f *feeder) sendLine(line singer.Line) error {
	m, err := singer.Parse(line)
	if err != nil {
		return &singer.Fault{Line: line.Number, Err: err}
	}
	if m.Form != singer.Typed {
		f.process.Relay(m, line.Text)
		return nil
	}
	if err := f.sendMessage(m, line); err != nil {
		return &singer.Fault{Stream: m.Stream, Line: line.Number, Err: err}
	}
	if failure := f.failure.Load(); failure != nil {
		return *failure
	}
	return nil
}

func (f *feeder) sendMessage(m singer.Message, line singer.Line) error {
	switch m.Type {
	case singer.TypeState:
		value, ok := m.Get("value")
		if !ok {
			return errors.New("STATE without value: the key value must be the state")
		}
		if !rawjson.Empty(value) {
			f.state = line.Text
			f.barriers.add(value)
		}
		return nil
	case singer.TypeLog:
		return nil
	case singer.TypeRecord, singer.TypeSchema, singer.TypeActivateVersion:
	case singer.TypeDeadLetter:
		return errors.New("DEAD_LETTER: give it to the connector itself, without --feed: its schema stands in its file alone")
	default:
		return singer.UnknownType(m.Type)
	}
	if m.Stream == "" {
		return singer.ErrNoStream
	}
	s := f.stream(m.Stream)
	switch m.Type {
	case singer.TypeSchema:
		return f.sendSchema(s, m, line.Text)
	case singer.TypeActivateVersion:
		return f.sendVersion(s, line.Text)
	}
	return f.sendRecord(s, m, line.Text)
}

func (f *feeder) stream(name string) *fedStream {
	s, ok := f.streams[name]
	if !ok {
		s = &fedStream{figures: base.Figures{Stream: name}}
		f.streams[name] = s
		f.order = append(f.order, s)
	}
	return s
}

func (f *feeder) sendRecord(s *fedStream, m singer.Message, line []byte) error {
	if s.schema == nil && !s.catalogued {
		if err := f.fromCatalog(s); err != nil {
			return err
		}
	}
	s.figures.Read++
	s.figures.Bytes += int64(len(line))
	record := &kgo.Record{Value: line}
	if len(s.keys) > 0 {
		object, _ := m.Get("record")
		start := len(f.key)
		if cap(f.key)-start < 256 {
			f.key, start = make([]byte, 0, 64<<10), 0
		}
		f.key = appendKey(f.key, m.Stream, s.keys, object)
		record.Key = f.key[start:len(f.key):len(f.key)]
		record.Partition = partitionOf(record.Key, f.topic.partitions)
	} else {
		record.Partition = f.next
		f.next = (f.next + 1) % f.topic.partitions
	}
	f.client.Produce(f.process.Context(), record, f.sent)
	return nil
}

// fromCatalog takes the keys of a stream without SCHEMA from the catalog.
func (f *feeder) fromCatalog(s *fedStream) error {
	stream, ok, err := f.process.FromCatalog(s.figures.Stream)
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("RECORD of a stream that has no schema yet: a SCHEMA message must come before")
	}
	s.catalogued = true
	s.keys = stream.ConflictKeys()
	return nil
}

// sent is told what became of a record.
func (f *feeder) sent(r *kgo.Record, err error) {
	switch {
	case err == nil:
		return
	case errors.Is(err, kerr.MessageTooLarge):
		err = fmt.Errorf("a line of %d bytes, with key %.200s: %w; raise kafka_maximum_message_bytes (%d) and the topic's max.message.bytes", len(r.Value), r.Key, err, f.engine.settings.MaximumMessageBytes)
	}
	err = fmt.Errorf("send to the topic %s: %w", f.engine.at.topic, err)
	f.failure.CompareAndSwap(nil, &err)
}

// sendEverywhere puts a line into every partition.
func (f *feeder) sendEverywhere(kind string, line []byte) {
	for partition := range f.topic.partitions {
		f.client.Produce(f.process.Context(), control(partition, kind, line), f.sent)
	}
}

// flush waits until everything is on the topic, on all replicas that are in sync.
func (f *feeder) flush() error {
	if err := f.client.Flush(f.process.Context()); err != nil {
		return fmt.Errorf("send to the topic %s: %w", f.engine.at.topic, context.Cause(f.process.Context()))
	}
	if failure := f.failure.Load(); failure != nil {
		return *failure
	}
	return nil
}
