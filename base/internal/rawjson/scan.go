package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The scanners below are the one fast way over text that may not be JSON: what
// they take is JSON to the letter (RFC 8259, strict UTF-8). What is wrong with
// text that they refuse is not their business: Check says it.

// ScanString returns the position after the string that starts with the quote at
// i, and whether it holds no escape; -1 for what is no string.
func ScanString(b []byte, i int) (end int, plain bool) {
	for i++; i+8 <= len(b); i += 8 {
		odd := oddBytes(binary.LittleEndian.Uint64(b[i:]))
		if odd == 0 {
			continue
		}
		if i += bits.TrailingZeros64(odd) >> 3; b[i] == '"' { // so ends almost every string
			return i + 1, true
		}
		break
	}
	return scanString(b, i)
}

// scanString is ScanString from within the string on.
func scanString(b []byte, i int) (end int, plain bool) {
	plain = true
	for {
		if i = skipPlain(b, i); i >= len(b) {
			return -1, false
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, plain
		case c == '\\':
			if i = scanEscape(b, i); i < 0 {
				return -1, false
			}
			plain = false
		case c < ' ':
			return -1, false
		default:
			if i = scanRunes(b, i); i < 0 {
				return -1, false
			}
		}
	}
}

// skipPlain steps over ASCII that a string may hold as it is, eight bytes at a
// time.
func skipPlain(b []byte, i int) int {
	for i+8 <= len(b) {
		if odd := oddBytes(binary.LittleEndian.Uint64(b[i:])); odd != 0 {
			return i + bits.TrailingZeros64(odd)>>3
		}
		i += 8
	}
	for i < len(b) && ' ' <= b[i] && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// oddBytes sets the high bit of each byte that is a quote, a backslash, a control
// character or no ASCII. Of the bits that are set the lowest is exact; a borrow
// may set others above it.
func oddBytes(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := x ^ ones*'"'
	backslash := x ^ ones*'\\'
	return (x | (x - ones*' ') | (quote - ones) | (backslash - ones)) & highs
}

func scanEscape(b []byte, i int) int {
	if i+1 >= len(b) {
		return -1
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 <= len(b) && isHex(b[i+2]) && isHex(b[i+3]) && isHex(b[i+4]) && isHex(b[i+5]) {
			return i + 6
		}
	}
	return -1
}

// scanRunes steps over a run of characters beyond ASCII.
func scanRunes(b []byte, i int) int {
	for i < len(b) && b[i] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return -1
		}
		i += size
	}
	return i
}

// ScanNumber returns the position after the number that starts at i, and whether
// it has neither a fraction nor an exponent; -1 for what is no number.
func ScanNumber(b []byte, i int) (end int, whole bool) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	if i = skipDigits(b, i); i == first || b[first] == '0' && i > first+1 {
		return -1, false
	}
	whole = true
	if i < len(b) && b[i] == '.' {
		whole = false
		first = i + 1
		if i = skipDigits(b, first); i == first {
			return -1, false
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		whole = false
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		first = i
		if i = skipDigits(b, first); i == first {
			return -1, false
		}
	}
	return i, whole
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i
}

// ScanWord returns the position after a word that starts at i, -1 if it is not
// there.
func ScanWord(b []byte, i int, word string) int {
	if end := i + len(word); end <= len(b) && string(b[i:end]) == word {
		return end
	}
	return -1
}

// SkipSpace returns the position of the first byte from i on that is no white
// space.
func SkipSpace(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' {
		return i
	}
	return skipSpace(b, i)
}

// Tight tells whether a separator stands at i with no white space behind it, so that
// the next token is at i+1. To ask this first saves most calls of the functions below.
func Tight(b []byte, i int, separator byte) bool {
	return i+1 < len(b) && b[i] == separator && b[i+1] > ' '
}

// AfterColon returns the position of the value that follows the key which ends at
// i, -1 if no colon stands between them.
func AfterColon(b []byte, i int) int {
	if i+2 < len(b) && b[i] == ':' {
		switch { // as most writers have it, with a space or without
		case b[i+1] > ' ':
			return i + 1
		case b[i+1] == ' ' && b[i+2] > ' ':
			return i + 2
		}
	}
	return afterColon(b, i)
}

func afterColon(b []byte, i int) int {
	if i = SkipSpace(b, i); i >= len(b) || b[i] != ':' {
		return -1
	}
	return SkipSpace(b, i+1)
}

// Next steps from the end of a member or an element to what follows: to the next
// one, or to the closing bracket; -1 if neither is there.
func Next(b []byte, i int, closing byte) (at int, more bool) {
	if i+2 < len(b) && b[i] == ',' {
		switch {
		case b[i+1] > ' ':
			return i + 1, true
		case b[i+1] == ' ' && b[i+2] > ' ':
			return i + 2, true
		}
	}
	return next(b, i, closing)
}

func next(b []byte, i int, closing byte) (at int, more bool) {
	if i = SkipSpace(b, i); i >= len(b) {
		return -1, false
	}
	switch b[i] {
	case ',':
		return SkipSpace(b, i+1), true
	case closing:
		return i, false
	}
	return -1, false
}
