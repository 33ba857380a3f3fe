package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/types"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Schema is the part of JSON Schema, draft 2020-12, that says what a config may hold.
type Schema struct {
	Dialect     string            `json:"$schema,omitempty"`
	Comment     string            `json:"$comment,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Type        jsonTypes         `json:"type,omitempty"`
	Enum        []json.RawMessage `json:"enum,omitempty"`
	Default     json.RawMessage   `json:"default,omitempty"`
	Examples    []json.RawMessage `json:"examples,omitempty"`
	Format      string            `json:"format,omitempty"`
	Pattern     string            `json:"pattern,omitempty"`
	MinLength   int               `json:"minLength,omitempty"`
	Minimum     json.Number       `json:"minimum,omitempty"`
	Maximum     json.Number       `json:"maximum,omitempty"`
	WriteOnly   bool              `json:"writeOnly,omitempty"`
	Items       *Schema           `json:"items,omitempty"`
	Properties  properties        `json:"properties,omitempty"`
	Required    []string          `json:"required,omitempty"`
	Additional  any               `json:"additionalProperties,omitempty"` // true, or a schema
}

// jsonTypes are the types that a value may have; one of them is written without a list.
type jsonTypes []string

// MarshalJSON returns a string or a list of them.
func (t jsonTypes) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// properties keep the order of the fields.
type properties []property

type property struct {
	name   string
	schema *Schema
}

// MarshalJSON returns an object.
func (p properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, each := range p {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(marshal(each.name))
		out.WriteByte(':')
		out.Write(marshal(each.schema))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

const (
	secondsBound    = "9223372036" // of a time.Duration
	durationPattern = `^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`
	numberPattern   = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`
)

// schemaOf says what encoding/json, and with it base, takes for a value of the
// type; null, which it takes for nearly every one, left out.
func schemaOf(t types.Type) *Schema { return shaper{}.schema(t) }

// shaper remembers the types that it is within: one that holds itself is any value there.
type shaper map[types.Type]bool

func (s shaper) schema(t types.Type) *Schema {
	t = types.Unalias(pointedTo(t))
	switch {
	case isSecret(t):
		return &Schema{
			Type: jsonTypes{"string", "object"}, Format: "password", WriteOnly: true,
			Properties: properties{{"file", &Schema{Type: jsonTypes{"string"}, MinLength: 1, Description: "File that holds the secret."}}},
			Required:   []string{"file"},
		}
	case isDuration(t):
		return &Schema{Type: jsonTypes{"string", "number"}, Pattern: durationPattern, Minimum: "0", Maximum: secondsBound}
	case isNumber(t):
		return &Schema{Type: jsonTypes{"number", "string"}, Pattern: numberPattern}
	case isNamed(t, "time", "Time"):
		return &Schema{Type: jsonTypes{"string"}, Format: "date-time"}
	case readsJSON(t), s[t]:
		return &Schema{}
	case readsText(t):
		return &Schema{Type: jsonTypes{"string"}}
	}
	s[t] = true
	defer delete(s, t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicSchema(u)
	case *types.Slice:
		if types.Identical(u.Elem().Underlying(), types.Typ[types.Byte]) {
			return &Schema{Type: jsonTypes{"string", "array"}} // encoding/json takes base64, and a list of bytes
		}
		return &Schema{Type: jsonTypes{"array"}, Items: s.schema(u.Elem()).orNull()}
	case *types.Array:
		return &Schema{Type: jsonTypes{"array"}, Items: s.schema(u.Elem()).orNull()}
	case *types.Map:
		return &Schema{Type: jsonTypes{"object"}, Additional: s.schema(u.Elem()).orNull()}
	case *types.Struct:
		return &Schema{Type: jsonTypes{"object"}, Properties: s.properties(u)}
	}
	return &Schema{}
}

// properties are those of an object that encoding/json reads by itself: within
// lists and maps, base's tags mean nothing.
func (s shaper) properties(t *types.Struct) (list properties) {
	for i := range t.NumFields() {
		field, tag := t.Field(i), reflect.StructTag(t.Tag(i))
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		switch {
		case tag.Get("json") == "-" || !field.Exported() && !field.Embedded():
			continue
		case field.Embedded() && name == "":
			if inner, ok := pointedTo(field.Type()).Underlying().(*types.Struct); ok {
				list = append(list, s.properties(inner)...)
				continue
			}
		}
		if name == "" {
			name = field.Name()
		}
		schema := s.schema(field.Type()).orNull()
		schema.Description = oneLine(tag.Get("doc"))
		list = append(list, property{name, schema})
	}
	return list
}

func basicSchema(t *types.Basic) *Schema {
	switch {
	case t.Info()&types.IsBoolean != 0:
		return &Schema{Type: jsonTypes{"boolean"}}
	case t.Info()&types.IsString != 0:
		return &Schema{Type: jsonTypes{"string"}}
	case t.Info()&types.IsFloat != 0:
		return &Schema{Type: jsonTypes{"number"}}
	case t.Info()&types.IsInteger != 0:
		return integerSchema(t)
	}
	return &Schema{}
}

// integerSchema bounds integers of up to 32 bits. The bounds of 64 bits would only
// be noise: those who check schemas with floats cannot tell them from their neighbours.
func integerSchema(t *types.Basic) *Schema {
	schema := &Schema{Type: jsonTypes{"integer"}}
	signed := func(low, high int64) {
		schema.Minimum, schema.Maximum = json.Number(fmt.Sprint(low)), json.Number(fmt.Sprint(high))
	}
	switch t.Kind() {
	case types.Int8:
		signed(math.MinInt8, math.MaxInt8)
	case types.Int16:
		signed(math.MinInt16, math.MaxInt16)
	case types.Int32:
		signed(math.MinInt32, math.MaxInt32)
	case types.Uint8:
		signed(0, math.MaxUint8)
	case types.Uint16:
		signed(0, math.MaxUint16)
	case types.Uint32:
		signed(0, math.MaxUint32)
	case types.Uint, types.Uint64, types.Uintptr:
		schema.Minimum = "0"
	}
	return schema
}

// orNull allows null too.
func (s *Schema) orNull() *Schema {
	with := *s
	if len(with.Type) > 0 {
		with.Type = append(slices.Clone(with.Type), "null")
	}
	if len(with.Enum) > 0 {
		with.Enum = append(slices.Clone(with.Enum), json.RawMessage("null"))
	}
	return &with
}
