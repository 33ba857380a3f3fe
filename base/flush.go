package base

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// flush exports everything that is held, stream by stream in the order in which
// messages named them, tells the state that this allows, and begins a new set
// (7.2 of Mage's contract). Every stream is tried; errFlushFailed says that one
// or more failed.
func (r *run) flush(final bool) error {
	set := r.set
	r.set = newBatchSet(set.number + 1)
	tags := r.setTags(set, final)
	r.log.Info("Process batch set started.", tagArgs(tags)...)
	failed := len(r.failures)
	exported := false
	for _, batch := range set.streams {
		switch {
		case batch.failed != nil:
			r.note(batch.failed)
		case len(batch.records) > 0:
			exported = true
			r.note(r.exportStream(batch, tags))
		}
	}
	if err := r.storeLetters(); err != nil {
		r.note(err)
		return errFlushFailed // no state may pass what was refused
	}
	r.ledger.release()
	r.tellSet(tags, final, exported)
	if len(r.failures) > failed {
		return errFlushFailed
	}
	r.log.Info("Process batch set completed.", tagArgs(tags)...)
	return nil
}

// tellSet tells the state after a set, and says so in the log.
func (r *run) tellSet(tags Tags, final, exported bool) {
	changed, err := r.saveState(final)
	if err != nil {
		r.note(err)
		return
	}
	if changed {
		state := json.RawMessage(rawjson.AppendFinite(nil, r.ledger.taken))
		r.log.Info("Final state for bookmark properties update completed.", append(tagArgs(tags), "state", state)...)
	}
	if exported {
		r.log.Info("Final record processing completed.", tagArgs(tags)...)
	}
}

// setTags are the tags of a set (7.3 of Mage's contract).
func (r *run) setTags(set *batchSet, final bool) Tags {
	tags := Tags{"batch": set.number}
	if !final {
		tags["batch_byte_size"] = set.bytes
		return tags
	}
	if r.last.rowType != "" {
		tags["row_type"] = singer.Excerpt([]byte(r.last.rowType))
	}
	if r.last.stream != "" {
		tags["stream"] = r.last.stream
	}
	return tags
}

func (r *run) exportStream(batch *streamBatch, setTags Tags) error {
	name := batch.stream.Name
	tags := maps.Clone(setTags)
	tags["stream"], tags["records"] = name, len(batch.records)
	r.log.Info(fmt.Sprintf("%s process record data for stream %s started.", r.info.class(), name), tagArgs(tags)...)
	started := r.env.Now()
	err := r.exportBatch(batch, tags)
	stats := r.summary.stream(name)
	stats.batches++
	stats.took += r.env.Now().Sub(started)
	if err != nil {
		return err
	}
	r.ledger.streamDurable(name)
	r.log.Info(fmt.Sprintf("%s process record data for stream %s completed.", r.info.class(), name), tagArgs(tags)...)
	return nil
}

// exportBatch calls the author. The records that a *BatchError lists are set
// aside if the config says so.
func (r *run) exportBatch(batch *streamBatch, tags Tags) error {
	name := batch.stream.Name
	ctx := context.WithValue(r.calls, batchKey{}, Batch{
		ID: newID(), Attempt: 1, First: batch.first, Last: batch.first + int64(len(batch.records)) - 1,
		AllOrNone: r.limits.OnInvalid != "dead_letter", ReadAt: batch.readAt,
	})
	var handed []RecordData
	err := await(r.shutdown.giveUp, func() (err error) {
		handed, err = processRecordData(ctx, r.connector, batch.records, name, tags)
		return err
	})
	stats := r.summary.stream(name)
	partial := batchErrorOf(err)
	if partial != nil && (len(partial.Failed) == 0 || r.limits.OnInvalid == "dead_letter") {
		rejected, err := r.setAside(name, handed, partial)
		stats.rejected += int64(rejected)
		stats.exported += int64(len(batch.records) - rejected)
		return err
	}
	if err != nil {
		return &streamError{stream: name, err: err}
	}
	stats.exported += int64(len(batch.records))
	return nil
}

// setAside turns the failed records of a batch into dead letters.
func (r *run) setAside(stream string, handed []RecordData, partial *BatchError) (int, error) {
	for _, i := range partial.indexes() {
		if i < 0 || i >= len(handed) {
			return 0, &streamError{stream: stream, err: fmt.Errorf(
				"the connector's BatchError lists index %d of a batch of %d records", i, len(handed))}
		}
		record := handed[i].Record
		fault := &streamError{stream, record.number, partial.Failed[i]}
		err := r.letters.add(DeadLetter{
			Line: record.number, Offset: record.offset, Stream: stream, Reason: fault.Error(), Original: record.line,
		})
		if err != nil {
			return 0, &streamError{stream: stream, err: err}
		}
	}
	return len(partial.Failed), nil
}

// exportOne exports one record at once, with its schema and without tags (7.5 of
// Mage's contract).
func (r *run) exportOne(s *Stream, record Record) error {
	tags := Tags{"row_type": r.last.rowType, "stream": s.Name}
	item := RecordData{Record: record, Stream: s.Name, Schema: s.Schema, Tags: tags}
	stats := r.summary.stream(s.Name)
	stats.ordinal++
	batch := &streamBatch{stream: s, records: []RecordData{item}, first: stats.ordinal, readAt: r.env.Now()}
	r.log.Info(r.info.class()+" process record started.", tagArgs(tags)...)
	if err := r.exportBatch(batch, nil); err != nil {
		return err
	}
	stats.batches++
	r.ledger.streamDurable(s.Name)
	r.log.Info(r.info.class()+" process record completed.", tagArgs(tags)...)
	return r.storeLetters()
}

// storeLetters makes the dead letters durable that wait for it.
func (r *run) storeLetters() error {
	if err := r.author(func() error { return r.letters.flush(r.calls) }); err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	return nil
}
