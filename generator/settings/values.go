package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// values are the members of a JSON object in their order, or one other value.
type values struct {
	names   []string
	members map[string]*values // nil for a value that is no object
	text    json.RawMessage    // as it is written
}

func readValues(text []byte) (*values, error) {
	if !json.Valid(text) {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, err
		}
	}
	return valuesOf(text)
}

// valuesOf reads text that is known to be JSON. Of repeated keys the last holds.
func valuesOf(text []byte) (*values, error) {
	v := &values{text: bytes.TrimSpace(text)}
	if v.text[0] != '{' {
		return v, nil
	}
	v.members = map[string]*values{}
	decoder := json.NewDecoder(bytes.NewReader(v.text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var member json.RawMessage
		if err := decoder.Decode(&member); err != nil {
			return nil, err
		}
		inner, err := valuesOf(member)
		if err != nil {
			return nil, err
		}
		v.put(fmt.Sprint(name), inner)
	}
	return v, nil
}

func (v *values) put(name string, member *values) {
	if v.members == nil {
		v.members = map[string]*values{}
	}
	if v.members[name] == nil {
		v.names = append(v.names, name)
	}
	v.members[name] = member
}

// same reports whether a config says what is wanted, in whatever order.
func (v *values) same(wanted *values) bool {
	if wanted.text != nil {
		return bytes.Equal(v.text, wanted.text)
	}
	if len(v.members) != len(wanted.members) {
		return false
	}
	for name, member := range wanted.members {
		if v.members[name] == nil || !v.members[name].same(member) {
			return false
		}
	}
	return true
}

func (v *values) appendJSON(out []byte) []byte {
	if v.text != nil {
		return append(out, v.text...)
	}
	out = append(out, '{')
	for i, name := range v.names {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, marshal(name)...), ':')
		out = v.members[name].appendJSON(out)
	}
	return append(out, '}')
}
