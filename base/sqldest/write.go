package sqldest

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// Write stores a batch in one transaction. Records that cannot be stored are
// listed in a *base.BatchError, unless the run wants all or none of the batch (see
// base.Batch); after any other error nothing of the batch is stored.
func (w *Writer) Write(ctx context.Context, stream base.Stream, recordData []base.RecordData) error {
	p, err := w.planFor(ctx, stream, recordData)
	if err != nil {
		return err
	}
	batch := newBatch(w, p, recordData)
	if err := batch.prepare(ctx); err != nil {
		return fmt.Errorf("table %q: %w", p.table, err)
	}
	err = w.inTransaction(ctx, func(tx *sql.Tx) error {
		if err := batch.store(ctx, tx); err != nil {
			return err
		}
		return batch.refuse(base.BatchFrom(ctx).AllOrNone)
	})
	if err != nil {
		return fmt.Errorf("table %q: %w", p.table, err)
	}
	if len(batch.failed) > 0 {
		return &base.BatchError{Failed: batch.failed}
	}
	return nil
}

// planFor is the plan for a batch, with all columns that its records have.
func (w *Writer) planFor(ctx context.Context, stream base.Stream, recordData []base.RecordData) (*plan, error) {
	if p := w.plans[stream.Name]; p == nil || p.schema != stream.Schema {
		if err := w.prepare(ctx, stream, additions{}); err != nil {
			return nil, err
		}
	}
	p := w.plans[stream.Name]
	found := p.beyond(recordData)
	if found.unversioned {
		w.unversioned[stream.Name] = true
	}
	if !found.versioned && len(found.properties) == 0 {
		return p, nil
	}
	if err := w.prepare(ctx, stream, found); err != nil {
		return nil, err
	}
	for _, property := range found.properties {
		w.options.Logger.Warn("A column that the schema lacks was added to the table: it holds whatever comes.",
			"stream", stream.Name, "column", property, "table", p.table)
	}
	return w.plans[stream.Name], nil
}

// beyond looks for what records have and the plan has not.
func (p *plan) beyond(recordData []base.RecordData) (found additions) {
	seen := map[string]bool{}
	for i := range recordData {
		record := &recordData[i].Record
		if _, versioned := record.Version(); !versioned {
			found.unversioned = true
		} else if p.version < 0 {
			found.versioned = true
		}
		place := p.owned
		for name := range record.Columns() {
			at, ok := p.place(name, place)
			place = at + 1
			if !ok && !seen[name] {
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
