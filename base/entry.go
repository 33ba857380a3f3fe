package base

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// entry is one line of input and, if that is a RECORD that was made ready, its
// record. Entries lie in slabs that are used again when the batch is stored.
type entry struct {
	line   []byte
	number int64 // of the line, from 1; 0 for a record that came in none
	offset int64
	open   bool // the input ends in the line

	// The record. stream is the one it was made ready for; nil for a line that is
	// something else, or at fault.
	stream    *Stream
	raw       []byte
	columns   []jsonschema.Column // where they stand in raw
	wide      *wideIndex
	version   int64
	ordinal   int64 // of the record among all that were read of its stream, from 1
	versioned bool
	ordered   bool // columns are many, all of the schema, and in its order
	prepared  bool // checked and coerced
	rewritten bool // raw is not part of line

	next *entry // of the chunk, later of the batch
}

// held is the memory an entry takes: its line, what was rewritten of it, its
// index and its place in the batch.
func (e *entry) held() int64 {
	bytes := int64(len(e.line)) + 1 +
		int64(len(e.columns))*int64(unsafe.Sizeof(jsonschema.Column{})) +
		int64(unsafe.Sizeof(entry{})+unsafe.Sizeof(RecordData{}))
	if e.rewritten {
		bytes += int64(len(e.raw))
	}
	return bytes
}

// value is the text of a column's value.
func (e *entry) value(c jsonschema.Column) Value { return Value(e.raw[c.Start:c.End]) }

// key is the text of a column's key.
func (e *entry) key(c jsonschema.Column) []byte { return rawjson.StringAt(e.raw, int(c.Key)) }

// name is the name of a column.
func (e *entry) name(c jsonschema.Column) string {
	if property := e.property(c); property != nil {
		return property.Name
	}
	return rawjson.Unquote(e.key(c))
}

// property is what the schema says of a column, nil if it says nothing.
func (e *entry) property(c jsonschema.Column) *Property {
	if e.stream == nil || c.Place < 0 || int(c.Place) >= len(e.stream.Schema.properties) {
		return nil
	}
	return &e.stream.Schema.properties[c.Place]
}

// find returns where a column stands among the columns, or -1.
func (e *entry) find(name string) int {
	place := int32(-1)
	if e.stream != nil {
		if i, ok := e.stream.Schema.places[name]; ok {
			place = int32(i)
		}
	}
	switch {
	case e.wide != nil:
		return e.wide.find(e, name)
	case place < 0:
		return e.findUnlisted(name)
	case e.ordered:
		return e.findOrdered(place)
	}
	for i := range e.columns {
		if e.columns[i].Place == place {
			return i
		}
	}
	return -1
}

func (e *entry) findOrdered(place int32) int {
	i, ok := slices.BinarySearchFunc(e.columns, place, func(c jsonschema.Column, place int32) int { return cmp.Compare(c.Place, place) })
	if !ok {
		return -1
	}
	return i
}

// findUnlisted looks for a column that the schema has not.
func (e *entry) findUnlisted(name string) int {
	if e.ordered {
		return -1
	}
	for i, c := range e.columns {
		if e.property(c) == nil && rawjson.KeyIs(e.key(c), name) {
			return i
		}
	}
	return -1
}

// few is how many columns are searched one by one before anything else pays.
const few = 24

// settle is called when the columns are what they will be. Of many columns it
// finds out how they can be searched.
func (e *entry) settle() {
	e.wide, e.ordered = nil, false
	if len(e.columns) <= few {
		return
	}
	last := int32(-1)
	for i := range e.columns {
		if e.columns[i].Place <= last {
			e.wide = &wideIndex{}
			return
		}
		last = e.columns[i].Place
	}
	e.ordered = e.stream != nil && int(last) < len(e.stream.Schema.properties)
}
