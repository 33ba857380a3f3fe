package base

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// chooseConfig picks the config object by Mage's rule: --config_json, else the
// file of --config, else the key config of the file of --settings. An empty
// object counts as absent. nil means that there is none.
func chooseConfig(f flags) ([]byte, error) {
	if f.configJSON != "" {
		object, err := configObject([]byte(f.configJSON), "--config_json")
		if object != nil || err != nil {
			return object, err
		}
	}
	if f.config != "" {
		text, err := os.ReadFile(f.config)
		if err != nil {
			return nil, fmt.Errorf("read --config: %w", err)
		}
		object, err := configObject(text, "--config "+f.config)
		if object != nil || err != nil {
			return object, err
		}
	}
	if f.settings != "" {
		return settingsConfig(f.settings)
	}
	return nil, nil
}

// configObject checks the text of a config; an empty object is nil.
func configObject(text []byte, source string) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	facts, err := rawjson.Check(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not JSON: %w", source, err)
	}
	if facts.NonFinite >= 0 {
		return nil, fmt.Errorf("%s is not JSON: column %d: NaN and the infinities are not allowed in a config", source, facts.NonFinite+1)
	}
	switch rawjson.KindOf(text) {
	case rawjson.Null:
		return nil, nil
	case rawjson.Object:
		for range rawjson.Members(text) {
			return rawjson.Trim(text), nil
		}
		return nil, nil
	}
	return nil, fmt.Errorf("%s must be a JSON object, not %s", source, Value(text).Kind())
}

// settingsConfig reads the key config of a YAML file, as JSON.
func settingsConfig(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read --settings: %w", err)
	}
	var settings struct {
		Config yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("--settings %s: %w", path, err)
	}
	if settings.Config.IsZero() {
		return nil, nil
	}
	object, err := yamlAsJSON(&settings.Config, 0)
	if err != nil {
		return nil, fmt.Errorf("--settings %s: config: %w", path, err)
	}
	return configObject(object, "--settings "+path+": config")
}

// yamlDepth bounds nesting; aliases are followed, so a file could nest for ever.
const yamlDepth = 100

// yamlAsJSON keeps the digits of integers and the order of keys.
func yamlAsJSON(node *yaml.Node, depth int) ([]byte, error) {
	if depth > yamlDepth {
		return nil, fmt.Errorf("line %d: nested deeper than %d levels", node.Line, yamlDepth)
	}
	switch node.Kind {
	case yaml.AliasNode:
		return yamlAsJSON(node.Alias, depth+1)
	case yaml.SequenceNode:
		return yamlSequence(node, depth)
	case yaml.MappingNode:
		return yamlMapping(node, depth)
	case yaml.ScalarNode:
		return yamlScalar(node)
	}
	return []byte("null"), nil
}

func yamlSequence(node *yaml.Node, depth int) ([]byte, error) {
	out := []byte{'['}
	for i, element := range node.Content {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := yamlAsJSON(element, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, value...)
	}
	return append(out, ']'), nil
}

func yamlMapping(node *yaml.Node, depth int) ([]byte, error) {
	out := []byte{'{'}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return nil, fmt.Errorf("line %d: keys must be plain text", key.Line)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(rawjson.AppendQuoted(out, key.Value), ':')
		value, err := yamlAsJSON(node.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

func yamlScalar(node *yaml.Node) ([]byte, error) {
	if node.Tag == "!!int" {
		if n, ok := new(big.Int).SetString(node.Value, 0); ok {
			return n.Append(nil, 10), nil
		}
	}
	if node.Tag == "!!float" && json.Valid([]byte(node.Value)) {
		return []byte(node.Value), nil
	}
	if node.Tag == "!!str" || node.Tag == "!!timestamp" {
		return rawjson.AppendQuoted(nil, node.Value), nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	return text, nil
}
