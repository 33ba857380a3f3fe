package base

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// delivery takes a batch to the store: in one call of ExportBatchData or, where that
// fails, in as many as the author's error allows.
//
//	nil                    all is stored
//	*BatchError            those with a Retryable reason again; the others are set aside, or the stream fails
//	Retryable, RetryAfter  the same call again
//	TooLarge               each half by itself
//	Permanent              with dead letters each half by itself, down to the records that are to blame
//	anything else          the stream fails
//
// Parts are delivered in the order of their records, and nothing of a stream is
// delivered after a part that failed: the last version of a row stays the last.
type delivery struct {
	run     *run
	set     *batchSet
	batch   *streamBatch
	tags    Tags
	backoff backoff
}

// part is some of a batch's records, in their order.
type part struct {
	records []RecordData
	first   int64  // ordinal
	end     *entry // the last that belongs to it, also if it is not, or no more, among the records
	id      string
}

// exportBatch delivers a batch, and counts what became of its records.
func (r *run) exportBatch(set *batchSet, batch *streamBatch, recordData []RecordData, tags Tags) error {
	if r.flags.dryRun {
		return nil
	}
	d := &delivery{run: r, set: set, batch: batch, tags: tags, backoff: backoff{run: r}}
	kept := recordData
	if r.can.deduplicator != nil {
		err := r.author(func(context.Context) (err error) {
			kept, err = deduplicate(r.can.deduplicator, recordData, batch.flow.name)
			return err
		})
		if err != nil {
			return d.fail(err)
		}
	}
	batch.exported = int64(len(recordData) - len(kept))
	if len(kept) == 0 {
		return nil
	}
	return d.deliver(part{kept, batch.ordinal, batch.last, newID()})
}

// deliver stores a part, or tells why it is not stored.
func (d *delivery) deliver(p part) error {
	for attempt := 1; ; attempt++ {
		err := d.call(p, attempt)
		if partial := batchErrorOf(err); partial != nil {
			var again error
			before := len(p.records)
			if p, again, err = d.takeApart(p, err, partial); err != nil || len(p.records) == 0 {
				return err
			}
			if again == nil {
				continue // without those that were set aside: that cannot go on for ever
			}
			if err = again; len(p.records) < before { // there is progress: what is left is tried as often as any part
				attempt, d.backoff = 1, backoff{run: d.run}
			}
		}
		v := verdictOf(err)
		switch {
		case err == nil:
			d.batch.exported += int64(len(p.records))
			return nil
		case v.kind == tooLarge, v.kind == permanent && d.run.limits.setsAside():
			return d.halve(p, err)
		case v.kind != retryable:
			return d.fail(err)
		}
		d.batch.retries++
		if err := d.backoff.wait(d.what(), attempt, v); err != nil {
			return d.fail(err)
		}
	}
}

func (d *delivery) what() string { return "export of stream " + d.batch.flow.name }

func (d *delivery) fail(err error) error { return &singer.Fault{Stream: d.batch.flow.name, Err: err} }

// call hands a part to the author.
func (d *delivery) call(p part, attempt int) error {
	r := d.run
	batch := Batch{
		ID: p.id, Attempt: attempt, First: p.first, Last: p.end.ordinal, ReadAt: d.batch.readAt,
		AllOrNone: !r.limits.setsAside() || r.flags.runID != "", RunID: r.flags.runID,
	}
	if batch.RunID != "" {
		batch.Sum = sumOf(p.end)
	}
	return r.author(func(ctx context.Context) error {
		ctx = context.WithValue(ctx, batchKey{}, batch)
		if r.env.Export != nil {
			return r.env.Export(ctx, r.connector, p.records, d.batch.flow.name, d.tags)
		}
		return r.connector.ExportBatchData(ctx, p.records, d.batch.flow.name, d.tags)
	})
}

// sumOf is a checksum of a record, the same for the same record in every run.
func sumOf(e *entry) string {
	sum := sha256.Sum256(e.raw)
	return hex.EncodeToString(sum[:8])
}

