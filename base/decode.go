package base

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Map decodes the whole record; numbers become json.Number. The map shares
// nothing with the record.
func (r Record) Map() (map[string]any, error) {
	out := make(map[string]any, r.Len())
	strings := rawjson.StringsFor(len(r.Raw()))
	for name, column := range r.Columns() { // the names of the schema need not be made again
		value, err := strings.Decode(column)
		if err != nil {
			return nil, fmt.Errorf("%s: column %q: decode JSON: %w", r.place(), name, err)
		}
		out[name] = value
	}
	return out, nil
}

// Decode decodes a record into a struct, a map or anything else that
// encoding/json can fill, and by its rules. A field of a type that cannot hold the
// value is an error; fields of type any get numbers as json.Number. What comes out
// shares nothing with the record, but short strings may lie in one piece of memory of
// up to 512 bytes.
//
// A struct costs least whose fields have the order of the columns and are strings,
// numbers, bools, any, time.Time, []byte, json.Number, json.RawMessage, Value, or
// pointers to these or slices of these, or structs of such fields. Any other field, and
// a struct with an embedded one, is left to encoding/json, which takes several times as
// long.
func Decode[T any](r Record) (T, error) {
	t := reflect.TypeFor[T]()
	if l := layoutOf(t); l != nil {
		f := struct { // in one allocation
			out T
			filling
		}{filling: filling{layout: l}}
		if f.fill(r, unsafe.Pointer(&f.out), &f.out) {
			return f.out, nil
		}
	}
	var out T
	if object, ok := any(&out).(*map[string]any); ok {
		var err error
		*object, err = r.Map()
		return out, err
	}
	if err := decode(r.Raw(), &out); err != nil {
		return out, fmt.Errorf("%s: %w", r.place(), blame(r, err, t))
	}
	return out, nil
}

// place names the record for an error message.
func (r Record) place() string {
	if r.LineNumber() == 0 {
		return "record"
	}
	return fmt.Sprintf("record at line %d", r.LineNumber())
}

// blame finds the column because of which a record cannot be decoded into a value of
// that type, and names it and the field. It decodes column after column: that is slow,
// but only what has failed comes here.
func blame(r Record, err error, t reflect.Type) error {
	if decode([]byte("{}"), reflect.New(t).Interface()) != nil {
		return err // no record at all can be decoded into it
	}
	for name, value := range r.Columns() {
		fault := decode(appendMember([]byte("{"), name, value, '}'), reflect.New(t).Interface())
		if fault == nil {
			continue
		}
		// encoding/json names field and type itself, unless the type's own method failed
		if typed := (*json.UnmarshalTypeError)(nil); !errors.As(fault, &typed) {
			if field, ok := fieldFor(t, name); ok {
				return fmt.Errorf("column %q into field %s of type %s: %w", name, field.Name, field.Type, fault)
			}
		}
		return fmt.Errorf("column %q: %w", name, fault)
	}
	return err
}

// fieldFor is the field of a struct, or of one that it embeds, for a column.
func fieldFor(t reflect.Type, column string) (field reflect.StructField, ok bool) {
	if t.Kind() != reflect.Struct {
		return field, false
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _ := fieldName(f)
		switch {
		case name == "": // encoding/json leaves it alone
		case name == column:
			return f, true
		case !ok && foldName(name) == foldName(column):
			field, ok = f, true
		}
	}
	return field, ok
}

// appendMember appends a member of an object and what follows it.
func appendMember(dst []byte, name string, value Value, next byte) []byte {
	dst = append(rawjson.AppendQuoted(dst, name), ':')
	return append(append(dst, value...), next)
}

func decode(text []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	return nil
}
