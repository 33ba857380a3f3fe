package jsonschema

import (
	"bytes"
	"unicode/utf8"
)

// isURI follows RFC 3986, and RFC 3987 if characters beyond ASCII are allowed. A
// reference may lack its scheme.
func isURI(text []byte, iri, reference bool) bool {
	u := uriReader{iri: iri}
	rest, fragment, hasFragment := bytes.Cut(text, []byte{'#'})
	if hasFragment && !u.all(fragment, ":@/?") {
		return false
	}
	rest, query, hasQuery := bytes.Cut(rest, []byte{'?'})
	if hasQuery && !u.all(query, ":@/?") {
		return false
	}
	scheme := schemeLength(rest)
	if scheme == 0 && !reference {
		return false
	}
	if scheme > 0 {
		rest = rest[scheme+1:]
	}
	if authority, ok := bytes.CutPrefix(rest, []byte("//")); ok {
		end := bytes.IndexByte(authority, '/')
		if end < 0 {
			end = len(authority)
		}
		return u.authority(authority[:end]) && u.all(authority[end:], ":@/")
	}
	if scheme == 0 { // in the first segment a colon would end a scheme
		segment, _, _ := bytes.Cut(rest, []byte{'/'})
		if bytes.IndexByte(segment, ':') >= 0 {
			return false
		}
	}
	return u.all(rest, ":@/")
}

// schemeLength is how long the scheme before the first colon is, 0 if there is
// none.
func schemeLength(text []byte) int {
	for i, c := range text {
		switch {
		case c == ':':
			return i
		case isLetter(c), i > 0 && (isDigit(c) || isOneOf(c, "+-.")):
		default:
			return 0
		}
	}
	return 0
}

type uriReader struct{ iri bool }

// all tells whether a text consists of characters that may stand anywhere, escapes
// and those of more.
func (u uriReader) all(text []byte, more string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isAlphanumeric(c), isOneOf(c, "-._~!$&'()*+,;="), isOneOf(c, more):
		case c == '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return false
			}
			i += 2
		case c >= utf8.RuneSelf && u.iri:
		default:
			return false
		}
	}
	return true
}

// authority is a host, with a user before it and a port behind, if any.
func (u uriReader) authority(text []byte) bool {
	if at := bytes.LastIndexByte(text, '@'); at >= 0 {
		if !u.all(text[:at], ":") {
			return false
		}
		text = text[at+1:]
	}
	if len(text) > 0 && text[0] == '[' {
		end := bytes.IndexByte(text, ']')
		return end > 0 && isIPLiteral(text[1:end]) && isPort(text[end+1:])
	}
	host, port := text, []byte(nil)
	if colon := bytes.IndexByte(text, ':'); colon >= 0 {
		host, port = text[:colon], text[colon:]
	}
	return u.all(host, "") && isPort(port)
}

// isPort tells whether a text is nothing, or a colon with digits behind.
func isPort(text []byte) bool {
	return len(text) == 0 || text[0] == ':' && leadingDigits(text[1:]) == len(text)-1
}

// isIPLiteral is what stands between brackets: an IPv6 address or one of a kind that
// is still to come.
func isIPLiteral(text []byte) bool {
	if len(text) == 0 || text[0]|0x20 != 'v' {
		return isIPv6(text)
	}
	version, address, ok := bytes.Cut(text[1:], []byte{'.'})
	if !ok || len(version) == 0 || len(address) == 0 || bytes.IndexByte(address, '%') >= 0 {
		return false
	}
	for _, c := range version {
		if !isHex(c) {
			return false
		}
	}
	return uriReader{}.all(address, ":")
}

// isURITemplate follows RFC 6570, section 2.
func isURITemplate(text []byte) bool {
	for len(text) > 0 {
		switch c := text[0]; {
		case c == '{':
			end := bytes.IndexByte(text, '}')
			if end < 0 || !isExpression(text[1:end]) {
				return false
			}
			text = text[end+1:]
		case c == '%':
			if len(text) < 3 || !isHex(text[1]) || !isHex(text[2]) {
				return false
			}
			text = text[3:]
		case c <= ' ' || c == 0x7f || isOneOf(c, "\"<>\\^`|}"):
			return false
		default:
			text = text[1:]
		}
	}
	return true
}

// isExpression is what stands between the braces of a template: an operator, if
// any, and a list of variables.
func isExpression(text []byte) bool {
	if len(text) > 0 && isOneOf(text[0], "+#./;?&=,!@|") {
		text = text[1:]
	}
	for more := true; more; {
		var variable []byte
		variable, text, more = bytes.Cut(text, []byte{','})
		if !isVariable(variable) {
			return false
		}
	}
	return true
}

// isVariable is a name with an asterisk or a length behind it, if any.
func isVariable(text []byte) bool {
	name, length, limited := bytes.Cut(text, []byte{':'})
	if limited {
		if n := leadingDigits(length); n == 0 || n > 4 || n < len(length) || length[0] == '0' {
			return false
		}
	} else {
		name = bytes.TrimSuffix(name, []byte{'*'})
	}
	afterDot := true
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.' && !afterDot:
			afterDot = true
			continue
		case isAlphanumeric(c), c == '_':
		case c == '%' && i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2]):
			i += 2
		default:
			return false
		}
		afterDot = false
	}
	return !afterDot
}
