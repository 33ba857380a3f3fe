package base

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// export is a batch set on its way to the store. It is on a goroutine of its own,
// so that the next set is filled in the meantime; there is never more than one.
type export struct {
	set     *batchSet
	tags    Tags
	final   bool
	done    chan struct{}
	letters error // of storing the dead letters; to be read after done was closed
}

// flush hands on everything that is held, stream by stream in the order in which
// messages named them, and begins a new set (7.2 of Mage's contract). Every stream
// is tried. It waits for the set before, and for its own only if it is the final
// one; settle tells what became of it.
func (r *run) flush(final bool) error {
	if err := r.settle(); err != nil {
		return err
	}
	set := r.set
	r.set = &batchSet{number: set.number + 1}
	set.seal()
	r.ledger.seal()
	e := &export{set: set, tags: r.setTags(set, final), final: final, done: make(chan struct{})}
	r.log.Info("Process batch set started.", tagArgs(e.tags)...)
	r.inFlight = e
	go r.exportSet(e)
	if final {
		return r.settle()
	}
	return nil
}

// exported is closed when the set that is on its way has arrived, or not; it is nil
// if there is none.
func (r *run) exported() <-chan struct{} {
	if r.inFlight == nil {
		return nil
	}
	return r.inFlight.done
}

// exportSet exports a set and makes its dead letters durable. It changes nothing of
// the run but the set.
func (r *run) exportSet(e *export) {
	defer close(e.done)
	for _, batch := range e.set.streams {
		if batch.failed == nil && batch.records > 0 {
			batch.failed = r.exportStream(e.set, batch, e.tags)
		}
	}
	e.letters = r.storeLetters(e.set)
}

// settle waits for the set that is on its way, if there is one, tells the state
// that it allows, and gives its memory back. errFlushFailed says that one or more
// streams failed.
func (r *run) settle() error {
	e := r.inFlight
	if e == nil {
		return nil
	}
	<-e.done
	r.inFlight = nil
	failed := len(r.failures)
	exported := false
	for _, batch := range e.set.streams {
		r.count(batch)
		r.note(batch.failed)
		exported = exported || batch.records > 0
		if batch.failed == nil {
			r.ledger.durable(batch.flow)
		}
	}
	if e.letters != nil {
		r.lettersLost = true
		r.note(e.letters)
		return errFlushFailed // no state may pass what was refused
	}
	if err := r.letters.judge(r.summary, e.final); err != nil {
		r.lettersLost = true
		r.note(err)
		return errFlushFailed
	}
	r.ledger.release()
	r.report()
	r.tellSet(e, exported)
	if len(r.failures) > failed {
		return errFlushFailed // also if a call was given up that may still read the records
	}
	e.set.lease.Release()
	r.log.Info("Process batch set completed.", tagArgs(e.tags)...)
	r.giveBack()
	return nil
}

// count adds what became of a batch to its stream's summary.
func (r *run) count(batch *streamBatch) {
	stats := &batch.flow.stats
	stats.exported += batch.exported
	stats.rejected += batch.rejected
	stats.retries += batch.retries
	stats.splits += batch.splits
	stats.took += batch.took
	if batch.records > 0 {
		stats.batches++
	}
}

// tellSet tells the state after a set, and says so in the log.
func (r *run) tellSet(e *export, exported bool) {
	changed, err := r.saveState(e.final)
	if err != nil {
		r.note(err)
		return
	}
	if changed {
		state := json.RawMessage(rawjson.AppendFinite(nil, r.ledger.taken))
		r.log.Info("Final state for bookmark properties update completed.", append(tagArgs(e.tags), "state", state)...)
	}
	if exported {
		r.log.Info("Final record processing completed.", tagArgs(e.tags)...)
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

func (r *run) exportStream(set *batchSet, batch *streamBatch, setTags Tags) error {
	name := batch.flow.name
	tags := maps.Clone(setTags)
	tags["stream"], tags["records"] = name, batch.records
	r.log.Info(fmt.Sprintf("%s process record data for stream %s started.", r.info.class(), name), tagArgs(tags)...)
	started := r.env.Now()
	err := r.exportBatch(set, batch, r.recordData(batch), tags)
	batch.took = r.env.Now().Sub(started)
	if err != nil {
		r.handed = nil // a call that was given up may still read it
		return err
	}
	r.log.Info(fmt.Sprintf("%s process record data for stream %s completed.", r.info.class(), name), tagArgs(tags)...)
	return nil
}

// recordData are the records of a batch as the author gets them, in memory that is
// used again for the next batch.
func (r *run) recordData(batch *streamBatch) []RecordData {
	r.handed = slices.Grow(r.handed[:0], batch.records)
	for e := batch.first; e != nil; e = e.next {
		r.handed = append(r.handed, RecordData{Record: Record{e}, Stream: batch.flow.name})
	}
	return r.handed
}

// exportOne exports one record at once, with its schema and without tags (7.5 of
// Mage's contract).
func (r *run) exportOne(f *flow, e *entry) error {
	r.ledger.seal()
	tags := Tags{"row_type": r.last.rowType, "stream": f.name}
	item := RecordData{Record: Record{e}, Stream: f.name, Schema: f.stream.Schema, Tags: tags}
	batch := &streamBatch{flow: f, stream: f.stream, records: 1, ordinal: e.ordinal, last: e, readAt: r.env.Now()}
	r.log.Info(r.info.class()+" process record started.", tagArgs(tags)...)
	err := r.exportBatch(r.set, batch, []RecordData{item}, nil)
	r.count(batch)
	if err != nil {
		return err
	}
	r.ledger.durable(f)
	r.log.Info(r.info.class()+" process record completed.", tagArgs(tags)...)
	return r.storeLetters(r.set)
}

// storeLetters makes the dead letters durable that wait for it.
func (r *run) storeLetters(set *batchSet) error {
	if r.flags.dryRun {
		return nil
	}
	err := r.retrying("storing of dead letters", func() error {
		return r.author(func(ctx context.Context) error { return r.letters.flush(ctx, set) })
	})
	if err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	return nil
}
