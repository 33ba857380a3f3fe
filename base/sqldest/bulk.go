package sqldest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// counts are the rows of a batch.
type counts struct{ inserted, updated, deleted int64 }

// bulk writes the batch in a transaction, by the database's own way to load many rows.
// A table without a key takes them as they come, and so does one that this run has
// made, until a key turns out to be there; else they go by way of a stage.
func (b *batch) bulk(ctx context.Context) error {
	conn, err := b.writer.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the others; the transaction has told what went wrong
	return inTransaction(ctx, conn, func(tx *sql.Tx) error {
		if err := b.before(ctx, tx); err != nil {
			return err
		}
		if err := b.loadBulk(ctx, conn, tx); err != nil {
			return err
		}
		return b.after(ctx, tx)
	})
}

func (b *batch) loadBulk(ctx context.Context, conn *sql.Conn, tx *sql.Tx) error {
	p, w := b.plan, b.writer
	if len(p.key) > 0 && w.fresh[p.stream] && !w.options.HardDelete { // which wants the last record of each key
		b.keepAll()
		err := b.loadStraight(ctx, conn, tx)
		if !w.extensions.bulk.IsConflict(err) {
			return err
		}
		w.fresh[p.stream] = false
	}
	b.choose()
	switch {
	case len(b.kept) == 0:
		return b.refuse(base.BatchFromContext(ctx).AllOrNone)
	case len(p.key) == 0:
		return b.loadInto(ctx, conn, w.table(p.table))
	}
	return b.loadStaged(ctx, conn, tx)
}

// loadStraight loads into the table itself, and takes that back if a key is there, of an
// earlier batch or of this one: to look for those takes a tenth of a load.
func (b *batch) loadStraight(ctx context.Context, conn *sql.Conn, tx *sql.Tx) error {
	const point = "mage_dest_rows"
	if _, err := tx.ExecContext(ctx, "SAVEPOINT "+point); err != nil {
		return fmt.Errorf("make a savepoint: %w", err)
	}
	err := b.loadInto(ctx, conn, b.writer.table(b.plan.table))
	if b.writer.extensions.bulk.IsConflict(err) {
		if _, back := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT "+point); back != nil {
			return fmt.Errorf("return to a savepoint: %w", back)
		}
		b.failed, b.counts = nil, counts{} // both are found again, by choose or while loading
	}
	return err
}

// loadStaged loads into a table of its own, and merges that with the stream's.
func (b *batch) loadStaged(ctx context.Context, conn *sql.Conn, tx *sql.Tx) error {
	bulk, names := b.writer.extensions.bulk, b.plan.allNames()
	stage, statement := bulk.Stage(b.plan.table, names)
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("make a table for the batch: %w", err)
	}
	if err := b.loadInto(ctx, conn, stage); err != nil {
		return err
	}
	err := tx.QueryRowContext(ctx, bulk.Merge(stage, b.plan.insert(0))).Scan(&b.counts.inserted, &b.counts.updated)
	if err != nil {
		return fmt.Errorf("merge the batch: %w", err)
	}
	return nil
}

// loadInto loads all rows into a table.
func (b *batch) loadInto(ctx context.Context, conn *sql.Conn, table string) error {
	rows := newBulkRows(b)
	err := withDriver(ctx, conn, func(driverConn any) error {
		return b.writer.extensions.bulk.Load(ctx, driverConn, table, b.plan.allNames(), rows)
	})
	if rows.err != nil && !errors.Is(rows.err, io.EOF) {
		return rows.err // and not what the database says of rows that do not come
	}
	if err != nil {
		return fmt.Errorf("load the batch: %w", err)
	}
	b.counts.inserted = rows.rows
	return b.refuse(base.BatchFromContext(ctx).AllOrNone)
}

// bulkRows are the rows of a batch as the bulk loader reads them: each is encoded when
// it is asked for, on the goroutine that sends them.
type bulkRows struct {
	batch   *batch
	format  BulkFormat
	kept    []int // still to come
	rows    int64
	pending []byte // encoded and not read
	err     error  // io.EOF at the end
}

// bulkBytes is about what is encoded at once.
const bulkBytes = 64 << 10

func newBulkRows(b *batch) *bulkRows {
	return &bulkRows{batch: b, format: b.writer.extensions.bulk.Format(), kept: b.kept}
}

func (r *bulkRows) Read(into []byte) (n int, err error) {
	if len(r.pending) == 0 && r.err == nil {
		r.pending, r.err = r.more(r.batch.text[:0])
		r.batch.text = r.pending[:0]
	}
	if len(r.pending) == 0 {
		return 0, r.err
	}
	n = copy(into, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

// more encodes some rows. A panic, which would end the process, is an error.
func (r *bulkRows) more(text []byte) (_ []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the dialect panicked: %v\n%s", cause, debug.Stack())
		}
	}()
	for len(text) < bulkBytes && len(r.kept) > 0 {
		start := len(text)
		ok, err := r.batch.next(r.kept[0], func(row []base.Value, record *base.Record) (err error) {
			text, err = r.batch.appendRow(text[:start], row, record, r.format)
			return err
		})
		if err != nil {
			return text[:start], err
		}
		if r.kept = r.kept[1:]; ok {
			r.rows++
		} else {
			text = text[:start]
		}
	}
	if len(r.kept) == 0 {
		return text, io.EOF
	}
	return text, nil
}

// appendRow writes one row.
func (b *batch) appendRow(text []byte, row []base.Value, record *base.Record, format BulkFormat) (_ []byte, err error) {
	for at, value := range row {
		if at > 0 {
			text = append(text, format.Between...)
		}
		c := &b.plan.columns[at]
		if value == nil || value.IsNull() {
			if slices.Contains(b.plan.key, at) {
				return text, fault(record, c.label(), errNoKey)
			}
			text = append(text, format.Null...)
			continue
		}
		if text, err = c.encode(text, value); err != nil {
			return text, b.refused(record, c, err)
		}
	}
	return append(text, format.End...), nil
}
