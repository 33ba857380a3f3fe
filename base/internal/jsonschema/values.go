package jsonschema

import (
	"slices"
	"strconv"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// valueSet holds the values of an enum, or the one of a const: strings by what
// they say, others in the form of appendCanonical.
type valueSet struct {
	texts  map[string]struct{}
	others map[string]struct{}
}

// isOneOf tells whether the value between i and end is in the set.
func (p *Pass) isOneOf(set *valueSet, i, end int) bool {
	if p.text[i] == '"' {
		_, ok := set.texts[string(p.unescaped(p.text[i+1:end-1]))]
		return ok
	}
	p.scratch, _ = appendCanonical(p.scratch[:0], p.text[i:end], 0)
	_, ok := set.others[string(p.scratch)]
	return ok
}

// distinct tells whether the elements of an array are all different.
func (p *Pass) distinct(array []byte) bool {
	p.scratch = p.scratch[:0]
	frame := p.keys.enter()
	defer p.keys.leave(frame)
	for element := range rawjson.Elements(array) {
		start := len(p.scratch)
		p.scratch, _ = appendCanonical(p.scratch, element, 0)
		if p.keys.add(&frame, p.scratch, start, len(p.scratch)) {
			return false
		}
	}
	return true
}

// appendCanonical appends the value that starts at i in a form that is the same
// for values which JSON Schema holds for equal and for no others: numbers by their
// value, strings without escapes, the members of objects by their keys. Of the
// text it is known that it is JSON with unique keys. It returns the position after
// the value.
func appendCanonical(dst, b []byte, i int) ([]byte, int) {
	switch b[i] {
	case '"':
		end, _ := rawjson.ScanString(b, i)
		return appendCanonicalText(dst, b[i+1:end-1]), end
	case '{':
		return appendCanonicalObject(dst, b, i)
	case '[':
		dst = append(dst, '[')
		i = rawjson.SkipSpace(b, i+1)
		for more := b[i] != ']'; more; {
			dst, i = appendCanonical(dst, b, i)
			dst = append(dst, ',')
			i, more = rawjson.Next(b, i, ']')
		}
		return append(dst, ']'), i + 1
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

func appendCanonicalObject(dst, b []byte, i int) ([]byte, int) {
	var members []string
	i = rawjson.SkipSpace(b, i+1)
	for more := b[i] != '}'; more; {
		var member []byte
		member, i = appendCanonical(nil, b, i)
		member, i = appendCanonical(member, b, rawjson.AfterColon(b, i))
		members = append(members, string(member))
		i, more = rawjson.Next(b, i, '}')
	}
	slices.Sort(members)
	dst = append(dst, '{')
	for _, member := range members {
		dst = append(append(dst, member...), ',')
	}
	return append(dst, '}'), i + 1
}
