package base

import (
	"encoding/json"
	"reflect"
	"time"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// reader reads a value that is known to be JSON into the zero field at to. It says no
// to whatever is no plain case; then encoding/json reads the record.
//
// A field is written where it lies in the struct, without reflect, whose way to it
// costs as much as reading the value. That is safe as long as what is written has the
// memory layout of the field's type, and what the collector must know of it: readerOf
// sees to it, for it goes by the identity or the kind of the type alone.
type reader func(s *rawjson.Strings, to unsafe.Pointer, value Value) bool

// readers are the readers of a type, of pointers to it and of slices of it.
type readers struct{ plain, pointer, slice reader }

// readersOf makes them from what reads one value. A named type of the same kind as E
// lies in memory as E does.
func readersOf[E any](read func(*rawjson.Strings, Value) (E, bool)) *readers {
	return &readers{
		plain: func(s *rawjson.Strings, to unsafe.Pointer, value Value) (ok bool) {
			*(*E)(to), ok = read(s, value)
			return ok
		},
		pointer: func(s *rawjson.Strings, to unsafe.Pointer, value Value) (ok bool) {
			if value[0] == 'n' {
				return true
			}
			e := new(E)
			*e, ok = read(s, value)
			*(**E)(to) = e
			return ok
		},
		slice: func(s *rawjson.Strings, to unsafe.Pointer, value Value) bool {
			slice, ok := readSlice(s, value, read)
			*(*[]E)(to) = slice
			return ok
		},
	}
}

func readSlice[E any](s *rawjson.Strings, value Value, read func(*rawjson.Strings, Value) (E, bool)) ([]E, bool) {
	if value[0] != '[' {
		return nil, value[0] == 'n'
	}
	n := 0
	for range rawjson.Elements(value) {
		n++
	}
	slice := make([]E, 0, n) // of an empty array too: it is not null
	for element := range rawjson.Elements(value) {
		e, ok := read(s, element)
		if !ok {
			return nil, false
		}
		slice = append(slice, e)
	}
	return slice, true
}

// readerOf returns nil for types that are left to encoding/json.
func readerOf(t reflect.Type) reader {
	if r := readersFor(t); r != nil {
		return r.plain
	}
	if t.Name() != "" {
		return nil // it may have methods, or be made of itself
	}
	switch t.Kind() {
	case reflect.Pointer:
		if r := readersFor(t.Elem()); r != nil {
			return r.pointer
		}
	case reflect.Slice: // one of bytes is base64, whatever the bytes are called
		if r := readersFor(t.Elem()); r != nil && t.Elem().Kind() != reflect.Uint8 {
			return r.slice
		}
	}
	return nil
}

func readersFor(t reflect.Type) *readers {
	switch t {
	case reflect.TypeFor[any]():
		return readersOf(readAny)
	case reflect.TypeFor[map[string]any]():
		return readersOf(readObject)
	case reflect.TypeFor[json.Number]():
		return readersOf(readNumber)
	case reflect.TypeFor[time.Time]():
		return readersOf(readTime)
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[Value]():
		return readersOf(readCopy)
	case reflect.TypeFor[[]byte]():
		return readersOf(readBase64)
	}
	if decodesItself(t) {
		return nil
	}
	return readersByKind[t.Kind()]
}

var readersByKind = map[reflect.Kind]*readers{
	reflect.String:  readersOf(readString),
	reflect.Bool:    readersOf(readBool),
	reflect.Int:     readersOf(readInt[int]),
	reflect.Int8:    readersOf(readInt[int8]),
	reflect.Int16:   readersOf(readInt[int16]),
	reflect.Int32:   readersOf(readInt[int32]),
	reflect.Int64:   readersOf(readInt[int64]),
	reflect.Uint:    readersOf(readUint[uint]),
	reflect.Uint8:   readersOf(readUint[uint8]),
	reflect.Uint16:  readersOf(readUint[uint16]),
	reflect.Uint32:  readersOf(readUint[uint32]),
	reflect.Uint64:  readersOf(readUint[uint64]),
	reflect.Uintptr: readersOf(readUint[uintptr]),
	reflect.Float32: readersOf(readFloat32),
	reflect.Float64: readersOf(readFloat64),
}
