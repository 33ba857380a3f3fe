package sqldest

import (
	"bytes"

	"github.com/mage-dest/mage-dest/base"
)

// fill sets the arguments of a row to the values of record i, or of one that it
// displaced; ok is false if there is none without a fault.
func (b *batch) fill(args []any, i int) (ok bool, err error) {
	return b.next(i, func(row []base.Value, record *base.Record) error { return b.encode(args, row, record) })
}

// encode sets arguments to values.
func (b *batch) encode(args []any, row []base.Value, record *base.Record) error {
	clear(args)
	for at, value := range row {
		if value == nil || value.IsNull() {
			continue
		}
		c := &b.plan.columns[at]
		if at < b.plan.owned && bytes.Equal(value, b.owned[at].value) { // mostly the same in all rows
			args[at] = b.owned[at].bound
			continue
		}
		bound, err := b.writer.dialect.Encode(c.Column, c.typ, value)
		if err != nil {
			return b.refused(record, c, err)
		}
		args[at] = bound
		if at < b.plan.owned {
			b.owned[at] = ownValue{append(b.owned[at].value[:0], value...), bound}
		}
	}
	return nil
}

// ownValue is a value of a column of the writer's own, as it was bound last.
type ownValue struct {
	value base.Value
	bound any
}
