package sqldest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/mage-dest/mage-dest/base"
)

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
