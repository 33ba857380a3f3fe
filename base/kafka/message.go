package kafka

import (
	"hash/fnv"
	"math"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// header marks what is no RECORD, and says what it is: a type of Singer's, or one below.
const header = "mage-dest"

// typeEnd is where what a worker holds should be stored at once.
const typeEnd = "END"

// typeVersion is an ACTIVATE_VERSION that was carried out, told once more.
const typeVersion = "VERSION"

// governs tells whether a kind of message is in force from where it stands on, and as what.
func governs(kind string) (as string, ok bool) {
	switch kind {
	case singer.TypeSchema, singer.TypeActivateVersion:
		return kind, true
	case typeVersion:
		return singer.TypeActivateVersion, true
	}
	return "", false
}

// kindOf is the type of a record on the topic.
func kindOf(r *kgo.Record) string {
	for _, h := range r.Headers {
		if h.Key == header {
			return string(h.Value)
		}
	}
	return singer.TypeRecord
}

// control is a record that is no RECORD, for one partition.
func control(partition int32, kind string, line []byte) *kgo.Record {
	return &kgo.Record{Partition: partition, Value: line, Headers: []kgo.RecordHeader{{Key: header, Value: []byte(kind)}}}
}

// appendKey appends a record's key on the topic: the JSON list of the stream's name and
// the values of its keys, equal for equal values however they are written.
func appendKey(dst []byte, stream string, keys []string, record []byte) []byte {
	dst = rawjson.AppendQuoted(append(dst, '['), stream)
	for _, key := range keys {
		dst = append(dst, ',')
		value, ok := rawjson.Get(record, key)
		if !ok {
			dst = append(dst, "null"...)
			continue
		}
		dst = appendEqual(dst, value)
	}
	return append(dst, ']')
}

// appendEqual appends a value so that equal ones are the same text. Of numbers with many
// digits different ones may be: they share a partition, no more.
func appendEqual(dst, value []byte) []byte {
	switch rawjson.KindOf(value) {
	case rawjson.String:
		return rawjson.AppendQuoted(dst, rawjson.Unquote(value))
	case rawjson.Number:
		if plainInteger(value) {
			return append(dst, value...)
		}
		f, err := strconv.ParseFloat(string(value), 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return append(dst, value...)
		}
		if f == 0 {
			f = 0 // without a sign
		}
		if f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.AppendInt(dst, int64(f), 10)
		}
		return strconv.AppendFloat(dst, f, 'g', -1, 64)
	}
	return rawjson.AppendPython(dst, value)
}

// plainInteger tells a number of which there is one text.
func plainInteger(number []byte) bool {
	digits := number
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 15 || digits[0] == '0' && (len(number) > 1) {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// partitionOf is where all records with a key go.
func partitionOf(key []byte, partitions int32) int32 {
	h := fnv.New32a()
	_, _ = h.Write(key) // never fails
	return int32(h.Sum32() % uint32(partitions))
}
