package base

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Names of the two columns that Mage's base adds to every schema. Base adds no
// values for them: a connector that stores them does (9.6 of Mage's contract).
const (
	CreatedAtColumn = "_mage_created_at"
	UpdatedAtColumn = "_mage_updated_at"
)

const internalColumnSchema = `{"format": "date-time", "type": ["null", "string"]}`

// Schema is the JSON Schema of a stream with its columns in the order of the
// text, Mage's two internal columns and the columns that the config adds.
type Schema struct {
	raw        json.RawMessage
	source     json.RawMessage // as it came, without the columns added
	properties []Property
	places     map[string]int
}

// Property is one column of a schema.
type Property struct {
	Name string

	// Raw is the column's JSON Schema as it came.
	Raw json.RawMessage

	// Types are the JSON Schema types the column may have, "null" among them:
	// those of `type` and of the branches of `anyOf` and `oneOf`, or without any of these
	// those of the values of `enum` or `const`. Empty means any.
	Types []string

	// Format is the column's `format`, for instance "date-time", of the property
	// or of the one branch that has one.
	Format string

	own         []string // the types of `type` alone
	acceptArray bool     // Mage's rule for text that holds an array
	itemsObject bool     // Mage's rule for elements that are text of an object
	itemsString bool     // elements may be text, too
	constant    bool     // filled from the config
}

// Accepts reports whether the column may hold values of that JSON Schema type.
func (p Property) Accepts(jsonType string) bool {
	return len(p.Types) == 0 || slices.Contains(p.Types, jsonType)
}

// NewSchema reads a JSON Schema with an object `properties`, for tests and for
// connectors that make schemas of their own. Nothing is added to it.
func NewSchema(text []byte) (*Schema, error) {
	if _, err := rawjson.Check(text); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return parseSchema(text, nil)
}

// parseSchema reads a checked schema and adds columns to its properties; a
// column that is there already is replaced where it stands. NaN and the
// infinities, which Python writes for a default or a limit, become null.
func parseSchema(text []byte, added []Property) (*Schema, error) {
	text = rawjson.AppendFinite(nil, text)
	if rawjson.KindOf(text) != rawjson.Object {
		return nil, fmt.Errorf("the schema must be an object, not %s", Value(text).Kind())
	}
	properties, ok := rawjson.Get(text, "properties")
	if !ok {
		return nil, fmt.Errorf("the schema has no properties: list the columns under schema.properties")
	}
	if rawjson.KindOf(properties) != rawjson.Object {
		return nil, fmt.Errorf("schema.properties must be an object, not %s", Value(properties).Kind())
	}
	s := &Schema{source: text, places: map[string]int{}}
	for m := range rawjson.Members(properties) {
		s.put(newProperty(m.Name(), m.Value))
	}
	for _, p := range added {
		s.put(p)
	}
	s.raw = s.render(text)
	return s, nil
}

func (s *Schema) put(p Property) {
	if i, ok := s.places[p.Name]; ok {
		s.properties[i] = p
		return
	}
	s.places[p.Name] = len(s.properties)
	s.properties = append(s.properties, p)
}

// columnNames are the names of the columns in the order of the schema.
func (s *Schema) columnNames() []string {
	names := make([]string, len(s.properties))
	for i, p := range s.properties {
		names[i] = p.Name
	}
	return names
}

// render writes the schema with its properties as they now are.
func (s *Schema) render(text []byte) json.RawMessage {
	var out object
	for m := range rawjson.Members(text) {
		if rawjson.KeyIs(m.Key, "properties") {
			m.Value = nil // below, once
		}
		out.add(m)
	}
	out.add(rawjson.Member{Key: []byte(`"properties"`), Value: s.renderProperties(nil)})
	return out.bytes()
}

func (s *Schema) renderProperties(out []byte) []byte {
	out = append(out, '{')
	for i, p := range s.properties {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = rawjson.AppendQuoted(out, p.Name)
		out = append(out, ": "...)
		out = append(out, p.Raw...)
	}
	return append(out, '}')
}

// Raw is the schema as JSON. It must not be written to.
func (s *Schema) Raw() json.RawMessage { return s.raw }

// MarshalJSON returns Raw.
func (s *Schema) MarshalJSON() ([]byte, error) { return s.raw, nil }

// Properties are the columns in the order of the schema. The slice must not be
// written to.
func (s *Schema) Properties() []Property { return s.properties }

// Property finds a column.
func (s *Schema) Property(name string) (Property, bool) {
	i, ok := s.places[name]
	if !ok {
		return Property{}, false
	}
	return s.properties[i], true
}

func newProperty(name string, raw []byte) Property {
	p := Property{Name: name, Raw: json.RawMessage(raw)}
	p.own = typesOf(raw)
	anyOf := branchTypes(raw, "anyOf")
	p.Types = distinct(p.own, anyOf, branchTypes(raw, "oneOf"))
	if len(p.Types) == 0 {
		p.Types = distinct(valueTypes(raw))
	}
	p.Format = formatOf(raw)
	p.acceptArray = slices.Contains(p.own, "array") || slices.Contains(anyOf, "array")
	if items, ok := rawjson.Get(raw, "items"); ok {
		types := append(typesOf(items), branchTypes(items, "anyOf")...)
		p.itemsObject = slices.Contains(types, "object")
		p.itemsString = slices.Contains(types, "string")
	}
	return p
}

// typesOf reads `type`, which is a name or a list of names.
func typesOf(schema []byte) []string {
	value, ok := rawjson.Get(schema, "type")
	if !ok {
		return nil
	}
	if rawjson.KindOf(value) == rawjson.String {
		return []string{rawjson.Unquote(value)}
	}
	var types []string
	for element := range rawjson.Elements(value) {
		if rawjson.KindOf(element) == rawjson.String {
			types = append(types, rawjson.Unquote(element))
		}
	}
	return types
}

// valueTypes are the types of the values that a schema lists.
func valueTypes(schema []byte) (types []string) {
	add := func(value []byte) {
		if name := Value(value).Kind().String(); name == "number" && !bytes.ContainsAny(value, ".eE") {
			types = append(types, "integer")
		} else {
			types = append(types, name)
		}
	}
	if value, ok := rawjson.Get(schema, "const"); ok {
		add(value)
		return types
	}
	values, _ := rawjson.Get(schema, "enum")
	for value := range rawjson.Elements(values) {
		add(value)
	}
	return types
}

func branchTypes(schema []byte, keyword string) []string {
	branches, _ := rawjson.Get(schema, keyword)
	var types []string
	for branch := range rawjson.Elements(branches) {
		types = append(types, typesOf(branch)...)
	}
	return types
}

// formatOf is the property's format, or that of the only branch with one.
func formatOf(schema []byte) string {
	if value, ok := rawjson.Get(schema, "format"); ok && rawjson.KindOf(value) == rawjson.String {
		return rawjson.Unquote(value)
	}
	var formats []string
	for _, keyword := range []string{"anyOf", "oneOf"} {
		branches, _ := rawjson.Get(schema, keyword)
		for branch := range rawjson.Elements(branches) {
			if value, ok := rawjson.Get(branch, "format"); ok && rawjson.KindOf(value) == rawjson.String {
				formats = append(formats, rawjson.Unquote(value))
			}
		}
	}
	if len(formats) != 1 {
		return ""
	}
	return formats[0]
}

func distinct(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, item := range list {
			if !seen[item] {
				seen[item] = true
				out = append(out, item)
			}
		}
	}
	return out
}
