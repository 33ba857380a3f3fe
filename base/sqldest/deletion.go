package sqldest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// part takes the records out that say that their row was deleted, where such rows are
// to go (Options.HardDelete).
func (b *batch) part() {
	if !b.writer.options.HardDelete {
		return
	}
	b.kept = slices.DeleteFunc(b.kept, func(i int) bool {
		at, ok := b.records[i].Record.Get(DeletedAtColumn)
		deleted := ok && !at.IsNull()
		if deleted {
			b.gone = append(b.gone, i)
		}
		return deleted
	})
}

// delete deletes the rows that are gone, many with each statement.
func (b *batch) delete(ctx context.Context, tx *sql.Tx) error {
	width := len(b.plan.key)
	for rows := range slices.Chunk(b.gone, max(1, b.variables()/max(1, width))) {
		args, err := b.keysOf(rows)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, b.deletion(len(rows)), args...)
		if err != nil {
			return fmt.Errorf("delete rows: %w", err)
		}
		if n, err := result.RowsAffected(); err == nil {
			b.counts.deleted += n
		}
	}
	return nil
}

// keysOf are the bound keys of records; those of which they cannot be made have failed
// before.
func (b *batch) keysOf(records []int) (args []any, err error) {
	for _, i := range records {
		for _, place := range b.plan.key {
			c := &b.plan.columns[place]
			bound, err := b.writer.dialect.Encode(c.Column, c.typ, c.valueIn(&b.records[i].Record))
			if err != nil {
				return nil, fault(&b.records[i].Record, c.label(), err)
			}
			args = append(args, bound)
		}
	}
	return args, nil
}

// deletion is the statement that deletes some rows by their keys.
func (b *batch) deletion(rows int) string {
	w, names := b.writer, b.plan.columnNames(b.plan.key)
	conditions := make([]string, rows)
	n := 0
	for row := range conditions {
		parts := make([]string, len(names))
		for i, name := range names {
			n++
			parts[i] = w.dialect.Quote(name) + " = " + w.dialect.Placeholder(n)
		}
		conditions[row] = "(" + strings.Join(parts, " AND ") + ")"
	}
	return "DELETE FROM " + w.table(b.plan.table) + " WHERE " + strings.Join(conditions, " OR ")
}

// empty empties the table of a stream that is loaded afresh (Overwrite), once a run: in
// the transaction of its first rows, so that readers see the old ones or new ones. A
// run that is made again under its ID does not empty what it has loaded.
func (w *Writer) empty(ctx context.Context, tx *sql.Tx, p *plan) error {
	if w.options.LoadMethod != Overwrite || w.emptied[p.stream] {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+w.table(p.table)); err != nil {
		return fmt.Errorf("empty it: %w", err)
	}
	return nil
}

// errSharedOverwrite is Overwrite in one of many processes: each would empty what the
// others have written.
var errSharedOverwrite = errors.New("load_method overwrite empties the table when a load begins, which workers that share one cannot do: " +
	"use upsert or append-only, and a tap that sends ACTIVATE_VERSION")

// Finish ends a run that went well: with Overwrite it empties the tables of the streams
// that had a schema and no records. Call it in AfterProcess.
func (w *Writer) Finish(ctx context.Context) error {
	for _, p := range w.plans {
		err := inTransaction(ctx, w.db, func(tx *sql.Tx) error { return w.empty(ctx, tx, p) })
		if err != nil {
			return fmt.Errorf("table %q: %w", p.table, w.classifyAgain(err))
		}
		w.emptied[p.stream] = true
	}
	return nil
}
