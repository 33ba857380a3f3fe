package rawjson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote turns a string with its quotes into what it says. A lone surrogate
// becomes U+FFFD, for Go strings are UTF-8; HasLoneSurrogate tells beforehand.
func Unquote(quoted []byte) string {
	body := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body)
	}
	return string(AppendUnquoted(make([]byte, 0, len(body)), quoted))
}

// AppendUnquoted appends what a quoted string says.
func AppendUnquoted(dst, quoted []byte) []byte {
	return AppendUnescaped(dst, quoted[1:len(quoted)-1])
}

// AppendUnescaped appends what the body of a string, without its quotes, says.
func AppendUnescaped(dst, body []byte) []byte {
	for i := 0; i < len(body); {
		c := body[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		switch e := body[i+1]; e {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, width := escapedRune(body[i:])
			dst = utf8.AppendRune(dst, r)
			i += width
			continue
		default:
			dst = append(dst, e)
		}
		i += 2
	}
	return dst
}

// escapedRune reads \uXXXX, or a pair of them that makes one rune, and returns
// how many bytes it took.
func escapedRune(b []byte) (rune, int) {
	r := hex4(b[2:6])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if both := utf16.DecodeRune(r, hex4(b[8:12])); both != utf8.RuneError {
			return both, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(b []byte) rune {
	n, err := strconv.ParseUint(string(b), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

// HasLoneSurrogate reports whether a quoted string holds half of a surrogate
// pair, which no UTF-8 text can carry.
func HasLoneSurrogate(quoted []byte) bool {
	for i := 0; i+5 < len(quoted); {
		if quoted[i] != '\\' {
			i++
			continue
		}
		if quoted[i+1] != 'u' {
			i += 2
			continue
		}
		r, width := escapedRune(quoted[i:])
		if r == utf8.RuneError && width == 6 && utf16.IsSurrogate(hex4(quoted[i+2:i+6])) {
			return true
		}
		i += width
	}
	return false
}

// HasEscape reports whether a quoted string holds an escape.
func HasEscape(quoted []byte) bool { return bytes.IndexByte(quoted, '\\') >= 0 }

// KeyIs reports whether a quoted key says name, without allocating for keys
// that hold no escape.
func KeyIs(quoted []byte, name string) bool {
	body := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body) == name
	}
	return Unquote(quoted) == name
}

// AppendQuoted appends text as a JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendQuoted(dst []byte, text string) []byte {
	return appendQuoted(dst, text, false)
}

// AppendQuotedASCII does the same with everything outside ASCII escaped, as
// Python's json.dumps writes it.
func AppendQuotedASCII(dst []byte, text string) []byte {
	return appendQuoted(dst, text, true)
}

func appendQuoted(dst []byte, text string, ascii bool) []byte {
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r == '\b':
			dst = append(dst, '\\', 'b')
		case r == '\f':
			dst = append(dst, '\\', 'f')
		case r < ' ' || r == 0x7f && ascii:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		case r < utf8.RuneSelf || !ascii:
			dst = utf8.AppendRune(dst, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return append(dst, '"')
}
