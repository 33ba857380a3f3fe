package jsonschema

import "bytes"

// isIPv4 follows RFC 2673, section 3.2: four decimals without leading zeros.
func isIPv4(text []byte) bool {
	parts := 0
	for more := true; more; parts++ {
		n := leadingDigits(text)
		if n == 0 || n > 3 || n > 1 && text[0] == '0' {
			return false
		}
		value := 0
		for _, c := range text[:n] {
			value = 10*value + int(c-'0')
		}
		if value > 255 {
			return false
		}
		if text = text[n:]; len(text) == 0 {
			more = false
			continue
		}
		if text[0] != '.' {
			return false
		}
		text = text[1:]
	}
	return parts == 4
}

// isIPv6 follows RFC 4291, section 2.2, without a zone.
func isIPv6(text []byte) bool {
	const most = 8
	groups, elided := 0, false
	if bytes.HasPrefix(text, []byte("::")) {
		elided, text = true, text[2:]
	} else if len(text) == 0 || text[0] == ':' {
		return false
	}
	for len(text) > 0 {
		n := 0
		for n < len(text) && isHex(text[n]) {
			n++
		}
		if n < len(text) && text[n] == '.' { // the last two groups may be an IPv4 address
			groups += 2
			return isIPv4(text) && elided == (groups < most) && groups <= most
		}
		if n == 0 || n > 4 {
			return false
		}
		groups++
		if text = text[n:]; len(text) == 0 {
			break
		}
		if text[0] != ':' || len(text) == 1 {
			return false
		}
		if text = text[1:]; text[0] == ':' {
			if elided {
				return false
			}
			elided, text = true, text[1:]
		}
	}
	return elided == (groups < most) && groups <= most
}

// isHostname follows RFC 1123, section 2.1: labels of letters, digits and inner
// hyphens. Whether a label that begins with xn-- stands for a good one of another
// script is not looked at.
func isHostname(text []byte) bool {
	if len(text) > 253 {
		return false
	}
	label := 0 // how long it is so far
	last := byte('.')
	for _, c := range text {
		switch {
		case isAlphanumeric(c):
			label++
		case c == '-' && last != '.':
			label++
		case c == '.' && last != '.' && last != '-':
			label = 0
		default:
			return false
		}
		if last = c; label > 63 {
			return false
		}
	}
	return last != '.' && last != '-'
}

// isEmail follows RFC 5321, section 4.1.2, without escapes in a quoted local part.
func isEmail(text []byte) bool {
	at := bytes.LastIndexByte(text, '@')
	if at < 1 || at > 64 || len(text) > 254 {
		return false
	}
	return isLocalPart(text[:at]) && isMailDomain(text[at+1:])
}

func isLocalPart(text []byte) bool {
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		return bytes.IndexByte(text[1:len(text)-1], '"') < 0 && bytes.IndexByte(text, '\\') < 0
	}
	afterDot := true
	for _, c := range text {
		switch {
		case c == '.':
			if afterDot {
				return false
			}
		case !isAlphanumeric(c) && !isOneOf(c, "!#$%&'*+-/=?^_`{|}~"):
			return false
		}
		afterDot = c == '.'
	}
	return !afterDot
}

func isMailDomain(text []byte) bool {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return isHostname(text)
	}
	literal := text[1 : len(text)-1]
	if v6, ok := bytes.CutPrefix(literal, []byte("IPv6:")); ok {
		return isIPv6(v6)
	}
	return isIPv4(literal)
}

func isOneOf(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}
