package jsonschema

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"sort"
	"strconv"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// digests writes values in a form that is the same for values which JSON Schema
// holds for equal and for no others: numbers by their value, strings without escapes,
// arrays and objects as digests. Where values within values are asked for again and
// again, as by uniqueItems in a schema that leads back to itself, it keeps what it
// found in a text.
type digests struct {
	eager bool // keep it from the first
	bytes int  // of arrays and objects that were read so far
	found map[int]digest
}

// digest is that of an array or an object, which ends at end.
type digest struct {
	sum [sha256.Size]byte
	end int
}

// appendCanonical appends the value that starts at i in a text of which it is known
// that it is JSON with unique keys, and returns the position after it.
func (d *digests) appendCanonical(dst, b []byte, i int) ([]byte, int) {
	switch b[i] {
	case '"':
		end, _ := rawjson.ScanString(b, i)
		return appendCanonicalText(dst, b[i+1:end-1]), end
	case '{', '[':
		return d.appendDigest(dst, b, i)
	case 't', 'n':
		return append(dst, b[i:i+4]...), i + 4
	case 'f':
		return append(dst, b[i:i+5]...), i + 5
	}
	end, _ := rawjson.ScanNumber(b, i)
	return decimal.Parse(b[i:end]).Append(dst), end
}

// appendCanonicalText writes how long a text is before the text, so that nothing
// in it can be taken for what stands round it.
func appendCanonicalText(dst, content []byte) []byte {
	dst = append(dst, '"')
	start := len(dst)
	dst = rawjson.AppendUnescaped(dst, content)
	var length [20]byte
	return slices.Insert(dst, start, append(strconv.AppendInt(length[:0], int64(len(dst)-start), 10), ':')...)
}

func (d *digests) appendDigest(dst, b []byte, i int) ([]byte, int) {
	keep := d.eager || d.bytes > patience*len(b)
	found, before := digest{}, false
	if keep {
		found, before = d.found[i]
	}
	if !before {
		dst, found = d.read(dst, b, i)
		d.bytes += found.end - i
	}
	if keep && !before {
		if d.found == nil || len(d.found) >= mostFound {
			d.found = map[int]digest{}
		}
		d.found[i] = found
	}
	return append(append(dst, b[i]), found.sum[:]...), found.end
}

// read makes the digest of the array or object at i, with dst as room.
func (d *digests) read(dst, b []byte, i int) ([]byte, digest) {
	start := len(dst)
	var end int
	if b[i] == '{' {
		dst, end = d.appendMembers(dst, b, i)
		sort.Sort(sums(dst[start:]))
	} else {
		dst, end = d.appendElements(dst, b, i)
	}
	return dst[:start], digest{sha256.Sum256(dst[start:]), end}
}

func (d *digests) appendElements(dst, b []byte, i int) ([]byte, int) {
	i = rawjson.SkipSpace(b, i+1)
	for more := b[i] != ']'; more; {
		dst, i = d.appendCanonical(dst, b, i)
		dst = append(dst, ',')
		i, more = rawjson.Next(b, i, ']')
	}
	return dst, i + 1
}

// appendMembers appends a sum for each member: they have to be put in order.
func (d *digests) appendMembers(dst, b []byte, i int) ([]byte, int) {
	i = rawjson.SkipSpace(b, i+1)
	for more := b[i] != '}'; more; {
		start := len(dst)
		dst, i = d.appendCanonical(dst, b, i)
		dst, i = d.appendCanonical(dst, b, rawjson.AfterColon(b, i))
		sum := sha256.Sum256(dst[start:])
		dst = append(dst[:start], sum[:]...)
		i, more = rawjson.Next(b, i, '}')
	}
	return dst, i + 1
}

// sums are sums one after the other.
type sums []byte

func (s sums) at(i int) *[sha256.Size]byte { return (*[sha256.Size]byte)(s[sha256.Size*i:]) }

func (s sums) Len() int           { return len(s) / sha256.Size }
func (s sums) Less(i, j int) bool { return bytes.Compare(s.at(i)[:], s.at(j)[:]) < 0 }
func (s sums) Swap(i, j int)      { a, b := s.at(i), s.at(j); *a, *b = *b, *a }
