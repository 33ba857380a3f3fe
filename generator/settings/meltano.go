package settings

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// UpdateMeltano writes the settings into a Meltano plugin definition: between the
// markers stand settings_group_validation, the key settings and the entries of the
// connector's own settings; those of base follow in the file. Labels, further
// keys and comments are the author's and stay, and so does text that says what it
// should, however it is written. Without markers the error is ErrNoMarkers.
func UpdateMeltano(name string, text []byte, list []Setting) ([]byte, error) {
	r, err := findRegion(name, string(text), yamlMark(openMark), yamlMark(closeMark))
	if err != nil {
		return nil, err
	}
	fault := func(reason string) error {
		return &Error{Faults: []string{fmt.Sprintf("%s:%d:1: what stands after %q %s; mend it, or empty it down to %q to have it written anew",
			name, strings.Count(r.before, "\n"), yamlMark(openMark), reason, yamlMark(closeMark))}}
	}
	plugin, err := parseMapping(dedent(r.inside, r.indent))
	if err != nil {
		return nil, fault(err.Error())
	}
	if !plugin.describe(list) {
		return text, nil
	}
	inside, err := plugin.encode(r.indent)
	if err != nil {
		return nil, fault(err.Error())
	}
	updated := []byte(r.replace(inside))
	if err := yaml.Unmarshal(updated, new(yaml.Node)); err != nil {
		return nil, fault(fmt.Sprintf("cannot be replaced without breaking the YAML after it (%s): indent the entries of settings by two spaces", reasonOf(err)))
	}
	return updated, nil
}

func dedent(text, indent string) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimPrefix(line, indent))
	}
	return out.Bytes()
}

// reasonOf is an error of the YAML package without its line, which counts from
// somewhere else.
func reasonOf(err error) string {
	return regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
}

// describe brings the plugin in line with the settings.
func (m mapping) describe(list []Setting) (changed bool) {
	changed = m.describeRequired(list)
	there := m.get("settings")
	if there == nil {
		there = &yaml.Node{}
		m.Content = append(m.Content, scalar("settings"), there)
	}
	entries := map[string]*yaml.Node{}
	for _, entry := range there.Content {
		if name := (mapping{entry}).get("name"); name != nil {
			entries[name.Value] = entry
		}
	}
	wanted := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range list {
		entry := entries[s.Key()]
		if entry == nil {
			entry = &yaml.Node{Kind: yaml.MappingNode}
		}
		changed = describeEntry(mapping{entry}, s) || changed
		wanted.Content = append(wanted.Content, entry)
	}
	for _, s := range slices.Concat(Shared(), sharedOf(kafkaPackage, "Settings")) {
		if entry := entries[s.Key()]; entry != nil {
			wanted.Content = append(wanted.Content, entry) // of base, and nothing else knows it
		}
	}
	if len(wanted.Content) == 0 {
		wanted = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"} // a list may follow
	}
	if there.Kind != 0 && !changed && slices.Equal(there.Content, wanted.Content) {
		return false
	}
	there.Kind, there.Tag, there.Style, there.Content = wanted.Kind, wanted.Tag, 0, wanted.Content
	return true
}

// describeRequired says which settings a plugin has to be given: all in one group.
func (m mapping) describeRequired(list []Setting) (changed bool) {
	const key = "settings_group_validation"
	group := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range list {
		if s.mustBeGiven() {
			group.Content = append(group.Content, scalar(s.Key()))
		}
	}
	there := m.get(key)
	if there == nil || there.Kind != yaml.SequenceNode || len(there.Content) != 1 {
		return m.set(key, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{group}})
	}
	if only := there.Content[0]; !sameYAML(only, group) {
		only.Kind, only.Tag, only.Content = group.Kind, group.Tag, group.Content
		return true
	}
	return false
}

// describeEntry brings one entry in line with its setting. The label is only
// written where there is none.
func describeEntry(entry mapping, s Setting) (changed bool) {
	if entry.get("name") == nil {
		entry.set("name", scalar(s.Key()))
	}
	if entry.get("label") == nil {
		changed = entry.set("label", scalar(label(s.Path...)))
	}
	put := func(key string, value *yaml.Node) {
		if value == nil {
			changed = entry.remove(key) || changed
		} else {
			changed = entry.set(key, value) || changed
		}
	}
	kind := kindOf(s)
	put("kind", scalar(kind))
	put("sensitive", nodeIf(s.Type == "secret", true))
	put("value", defaultOf(s, kind))
	putOptions(entry, s.Enum, put)
	if s.Doc != "" {
		put("description", scalar(s.Doc))
	}
	if s.Example != nil {
		put("placeholder", scalar(s.Example.Text))
	}
	return changed
}

// kindOf is the setting's type in Meltano's words.
func kindOf(s Setting) string {
	if len(s.Enum) > 0 {
		return "options"
	}
	switch s.Type {
	case "secret", "duration":
		return "string"
	case "number":
		return "decimal"
	}
	return s.Type
}

// defaultOf is the setting's default; options and text are text in any case.
func defaultOf(s Setting, kind string) *yaml.Node {
	if s.Default == nil {
		return nil
	}
	var document yaml.Node
	if kind == "options" || kind == "string" || yaml.Unmarshal(s.Default.JSON, &document) != nil {
		return scalar(s.Default.Text)
	}
	value := document.Content[0] // JSON is YAML
	if kind == "decimal" || kind == "integer" {
		value.Style = 0
	}
	return value
}

// putOptions writes the values to choose from, with the author's labels where the
// values are those that stand there.
func putOptions(entry mapping, enum []*Literal, put func(string, *yaml.Node)) {
	if len(enum) == 0 {
		put("options", nil)
		return
	}
	var there []struct{ Value string }
	if node := entry.get("options"); node != nil && node.Decode(&there) == nil &&
		slices.EqualFunc(there, enum, func(o struct{ Value string }, l *Literal) bool { return o.Value == l.Text }) {
		return
	}
	options := &yaml.Node{Kind: yaml.SequenceNode}
	for _, value := range enum {
		options.Content = append(options.Content, &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{
			scalar("label"), scalar(label(value.Text)), scalar("value"), scalar(value.Text),
		}})
	}
	put("options", options)
}

func nodeIf(condition bool, value any) *yaml.Node {
	if !condition {
		return nil
	}
	return scalar(value)
}

// label is a name for people: api_key is API key.
func label(path ...string) string {
	words := strings.FieldsFunc(strings.Join(path, " "), func(r rune) bool { return strings.ContainsRune("_-. ", r) })
	for i, word := range words {
		if slices.Contains(initialisms(), strings.ToLower(word)) {
			words[i] = strings.ToUpper(word)
		} else if i == 0 {
			first, size := utf8.DecodeRuneInString(word)
			words[i] = string(unicode.ToUpper(first)) + word[size:]
		}
	}
	return cmp.Or(strings.Join(words, " "), strings.Join(path, "."))
}

func initialisms() []string {
	return []string{
		"api", "arn", "aws", "ca", "cpu", "csv", "db", "dns", "gcp", "http", "https", "id", "ip", "json", "jwt",
		"kms", "mb", "s3", "sql", "ssh", "ssl", "tls", "ttl", "uri", "url", "uuid", "vpc", "xml",
	}
}
