package sqldest

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// mostVariables keeps statements of a size at which more rows gain nothing.
const mostVariables = 1000

// batch is a call of Write.
type batch struct {
	writer  *Writer
	plan    *plan
	records []base.RecordData
	now     string
	failed  map[int]error

	survivors []int // the records that become rows
	single    *sql.Stmt
	many      *sql.Stmt // nil if there are too few records for it
	chunk     int       // rows of many

	// displaced holds, for a record, the one with the same key that it stands in
	// front of, and that takes its place should it fail.
	displaced map[int]int
}

func newBatch(w *Writer, p *plan, records []base.RecordData) *batch {
	return &batch{
		writer: w, plan: p, records: records, now: w.options.Now().UTC().Format(timestamp),
		failed: map[int]error{}, displaced: map[int]int{},
	}
}

// prepare decides which records become rows, and prepares the statements.
func (b *batch) prepare(ctx context.Context) (err error) {
	b.survivors = b.choose()
	b.chunk = max(1, b.variables()/len(b.plan.columns))
	if b.single, err = b.statement(ctx, 1); err != nil || len(b.survivors) < b.chunk {
		return err
	}
	b.many, err = b.statement(ctx, b.chunk)
	return err
}

func (b *batch) statement(ctx context.Context, rows int) (*sql.Stmt, error) {
	return b.writer.statements.prepare(ctx, b.writer.dialect.Insert(b.plan.insert(rows)))
}

func (b *batch) variables() int {
	if limit := b.writer.dialect.Limits().Variables; limit > 0 {
		return min(limit, mostVariables)
	}
	return mostVariables
}

// store inserts the rows, many with each statement. What is left over goes row by
// row: a statement for every number of rows would hardly be used again.
func (b *batch) store(ctx context.Context, tx *sql.Tx) error {
	single, many := tx.StmtContext(ctx, b.single), (*sql.Stmt)(nil)
	if b.many != nil {
		many = tx.StmtContext(ctx, b.many)
	}
	width := len(b.plan.columns)
	args := make([]any, 0, b.chunk*width)
	for _, i := range b.survivors {
		if args = b.appendRow(args, i); len(args) < b.chunk*width {
			continue
		}
		if _, err := many.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		args = args[:0]
	}
	for ; len(args) > 0; args = args[width:] {
		if _, err := single.ExecContext(ctx, args[:width]...); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
	}
	return nil
}

// refuse is the error of a batch of which all must be stored or none, if a record
// has failed. It is no *base.BatchError, which would say that the rest is stored.
func (b *batch) refuse(allOrNone bool) error {
	if !allOrNone || len(b.failed) == 0 {
		return nil
	}
	return fmt.Errorf("%v; nothing of the batch is stored: mend the record, or set on_invalid: dead_letter to store the others",
		&base.BatchError{Failed: b.failed})
}

// appendRow adds the values of record i, or of the first that it displaced and
// that has no fault.
func (b *batch) appendRow(args []any, i int) []any {
	for {
		row, err := b.encode(args, &b.records[i].Record)
		if err == nil {
			return row
		}
		b.failed[i] = err
		next, ok := b.displaced[i]
		if !ok {
			return args
		}
		i = next
	}
}

// encode adds the values of a record to args.
func (b *batch) encode(args []any, record *base.Record) ([]any, error) {
	p, start := b.plan, len(args)
	for range p.columns {
		args = append(args, nil)
	}
	row := args[start:]
	place := p.owned
	for name, value := range record.Columns() {
		place, _ = p.place(name, place)
		c := &p.columns[place]
		if !c.own && !value.IsNull() {
			bound, err := b.writer.dialect.Encode(c.Column, c.typ, value)
			if err != nil {
				return nil, fault(record, name, err)
			}
			row[place] = bound
		}
		place++
	}
	row[p.created], row[p.updated] = b.now, b.now
	if p.version >= 0 {
		if version, ok := record.Version(); ok {
			row[p.version] = version
		}
	}
	return args, nil
}

// fault is what is wrong with one column of a record.
func fault(record *base.Record, column string, err error) error {
	if line := record.LineNumber(); line > 0 {
		return fmt.Errorf("column %q at line %d: %w", column, line, err)
	}
	return fmt.Errorf("column %q: %w", column, err)
}
