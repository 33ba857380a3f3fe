package base

import (
	"encoding/json"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Decode decodes the value into what target points to, by the rules of encoding/json;
// where that has no type for a number, it becomes json.Number.
func (v Value) Decode(target any) error {
	if decodePlain(v, target) {
		return nil
	}
	return decode(v, target)
}

// decodePlain decodes into the types that are asked for most. It says no to whatever
// encoding/json has to decide or to find fault with.
func decodePlain(v Value, target any) bool {
	switch target := target.(type) {
	case *any:
		return target != nil && *target == nil && assign(v, target, readAny)
	case *string:
		return assign(v, target, readString)
	case *bool:
		return assign(v, target, readBool)
	case *int:
		return assign(v, target, readInt[int])
	case *int64:
		return assign(v, target, readInt[int64])
	case *float64:
		return assign(v, target, readFloat64)
	case *json.Number:
		return assign(v, target, readNumber)
	}
	return false
}

// assign leaves the target alone where it says no. A Value may be text that nobody has
// looked at yet, and null has its own rules in a target that need not be zero.
func assign[E any](v Value, target *E, read func(*rawjson.Strings, Value) (E, bool)) bool {
	facts, err := rawjson.Check(v)
	if err != nil || facts.NonFinite >= 0 || v.IsNull() || target == nil {
		return false
	}
	s := rawjson.StringsFor(len(v))
	value, ok := read(&s, Value(rawjson.Trim(v)))
	if ok {
		*target = value
	}
	return ok
}
