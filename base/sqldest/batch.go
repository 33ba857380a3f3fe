package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// mostVariables keeps statements of a size at which more rows gain nothing.
const mostVariables = 1000

// batch is a call of Write. A Writer has one, for its memory serves call after
// call.
type batch struct {
	writer  *Writer
	plan    *plan
	records []base.RecordData
	failed  map[int]error
	wider   map[string]string // SQL types that columns need, for the records that stopped the batch
	counts  counts

	now, received, batched, sequence base.Value // for the writer's own columns

	unversioned bool // a row bears no version

	kept   []int        // the records that become rows
	gone   []int        // those whose rows are deleted
	row    []base.Value // of one record
	path   []string     // of one value, in objects that are flattened
	text   []byte       // rows for a BulkLoader
	owned  []ownValue   // as they were bound last
	chunk  int          // rows of a statement
	blocks [2][]any     // of arguments, each for some statements

	version     int64      // of the last record with one
	versionText base.Value // the same

	keys keySet
	key  []byte // of one record

	// displaced holds, for a record, the one with the same key that it stands in
	// front of, and that takes its place should it fail; last the end of the line
	// that begins with a record, where the first record with a key stays.
	displaced, last map[int]int
}

// begin makes the batch ready for a call.
func (b *batch) begin(ctx context.Context, p *plan, records []base.RecordData) {
	b.plan, b.records = p, records
	b.stamp(b.writer.options.Now(), base.BatchFromContext(ctx).ReadAt)
	b.failed, b.wider, b.unversioned, b.counts = nil, nil, false, counts{}
	b.displaced, b.last = nil, nil
	b.row = slices.Grow(b.row[:0], b.width())[:b.width()]
	if b.writer.extensions.bulk != nil {
		return // which chooses for itself
	}
	b.choose()
	b.owned = slices.Grow(b.owned[:0], p.owned)[:p.owned]
	clear(b.owned)
	b.chunk = max(1, b.variables()/b.width())
	b.makeBlocks()
}

// end lets go of what was the caller's.
func (b *batch) end() {
	b.records = nil
	clear(b.row)
	for _, block := range b.blocks {
		clear(block)
	}
}

func (b *batch) fail(record int, err error) {
	if b.failed == nil {
		b.failed = map[int]error{}
	}
	b.failed[record] = err
}

// makeBlocks makes room for whole statements.
func (b *batch) makeBlocks() {
	statement := b.chunk * b.width()
	size := max(1, blockVariables/statement) * statement
	for i := range b.blocks {
		b.blocks[i] = slices.Grow(b.blocks[i][:0], size)[:size]
	}
}

// width is the number of columns of a row.
func (b *batch) width() int { return len(b.plan.columns) }

// insertOf is the statement for a number of rows.
func (b *batch) insertOf(rows int) string { return b.writer.dialect.Insert(b.plan.insert(rows)) }

func (b *batch) variables() int {
	if limit := b.writer.dialect.Limits().Variables; limit > 0 {
		return min(limit, mostVariables)
	}
	return mostVariables
}

// indirect writes the batch in a transaction, through database/sql.
func (b *batch) indirect(ctx context.Context) error {
	single, err := b.writer.statements.prepare(ctx, b.insertOf(1))
	if err != nil {
		return err
	}
	many := single
	if len(b.kept) >= b.chunk {
		if many, err = b.writer.statements.prepare(ctx, b.insertOf(b.chunk)); err != nil {
			return err
		}
	}
	return inTransaction(ctx, b.writer.db, func(tx *sql.Tx) error {
		if err := b.before(ctx, tx); err != nil {
			return err
		}
		if err := b.store(ctx, through(tx.StmtContext(ctx, single)), through(tx.StmtContext(ctx, many))); err != nil {
			return err
		}
		return b.after(ctx, tx)
	})
}

// before does, in the transaction of the batch, what has to come before its rows.
func (b *batch) before(ctx context.Context, tx *sql.Tx) error {
	return b.writer.empty(ctx, tx, b.plan)
}

// after does, in the transaction of the batch, what goes with its rows.
func (b *batch) after(ctx context.Context, tx *sql.Tx) error {
	if err := b.delete(ctx, tx); err != nil {
		return err
	}
	return b.writer.mark(ctx, tx, b.plan.stream)
}

// insert runs a prepared insert.
type insert func(ctx context.Context, args []any) error

func through(statement *sql.Stmt) insert {
	return func(ctx context.Context, args []any) error {
		if _, err := statement.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		return nil
	}
}

// store inserts the rows, many with each statement. What is left over goes row by
// row: a statement for every number of rows would hardly be used again.
func (b *batch) store(ctx context.Context, single, many insert) error {
	err := b.eachBlock(func(args []any) error {
		for size := b.chunk * b.width(); len(args) >= size; args = args[size:] {
			if err := many(ctx, args[:size]); err != nil {
				return err
			}
		}
		for size := b.width(); len(args) > 0; args = args[size:] {
			if err := single(ctx, args[:size]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.refuse(base.BatchFromContext(ctx).AllOrNone)
}

// refuse is the error of a batch of which all must be stored or none, if a record
// has failed.
func (b *batch) refuse(allOrNone bool) error {
	if !allOrNone || len(b.failed) == 0 {
		return nil
	}
	return &base.BatchError{Failed: b.failed, NoneStored: true}
}
