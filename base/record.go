package base

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
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
// A Record that was handed to ExportBatchData lies in memory that is used again
// after the call has returned. Keep a Clone, not the Record.
//
// The zero Record is an empty object.
type Record struct{ e *entry }

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
	if int64(len(object)) > longest {
		return Record{}, errTooLong
	}
	e := &entry{raw: rawjson.Trim(object)}
	if facts.Repeated {
		e.raw, e.rewritten = rawjson.AppendUnique(nil, e.raw), true
	}
	var pass jsonschema.Pass
	pass.KnownRecord(jsonschema.PlanAny(nil), e.raw)
	e.columns = pass.Columns
	e.settle()
	return Record{e}, nil
}

// entry is what the record consists of; of the zero Record an empty object.
func (r Record) entry() *entry {
	if r.e == nil {
		return &entry{raw: []byte("{}")}
	}
	return r.e
}

// Raw is the record as a JSON object with unique keys: the bytes of the input
// where nothing had to be changed. It must not be written to.
func (r Record) Raw() []byte { return r.entry().raw }

// Line is the whole line of input that the record came in, as it came. It is nil
// for a record that came in none.
func (r Record) Line() []byte { return r.entry().line }

// LineNumber is the number of that line, from 1; 0 for a record that came in
// none.
func (r Record) LineNumber() int64 { return r.entry().number }

// Version is the version of the stream's table that the record belongs to, from
// the RECORD message, for ACTIVATE_VERSION; ok is false when the message bears
// none.
func (r Record) Version() (version int64, ok bool) {
	e := r.entry()
	return e.version, e.versioned
}

// Len is the number of columns.
func (r Record) Len() int { return len(r.entry().columns) }

// Get finds a column by name. ok tells a column that is null from one that is
// not there.
func (r Record) Get(name string) (value Value, ok bool) {
	e := r.entry()
	i := e.find(name)
	if i < 0 {
		return nil, false
	}
	return e.value(e.columns[i]), true
}

// Columns yields name and value of each column in the record's order.
func (r Record) Columns() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		e := r.entry()
		for _, c := range e.columns {
			if !yield(e.name(c), e.value(c)) {
				return
			}
		}
	}
}

// Clone copies the record into memory of its own, to be kept after
// ExportBatchData has returned.
func (r Record) Clone() Record {
	e := *r.entry()
	e.raw = bytes.Clone(e.raw)
	e.line = bytes.Clone(e.line)
	e.columns = slices.Clone(e.columns)
	e.next = nil
	e.settle()
	return Record{&e}
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
