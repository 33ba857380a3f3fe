package settings

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mapping is a YAML mapping that is changed in place, so that comments stay.
type mapping struct{ *yaml.Node }

// parseMapping reads a mapping; empty text is one without keys.
func parseMapping(text []byte) (mapping, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return mapping{}, fmt.Errorf("is no YAML (%s)", reasonOf(err))
	}
	switch {
	case len(document.Content) == 0:
		return mapping{&yaml.Node{Kind: yaml.MappingNode, HeadComment: document.HeadComment}}, nil
	case document.Content[0].Kind != yaml.MappingNode:
		return mapping{}, errors.New("is no mapping")
	}
	return mapping{document.Content[0]}, nil
}

func (m mapping) get(key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// set gives a key a value, unless it has it already, and reports whether it was so.
func (m mapping) set(key string, value *yaml.Node) (changed bool) {
	there := m.get(key)
	if there == nil {
		m.Content = append(m.Content, scalar(key), value)
		return true
	}
	if sameYAML(there, value) {
		return false
	}
	value.LineComment = there.LineComment
	*there = *value
	return true
}

// remove drops a key.
func (m mapping) remove(key string) (changed bool) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			return true
		}
	}
	return false
}

// encode writes the mapping with the indentation of the file.
func (m mapping) encode(indent string) (string, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(m.Node), encoder.Close()); err != nil {
		return "", err
	}
	var text strings.Builder
	for line := range strings.Lines(out.String()) {
		if line != "\n" {
			text.WriteString(indent)
		}
		text.WriteString(line)
	}
	return text.String(), nil
}

// scalar is a value as a node, quoted where it has to be.
func scalar(value any) *yaml.Node {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		panic(fmt.Sprintf("settings: %v is no YAML: %v", value, err)) // strings and booleans always are
	}
	return &node
}

func sameYAML(a, b *yaml.Node) bool {
	var left, right any
	return a.Decode(&left) == nil && b.Decode(&right) == nil && reflect.DeepEqual(left, right)
}
