package rawjson

import (
	"bytes"
	"iter"
)

// Kind is what a JSON value is.
type Kind byte

// The kinds of JSON values. NonFinite is NaN, Infinity or -Infinity.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
	NonFinite
)

// KindOf tells what a value is from its first byte; white space may precede.
func KindOf(value []byte) Kind {
	i := skipSpace(value, 0)
	if i >= len(value) {
		return Invalid
	}
	switch c := value[i]; c {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	case '"':
		return String
	case '[':
		return Array
	case '{':
		return Object
	case 'N', 'I':
		return NonFinite
	case '-':
		if i+1 < len(value) && value[i+1] == 'I' {
			return NonFinite
		}
		return Number
	default:
		if isDigit(c) {
			return Number
		}
		return Invalid
	}
}

// Member is one key and value of an object, as they stand in the text: the key
// with its quotes, the value without the white space round it.
type Member struct {
	Key   []byte
	Value []byte
}

// Name is the key as a string.
func (m Member) Name() string { return Unquote(m.Key) }

// Members yields the members of an object in the order of the text, repeated
// keys included. It yields nothing for a value that is no object.
func Members(object []byte) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		i := skipSpace(object, 0)
		if i >= len(object) || object[i] != '{' {
			return
		}
		i = skipSpace(object, i+1)
		for i < len(object) && object[i] == '"' {
			end := skipString(object, i)
			key := object[i:end]
			i = skipSpace(object, end)
			i = skipSpace(object, i+1) // past the colon
			end = skipValue(object, i)
			if !yield(Member{Key: key, Value: object[i:end]}) {
				return
			}
			i = skipSpace(object, end)
			i = skipSpace(object, i+1) // past the comma or the brace
		}
	}
}

// Elements yields the elements of an array, without the white space round
// them. It yields nothing for a value that is no array.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		i := skipSpace(array, 0)
		if i >= len(array) || array[i] != '[' {
			return
		}
		i = skipSpace(array, i+1)
		for i < len(array) && array[i] != ']' {
			end := skipValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			i = skipSpace(array, end)
			if i < len(array) && array[i] == ']' {
				return
			}
			i = skipSpace(array, i+1)
		}
	}
}

// Get finds the member of that name; of repeated keys the last.
func Get(object []byte, name string) (value []byte, ok bool) {
	for m := range Members(object) {
		if KeyIs(m.Key, name) {
			value, ok = m.Value, true
		}
	}
	return value, ok
}

// Empty reports whether a value says nothing: null, "", [] or {}, or no value.
func Empty(value []byte) bool {
	value = Trim(value)
	switch KindOf(value) {
	case Null, Invalid:
		return true
	case String:
		return len(value) == 2
	case Array, Object:
		return len(Trim(value[1:len(value)-1])) == 0
	}
	return false
}

// Trim cuts the white space round a value.
func Trim(value []byte) []byte {
	start, end := skipSpace(value, 0), len(value)
	for end > start {
		switch value[end-1] {
		case ' ', '\t', '\n', '\r':
			end--
			continue
		}
		break
	}
	return value[start:end]
}

func skipSpace(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// skipString returns the position after the string that starts at i, of which it
// is known that it is one.
func skipString(b []byte, i int) int {
	for i++; ; {
		quote := bytes.IndexByte(b[i:], '"')
		if quote < 0 {
			return len(b)
		}
		for quote += i; i <= quote; {
			escape := bytes.IndexByte(b[i:quote], '\\')
			if escape < 0 {
				return quote + 1
			}
			i += escape + 2 // what follows a backslash ends no string
		}
	}
}

// skipValue returns the position after the value that starts at i. It counts
// brackets instead of recursing, so depth costs nothing.
func skipValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = skipString(b, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ' ', '\t', '\n', '\r', ',', ':':
			i++
			continue
		default:
			i = skipToken(b, i)
		}
		if depth == 0 {
			return i
		}
	}
	return len(b)
}

// skipToken returns the position after a number or a word.
func skipToken(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\n', '\r', ',', ':', '}', ']', '{', '[', '"':
			return i
		}
		i++
	}
	return i
}

// StringAt is the string, with its quotes, that starts at i.
func StringAt(b []byte, i int) []byte { return b[i:skipString(b, i)] }
