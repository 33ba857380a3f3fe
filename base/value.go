package base

import (
	"encoding/json"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Kind is what a JSON value is.
type Kind byte

// The kinds of a Value.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is one column of a record: the JSON text of its value, byte for byte as
// it came. It shares the record's memory.
type Value []byte

// Kind tells what the value is.
func (v Value) Kind() Kind {
	switch rawjson.KindOf(v) {
	case rawjson.Bool:
		return KindBool
	case rawjson.Number, rawjson.NonFinite:
		return KindNumber
	case rawjson.String:
		return KindString
	case rawjson.Array:
		return KindArray
	case rawjson.Object:
		return KindObject
	}
	return KindNull
}

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.Kind() == KindNull }

// Text is what a string says, without quotes and escapes; of any other value it
// is the JSON text. Half of a surrogate pair, which JSON can spell and UTF-8
// cannot, becomes U+FFFD; LoneSurrogate tells beforehand.
func (v Value) Text() string {
	if v.Kind() == KindString {
		return rawjson.Unquote(rawjson.Trim(v))
	}
	return string(v)
}

// LoneSurrogate reports whether a string holds half of a surrogate pair, which
// Text has to replace.
func (v Value) LoneSurrogate() bool {
	return v.Kind() == KindString && rawjson.HasLoneSurrogate(v)
}

// Number is the number with all its digits as they came, or "" if the value is
// no number.
func (v Value) Number() json.Number {
	if v.Kind() != KindNumber {
		return ""
	}
	return json.Number(v)
}

// Bool is the value of true or false; ok is false for anything else.
func (v Value) Bool() (value, ok bool) {
	return v.Kind() == KindBool && v[0] == 't', v.Kind() == KindBool
}

// Any decodes the value; numbers become json.Number, so that no digit is lost. The
// result shares nothing with the record.
func (v Value) Any() (any, error) {
	out, err := rawjson.Decode(v)
	if err != nil {
		return nil, fmt.Errorf("decode JSON: %w", err)
	}
	return out, nil
}

// MarshalJSON returns the JSON text.
func (v Value) MarshalJSON() ([]byte, error) {
	if len(v) == 0 {
		return []byte("null"), nil
	}
	return v, nil
}

// UnmarshalJSON keeps a copy of the JSON text, so that a field of type Value is
// filled with what stands there.
func (v *Value) UnmarshalJSON(text []byte) error {
	*v = append((*v)[:0], text...)
	return nil
}
