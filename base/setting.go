package base

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// setting is one key of the config: a field of a config struct. Fields of
// nested structs are settings of their own.
type setting struct {
	path     []string // keys from the outermost object inwards
	index    []int    // of the field, for reflect
	kind     reflect.Type
	required bool
	fallback string // of the tag default
	enum     []string
	doc      string
	example  string
}

// The struct tags that a config understands:
//
//	json      the key, as for encoding/json; "-" leaves the field out
//	required  "true": an error when no source gives the key
//	default   the value when no source gives the key, as it would be in an environment variable
//	enum      the values allowed, separated by commas
//	doc       what the key means, for people
//	example   a value for people
//
// settingsOf lists the settings of a config struct in the order of its fields.
func settingsOf(t reflect.Type) ([]setting, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("config must be a struct, not %s", t)
	}
	return appendSettings(nil, t, setting{})
}

func appendSettings(list []setting, t reflect.Type, parent setting) ([]setting, error) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() && !field.Anonymous {
			continue
		}
		s := setting{
			path: parent.path, index: append(slices.Clone(parent.index), i), kind: field.Type,
			fallback: field.Tag.Get("default"), doc: field.Tag.Get("doc"), example: field.Tag.Get("example"),
		}
		var err error
		if s.required, err = boolTag(field, "required"); err != nil {
			return nil, err
		}
		if enum := field.Tag.Get("enum"); enum != "" {
			s.enum = strings.Split(enum, ",")
		}
		if field.Anonymous && name == "" && field.Type.Kind() == reflect.Pointer {
			return nil, fmt.Errorf("config field %s: embed the struct, not a pointer to it", field.Name)
		}
		if !field.Anonymous || name != "" || !nested(field.Type) {
			s.path = append(slices.Clone(parent.path), cmp.Or(name, field.Name))
		}
		if nested(field.Type) {
			if list, err = appendSettings(list, field.Type, s); err != nil {
				return nil, err
			}
			continue
		}
		list = append(list, s)
	}
	return list, nil
}

func boolTag(field reflect.StructField, tag string) (bool, error) {
	text, ok := field.Tag.Lookup(tag)
	if !ok {
		return false, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("config field %s: tag %s must be true or false, not %q", field.Name, tag, text)
	}
	return value, nil
}

// nested tells a struct whose fields are settings from one that reads itself.
func nested(t reflect.Type) bool {
	return t.Kind() == reflect.Struct &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// key is the setting's name for people, with dots between nested keys.
func (s setting) key() string { return strings.Join(s.path, ".") }

// variable is the environment variable that can give the setting.
func (s setting) variable(prefix string) string {
	upper := strings.ToUpper(prefix + strings.Join(s.path, "_"))
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, upper)
}

// set fills the field from JSON text.
func (s setting) set(config reflect.Value, text []byte) error {
	field := config.FieldByIndex(s.index)
	decoded := reflect.New(s.kind)
	if err := json.Unmarshal(text, decoded.Interface()); err != nil {
		return s.wrongType(text, err)
	}
	if err := s.allowed(decoded.Elem()); err != nil {
		return err
	}
	field.Set(decoded.Elem())
	return nil
}

// wrongType says what was wanted and what came, without the value: it may be a
// secret in the wrong place.
func (s setting) wrongType(text []byte, err error) error {
	var mismatch *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	if errors.As(err, &mismatch) || errors.As(err, &syntax) {
		return fmt.Errorf("want %s, not %s", s.typeName(), article(text, s))
	}
	return err
}

func article(text []byte, s setting) string {
	kind := Value(text).Kind()
	if kind == KindNumber && s.kind.Kind() != reflect.Float64 && s.typeName() == "an integer" {
		return "a number out of range or with a fraction"
	}
	return map[Kind]string{
		KindNull: "null", KindBool: "a boolean", KindNumber: "a number",
		KindString: "a string", KindArray: "a list", KindObject: "an object",
	}[kind]
}

func (s setting) allowed(value reflect.Value) error {
	if len(s.enum) == 0 {
		return nil
	}
	if text := fmt.Sprint(value.Interface()); !slices.Contains(s.enum, text) {
		return fmt.Errorf("want one of %s, not %q", strings.Join(s.enum, ", "), text)
	}
	return nil
}

// setText fills the field from the text of an environment variable or of the
// tag default.
func (s setting) setText(config reflect.Value, text string) error {
	return s.set(config, s.asJSON(text))
}

// asJSON turns text into the JSON that the field would have in a config file.
func (s setting) asJSON(text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return nil // a string always marshals
	}
	kind := s.kind
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case kind == reflect.TypeFor[Secret](), kind.Kind() == reflect.String:
		return quoted
	case kind.Kind() == reflect.Slice && !strings.HasPrefix(strings.TrimSpace(text), "["):
		return listAsJSON(text, kind.Elem().Kind() == reflect.String || kind.Elem() == reflect.TypeFor[Secret]())
	case kind.Kind() == reflect.Bool:
		if value, err := strconv.ParseBool(text); err == nil {
			return strconv.AppendBool(nil, value) // 1 and 0, as environments have it
		}
		return quoted
	case json.Valid([]byte(text)):
		return []byte(text)
	}
	return quoted
}

// listAsJSON reads a list separated by commas.
func listAsJSON(text string, quote bool) []byte {
	var elements []string
	for element := range strings.SplitSeq(text, ",") {
		element = strings.TrimSpace(element)
		if quote {
			quoted, _ := json.Marshal(element) //nolint:errchkjson // a string always marshals
			element = string(quoted)
		}
		elements = append(elements, element)
	}
	if strings.TrimSpace(text) == "" {
		elements = nil
	}
	return []byte("[" + strings.Join(elements, ",") + "]")
}

// typeName is the type for people, with an article.
func (s setting) typeName() string {
	return map[string]string{
		"string": "a string", "integer": "an integer", "number": "a number", "boolean": "a boolean",
		"array": "a list", "object": "an object", "duration": "a duration", "secret": "a string",
	}[s.schemaType()]
}

// schemaType is the type as --about and the settings table name it.
func (s setting) schemaType() string {
	kind := s.kind
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch kind {
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[Duration]():
		return "duration"
	case reflect.TypeFor[json.Number]():
		return "number"
	}
	switch kind.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.String:
		return "string"
	}
	return "object"
}
