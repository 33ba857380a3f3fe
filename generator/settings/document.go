package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Document is the JSON Schema of a connector's config, as a file. The settings
// of base that stand in every config, and those of an engine that the connector has, are
// part of it; further keys are allowed, for Mage adds its own.
func Document(name string, list, engine []Setting) []byte {
	root := objectOf(slices.Concat(list, Shared(), engine)).schema()
	root.Dialect = "https://json-schema.org/draft/2020-12/schema"
	root.Comment = "Written by mage-dest generate from Config. What is required may come from an environment variable too."
	root.Title = "Config of " + name
	root.Additional = true
	return indented(marshal(root))
}

// object is an object of a config: settings, and objects with settings.
type object struct {
	names   []string
	members map[string]*object
	setting *Setting // of a member that is one
}

func objectOf(list []Setting) *object {
	root := &object{}
	for _, s := range list {
		root.at(s.Path).setting = &s
	}
	return root
}

// at returns the member at a path; it is made if it is not there.
func (o *object) at(path []string) *object {
	for _, name := range path {
		if o.members[name] == nil {
			if o.members == nil {
				o.members = map[string]*object{}
			}
			o.names, o.members[name] = append(o.names, name), &object{}
		}
		o = o.members[name]
	}
	return o
}

// mustBeGiven reports whether a config without the object is refused.
func (o *object) mustBeGiven() bool {
	if o.setting != nil {
		return o.setting.mustBeGiven()
	}
	return slices.ContainsFunc(o.names, func(name string) bool { return o.members[name].mustBeGiven() })
}

func (o *object) schema() *Schema {
	if o.setting != nil {
		return o.setting.schema()
	}
	s := &Schema{Type: jsonTypes{"object"}}
	for _, name := range o.names {
		member := o.members[name].schema()
		if o.members[name].mustBeGiven() {
			s.Required = append(s.Required, name)
		} else {
			member = member.orNull() // base takes null for a key that is not there
		}
		s.Properties = append(s.Properties, property{name, member})
	}
	return s
}

// schema is the setting's value with all that is known of it.
func (s Setting) schema() *Schema {
	schema := *s.Value
	schema.Description = s.Doc
	if s.Default != nil {
		schema.Default = s.Default.JSON
	}
	if s.Example != nil {
		schema.Examples = append(schema.Examples, s.Example.JSON)
	}
	for _, known := range s.Known {
		schema.Examples = append(schema.Examples, marshal(known))
	}
	for _, value := range s.Enum {
		if s.strictEnum {
			schema.Enum = append(schema.Enum, value.JSON)
		} else {
			schema.Examples = append(schema.Examples, value.JSON)
		}
	}
	return &schema
}

// indented is JSON text as a file of its own.
func indented(text []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		panic(fmt.Sprintf("settings: %q is no JSON: %v", text, err)) // what is handed here was marshalled or checked
	}
	return append(out.Bytes(), '\n')
}
