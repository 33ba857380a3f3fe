package sqldest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// Records reads a stream's table back, in the order the database has, for tests
// and for tools: the properties of the schema, each as it was sent. A column that
// a record lacked is null. HandleSchema or Write must have been called for the
// stream before.
func (w *Writer) Records(ctx context.Context, stream base.Stream) iter.Seq2[base.Record, error] {
	return func(yield func(base.Record, error) bool) {
		if err := w.read(ctx, stream, func(r base.Record) bool { return yield(r, nil) }); err != nil {
			yield(base.Record{}, fmt.Errorf("read stream %s back: %w", stream.Name, err))
		}
	}
}

func (w *Writer) read(ctx context.Context, stream base.Stream, yield func(base.Record) bool) error {
	p := w.plans[stream.Name]
	if p == nil {
		return fmt.Errorf("it has no table yet")
	}
	columns := p.columns[p.owned:]
	if len(columns) == 0 {
		return fmt.Errorf("it has no columns of its own")
	}
	names := make([]string, len(columns))
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		names[i], targets[i] = w.dialect.Quote(c.Name), &values[i]
		if w.extensions.reader != nil {
			names[i] = w.extensions.reader.ReadColumn(c.Column)
		}
	}
	rows, err := w.db.QueryContext(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+w.table(p.table))
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells what went wrong
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		record, err := w.decode(columns, values)
		if err != nil {
			return err
		}
		if !yield(record) {
			return nil
		}
	}
	return rows.Err()
}

// decode makes a record of a row.
func (w *Writer) decode(columns []planned, values []any) (base.Record, error) {
	text := []byte{'{'}
	for i, c := range columns {
		value := base.Value("null")
		if values[i] != nil {
			var err error
			if value, err = w.dialect.Decode(c.Column, c.typ, values[i]); err != nil {
				return base.Record{}, fmt.Errorf("column %q: %w", c.Name, err)
			}
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, JSONString(c.label())...), ':')
		text = append(text, value...)
	}
	return base.NewRecord(append(text, '}'))
}

// JSONString writes a text as JSON, every character that need not be escaped as
// it is.
func JSONString(text string) base.Value {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
