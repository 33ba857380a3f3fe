package base

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// What mage-dest generate writes for records of known streams calls what is in this
// file: structs that are filled column by column, without reflection.

// Null is a column that may be null or missing.
type Null[T any] struct {
	V     T
	Valid bool // there is a value; V is zero without
	Given bool // the record has the column, be it null
}

// MarshalJSON returns the value, or null.
func (n Null[T]) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return json.Marshal(n.V)
}

// IsZero reports whether the record lacks the column, so that omitzero leaves it out.
func (n Null[T]) IsZero() bool { return !n.Given && !n.Valid }

// ReadString reads a string. Half of a surrogate pair, which no string of Go can hold,
// is an error.
func ReadString(v Value) (string, error) {
	switch {
	case v.Kind() != KindString:
		return "", mismatch("string", v)
	case v[0] == '"' && bytes.IndexByte(v, '\\') < 0: // no white space before it, no escape in it
		return string(v[1:bytes.LastIndexByte(v, '"')]), nil
	case v.LoneSurrogate():
		return "", errors.New("want text, not half of a surrogate pair")
	}
	return v.Text(), nil
}

// ReadBool reads true or false.
func ReadBool(v Value) (bool, error) {
	b, ok := v.Bool()
	if !ok {
		return false, mismatch("boolean", v)
	}
	return b, nil
}

// ReadNumber reads a number with its digits as they came.
func ReadNumber(v Value) (json.Number, error) {
	if v.Kind() != KindNumber {
		return "", mismatch("number", v)
	}
	return json.Number(v), nil // a copy
}

// ReadInt64 reads a whole number of 64 bits, in any of its spellings: 100, 1e2, 100.0.
func ReadInt64(v Value) (int64, error) {
	if v.Kind() != KindNumber {
		return 0, mismatch("integer", v)
	}
	if end, _ := rawjson.ScanNumber(v, 0); end == len(v) { // NaN and the infinities are of that kind, too
		if n, ok := decimal.Parse(v).Int64(); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("want a whole number of 64 bits, not %s", clipNumber(v))
}

func clipNumber(v Value) string {
	const most = 40
	if len(v) > most {
		return string(v[:most]) + "…"
	}
	return string(v)
}

// ReadValue reads any value as its JSON text.
func ReadValue(v Value) (Value, error) { return append(Value(nil), v...), nil }

// ReadNull reads a value that may be null.
func ReadNull[T any](v Value, read func(Value) (T, error)) (n Null[T], err error) {
	n.Given = true
	if v.IsNull() {
		return n, nil
	}
	n.V, err = read(v)
	n.Valid = err == nil
	return n, err
}

// NullOf is ReadNull as a function that ListOf takes.
func NullOf[T any](read func(Value) (T, error)) func(Value) (Null[T], error) {
	return func(v Value) (Null[T], error) { return ReadNull(v, read) }
}

// ListOf reads an array, element by element. What comes out is not nil.
func ListOf[T any](read func(Value) (T, error)) func(Value) ([]T, error) {
	return func(v Value) ([]T, error) {
		if v.Kind() != KindArray {
			return nil, mismatch("array", v)
		}
		list := []T{}
		for element := range rawjson.Elements(v) {
			e, err := read(Value(element))
			if err != nil {
				return nil, fmt.Errorf("element %d: %w", len(list), err)
			}
			list = append(list, e)
		}
		return list, nil
	}
}

// Members yields the members of an object, names without escapes.
func Members(v Value) (iter.Seq2[string, Value], error) {
	if v.Kind() != KindObject {
		return nil, mismatch("object", v)
	}
	return func(yield func(string, Value) bool) {
		for m := range rawjson.Members(v) {
			if !yield(m.Name(), Value(m.Value)) {
				return
			}
		}
	}, nil
}

// AddProperty keeps a value that no field is for; the map is made when it is nil.
func AddProperty(properties map[string]Value, name string, v Value) (map[string]Value, error) {
	if properties == nil {
		properties = map[string]Value{}
	}
	value, err := ReadValue(v)
	properties[strings.Clone(name)] = value
	return properties, err
}

// CheckFound tells the columns of which found says that they are missing.
func CheckFound(found []bool, columns ...string) error {
	var missing []string
	for i, ok := range found {
		if !ok {
			missing = append(missing, strconv.Quote(columns[i]))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("required, but missing: %s", strings.Join(missing, ", "))
}

// ColumnError says in which column something went wrong.
func ColumnError(column string, err error) error { return fmt.Errorf("column %q: %w", column, err) }

// DecodeError says in which record something went wrong.
func DecodeError(r Record, err error) error { return fmt.Errorf("%s: %w", r.place(), err) }

func mismatch(want string, v Value) error { return fmt.Errorf("want %s, not %s", want, v.Kind()) }
