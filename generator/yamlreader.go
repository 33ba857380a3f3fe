package generator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlReader walks YAML nodes and collects faults with their places.
type yamlReader struct {
	file   string
	faults []string
}

func (r *yamlReader) fault(n *yaml.Node, format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf("%s:%d:%d: %s", r.file, n.Line, n.Column, fmt.Sprintf(format, args...)))
}

// document returns the mapping at the top of src, or nil after a fault.
func (r *yamlReader) document(src []byte) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		line, message := yamlFault(err)
		r.faults = append(r.faults, fmt.Sprintf("%s:%d:1: %s", r.file, line, message))
		return nil
	}
	if len(doc.Content) == 0 {
		r.faults = append(r.faults, r.file+":1:1: the file is empty")
		return nil
	}
	return doc.Content[0]
}

// yamlFault takes apart a syntax error of package yaml, which tells the line
// within its text.
func yamlFault(err error) (line int, message string) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if _, scan := fmt.Sscanf(text, "line %d:", &line); scan != nil {
		return 1, text
	}
	_, message, _ = strings.Cut(text, ": ")
	return line, message
}

// fields hands each value of a mapping to the function of its key. Unknown,
// repeated and missing keys are faults.
func (r *yamlReader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node), required ...string) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "%s is a mapping of %s", what, strings.Join(sortedNames(known), ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, ok := known[key.Value]
		switch {
		case !ok:
			r.fault(key, "unknown key %q; %s has %s", clip(key.Value), what, strings.Join(sortedNames(known), ", "))
		case seen[key.Value]:
			r.fault(key, "key %q is given twice", key.Value)
		default:
			read(value)
		}
		seen[key.Value] = true
	}
	for _, key := range required {
		if !seen[key] {
			r.fault(n, "%s needs the key %q", what, key)
		}
	}
}

func sortedNames(m map[string]func(*yaml.Node)) []string { return slices.Sorted(maps.Keys(m)) }

func (r *yamlReader) items(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "%s is no list", nodeText(n))
		return nil
	}
	return n.Content
}

func (r *yamlReader) texts(n *yaml.Node) []string {
	var out []string
	for _, item := range r.items(n) {
		out = append(out, r.text(item))
	}
	return out
}

// text reads one line of text.
func (r *yamlReader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		r.fault(n, "%s is no text; put it in quotes if it is meant as one", nodeText(n))
		return ""
	}
	if err := checkLine(n.Value); err != nil {
		r.fault(n, "%v", err)
		return ""
	}
	return n.Value
}

func (r *yamlReader) flag(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		r.fault(n, "%s is neither true nor false", nodeText(n))
	}
	return n.Value == "true"
}

func (r *yamlReader) oneOf(n *yaml.Node, values []string) string {
	text := r.text(n)
	if text != "" && !slices.Contains(values, text) {
		r.fault(n, "%q is none of %s", text, strings.Join(values, ", "))
		return ""
	}
	return text
}

// nodeText names a node in a message.
func nodeText(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case n.ShortTag() == "!!null":
		return "an empty value"
	}
	return strconv.Quote(clip(n.Value))
}
