package sqldest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// Write stores a batch in one transaction, and with it how far a run with an ID has
// come. Records that cannot be stored are listed in a *base.BatchError; if the run
// wants all or none of the batch (see base.Batch) none is then stored. After any
// other error nothing of the batch is, and the error is marked as the dialect says.
func (w *Writer) Write(ctx context.Context, stream base.Stream, recordData []base.RecordData) error {
	p, err := w.planFor(ctx, stream)
	if err != nil {
		return err
	}
	err = w.write(ctx, p, recordData)
	for errors.Is(err, errBeyond) { // hardly ever: to look beforehand would cost every batch a walk over all columns
		if p, err = w.extend(ctx, stream, recordData); err != nil {
			return err
		}
		err = w.write(ctx, p, recordData)
	}
	if err != nil {
		return fmt.Errorf("table %q: %w", p.table, w.judge(ctx, p, err))
	}
	w.tellCounts(stream.Name, p)
	if failed := w.batch.failed; len(failed) > 0 {
		return &base.BatchError{Failed: failed}
	}
	return nil
}

// write stores a batch under a plan.
func (w *Writer) write(ctx context.Context, p *plan, recordData []base.RecordData) error {
	if done, err := w.settled(ctx, p); done || err != nil {
		return err
	}
	b := &w.batch
	b.begin(ctx, p, recordData)
	defer b.end()
	err := w.store(ctx, b)
	if err == nil {
		w.emptied[p.stream] = true
		w.unversioned[p.stream] = w.unversioned[p.stream] || b.unversioned
	}
	return err
}

// store takes the fastest way that the database has.
func (w *Writer) store(ctx context.Context, b *batch) error {
	if w.extensions.bulk != nil {
		return b.bulk(ctx)
	}
	if !w.indirect {
		if err := b.direct(ctx); !errors.Is(err, errIndirect) {
			return err
		}
		w.indirect = true
	}
	return b.indirect(ctx)
}

// tellCounts logs what became of the rows of a batch in the tags that Mage adds up
// (12.6 of its contract).
func (w *Writer) tellCounts(stream string, p *plan) {
	if w.extensions.bulk == nil {
		return // the database does not say
	}
	c := w.batch.counts
	w.options.Logger.Info("Export data completed.", "stream", stream, "table_name", p.table,
		"records_affected", c.inserted+c.updated+c.deleted, "records_inserted", c.inserted, "records_updated", c.updated)
}

// planFor is the plan for a stream under its schema.
func (w *Writer) planFor(ctx context.Context, stream base.Stream) (*plan, error) {
	if p := w.plans[stream.Name]; p != nil && p.schema == stream.Schema {
		return p, nil
	}
	if err := w.prepare(ctx, stream, additions{}); err != nil {
		return nil, err
	}
	return w.plans[stream.Name], nil
}

// extend makes a plan with all that the records of a batch need.
func (w *Writer) extend(ctx context.Context, stream base.Stream, recordData []base.RecordData) (*plan, error) {
	found := w.plans[stream.Name].beyond(recordData)
	found.wider = w.batch.wider
	if err := w.prepare(ctx, stream, found); err != nil {
		return nil, err
	}
	p := w.plans[stream.Name]
	for _, path := range found.columns {
		w.options.Logger.Warn("A column that the schema lacks was added to the table: it holds whatever comes.",
			"stream", stream.Name, "column", strings.Join(path, "__"), "table", p.table)
	}
	for column, sqlType := range found.wider {
		w.options.Logger.Warn("A column was made wider for a value that it could not hold.",
			"stream", stream.Name, "column", column, "type", sqlType, "table", p.table)
	}
	return p, nil
}

// beyond looks for what records have and the plan has not.
func (p *plan) beyond(recordData []base.RecordData) (found additions) {
	seen := map[string]bool{}
	for i := range recordData {
		record := &recordData[i].Record
		if _, versioned := record.Version(); versioned && p.version < 0 {
			found.versioned = true
		}
		for name, value := range record.Columns() {
			p.root.walk(nil, name, value, func(int, base.Value) {}, func(path []string) {
				if id := strings.Join(path, "\x00"); !seen[id] {
					seen[id] = true
					found.columns = append(found.columns, slices.Clone(path))
				}
			})
		}
	}
	return found
}
