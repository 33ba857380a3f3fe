package sqldest

import (
	"context"
	"errors"
	"fmt"

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
	if errors.Is(err, errBeyond) { // hardly ever: to look beforehand would cost every batch a walk over all columns
		if p, err = w.extend(ctx, stream, recordData); err != nil {
			return err
		}
		err = w.write(ctx, p, recordData)
	}
	if err != nil {
		return fmt.Errorf("table %q: %w", p.table, w.classify(err))
	}
	if failed := w.batch.failed; len(failed) > 0 {
		return &base.BatchError{Failed: failed}
	}
	return nil
}

// write stores a batch under a plan.
func (w *Writer) write(ctx context.Context, p *plan, recordData []base.RecordData) error {
	b := &w.batch
	b.begin(p, recordData)
	defer b.end()
	b.choose()
	err := errIndirect
	if !w.indirect {
		err = b.direct(ctx)
	}
	if errors.Is(err, errIndirect) {
		w.indirect = true
		err = b.indirect(ctx)
	}
	if err == nil && b.unversioned {
		w.unversioned[p.stream] = true
	}
	return err
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

// extend makes a plan with all columns that the records of a batch have.
func (w *Writer) extend(ctx context.Context, stream base.Stream, recordData []base.RecordData) (*plan, error) {
	found := w.plans[stream.Name].beyond(recordData)
	if err := w.prepare(ctx, stream, found); err != nil {
		return nil, err
	}
	p := w.plans[stream.Name]
	for _, property := range found.properties {
		w.options.Logger.Warn("A column that the schema lacks was added to the table: it holds whatever comes.",
			"stream", stream.Name, "column", property, "table", p.table)
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
		for name := range record.Columns() {
			if _, known := p.places[name]; !known && !seen[name] {
				seen[name] = true
				found.properties = append(found.properties, name)
			}
		}
	}
	return found
}

// place finds the column of a property. Most records have their columns in the
// order of the schema, so the place after the last one is tried first.
func (p *plan) place(property string, likely int) (place int, ok bool) {
	if likely < len(p.columns) && p.columns[likely].property == property {
		return likely, true
	}
	place, ok = p.places[property]
	return place, ok
}
