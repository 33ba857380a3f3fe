package sqldest

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// errBeyond stops a batch in which a record has what the plan has not.
var errBeyond = errors.New("a record has a column that the table lacks")

// fill sets a row to the values of record i, or of the first that it displaced
// and that has no fault; ok is false if there is none.
func (b *batch) fill(row []any, i int) (ok bool, err error) {
	for {
		err := b.encode(row, &b.records[i].Record)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, errBeyond):
			return false, err
		}
		b.fail(i, err)
		next, more := b.displaced[i]
		if !more {
			return false, nil
		}
		i = next
	}
}

// encode sets a row to the values of a record.
func (b *batch) encode(row []any, record *base.Record) error {
	clear(row)
	p := b.plan
	place := p.owned
	for name, value := range record.Columns() {
		at, known := p.place(name, place)
		if !known {
			return errBeyond
		}
		place = at + 1
		c := &p.columns[at]
		if c.own || value.IsNull() {
			continue
		}
		bound, err := b.writer.dialect.Encode(c.Column, c.typ, value)
		if err != nil {
			return fault(record, name, err)
		}
		row[at] = bound
	}
	row[p.created], row[p.updated] = b.now, b.now
	return b.encodeVersion(row, record)
}

// encodeVersion sets the version of a row; hardly ever is it not the one before.
func (b *batch) encodeVersion(row []any, record *base.Record) error {
	version, ok := record.Version()
	switch {
	case !ok:
		b.unversioned = true
		return nil
	case b.plan.version < 0:
		return errBeyond
	}
	if version != b.version || b.versionArg == nil {
		b.version, b.versionArg = version, version
	}
	row[b.plan.version] = b.versionArg
	return nil
}

// fault is what is wrong with one column of a record.
func fault(record *base.Record, column string, err error) error {
	if line := record.LineNumber(); line > 0 {
		return fmt.Errorf("column %q at line %d: %w", column, line, err)
	}
	return fmt.Errorf("column %q: %w", column, err)
}
