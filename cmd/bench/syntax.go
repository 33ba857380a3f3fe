package main

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// maxDepth is where encoding/json gives up, so that both agree.
const maxDepth = 10_000

// valid tells whether a text is one JSON value with white space round it: RFC 8259
// to the letter, strict UTF-8. It is the floor that a connector is held against: one
// pass, nothing kept, nothing allocated. The functions below return the position
// after what they step over, or -1.
func valid(b []byte) bool {
	i := value(b, space(b, 0), 0)
	return i >= 0 && space(b, i) == len(b)
}

func space(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' { // nearly always, and short enough to be inlined
		return i
	}
	return spaces(b, i)
}

func spaces(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// value takes the value at i, which stands under depth open brackets.
func value(b []byte, i, depth int) int {
	if i >= len(b) {
		return -1
	}
	switch c := b[i]; c {
	case '"':
		return text(b, i+1)
	case '{':
		return object(b, i+1, depth+1)
	case '[':
		return array(b, i+1, depth+1)
	case 't':
		return word(b, i, "true")
	case 'f':
		return word(b, i, "false")
	case 'n':
		return word(b, i, "null")
	default:
		return number(b, i)
	}
}

func word(b []byte, i int, want string) int {
	if end := i + len(want); end <= len(b) && string(b[i:end]) == want {
		return end
	}
	return -1
}

// object takes the rest of an object whose bracket stands before i.
func object(b []byte, i, depth int) int {
	if depth > maxDepth {
		return -1
	}
	if i = space(b, i); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return -1
		}
		if i = text(b, i+1); i < 0 {
			return -1
		}
		if i = space(b, i); i >= len(b) || b[i] != ':' {
			return -1
		}
		if i = value(b, space(b, i+1), depth); i < 0 {
			return -1
		}
		if i = space(b, i); i >= len(b) {
			return -1
		}
		if b[i] != ',' {
			break
		}
		i = space(b, i+1)
	}
	if b[i] != '}' {
		return -1
	}
	return i + 1
}

// array takes the rest of an array whose bracket stands before i.
func array(b []byte, i, depth int) int {
	if depth > maxDepth {
		return -1
	}
	if i = space(b, i); i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = value(b, i, depth); i < 0 {
			return -1
		}
		if i = space(b, i); i >= len(b) {
			return -1
		}
		if b[i] != ',' {
			break
		}
		i = space(b, i+1)
	}
	if b[i] != ']' {
		return -1
	}
	return i + 1
}

// text takes the rest of a string whose quote stands before i, eight bytes at a
// time as long as they are ASCII that needs no escape.
func text(b []byte, i int) int {
	for i+8 <= len(b) {
		odd := oddBytes(binary.LittleEndian.Uint64(b[i:]))
		if odd == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(odd) >> 3
		if b[i] == '"' {
			return i + 1
		}
		if i = oddOne(b, i); i < 0 {
			return -1
		}
	}
	for i < len(b) {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c < ' ' || c == '\\' || c >= utf8.RuneSelf:
			if i = oddOne(b, i); i < 0 {
				return -1
			}
		default:
			i++
		}
	}
	return -1
}

// oddOne takes an escape, or a run of characters beyond ASCII.
func oddOne(b []byte, i int) int {
	switch {
	case b[i] == '\\':
		return escape(b, i+1)
	case b[i] < ' ':
		return -1
	}
	return runes(b, i)
}

// oddBytes marks the bytes that are a quote, a backslash, a control character or no
// ASCII. Only the lowest mark is exact: a borrow may set others above it.
func oddBytes(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	return (x | (x - ones*' ') | ((x ^ ones*'"') - ones) | ((x ^ ones*'\\') - ones)) & highs
}

// escape takes what follows a backslash.
func escape(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if i+5 <= len(b) && isHex(b[i+1]) && isHex(b[i+2]) && isHex(b[i+3]) && isHex(b[i+4]) {
			return i + 5
		}
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// runes takes a run of characters beyond ASCII.
func runes(b []byte, i int) int {
	for i < len(b) && b[i] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return -1
		}
		i += size
	}
	return i
}

func number(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	if i = digits(b, i); i == first || b[first] == '0' && i > first+1 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		first = i + 1
		if i = digits(b, first); i == first {
			return -1
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		first = i
		if i = digits(b, first); i == first {
			return -1
		}
	}
	return i
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}
