package base

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/pyliteral"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// mayHoldText tells whether a value that fits a column may be text that stands for
// something else, or hold some. full tells that it fits in every respect.
func (p *Property) mayHoldText(full bool) bool {
	return p.acceptArray && (!full || p.Accepts("string") || p.itemsObject && p.itemsString)
}

// mayCoerce tells whether some column of a record does hold such text.
func mayCoerce(e *entry) bool {
	for _, c := range e.columns {
		property := e.property(c)
		if property == nil || !property.acceptArray {
			continue
		}
		switch value := e.value(c); value[0] {
		case '"':
			return true
		case '[':
			if property.itemsObject && holdsText(value) {
				return true
			}
		}
	}
	return false
}

// holdsText tells whether an element of an array is a string.
func holdsText(array Value) bool {
	for element := range rawjson.Elements(array) {
		if element[0] == '"' {
			return true
		}
	}
	return false
}

// coerce applies Mage's rule to every column that may be an array.
func (p *preparer) coerce(fields []field, s *Stream) (changed bool, err error) {
	for i, f := range fields {
		property, ok := s.Schema.Property(f.name)
		if !ok || !property.acceptArray {
			continue
		}
		value, err := coerceArray(property, f.value, p.strict(s))
		if err != nil {
			return false, columnError(f.name, err)
		}
		if len(value) != len(f.value) || &value[0] != &f.value[0] {
			fields[i].value, changed = value, true
		}
	}
	return changed, nil
}

// coerceArray applies Mage's rule for columns that may be arrays (9.2 of its
// contract): text that holds an array becomes that array, and where the items
// may be objects, elements that are text become what the text says.
//
// Other than in Mage, types given as a list count too, and text that cannot be
// read stays as it is where the column, or the element, may be a string or where
// the stream is not checked (strict is false); else it is an error. Text that
// holds a scalar becomes that scalar, as in Mage, unless the column may be a
// string: then it is text that happens to read as a number.
func coerceArray(p Property, value Value, strict bool) (Value, error) {
	switch value.Kind() {
	case KindArray:
		if !p.itemsObject {
			return value, nil
		}
		return coerceElements(value, strict && !p.itemsString)
	case KindString:
		if value.Text() == "" {
			return value, nil
		}
		if read, ok := valueFromText(value.Text()); ok && (isContainer(read) || !p.Accepts("string")) {
			return read, nil
		}
		if strict && !p.Accepts("string") {
			return nil, errors.New("want an array, or text that holds one")
		}
	}
	return value, nil
}

// valueFromText reads JSON, or a Python literal as str() prints lists and tuples.
func valueFromText(text string) (Value, bool) {
	if value, ok := valueFromJSON([]byte(text)); ok {
		return value, true
	}
	literal, err := pyliteral.ToJSON(text)
	if err != nil {
		return nil, false
	}
	return valueFromJSON(literal)
}

// valueFromJSON reads what may be JSON; of repeated keys the last wins, as in the
// record itself.
func valueFromJSON(text []byte) (Value, bool) {
	facts, err := rawjson.Check(text)
	switch {
	case err != nil || facts.NonFinite >= 0:
		return nil, false
	case facts.Repeated:
		return rawjson.AppendUnique(nil, text), true
	}
	return rawjson.Trim(text), true
}

func isContainer(v Value) bool { return v.Kind() == KindArray || v.Kind() == KindObject }

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
			value, ok := valueFromJSON([]byte(rawjson.Unquote(element)))
			switch {
			case ok:
				element, changed = value, true
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
