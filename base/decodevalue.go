package base

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Each of these reads one value as encoding/json would into a zero Go value, or says no.
// null leaves it zero, save for types that keep the text. The first byte tells what a
// value is.

func readString(s *rawjson.Strings, value Value) (string, bool) {
	if value[0] != '"' {
		return "", value[0] == 'n'
	}
	return s.Unquote(value), true
}

func readBool(_ *rawjson.Strings, value Value) (bool, bool) {
	switch value[0] {
	case 't':
		return true, true
	case 'f', 'n':
		return false, true
	}
	return false, false
}

// readInt takes what has no fraction and no exponent and fits.
func readInt[E int | int8 | int16 | int32 | int64](_ *rawjson.Strings, value Value) (E, bool) {
	digits, minus := value, value[0] == '-'
	if minus {
		digits = digits[1:]
	}
	n, ok := fewDigits(digits)
	switch {
	case value[0] == 'n':
		return 0, true
	case !ok:
		long, err := strconv.ParseInt(string(value), 10, 64)
		return E(long), err == nil && int64(E(long)) == long
	case minus:
		n = -n
	}
	return E(n), int64(E(n)) == n
}

func readUint[E uint | uint8 | uint16 | uint32 | uint64 | uintptr](_ *rawjson.Strings, value Value) (E, bool) {
	if n, ok := fewDigits(value); ok {
		return E(n), int64(E(n)) == n
	}
	if value[0] == 'n' {
		return 0, true
	}
	n, err := strconv.ParseUint(string(value), 10, 64)
	return E(n), err == nil && uint64(E(n)) == n
}

// fewDigits is a number of so few digits that they fit for sure; ok is false for
// anything else.
func fewDigits(digits []byte) (n int64, ok bool) {
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func readFloat32(_ *rawjson.Strings, value Value) (float32, bool) {
	n, ok := parseFloat(value, 32)
	return float32(n), ok
}

func readFloat64(_ *rawjson.Strings, value Value) (float64, bool) { return parseFloat(value, 64) }

func parseFloat(value Value, bits int) (float64, bool) {
	if value.Kind() != KindNumber {
		return 0, value[0] == 'n'
	}
	n, err := strconv.ParseFloat(string(value), bits)
	return n, err == nil
}

func readNumber(s *rawjson.Strings, value Value) (json.Number, bool) {
	if value.Kind() != KindNumber {
		return "", value[0] == 'n' // a number in a string is encoding/json's to judge
	}
	return json.Number(s.Of(value)), true
}

func readTime(_ *rawjson.Strings, value Value) (t time.Time, ok bool) {
	err := t.UnmarshalJSON(value)
	return t, err == nil
}

func readAny(s *rawjson.Strings, value Value) (any, bool) {
	decoded, err := s.Decode(value)
	return decoded, err == nil
}

func readObject(s *rawjson.Strings, value Value) (map[string]any, bool) {
	if value[0] != '{' {
		return nil, value[0] == 'n'
	}
	decoded, err := s.Decode(value)
	object, ok := decoded.(map[string]any)
	return object, ok && err == nil
}

// readCopy is for json.RawMessage and Value, which take any value as it is.
func readCopy(_ *rawjson.Strings, value Value) ([]byte, bool) {
	return append([]byte{}, value...), true
}

func readBase64(_ *rawjson.Strings, value Value) ([]byte, bool) {
	if value[0] != '"' {
		return nil, value[0] == 'n'
	}
	decoded, err := base64.StdEncoding.DecodeString(rawjson.Unquote(value))
	return decoded, err == nil
}
