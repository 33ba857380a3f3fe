package sqldest

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

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

	survivors    []int // the records that become rows
	chunk        int   // rows of many
	many, single *sql.Stmt

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
	b.chunk = min(max(1, b.variables()/len(b.plan.columns)), max(1, len(b.survivors)))
	if b.many, err = b.writer.statements.prepare(ctx, b.writer.dialect.Insert(b.plan.insert(b.chunk))); err != nil {
		return err
	}
	b.single, err = b.writer.statements.prepare(ctx, b.writer.dialect.Insert(b.plan.insert(1)))
	return err
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
	many, single := tx.StmtContext(ctx, b.many), tx.StmtContext(ctx, b.single)
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

// choose picks the records that become rows: of a stream with a key, one for
// each.
func (b *batch) choose() []int {
	kept := make([]int, 0, len(b.records))
	if len(b.plan.key) == 0 {
		for i := range b.records {
			kept = append(kept, i)
		}
		return kept
	}
	places := make(map[string]int, len(b.records)) // in kept, by key
	last := map[int]int{}                          // of the records with a key, by the first
	var key []byte
	for i := range b.records {
		var err error
		if key, err = b.appendKey(key[:0], &b.records[i].Record); err != nil {
			b.failed[i] = err
			continue
		}
		at, seen := places[string(key)]
		if !seen {
			places[string(key)] = len(kept)
			kept = append(kept, i)
			continue
		}
		if !b.plan.ignore {
			b.displaced[i], kept[at] = kept[at], i
			continue
		}
		first := kept[at]
		if end, more := last[first]; more {
			b.displaced[end] = i
		} else {
			b.displaced[first] = i
		}
		last[first] = i
	}
	return kept
}

var errNoKey = errors.New("it is part of the key, and a key can be neither missing nor null")

// appendKey adds the values of a record's key, so that equal keys are equal
// bytes.
func (b *batch) appendKey(key []byte, record *base.Record) ([]byte, error) {
	for _, place := range b.plan.key {
		c := &b.plan.columns[place]
		value, ok := record.Get(c.property)
		if !ok || value.IsNull() {
			return nil, fault(record, c.property, errNoKey)
		}
		bound, err := b.writer.dialect.Encode(c.Column, c.typ, value)
		if err != nil {
			return nil, fault(record, c.property, err)
		}
		key = appendKeyPart(key, bound)
	}
	return key, nil
}

// appendKeyPart writes a bound value. Whole numbers are one to a database
// whether they are bound as integers or as fractions.
func appendKeyPart(key []byte, bound any) []byte {
	switch v := bound.(type) {
	case int64:
		return binary.BigEndian.AppendUint64(append(key, 'i'), uint64(v))
	case float64:
		if whole := int64(v); float64(whole) == v && math.Abs(v) < 1<<62 {
			return appendKeyPart(key, whole)
		}
		return binary.BigEndian.AppendUint64(append(key, 'f'), math.Float64bits(v))
	case string:
		key = binary.AppendUvarint(append(key, 's'), uint64(len(v)))
		return append(key, v...)
	}
	text := fmt.Sprintf("%T %v", bound, bound)
	return appendKeyPart(append(key, 'o'), text)
}

// fault is what is wrong with one column of a record.
func fault(record *base.Record, column string, err error) error {
	if line := record.LineNumber(); line > 0 {
		return fmt.Errorf("column %q at line %d: %w", column, line, err)
	}
	return fmt.Errorf("column %q: %w", column, err)
}
