package records

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// schema is what matters of a JSON Schema for a type of Go.
type schema struct {
	types       []string // of type; nil for any
	description string
	properties  []property // nil: it says nothing of properties
	required    []string
	items       *schema // of an array whose elements have one schema
	minimum     *big.Rat
	maximum     *big.Rat
	branches    []*schema // of anyOf and oneOf
	opaque      bool      // it says more than this package understands: its values stay JSON
}

type property struct {
	name   string
	schema *schema
}

// schemaText are the keys that are read.
type schemaText struct {
	Type             json.RawMessage            `json:"type"`
	Description      string                     `json:"description"`
	Properties       json.RawMessage            `json:"properties"`
	Required         json.RawMessage            `json:"required"`
	Items            json.RawMessage            `json:"items"`
	Minimum          json.Number                `json:"minimum"`
	Maximum          json.Number                `json:"maximum"`
	ExclusiveMinimum json.RawMessage            `json:"exclusiveMinimum"`
	ExclusiveMaximum json.RawMessage            `json:"exclusiveMaximum"`
	AnyOf            []json.RawMessage          `json:"anyOf"`
	OneOf            []json.RawMessage          `json:"oneOf"`
	AllOf            json.RawMessage            `json:"allOf"`
	Ref              string                     `json:"$ref"`
	Definitions      map[string]json.RawMessage `json:"definitions"`
	Defs             map[string]json.RawMessage `json:"$defs"`
}

// parser reads a schema with its references.
type parser struct {
	root schemaText
	open []string // references that are being followed
}

// parseSchema reads the schema of a stream.
func parseSchema(text []byte) (*schema, error) {
	var p parser
	if err := json.Unmarshal(text, &p.root); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	s, err := p.parse(text)
	if err != nil {
		return nil, err
	}
	if s.properties == nil {
		return nil, errors.New("the schema has no properties: list the columns under schema.properties")
	}
	return s, nil
}

func (p *parser) parse(text []byte) (*schema, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] != '{' {
		return &schema{opaque: true}, nil // true, false, or nothing
	}
	var t schemaText
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if t.Ref != "" {
		return p.follow(t.Ref)
	}
	s := &schema{description: t.Description, opaque: t.AllOf != nil}
	var err error
	if s.types, err = stringOrList(t.Type); err != nil {
		return nil, fmt.Errorf("schema: type: %w", err)
	}
	if s.required, err = stringOrList(t.Required); err != nil {
		s.required = nil // Draft 3 has true and false there
	}
	s.minimum, s.maximum = bound(t.Minimum, t.ExclusiveMinimum), bound(t.Maximum, t.ExclusiveMaximum)
	if s.properties, err = p.properties(t.Properties); err != nil {
		return nil, err
	}
	if items := bytes.TrimSpace(t.Items); len(items) > 0 && items[0] == '{' {
		if s.items, err = p.parse(items); err != nil {
			return nil, err
		}
	}
	for _, branch := range slices.Concat(t.AnyOf, t.OneOf) {
		b, err := p.parse(branch)
		if err != nil {
			return nil, err
		}
		s.branches = append(s.branches, b)
	}
	return s, nil
}

// follow reads a definition of the same schema. One that is made of itself, and one of
// elsewhere, has no end that a struct could have.
func (p *parser) follow(ref string) (*schema, error) {
	for prefix, definitions := range map[string]map[string]json.RawMessage{"#/definitions/": p.root.Definitions, "#/$defs/": p.root.Defs} {
		name, ok := strings.CutPrefix(ref, prefix)
		text, known := definitions[name]
		if !ok || !known || slices.Contains(p.open, ref) {
			continue
		}
		p.open = append(p.open, ref)
		s, err := p.parse(text)
		p.open = p.open[:len(p.open)-1]
		return s, err
	}
	return &schema{opaque: true}, nil
}

// properties keeps the order of the text.
func (p *parser) properties(text []byte) ([]property, error) {
	if text = bytes.TrimSpace(text); len(text) == 0 || text[0] != '{' {
		return nil, nil
	}
	list := []property{}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("schema: properties: %w", err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("schema: properties: %w", err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("schema: property %q: %w", key, err)
		}
		s, err := p.parse(value)
		if err != nil {
			return nil, fmt.Errorf("property %q: %w", key, err)
		}
		name := fmt.Sprint(key)
		list = slices.DeleteFunc(list, func(o property) bool { return o.name == name })
		list = append(list, property{name, s})
	}
	return list, nil
}

// stringOrList reads a name or a list of names.
func stringOrList(text json.RawMessage) ([]string, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(text, &one) == nil {
		return []string{one}, nil
	}
	var list []string
	err := json.Unmarshal(text, &list)
	return list, err
}

// bound is a limit, be it exclusive or not: between -2^63 and 2^63 that makes no
// difference for what fits.
func bound(inclusive json.Number, exclusive json.RawMessage) *big.Rat {
	for _, text := range []string{string(inclusive), string(exclusive)} {
		const long = 64
		if text == "" || len(text) > long || strings.ContainsAny(text, "eE") {
			continue // 1e999999999 is no number to work out
		}
		if n, ok := new(big.Rat).SetString(text); ok {
			return n
		}
	}
	return nil
}

// fits64 reports whether every integer of the schema is one of 64 bits.
func (s *schema) fits64() bool {
	least, most := big.NewRat(-1<<62, 1), new(big.Rat)
	least.Mul(least, big.NewRat(2, 1))
	most.Sub(new(big.Rat).Neg(least), big.NewRat(1, 1))
	return s.minimum != nil && s.maximum != nil && s.minimum.Cmp(least) >= 0 && s.maximum.Cmp(most) <= 0
}

// accepted are the JSON types of the values, "null" among them; nil for any.
func (s *schema) accepted() []string {
	if s.opaque {
		return nil
	}
	types := slices.Clone(s.types)
	for _, b := range s.branches {
		of := b.accepted()
		if of == nil {
			return nil
		}
		types = append(types, of...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:6])
}