// takeApart does what a BatchError asks for. It returns the part that is to be
// handed over again, which may be empty, and why it must wait for that, or nil.
func (d *delivery) takeApart(p part, failure error, partial *BatchError) (rest part, again, err error) {
	indexes := partial.indexes()
	if partial.NoneStored && len(indexes) == 0 {
		return p, nil, d.fail(fmt.Errorf("the connector's BatchError says that no record is stored and lists none that failed"))
	}
	failed := make(map[int]bool, len(indexes)) // false: to be handed over again
	for _, i := range indexes {
		if i < 0 || i >= len(p.records) {
			return p, nil, d.fail(fmt.Errorf("the connector's BatchError lists index %d of a batch of %d records", i, len(p.records)))
		}
		failed[i] = true
		if verdictOf(partial.Failed[i]).kind == retryable {
			failed[i], again = false, fmt.Errorf("record %d of the batch: %w", i, partial.Failed[i])
		}
	}
	refused := slices.DeleteFunc(indexes, func(i int) bool { return !failed[i] })
	if len(refused) > 0 && !d.run.limits.setsAside() {
		if !partial.NoneStored {
			d.batch.exported += int64(len(p.records) - len(partial.Failed))
		}
		return p, nil, d.fail(failure)
	}
	rest = part{first: p.first, end: p.end, id: p.id + "-" + newID()[:8]}
	for i, item := range p.records {
		if partial.NoneStored && !failed[i] {
			rest.records = append(rest.records, item)
		}
	}
	if !partial.NoneStored {
		rest.records = d.withLaterVersions(p, failed)
		d.batch.exported += int64(len(p.records) - len(refused) - len(rest.records))
	}
	return rest, again, d.setAside(p, refused, partial.Failed)
}

// withLaterVersions are the records that are to be handed over again, and with them
// the later ones of the batch that have the same key: else an earlier version of a
// row would be written over a later one.
func (d *delivery) withLaterVersions(p part, failed map[int]bool) []RecordData {
	keys := d.batch.stream.ConflictKeys()
	var again []RecordData
	seen := map[string]bool{}
	for i, item := range p.records {
		refused, listed := failed[i]
		if refused || !listed && (len(seen) == 0 || len(keys) == 0) {
			continue
		}
		if key := keyText(item.Record, keys); listed || seen[key] {
			again = append(again, item)
			seen[key] = true
		}
	}
	return again
}

func keyText(record Record, keys []string) string {
	var text bytes.Buffer
	for _, name := range keys {
		value, _ := record.Get(name)
		text.Write(rawjson.AppendPython(nil, value))
		text.WriteByte(0)
	}
	return text.String()
}

// halve delivers each half of a part by itself. Of a record alone it is the end.
func (d *delivery) halve(p part, err error) error {
	n := len(p.records)
	if n == 1 {
		return d.refuseAlone(p, err)
	}
	if d.batch.splits == 0 {
		d.run.log.Warn(fmt.Sprintf("The %s is halved, %d records at first: %v.", d.what(), n, err))
	}
	d.batch.splits++
	left, right := p.records[:n/2], p.records[n/2:]
	middle := left[n/2-1].Record.entry()
	if err := d.deliver(part{left, p.first, middle, p.id + "-1"}); err != nil {
		return err
	}
	return d.deliver(part{right, middle.ordinal + 1, p.end, p.id + "-2"})
}

// refuseAlone sets a record aside that the store will not have, or fails its stream.
func (d *delivery) refuseAlone(p part, err error) error {
	if d.run.limits.setsAside() {
		return d.setAside(p, []int{0}, map[int]error{0: err})
	}
	return &singer.Fault{Stream: d.batch.flow.name, Line: p.records[0].Record.entry().number, Err: err}
}

// setAside turns records of a part into dead letters. What a run with an ID commits
// from now on passes them: then they have to be durable at once.
func (d *delivery) setAside(p part, indexes []int, reasons map[int]error) error {
	for _, i := range indexes {
		d.batch.rejected++
		if err := d.run.letters.add(d.set, letterOf(d.batch.stream, p.records[i].Record.entry(), reasons[i])); err != nil {
			return d.fail(err)
		}
	}
	if d.run.flags.runID == "" || len(indexes) == 0 {
		return nil
	}
	return d.run.storeLetters(d.set)
}
