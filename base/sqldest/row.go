package sqldest

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// errBeyond stops a batch in which a record has what the table has not, and may get.
var errBeyond = errors.New("a record has a column that the table lacks")

// spread puts the values of a record at their places in a row; what is not there is
// nil.
func (b *batch) spread(row []base.Value, record *base.Record) error {
	clear(row)
	p := b.plan
	place := p.owned
	for name, value := range record.Columns() {
		if at, known := p.place(name, place); known && p.root.nested == nil {
			if at == leftOut {
				continue
			}
			place = at + 1
			row[at] = value
			continue
		}
		beyond := false
		p.root.walk(b.path[:0], name, value, func(at int, value base.Value) { row[at] = value }, func([]string) { beyond = true })
		if beyond {
			return errBeyond
		}
	}
	for i := range p.owned {
		row[i] = p.columns[i].own.value(b, record)
	}
	if p.version < 0 {
		if _, versioned := record.Version(); versioned && b.writer.options.SchemaChange != Discard {
			return errBeyond
		}
		b.unversioned = true
	}
	return nil
}

// place finds the column of a property of the record itself. Most records have their
// columns in the order of the schema, so the place after the last one is tried first.
func (p *plan) place(property string, likely int) (place int, ok bool) {
	if likely < len(p.columns) && p.columns[likely].path[0] == property {
		return likely, true // or one of several, if it is flattened: then it is looked up
	}
	place, ok = p.root.places[property]
	return place, ok
}

// next finds the values of a row: those of record i, or of the first that it displaced
// and that has no fault by encode; ok is false if there is none.
func (b *batch) next(i int, encode func(row []base.Value, record *base.Record) error) (ok bool, err error) {
	for {
		err := b.spread(b.row, &b.records[i].Record)
		if err == nil {
			err = encode(b.row, &b.records[i].Record)
		}
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, errBeyond):
			return false, err
		}
		b.fail(i, err)
		further, more := b.displaced[i]
		if !more {
			return false, nil
		}
		i = further
	}
}

// refused is the fault of a record in one of its columns. A value that the column
// could hold if it were wider is no fault where it may become so.
func (b *batch) refused(record *base.Record, c *planned, err error) error {
	var wider *WiderError
	if !errors.As(err, &wider) || b.writer.extensions.typer == nil || (b.writer.options.SchemaChange != Evolve && b.writer.options.SchemaChange != "") {
		return fault(record, c.label(), err)
	}
	if b.wider == nil {
		b.wider = map[string]string{}
	}
	b.wider[c.Name] = wider.SQLType
	return errBeyond
}

// fault is what is wrong with one column of a record.
func fault(record *base.Record, column string, err error) error {
	if line := record.LineNumber(); line > 0 {
		return fmt.Errorf("column %q at line %d: %w", column, line, err)
	}
	return fmt.Errorf("column %q: %w", column, err)
}
