package base

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// layout is how a struct is filled from a record.
type layout struct {
	fields []layoutField
	exact  map[string]int // places in fields by name
	folded map[string]int // the same by folded name
}

type layoutField struct {
	name   string
	offset uintptr // in the struct
	read   reader  // nil: encoding/json fills the field
}

// layouts are the layouts by reflect.Type, nil for what has none. The cache is for the
// whole program, as types are: what it holds follows from the type alone, and there
// are no more types than the program was compiled with. Decode has no other place to
// keep it, for it is a function that is handed no more than a record.
var layouts sync.Map

func layoutOf(t reflect.Type) *layout {
	if l, ok := layouts.Load(t); ok {
		return l.(*layout)
	}
	l, _ := layouts.LoadOrStore(t, newLayout(t, nil))
	return l.(*layout)
}

// newLayout returns nil for a type that is wholly left to encoding/json: one that is
// no struct or decodes itself, and one for which the rules of embedding or of names
// that differ only in case would have to be told a second time here. outer are the
// structs that it lies in.
func newLayout(t reflect.Type, outer []reflect.Type) *layout {
	if t.Kind() != reflect.Struct || decodesItself(t) {
		return nil
	}
	l := &layout{exact: map[string]int{}, folded: map[string]int{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, quoted := fieldName(f)
		switch {
		case name == "":
			continue
		case f.Anonymous:
			return nil
		}
		fold := foldName(name)
		if _, taken := l.folded[fold]; taken {
			return nil
		}
		place := len(l.fields)
		l.exact[name], l.folded[fold] = place, place
		field := layoutField{name: name, offset: f.Offset}
		if !quoted {
			field.read = readerOf(f.Type)
			if field.read == nil {
				field.read = structReader(f.Type, append(slices.Clone(outer), t))
			}
		}
		l.fields = append(l.fields, field)
	}
	return l
}

// find returns the place of the field for a column, or -1. next is where to look first.
func (l *layout) find(column string, next int) int {
	if next < len(l.fields) && l.fields[next].name == column {
		return next
	}
	if place, ok := l.exact[column]; ok {
		return place
	}
	var room [64]byte
	if place, ok := l.folded[string(appendFolded(room[:0], column))]; ok {
		return place
	}
	return -1
}

// findKey is find for the bytes of a key.
func (l *layout) findKey(key []byte, next int) int {
	if next < len(l.fields) && l.fields[next].name == string(key) {
		return next
	}
	if place, ok := l.exact[string(key)]; ok {
		return place
	}
	return l.find(string(key), next)
}

// fieldName is the name by which encoding/json knows a field, "" for one that it leaves
// alone. quoted tells of the tag's option that puts a value into a string.
func fieldName(f reflect.StructField) (name string, quoted bool) {
	tag := f.Tag.Get("json")
	if tag == "-" || !f.IsExported() && !f.Anonymous {
		return "", false
	}
	name, options, _ := strings.Cut(tag, ",")
	if !validName(name) {
		name = f.Name
	}
	for option := range strings.SplitSeq(options, ",") {
		quoted = quoted || option == "string"
	}
	return name, quoted
}

// validName tells whether encoding/json takes the name that a tag gives.
func validName(name string) bool {
	for _, r := range name {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return name != ""
}

func foldName(name string) string { return string(appendFolded(nil, name)) }

// appendFolded appends what is the same for all names that differ only in case.
func appendFolded(dst []byte, name string) []byte {
	for _, r := range name {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		} else if r >= utf8.RuneSelf {
			r = leastFold(r)
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// leastFold is the least of the runes that differ from r only in case.
func leastFold(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// decodesItself tells whether a type, or a pointer to it, has a method that
// encoding/json would call.
func decodesItself(t reflect.Type) bool {
	for _, t := range []reflect.Type{t, reflect.PointerTo(t)} {
		if t.Implements(unmarshaler) || t.Implements(textUnmarshaler) {
			return true
		}
	}
	return false
}
