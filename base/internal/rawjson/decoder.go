package rawjson

import "encoding/json"

// decoder reads values onto a stack. A whole array or object stands there before its
// slice or map is made, which is then of the right size at once.
//
// Its methods take the position of what they read and return the one after it, -1 for
// text that is no JSON.
type decoder struct {
	text    []byte
	strings *Strings
	keys    []string
	values  []any
}

// whole reads the value that starts at i.
func (d *decoder) whole(i int) (any, int) {
	if i >= len(d.text) || d.text[i] != '{' && d.text[i] != '[' {
		return d.scalar(i) // needs no stack
	}
	var keys [16]string // enough for most values, so that no stack is allocated
	var values [32]any
	d.keys, d.values = keys[:0], values[:0]
	end := d.value(i, 0)
	if end < 0 {
		return nil, -1
	}
	return d.values[0], end
}

// value puts the value that starts at i on the stack.
func (d *decoder) value(i, depth int) int {
	if i < len(d.text) {
		switch d.text[i] {
		case '{':
			return d.object(i, depth+1)
		case '[':
			return d.array(i, depth+1)
		}
	}
	value, end := d.scalar(i)
	d.values = append(d.values, value)
	return end
}

func (d *decoder) scalar(i int) (any, int) {
	if i >= len(d.text) {
		return nil, -1
	}
	switch d.text[i] {
	case '"':
		return d.string(i)
	case 't':
		return true, ScanWord(d.text, i, "true")
	case 'f':
		return false, ScanWord(d.text, i, "false")
	case 'n':
		return nil, ScanWord(d.text, i, "null")
	}
	end, _ := ScanNumber(d.text, i)
	if end < 0 {
		return nil, -1
	}
	return json.Number(d.strings.Of(d.text[i:end])), end
}

func (d *decoder) string(i int) (string, int) {
	end, plain := ScanString(d.text, i)
	switch {
	case end < 0:
		return "", -1
	case plain:
		return d.strings.Of(d.text[i+1 : end-1]), end
	}
	return Unquote(d.text[i:end]), end
}

func (d *decoder) array(i, depth int) int {
	first := len(d.values)
	i, more := d.open(i, depth, ']')
	for more {
		if i = d.value(i, depth); i < 0 {
			return -1
		}
		i, more = Next(d.text, i, ']')
	}
	if i < 0 {
		return -1
	}
	array := make([]any, len(d.values)-first) // of an empty one too: it is not null
	copy(array, d.values[first:])
	d.values = append(d.values[:first], array)
	return i + 1
}

func (d *decoder) object(i, depth int) int {
	firstKey, first := len(d.keys), len(d.values)
	i, more := d.open(i, depth, '}')
	for more {
		if i = d.member(i, depth); i < 0 {
			return -1
		}
		i, more = Next(d.text, i, '}')
	}
	if i < 0 {
		return -1
	}
	object := make(map[string]any, len(d.values)-first)
	for n, key := range d.keys[firstKey:] {
		object[key] = d.values[first+n]
	}
	d.keys = d.keys[:firstKey]
	d.values = append(d.values[:first], object)
	return i + 1
}

// member puts a key and its value on their stacks.
func (d *decoder) member(i, depth int) int {
	if i >= len(d.text) || d.text[i] != '"' {
		return -1
	}
	key, end := d.string(i)
	if end < 0 {
		return -1
	}
	d.keys = append(d.keys, key)
	if i = AfterColon(d.text, end); i < 0 {
		return -1
	}
	return d.value(i, depth)
}

// open steps into an array or object: to its first part, or to the closing bracket if
// it has none; -1 where it is nested too deep.
func (d *decoder) open(i, depth int, closing byte) (at int, more bool) {
	if depth > MaxDepth {
		return -1, false
	}
	i = SkipSpace(d.text, i+1)
	return i, i < len(d.text) && d.text[i] != closing
}
