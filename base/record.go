package base

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// RecordData is one item of a batch, as Mage's base hands it on.
type RecordData struct {
	Record Record `json:"record"`
	Stream string `json:"stream"`

	// Schema is the schema that was in force when the record was read. It is set
	// only where records are handed on one at a time (Info.RecordByRecord).
	Schema *Schema `json:"schema,omitempty"`

	// Tags are set only where records are handed on one at a time.
	Tags Tags `json:"tags,omitempty"`
}

// Tags say something of a batch. It is Mage's open map; the keys that base sets:
//
//	stream           string  the stream's name
//	batch            int     number of the batch set within the run, from 0
//	records          int     records in this call
//	batch_byte_size  int     bytes held when a limit was reached; absent in the last set
//	row_type         string  type of the last message read; only in the last set
type Tags map[string]any

// Record is one record, prepared for the store: its JSON text and where each
// column stands in it. Nothing is decoded before it is asked for, and numbers
// keep their digits.
//
// A Record that was handed to ExportBatchData may share memory that is used
// again after the call has returned. Keep a Clone, not the Record.
//
// The zero Record is an empty object.
type Record struct {
	raw     []byte
	columns []column
	wide    *wideIndex // of records with many columns
	line    []byte
	number  int64
	offset  int64
	version []byte

	prepared  bool // checked and coerced
	rewritten bool // raw is not part of line
}

type column struct {
	name  string
	value Value
}

// NewRecord makes a record from the text of a JSON object, for tests and for
// connectors that make records of their own. Of repeated keys the last wins.
func NewRecord(object []byte) (Record, error) {
	facts, err := rawjson.Check(object)
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	if facts.NonFinite >= 0 {
		return Record{}, fmt.Errorf("record: column %d: NaN and the infinities are no JSON", facts.NonFinite+1)
	}
	if rawjson.KindOf(object) != rawjson.Object {
		return Record{}, errors.New("record: want a JSON object")
	}
	r := Record{raw: rawjson.Trim(object)}
	if facts.Repeated {
		r.raw, r.rewritten = rawjson.AppendUnique(nil, r.raw), true
	}
	r.index(nil)
	r.settle()
	return r, nil
}

// index finds the columns in raw, in which no key may come twice. names, when
// given, are names that need not be allocated again.
func (r *Record) index(names map[string]string) {
	const most = 32 // records of a wide schema may be sparse
	r.columns = make([]column, 0, min(len(names), most))
	for m := range rawjson.Members(r.raw) {
		r.columns = append(r.columns, column{name: intern(m.Key, names), value: m.Value})
	}
}

// settle is called when the columns are what they will be.
func (r *Record) settle() {
	if len(r.columns) > few {
		r.wide = &wideIndex{}
	}
}

func intern(key []byte, names map[string]string) string {
	body := key[1 : len(key)-1]
	if name, ok := names[string(body)]; ok {
		return name
	}
	return rawjson.Unquote(key)
}

// rebuild writes raw anew from the columns.
func (r *Record) rebuild() {
	size := 2
	for _, c := range r.columns {
		size += len(c.name) + len(c.value) + 4
	}
	raw := append(make([]byte, 0, size), '{')
	for i, c := range r.columns {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = rawjson.AppendQuoted(raw, c.name)
		raw = append(raw, ':')
		raw = append(raw, c.value...)
	}
	r.raw, r.rewritten = append(raw, '}'), true
}

// Raw is the record as a JSON object with unique keys: the bytes of the input
// where nothing had to be changed. It must not be written to.
func (r Record) Raw() []byte {
	if r.raw == nil {
		return []byte("{}")
	}
	return r.raw
}

// Line is the whole line of input that the record came in, as it came. It is nil
// for a record that came in none.
func (r Record) Line() []byte { return r.line }

// LineNumber is the number of that line, from 1; 0 for a record that came in
// none.
func (r Record) LineNumber() int64 { return r.number }

// Version is the version of the stream's table that the record belongs to, from
// the RECORD message, for ACTIVATE_VERSION; ok is false when the message bears
// none.
func (r Record) Version() (version int64, ok bool) {
	if len(r.version) == 0 {
		return 0, false // most records; an error would cost more than the rest
	}
	version, err := parseVersion(r.version)
	return version, err == nil
}

// Len is the number of columns.
func (r Record) Len() int { return len(r.columns) }

// Get finds a column by name. ok tells a column that is null from one that is
// not there.
func (r Record) Get(name string) (value Value, ok bool) {
	if r.wide != nil {
		i, ok := r.wide.find(r.columns, name)
		if !ok {
			return nil, false
		}
		return r.columns[i].value, true
	}
	for i := range r.columns {
		if r.columns[i].name == name {
			return r.columns[i].value, true
		}
	}
	return nil, false
}

// Columns yields name and value of each column in the record's order.
func (r Record) Columns() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, c := range r.columns {
			if !yield(c.name, c.value) {
				return
			}
		}
	}
}

// Map decodes the whole record; numbers become json.Number. The map shares
// nothing with the record.
func (r Record) Map() (map[string]any, error) {
	out := make(map[string]any, len(r.columns))
	for _, c := range r.columns {
		value, err := c.value.Any()
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.name, err)
		}
		out[c.name] = value
	}
	return out, nil
}

// Decode decodes a record into a struct, a map or anything else that
// encoding/json can fill. A field of a type that cannot hold the value is an
// error; fields of type any get numbers as json.Number.
func Decode[T any](r Record) (T, error) {
	var out T
	if err := decode(r.Raw(), &out); err != nil {
		if r.number == 0 {
			return out, fmt.Errorf("record: %w", err)
		}
		return out, fmt.Errorf("record at line %d: %w", r.number, err)
	}
	return out, nil
}

// Clone copies the record into memory of its own, to be kept after
// ExportBatchData has returned.
func (r Record) Clone() Record {
	out := r
	out.raw = bytes.Clone(r.raw)
	out.line = bytes.Clone(r.line)
	out.version = bytes.Clone(r.version)
	out.columns = slices.Clone(r.columns)
	for i := range out.columns {
		out.columns[i].value = bytes.Clone(out.columns[i].value)
	}
	out.settle()
	return out
}

// MarshalJSON returns Raw.
func (r Record) MarshalJSON() ([]byte, error) { return r.Raw(), nil }

// UnmarshalJSON makes the record that NewRecord makes of the text.
func (r *Record) UnmarshalJSON(text []byte) error {
	record, err := NewRecord(bytes.Clone(text))
	if err != nil {
		return err
	}
	*r = record
	return nil
}
