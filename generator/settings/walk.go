package settings

import (
	"cmp"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// walker walks through the fields of a Config as package base does when the
// connector starts (setting.go there), on types in the place of reflection.
type walker struct {
	*packages
	docs    *docs
	list    []Setting
	places  []token.Position // of the settings in list
	faults  faults
	unknown *unknownType // the first type that is not known
}

// walk adds the fields of a struct; those of nested structs are settings of their own.
func (w *walker) walk(t *types.Struct, parent Setting) {
	for i := range t.NumFields() {
		field, tag := t.Field(i), reflect.StructTag(t.Tag(i))
		at := w.fset.Position(field.Pos())
		if reason := malformed(t.Tag(i)); reason != "" {
			w.faults.add(at, "config field %s: the tag %s", field.Name(), reason)
			continue
		}
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		switch {
		case name == "-" || !field.Exported() && !field.Embedded():
			continue
		case field.Embedded() && name == "" && isPointer(field.Type()):
			w.faults.add(at, "config field %s: embed the struct, not a pointer to it", field.Name())
			continue
		}
		w.field(field, tag, name, parent)
	}
}

// field adds one field, or those of the struct that it is.
func (w *walker) field(field *types.Var, tag reflect.StructTag, name string, parent Setting) {
	at := w.fset.Position(field.Pos())
	if hasUnknown(field.Type(), map[types.Type]bool{}) {
		if w.unknown == nil {
			w.unknown = &unknownType{at: at, field: field.Name()}
		}
		return
	}
	s := Setting{Path: parent.Path}
	inner, isNested := nested(field.Type())
	if !field.Embedded() || name != "" || !isNested {
		s.Path = append(slices.Clone(parent.Path), cmp.Or(name, field.Name()))
	}
	if isNested {
		w.walk(inner, s)
		return
	}
	if !field.Exported() {
		w.faults.add(at, "config field %s: the embedded type is not exported, so that nothing can fill it; give the field a name or export the type", field.Name())
		return
	}
	w.describe(&s, field, tag)
	w.list, w.places = append(w.list, s), append(w.places, at)
}

// describe reads the tags of a field.
func (w *walker) describe(s *Setting, field *types.Var, tag reflect.StructTag) {
	at := w.fset.Position(field.Pos())
	fault := func(format string, args ...any) {
		w.faults.add(at, "config field "+field.Name()+": "+format, args...)
	}
	t := field.Type()
	s.Type = typeName(t)
	s.Value = schemaOf(t)
	s.Doc = cmp.Or(oneLine(tag.Get("doc")), w.docs.of(field))
	if reason := unreadable(t, map[types.Type]bool{}); reason != "" {
		fault("%s cannot be read from JSON: %s", types.TypeString(t, packageName), reason)
		return
	}
	if text, ok := tag.Lookup("required"); ok {
		required, err := strconv.ParseBool(text)
		if err != nil {
			fault("tag required must be true or false, not %q", text)
		}
		s.Required = required
	}
	if enum := tag.Get("enum"); enum != "" {
		for text := range strings.SplitSeq(enum, ",") {
			s.Enum = append(s.Enum, &Literal{text, asJSON(t, text)})
		}
		s.strictEnum = !isDuration(t) && !printsItself(t)
		checkEnum(t, s.Enum, fault)
	} else {
		s.Known = constantsOf(t)
	}
	s.Default = literalOf(t, tag.Get("default"))
	s.Example = literalOf(t, tag.Get("example"))
	if reason := unfit(t, s.Default, s.Enum); reason != "" {
		fault("tag default: %s", reason)
	}
}

// checkKeys tells keys that two fields have, and those that base has already.
func (w *walker) checkKeys() {
	owned := map[string]bool{}
	for _, s := range Shared() {
		owned[s.Path[0]] = true
	}
	first := map[string]token.Position{}
	for i, s := range w.list {
		if owned[s.Path[0]] {
			w.faults.add(w.places[i], "the config key %q belongs to base: give the field another one with its json tag", s.Key())
			continue
		}
		if other, ok := first[s.Key()]; ok {
			w.faults.add(w.places[i], "the config key %q is that of the field at %s too: give one of them another with its json tag", s.Key(), other)
			continue
		}
		first[s.Key()] = w.places[i]
	}
	for i, s := range w.list {
		for n := 1; n < len(s.Path); n++ {
			if other, ok := first[strings.Join(s.Path[:n], ".")]; ok {
				w.faults.add(w.places[i], "the config key %q lies within that of the field at %s: give one of them another with its json tag", s.Key(), other)
			}
		}
	}
}

// oneLine makes one line of text for a table.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
