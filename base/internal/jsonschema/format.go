package jsonschema

import (
	"bytes"
	"encoding/binary"
	"regexp"
)

// formatNames are the formats that are asserted. A format of any other name says
// nothing.
func formatNames() []string {
	return []string{
		"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "iri", "iri-reference", "json-pointer", "period",
		"regex", "relative-json-pointer", "semver", "time", "uri", "uri-reference", "uri-template", "uuid",
	}
}

// formatOf finds the check of a format by its name. The text is what a string
// says, without quotes and escapes, and valid UTF-8. But for regex no check
// allocates.
func formatOf(name string) (valid func(text []byte) bool, ok bool) {
	switch name {
	case "date":
		valid = isDate
	case "date-time":
		valid = isDateTime
	case "time":
		valid = isTime
	case "duration":
		valid = isDuration
	case "period":
		valid = isPeriod
	case "email":
		valid = isEmail
	case "hostname":
		valid = isHostname
	case "ipv4":
		valid = isIPv4
	case "ipv6":
		valid = isIPv6
	case "uri":
		valid = func(text []byte) bool { return isURI(text, false, false) }
	case "uri-reference":
		valid = func(text []byte) bool { return isURI(text, false, true) }
	case "iri":
		valid = func(text []byte) bool { return isURI(text, true, false) }
	case "iri-reference":
		valid = func(text []byte) bool { return isURI(text, true, true) }
	case "uri-template":
		valid = isURITemplate
	case "json-pointer":
		valid = isJSONPointer
	case "relative-json-pointer":
		valid = isRelativeJSONPointer
	case "uuid":
		valid = isUUID
	case "semver":
		valid = isSemver
	case "regex":
		valid = isRegex
	}
	return valid, valid != nil
}

// isRegex follows Go's dialect, the one that patterns are matched with.
func isRegex(text []byte) bool {
	_, err := regexp.Compile(string(text))
	return err == nil
}

// isUUID follows RFC 4122, section 3, whatever the version.
func isUUID(text []byte) bool {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return false
	}
	const digit = '-' ^ '0' // turns a hyphen, which may stand there, into a digit
	return areHex(binary.LittleEndian.Uint64(text)) &&
		areHex(binary.LittleEndian.Uint64(text[9:])^digit<<(8*(13-9))) &&
		areHex(binary.LittleEndian.Uint64(text[17:])^digit<<(8*(18-17))^digit<<(8*(23-17))) &&
		areHex(binary.LittleEndian.Uint64(text[25:])) &&
		areHex(binary.LittleEndian.Uint64(text[28:]))
}

// areHex tells whether eight bytes are hexadecimal digits.
func areHex(x uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	digits := (x + ones*(0x80-'0')) &^ (x + ones*(0x7f-'9'))
	x |= ones * 0x20
	letters := (x + ones*(0x80-'a')) &^ (x + ones*(0x7f-'f'))
	return (digits|letters)&highs == highs && x&highs == 0
}

// isJSONPointer follows RFC 6901, section 3.
func isJSONPointer(text []byte) bool {
	if len(text) > 0 && text[0] != '/' {
		return false
	}
	for i, c := range text {
		if c == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return false
		}
	}
	return true
}

// isRelativeJSONPointer follows draft-handrews-relative-json-pointer-01.
func isRelativeJSONPointer(text []byte) bool {
	digits := leadingDigits(text)
	if digits == 0 || digits > 1 && text[0] == '0' {
		return false
	}
	rest := text[digits:]
	return string(rest) == "#" || isJSONPointer(rest)
}

// isSemver follows Semantic Versioning 2.0.0.
func isSemver(text []byte) bool {
	core, build, hasBuild := bytes.Cut(text, []byte{'+'})
	if hasBuild && !allIdentifiers(build, false) {
		return false
	}
	core, release, hasRelease := bytes.Cut(core, []byte{'-'})
	if hasRelease && !allIdentifiers(release, true) {
		return false
	}
	numbers := 0
	for more := true; more; numbers++ {
		var number []byte
		number, core, more = bytes.Cut(core, []byte{'.'})
		if leadingDigits(number) != len(number) || len(number) == 0 || len(number) > 1 && number[0] == '0' {
			return false
		}
	}
	return numbers == 3
}

// allIdentifiers tells whether a list of identifiers with dots between them is well
// formed. Where they are compared, those of digits alone have no leading zero.
func allIdentifiers(list []byte, compared bool) bool {
	for more := true; more; {
		var identifier []byte
		identifier, list, more = bytes.Cut(list, []byte{'.'})
		if len(identifier) == 0 {
			return false
		}
		for _, c := range identifier {
			if !isAlphanumeric(c) && c != '-' {
				return false
			}
		}
		if compared && leadingDigits(identifier) == len(identifier) && len(identifier) > 1 && identifier[0] == '0' {
			return false
		}
	}
	return true
}

func leadingDigits(text []byte) (n int) {
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isAlphanumeric(c byte) bool { return isDigit(c) || isLetter(c) }

// isHex looks a byte up in a set of bits: whether a digit of a UUID is a letter no
// processor can foresee.
func isHex(c byte) bool {
	const digits, letters = 0x03ff << '0', 0x7e<<('@'-64) | 0x7e<<('`'-64)
	return [4]uint64{digits, letters}[c>>6]>>(c&63)&1 != 0
}
