package records

import (
	"slices"
)

// goStruct is a struct that is to be written.
type goStruct struct {
	name   string
	doc    string
	fields []goField
}

type goField struct {
	name     string
	column   string
	doc      string
	typ      goType
	required bool     // it is there, and not null, in every record that fits
	types    []string // JSON types of the column; nil for any
}

// goType is a type and what reads it: an expression of type func(base.Value) (T, error).
type goType struct{ name, reader string }

// builder makes structs of schemas.
type builder struct {
	types   namer
	structs []goStruct
	numbers bool // encoding/json is needed
}

// add makes a struct, and those within it, and returns its index.
func (b *builder) add(name, doc string, s *schema) {
	at := len(b.structs)
	b.structs = append(b.structs, goStruct{name: name, doc: doc})
	fields := newNamer("AdditionalProperties")
	var list []goField
	for _, p := range s.properties {
		f := goField{name: fields.name(p.name, ""), column: p.name, doc: p.schema.description, types: p.schema.accepted()}
		var nullable bool
		f.typ, nullable = b.typeOf(name+f.name, p.schema)
		f.required = !nullable && slices.Contains(s.required, p.name)
		if !f.required && f.typ.name != "base.Value" {
			f.typ = nullOf(f.typ)
		}
		list = append(list, f)
	}
	b.structs[at].fields = list
}

func nullOf(t goType) goType {
	return goType{"base.Null[" + t.name + "]", "base.NullOf(" + t.reader + ")"}
}

func anyValue() goType { return goType{"base.Value", "base.ReadValue"} }

// typeOf returns the type of a schema's values that are not null, and whether they may
// be null.
func (b *builder) typeOf(name string, s *schema) (t goType, nullable bool) {
	s, nullable = single(s)
	if s == nil || s.opaque || len(s.types) != 1 {
		return anyValue(), true
	}
	switch s.types[0] {
	case "string":
		return goType{"string", "base.ReadString"}, nullable
	case "boolean":
		return goType{"bool", "base.ReadBool"}, nullable
	case "integer":
		if s.fits64() {
			return goType{"int64", "base.ReadInt64"}, nullable
		}
		fallthrough
	case "number":
		b.numbers = true
		return goType{"json.Number", "base.ReadNumber"}, nullable
	case "array":
		return b.arrayOf(name, s), nullable
	case "object":
		if len(s.properties) == 0 {
			break
		}
		inner := b.types.name(name, "")
		b.add(inner, s.description, s)
		return goType{inner, "read" + inner}, nullable
	}
	return anyValue(), true
}

func (b *builder) arrayOf(name string, s *schema) goType {
	if s.items == nil {
		return anyValue()
	}
	element, nullable := b.typeOf(name+"Item", s.items)
	if nullable && element.name != "base.Value" {
		element = nullOf(element)
	}
	return goType{"[]" + element.name, "base.ListOf(" + element.reader + ")"}
}

// single is the schema with one type that remains when null is set aside: of a list of
// types, or of branches of which all but one are null. It is nil where several remain.
func single(s *schema) (one *schema, nullable bool) {
	if s.opaque {
		return nil, true
	}
	if len(s.branches) == 0 {
		rest := *s
		rest.types = slices.DeleteFunc(slices.Clone(s.types), func(t string) bool { return t == "null" })
		return &rest, len(rest.types) < len(s.types)
	}
	if len(s.types) > 0 || len(s.properties) > 0 {
		return nil, true // both the branches and the schema itself say something
	}
	for _, branch := range s.branches {
		inner, null := single(branch)
		nullable = nullable || null
		switch {
		case inner == nil:
			return nil, true
		case len(inner.types) == 0 && null: // null alone
		case one != nil:
			return nil, true
		default:
			one = inner
		}
	}
	return one, nullable
}
