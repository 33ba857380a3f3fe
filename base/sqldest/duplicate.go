package sqldest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// choose picks the records that become rows, of a stream with a key one for each, and
// those whose rows are deleted.
func (b *batch) choose() {
	if len(b.plan.key) == 0 {
		b.keepAll()
		return
	}
	b.kept, b.gone = b.kept[:0], b.gone[:0]
	b.keys.reset(len(b.records))
	for i := range b.records {
		var err error
		if b.key, err = b.appendKey(b.key[:0], &b.records[i].Record); err != nil {
			b.fail(i, err)
		} else if at, known := b.keys.add(b.key); !known {
			b.kept = append(b.kept, i) // at place at
		} else {
			b.displace(at, i)
		}
	}
	b.part()
}

// keepAll makes rows of all records.
func (b *batch) keepAll() {
	b.kept, b.gone = b.kept[:0], b.gone[:0]
	for i := range b.records {
		b.kept = append(b.kept, i)
	}
}

// displace settles which of two records with a key becomes the row: the one that
// was kept in place at, or record i, which comes later.
func (b *batch) displace(at, i int) {
	if b.displaced == nil {
		b.displaced, b.last = map[int]int{}, map[int]int{}
	}
	if !b.plan.ignore {
		b.displaced[i], b.kept[at] = b.kept[at], i
		return
	}
	first := b.kept[at]
	if end, more := b.last[first]; more {
		b.displaced[end] = i
	} else {
		b.displaced[first] = i
	}
	b.last[first] = i
}

var errNoKey = errors.New("it is part of the key, and a key can be neither missing nor null")

// appendKey adds the values of a record's key, so that equal keys are equal
// bytes.
func (b *batch) appendKey(key []byte, record *base.Record) ([]byte, error) {
	for _, place := range b.plan.key {
		c := &b.plan.columns[place]
		value := c.valueIn(record)
		if value == nil || value.IsNull() {
			return nil, fault(record, c.label(), errNoKey)
		}
		bound, err := b.writer.dialect.Encode(c.Column, c.typ, value)
		if err != nil {
			return nil, fault(record, c.label(), err)
		}
		key = appendKeyPart(key, bound)
	}
	return key, nil
}

// valueIn is the value of a property in a record, nil if it is not there.
func (c *planned) valueIn(record *base.Record) base.Value {
	value, _ := record.Get(c.path[0])
	for _, name := range c.path[1:] {
		if value.Kind() != base.KindObject {
			return nil
		}
		inner, _ := rawjson.Get(value, name)
		value = inner
	}
	return value
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
