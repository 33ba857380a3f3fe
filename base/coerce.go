package base

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/pyliteral"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// coerceArray applies Mage's rule for columns that may be arrays (9.2 of its
// contract): text that holds an array becomes that array, and where the items
// may be objects, elements that are text become what the text says.
//
// Other than in Mage, types given as a list count too, and text that cannot be
// read stays as it is where the column allows strings or where the stream is not
// checked (strict is false); else it is an error.
func coerceArray(p Property, value Value, strict bool) (Value, error) {
	switch value.Kind() {
	case KindArray:
		if !p.itemsObject {
			return value, nil
		}
		return coerceElements(value, strict)
	case KindString:
		if value.Text() == "" {
			return value, nil
		}
		if array, ok := arrayFromText(value.Text()); ok {
			return array, nil
		}
		if strict && !p.Accepts("string") {
			return nil, errors.New("want an array, or text that holds one")
		}
	}
	return value, nil
}

// arrayFromText reads JSON, or a Python literal as str() prints lists and
// tuples. A scalar is refused: text that happens to read as a number is text.
func arrayFromText(text string) (Value, bool) {
	value := []byte(text)
	if facts, err := rawjson.Check(value); err != nil || facts.NonFinite >= 0 {
		if value, err = pyliteral.ToJSON(text); err != nil {
			return nil, false
		}
	}
	switch rawjson.KindOf(value) {
	case rawjson.Array, rawjson.Object:
		return Value(rawjson.Trim(value)), true
	}
	return nil, false
}

// coerceElements reads the elements of an array that are text of JSON.
func coerceElements(array Value, strict bool) (Value, error) {
	out := []byte{'['}
	changed := false
	i := 0
	for element := range rawjson.Elements(array) {
		if i > 0 {
			out = append(out, ", "...)
		}
		if rawjson.KindOf(element) == rawjson.String {
			text := []byte(rawjson.Unquote(element))
			facts, err := rawjson.Check(text)
			switch {
			case err == nil && facts.NonFinite < 0:
				element, changed = rawjson.Trim(text), true
			case strict:
				return nil, fmt.Errorf("element %d: want an object, or text that holds one", i)
			}
		}
		out = append(out, element...)
		i++
	}
	if !changed {
		return array, nil
	}
	return append(out, ']'), nil
}
