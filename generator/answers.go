package generator

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Names of the two answers that every connector has, whatever its pack asks.
const (
	answerName   = "name"
	answerModule = "module"
)

// answerSheet gathers the answers to a pack's parameters from what ranks lowest
// to what ranks highest, and every fault on the way.
type answerSheet struct {
	params []Parameter
	values map[string]any
	given  map[string]bool   // by the user, not by a default
	texts  map[string]string // of files that are answers
	faults []string
}

func newAnswerSheet(params []Parameter) *answerSheet {
	s := &answerSheet{params: params, values: map[string]any{}, given: map[string]bool{}, texts: map[string]string{}}
	for _, p := range params {
		if p.Default != nil {
			s.values[p.Name] = p.Default
		}
	}
	return s
}

// addFile reads answers from a YAML mapping of parameter names to values.
func (s *answerSheet) addFile(name string, src []byte) {
	r := &yamlReader{file: name}
	root := r.document(src)
	if root == nil {
		s.faults = append(s.faults, r.faults...)
		return
	}
	known := map[string]func(*yaml.Node){}
	for _, p := range s.params {
		known[p.Name] = func(n *yaml.Node) {
			value, err := s.fromNode(p, n, filepath.Dir(name))
			if err != nil {
				r.fault(n, "%s: %v", p.Name, err)
				return
			}
			s.put(p.Name, value)
		}
	}
	r.fields(root, "this template", known)
	s.faults = append(s.faults, r.faults...)
}

// addSettings reads answers of the form key=value, as --set takes them.
func (s *answerSheet) addSettings(settings []string) {
	for _, setting := range settings {
		key, text, ok := strings.Cut(setting, "=")
		if !ok {
			s.faults = append(s.faults, fmt.Sprintf("--set %q: write it as key=value", clip(setting)))
			continue
		}
		p, ok := s.param(key)
		if !ok {
			s.faults = append(s.faults, fmt.Sprintf("--set %s: the template has no parameter %q; it has %s", clip(setting), clip(key), s.names()))
			continue
		}
		value, err := s.fromText(p, text, "")
		if err != nil {
			s.faults = append(s.faults, fmt.Sprintf("--set %s: %v", key, err))
			continue
		}
		s.put(key, value)
	}
}

func (s *answerSheet) param(name string) (Parameter, bool) {
	i := slices.IndexFunc(s.params, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		return Parameter{}, false
	}
	return s.params[i], true
}

// fromNode reads an answer that stands in a file of dir.
func (s *answerSheet) fromNode(p Parameter, n *yaml.Node, dir string) (any, error) {
	if p.File && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		return s.fromText(p, n.Value, dir)
	}
	return p.fromNode(n)
}

// fromText reads an answer that may be the path of a file, counted from dir.
func (s *answerSheet) fromText(p Parameter, text, dir string) (any, error) {
	if !p.File || slices.Contains(p.Values, text) {
		return p.FromText(text)
	}
	if !filepath.IsAbs(text) {
		text = filepath.Join(dir, text)
	}
	content, err := readText(text)
	if err != nil {
		return nil, fmt.Errorf("%w; it is %s", err, p.wants())
	}
	s.texts[p.Name] = content
	return fileAnswer, nil
}

func (s *answerSheet) put(name string, value any) {
	s.values[name], s.given[name] = value, true
}

// askFor asks a person for what is required and missing, and for what the pack
// wants asked although it has a default.
func (s *answerSheet) askFor(ask func(Parameter, error) (string, error)) error {
	for _, p := range s.params {
		if s.given[p.Name] || (p.Default != nil && !p.Ask) {
			continue
		}
		if err := s.askOne(p, ask); err != nil {
			return fmt.Errorf("ask for %s: %w", p.Name, err)
		}
	}
	return nil
}

// askOne asks until the answer can be taken. An empty one takes the default.
func (s *answerSheet) askOne(p Parameter, ask func(Parameter, error) (string, error)) error {
	var wrong error
	for {
		text, err := ask(p, wrong)
		if err != nil {
			return err
		}
		if text == "" && p.Default != nil {
			return nil
		}
		value, err := p.FromText(text)
		if err == nil {
			s.put(p.Name, value)
			return nil
		}
		wrong = err
	}
}

// result returns the answers, or every fault of them.
func (s *answerSheet) result() (map[string]any, error) {
	for _, p := range s.params {
		if _, ok := s.values[p.Name]; !ok {
			s.faults = append(s.faults, fmt.Sprintf("parameter %s has no default (%s): give it with --set %s=VALUE", p.Name, p.Doc, p.Name))
		}
	}
	return s.values, asError(s.faults)
}

func (s *answerSheet) names() string {
	if len(s.params) == 0 {
		return "none"
	}
	names := make([]string, len(s.params))
	for i, p := range s.params {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}
