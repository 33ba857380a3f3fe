package sqldest

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// ActivateVersion deletes, or marks, the rows of all versions but one, and those
// from before the stream had versions. Rows that this run has written from
// records without a version stay: nobody said that they are old. Before the
// first record with a version there is nothing to do.
func (w *Writer) ActivateVersion(ctx context.Context, stream base.Stream, version int64) error {
	p, err := w.planFor(ctx, stream)
	if err != nil {
		return err
	}
	if p.version < 0 {
		return nil
	}
	statement, args := w.activation(p, version)
	err = inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("table %q: activate version %d: %w", p.table, version, w.classify(err))
	}
	return nil
}

func (w *Writer) activation(p *plan, version int64) (statement string, args []any) {
	quote := func(place int) string { return w.dialect.Quote(p.columns[place].Name) }
	table := w.dialect.Quote(p.table)
	if w.options.SoftDelete {
		deleted := p.deleted
		if deleted < 0 { // the stream has a column of that name itself
			deleted = p.places[DeletedAtColumn]
		}
		args = append(args, w.options.Now().UTC().Format(timestamp))
		statement = "UPDATE " + table + " SET " + quote(deleted) + " = " + w.dialect.Placeholder(1) +
			" WHERE " + quote(deleted) + " IS NULL AND "
	} else {
		statement = "DELETE FROM " + table + " WHERE "
	}
	args = append(args, version)
	other := quote(p.version) + " <> " + w.dialect.Placeholder(len(args))
	if w.unversioned[p.stream] {
		w.options.Logger.Warn("Rows without a version stay although a version was activated: this run wrote some.",
			"stream", p.stream, "table", p.table)
	} else {
		other += " OR " + quote(p.version) + " IS NULL"
	}
	return statement + "(" + other + ")", args
}
