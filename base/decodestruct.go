package base

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// structReader reads an object into a struct that lies in another, a pointer to one,
// or an array into a slice of them. It is nil for what is left to encoding/json.
// outer are the structs round it: one that is made of itself has no end of fields.
func structReader(t reflect.Type, outer []reflect.Type) reader {
	switch t.Kind() {
	case reflect.Struct:
		if l := completeLayout(t, outer); l != nil {
			return l.read
		}
	case reflect.Pointer:
		if l := elementLayout(t, outer); l != nil {
			return func(s *rawjson.Strings, to unsafe.Pointer, value Value) bool {
				if value[0] == 'n' {
					return true
				}
				element := reflect.New(t.Elem())
				*(*unsafe.Pointer)(to) = element.UnsafePointer()
				return l.read(s, element.UnsafePointer(), value)
			}
		}
	case reflect.Slice:
		if l := elementLayout(t, outer); l != nil {
			return func(s *rawjson.Strings, to unsafe.Pointer, value Value) bool {
				return l.readSlice(s, reflect.NewAt(t, to).Elem(), value)
			}
		}
	}
	return nil
}

// elementLayout is the layout of the structs that an unnamed type points to or lists.
func elementLayout(t reflect.Type, outer []reflect.Type) *layout {
	if t.Name() != "" || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	return completeLayout(t.Elem(), outer)
}

// completeLayout is the layout of a struct of which nothing is left to encoding/json,
// or nil.
func completeLayout(t reflect.Type, outer []reflect.Type) *layout {
	if slices.Contains(outer, t) {
		return nil
	}
	l := newLayout(t, outer)
	if l == nil || slices.ContainsFunc(l.fields, func(f layoutField) bool { return f.read == nil }) {
		return nil
	}
	return l
}

// read fills the struct at to, which must be zero.
func (l *layout) read(s *rawjson.Strings, to unsafe.Pointer, value Value) bool {
	if value[0] != '{' {
		return value[0] == 'n'
	}
	f := filling{layout: l}
	f.begin()
	for m := range rawjson.Members(value) {
		if rawjson.HasEscape(m.Key) {
			return false
		}
		place := l.findKey(m.Key[1:len(m.Key)-1], f.next)
		if place >= 0 && !f.field(s, to, place, "", m.Value) {
			return false
		}
	}
	return true
}

func (l *layout) readSlice(s *rawjson.Strings, slice reflect.Value, value Value) bool {
	if value[0] != '[' {
		return value[0] == 'n'
	}
	n := 0
	for range rawjson.Elements(value) {
		n++
	}
	slice.Set(reflect.MakeSlice(slice.Type(), n, n)) // of an empty array too: it is not null
	i := 0
	for element := range rawjson.Elements(value) {
		if !l.read(s, slice.Index(i).Addr().UnsafePointer(), element) {
			return false
		}
		i++
	}
	return true
}
