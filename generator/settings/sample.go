package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/token"
	"slices"
)

// UpdateSample returns the sample config, Mage's templates/config.json: every
// setting that is required, secret, or has a default or an example, in the order
// of the fields. A value that the author has given to a setting stays, also to
// one of base; keys that are no settings go. A sample that says this already is
// returned as it is, however it is written. text is what the file holds now, empty
// if there is none.
//
// schema is the Document that was written last, nil if there is none: a value that is
// the default of then is not the author's and follows the default of now.
func UpdateSample(name string, text, schema []byte, list, engine []Setting) ([]byte, error) {
	given := &values{}
	if len(bytes.TrimSpace(text)) > 0 {
		var err error
		if given, err = readValues(text); err != nil {
			return nil, sampleFault(name, text, err)
		}
		if given.members == nil {
			return nil, &Error{Faults: []string{name + ":1:1: the sample config must be a JSON object"}}
		}
	}
	root := objectOf(slices.Concat(list, Shared(), engine))
	root.forget(given, formerSchema(schema))
	wanted := root.sample(given)
	if len(text) > 0 && given.same(wanted) {
		return text, nil
	}
	return indented(wanted.appendJSON(nil)), nil
}

func sampleFault(name string, text []byte, err error) error {
	at := token.Position{Filename: name, Line: 1, Column: 1}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := text[:min(len(text), max(0, int(syntax.Offset)-1))]
		at.Line += bytes.Count(before, []byte("\n"))
		at.Column = len(before) - bytes.LastIndexByte(before, '\n')
	}
	var f faults
	f.add(at, "%v; mend it, or remove the file to have it written anew", err)
	return f.err()
}

// former is what a schema that was written earlier says of the default of a setting.
type former struct {
	Default    json.RawMessage
	Properties map[string]former
}

// formerSchema reads a schema; of one that cannot be read nothing is known.
func formerSchema(schema []byte) former {
	var f former
	if json.Unmarshal(schema, &f) != nil {
		return former{}
	}
	return f
}

// forget lets go of values that were the default when the schema was written, where
// the default is now another.
func (o *object) forget(given *values, schema former) {
	for _, name := range o.names {
		value, member := given.members[name], o.members[name]
		if value == nil {
			continue
		}
		if member.setting == nil {
			member.forget(value, schema.Properties[name])
			continue
		}
		was, is := schema.Properties[name].Default, member.setting.Default
		if was != nil && is != nil && sameJSON(value.text, was) && !sameJSON(was, is.JSON) {
			delete(given.members, name)
		}
	}
}

func sameJSON(a, b []byte) bool {
	var left, right bytes.Buffer
	return json.Compact(&left, a) == nil && json.Compact(&right, b) == nil && bytes.Equal(left.Bytes(), right.Bytes())
}

// sample builds the sample of an object: what is given for its settings, and what
// its settings have to offer. Those of base are there only if they were given.
func (o *object) sample(given *values) *values {
	out := &values{members: map[string]*values{}}
	for _, name := range o.names {
		member, there := o.members[name], given.members[name]
		switch {
		case member.setting == nil:
			if there == nil {
				there = &values{}
			}
			if inner := member.sample(there); len(inner.names) > 0 {
				out.put(name, inner)
			}
		case there != nil:
			out.put(name, there)
		case !member.setting.shared:
			if text := member.setting.sample(); text != nil {
				out.put(name, &values{text: text})
			}
		}
	}
	return out
}

// sample is the value that a sample config has for the setting, nil for none.
func (s Setting) sample() json.RawMessage {
	switch {
	case s.Type == "secret":
		return json.RawMessage(`""`)
	case s.Default != nil:
		return s.Default.JSON
	case s.Example != nil:
		return s.Example.JSON
	case !s.Required:
		return nil
	case s.strictEnum && len(s.Enum) > 0:
		return s.Enum[0].JSON
	}
	zero := map[string]string{
		"string": `""`, "duration": `"0s"`, "integer": "0", "number": "0", "boolean": "false", "array": "[]", "object": "{}",
	}
	return json.RawMessage(zero[s.Type])
}
