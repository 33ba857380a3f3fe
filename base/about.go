package base

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// about is what --about tells. Its JSON has the keys of singer-sdk's, which Meltano's
// tools read, and for each setting what a plugin definition of Meltano says besides.
type about struct {
	Name         string        `json:"name"`
	Version      string        `json:"version"`
	Description  string        `json:"description,omitempty"`
	EnvPrefix    string        `json:"env_prefix"`
	EnvVarPrefix string        `json:"env_var_prefix"` // singer-sdk's name for it
	Capabilities []string      `json:"capabilities"`
	Settings     *settingsTree `json:"settings"`
}

// settingsTree is the JSON Schema of a config object.
type settingsTree struct {
	Type        string              `json:"type,omitempty"`
	Title       string              `json:"title,omitempty"`
	Label       string              `json:"label,omitempty"` // Meltano's name for it
	Kind        string              `json:"kind,omitempty"`  // the type as Meltano has it
	Description string              `json:"description,omitempty"`
	Default     json.RawMessage     `json:"default,omitempty"`
	Enum        []string            `json:"enum,omitempty"`
	Examples    []json.RawMessage   `json:"examples,omitempty"`
	Secret      bool                `json:"secret,omitempty"`
	Sensitive   bool                `json:"sensitive,omitempty"` // Meltano's name for it
	Env         string              `json:"env,omitempty"`
	Properties  *namedSettingsTrees `json:"properties,omitempty"`
	Required    []string            `json:"required,omitempty"`
}

// namedSettingsTrees keeps the order of the struct's fields.
type namedSettingsTrees struct {
	names []string
	trees map[string]*settingsTree
}

func (n *namedSettingsTrees) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, name := range n.names {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		tree, err := json.Marshal(n.trees[name])
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(tree)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func (t *settingsTree) child(name string) *settingsTree {
	if t.Properties == nil {
		t.Type = "object"
		t.Properties = &namedSettingsTrees{trees: map[string]*settingsTree{}}
	}
	if tree, ok := t.Properties.trees[name]; ok {
		return tree
	}
	tree := &settingsTree{}
	t.Properties.names = append(t.Properties.names, name)
	t.Properties.trees[name] = tree
	return tree
}

func (t *settingsTree) add(s setting, prefix string) {
	parent := t
	for _, key := range s.path[:len(s.path)-1] {
		parent = parent.child(key)
	}
	name := s.path[len(s.path)-1]
	leaf := parent.child(name)
	leaf.Type = s.schemaType()
	switch leaf.Type {
	case "secret":
		leaf.Type, leaf.Secret, leaf.Sensitive = "string", true, true
	case "duration":
		leaf.Type = "string"
	}
	switch {
	case len(s.enum) > 0:
		leaf.Kind = "options"
	case leaf.Type == "number":
		leaf.Kind = "decimal"
	default:
		leaf.Kind = leaf.Type
	}
	leaf.Title = title(s.path)
	leaf.Label = leaf.Title
	leaf.Description, leaf.Enum, leaf.Env = s.doc, s.enum, s.variable(prefix)
	if s.fallback != "" {
		leaf.Default = s.asJSON(s.fallback)
	}
	if s.example != "" {
		leaf.Examples = []json.RawMessage{s.asJSON(s.example)}
	}
	if s.required {
		parent.Required = append(parent.Required, name)
	}
}

// title is a setting's name for people.
func title(path []string) string {
	text := strings.Join(strings.FieldsFunc(strings.Join(path, " "), func(r rune) bool { return strings.ContainsRune("_-. ", r) }), " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// about prints what the connector is, without config, network or store.
func (r *run) about(form string) int {
	a, settings, err := r.describe()
	if err == nil {
		err = a.print(r.env.Stdout, form, settings)
	}
	if err != nil {
		fmt.Fprintf(r.env.Stderr, "%s: %v\n", r.info.Name, err)
		return exitFailed
	}
	return exitDone
}

func (r *run) describe() (about, []setting, error) {
	a := about{
		Name: r.info.Name, Version: r.info.Version, Description: r.info.Description,
		EnvPrefix: r.info.envPrefix(), EnvVarPrefix: r.info.envPrefix(), Capabilities: []string{}, Settings: &settingsTree{Type: "object"},
	}
	for _, row := range r.can.table() {
		if row.claimed && row.name != "" {
			a.Capabilities = append(a.Capabilities, row.name)
		}
	}
	if r.can.claimer != nil {
		for _, name := range r.can.claimer.Claims() {
			if !slices.Contains(a.Capabilities, name) {
				a.Capabilities = append(a.Capabilities, name)
			}
		}
	}
	a.Capabilities = append(a.Capabilities, r.can.singer()...)
	settings, err := settingsOf(reflect.TypeOf(r.config).Elem())
	if err != nil {
		return a, nil, err
	}
	own, err := settingsOf(reflect.TypeFor[limits]())
	if err != nil {
		return a, nil, err
	}
	if err := overlap(own, settings); err != nil {
		return a, nil, err
	}
	settings = append(settings, own...)
	if r.info.Engine != nil {
		engine, err := settingsOf(reflect.TypeOf(r.info.Engine.Settings()).Elem())
		if err != nil {
			return a, nil, err
		}
		if err := overlap(engine, settings); err != nil {
			return a, nil, err
		}
		settings = append(settings, engine...)
		a.Capabilities = append(a.Capabilities, r.info.Engine.Name())
	}
	for _, s := range settings {
		a.Settings.add(s, a.EnvPrefix)
	}
	return a, settings, nil
}

func (a about) print(out io.Writer, form string, settings []setting) error {
	switch form {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(a)
	case "markdown":
		return a.markdown(out, settings)
	}
	return a.text(out, settings)
}

func (a about) text(out io.Writer, settings []setting) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", a.Name, a.Version)
	if a.Description != "" {
		fmt.Fprintln(&b, a.Description)
	}
	fmt.Fprintf(&b, "\nCapabilities: %s\n\nSettings:\n", a.methods())
	for _, s := range settings {
		fmt.Fprintf(&b, "  %s (%s)\n      %s\n      environment: %s\n", s.key(), s.facts(), s.doc, s.variable(a.EnvPrefix))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (a about) markdown(out io.Writer, settings []setting) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n%s\n\n", a.Name, a.Version, a.Description)
	fmt.Fprintf(&b, "Capabilities: %s\n\n", a.methods())
	b.WriteString("| setting | what it is | meaning | environment |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, s := range settings {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", s.key(), cell.Replace(s.facts()), cell.Replace(s.doc), s.variable(a.EnvPrefix))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// methods are what base calls, for people.
func (a about) methods() string {
	return strings.Join(append([]string{"export_batch_data"}, a.Capabilities...), ", ")
}

// facts are type, default and the like, in a few words.
func (s setting) facts() string {
	facts := []string{s.schemaType()}
	if s.required {
		facts = append(facts, "required")
	}
	if len(s.enum) > 0 {
		facts = append(facts, "one of "+strings.Join(s.enum, ", "))
	}
	if s.fallback != "" {
		facts = append(facts, "default "+s.fallback)
	}
	if s.example != "" {
		facts = append(facts, "for example "+s.example)
	}
	return strings.Join(facts, ", ")
}
