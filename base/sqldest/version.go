package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

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
	statement, args, err := w.activation(p, version)
	if err != nil {
		return fmt.Errorf("table %q: activate version %d: %w", p.table, version, err)
	}
	err = inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		if err := w.owned(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("table %q: activate version %d: %w", p.table, version, w.classifyAgain(err))
	}
	return nil
}

func (w *Writer) activation(p *plan, version int64) (statement string, args []any, err error) {
	bind := func(place int, value base.Value) string {
		c := p.columns[place]
		bound, failed := w.dialect.Encode(c.Column, c.typ, value)
		if failed != nil {
			err = fmt.Errorf("column %q: %w", c.Name, failed)
		}
		args = append(args, bound)
		return w.dialect.Placeholder(len(args))
	}
	quote := func(place int) string { return w.dialect.Quote(p.columns[place].Name) }
	statement = "DELETE FROM " + w.table(p.table) + " WHERE "
	if w.options.SoftDelete {
		now := JSONString(w.options.Now().UTC().Format(timestamp))
		statement = "UPDATE " + w.table(p.table) + " SET " + quote(p.deleted) + " = " + bind(p.deleted, now) +
			" WHERE " + quote(p.deleted) + " IS NULL AND "
	}
	other := quote(p.version) + " <> " + bind(p.version, base.Value(strconv.FormatInt(version, 10)))
	if w.unversioned[p.stream] {
		w.options.Logger.Warn("Rows without a version stay although a version was activated: this run wrote some.",
			"stream", p.stream, "table", p.table)
	} else {
		other += " OR " + quote(p.version) + " IS NULL"
	}
	return statement + "(" + other + ")", args, err
}
