package generator

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

const (
	stateFile   = ".mage-dest.yaml"
	stateDir    = ".mage-dest"
	baseFolder  = stateDir + "/base"
	textFolder  = stateDir + "/texts" // of answers that were files
	stateFormat = 1

	stateHeader = "# What mage-dest made this connector from. Commit it; mage-dest keeps it.\n"
)

// state is what a connector keeps of how it was made: .mage-dest.yaml. It holds
// no secret, time or path of the machine it was made on.
type state struct {
	Format   int          `yaml:"format"`
	Kind     Kind         `yaml:"kind,omitempty"` // "": a connector
	Template TemplateRef  `yaml:"template"`
	Answers  yaml.Node    `yaml:"answers"`
	Files    []stateEntry `yaml:"files"`
}

// TemplateRef names the pack that a connector is made from.
type TemplateRef struct {
	Name    string `json:"name" yaml:"name"`
	Version string `json:"version" yaml:"version"`
	Digest  string `json:"digest" yaml:"digest"`

	// Source is where a pack that mage-dest does not carry comes from.
	Source string `json:"source,omitempty" yaml:"source,omitempty"`
}

// String names the pack as people do: stub 1.0.0.
func (r TemplateRef) String() string { return r.Name + " " + r.Version }

type stateEntry struct {
	Path  string `yaml:"path"`
	Class Class  `yaml:"class"`
	Sum   string `yaml:"sum"` // of the file as it was rendered

	Deleted  bool `yaml:"deleted,omitempty"`  // by the author: an update leaves it so
	Conflict bool `yaml:"conflict,omitempty"` // an update has left marks in it
}

// newState records a connector. Answers stand in the order of the manifest.
func newState(p *Pack, data Data, files []stateEntry) (*state, error) {
	s := &state{
		Format:   stateFormat,
		Template: p.ref(),
		Answers:  yaml.Node{Kind: yaml.MappingNode},
		Files:    files,
	}
	if p.Kind != Connector {
		s.Kind = p.Kind
	}
	record := func(name string, value any) error {
		var key, answer yaml.Node
		key.SetString(name)
		if err := answer.Encode(value); err != nil {
			return fmt.Errorf("record answer %s: %w", name, err)
		}
		s.Answers.Content = append(s.Answers.Content, &key, &answer)
		return nil
	}
	if err := record(answerName, data.Name.Binary); err != nil {
		return nil, err
	}
	if err := record(answerModule, data.Module); err != nil {
		return nil, err
	}
	for _, q := range p.Parameters {
		if err := record(q.Name, data.Params[q.Name]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// entry returns what is recorded of a file, nil if nothing is.
func (s *state) entry(path string) *stateEntry {
	if s == nil {
		return nil
	}
	for i := range s.Files {
		if s.Files[i].Path == path {
			return &s.Files[i]
		}
	}
	return nil
}

// answer returns a recorded answer, nil if there is none.
func (s *state) answer(name string) *yaml.Node {
	for i := 0; i+1 < len(s.Answers.Content); i += 2 {
		if s.Answers.Content[i].Value == name {
			return s.Answers.Content[i+1]
		}
	}
	return nil
}

func (s *state) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(stateHeader)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("encode %s: %w", stateFile, err)
	}
	return b.Bytes(), enc.Close()
}

// parseState reads what encode wrote.
func parseState(src []byte) (*state, error) {
	var s state
	if err := yaml.Unmarshal(src, &s); err != nil {
		return nil, fmt.Errorf("parse %s: %w", stateFile, err)
	}
	if s.Format != stateFormat {
		return nil, fmt.Errorf("%s has format %d and this mage-dest knows %d; use the mage-dest that wrote it", stateFile, s.Format, stateFormat)
	}
	return &s, nil
}

// text returns a recorded answer that is text, "" if there is none.
func (s *state) text(name string) string {
	if n := s.answer(name); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// name returns the connector's name as recorded.
func (s *state) name() string { return s.text(answerName) }

// sum is the fingerprint of a file as rendered, however a checkout ends its lines.
func sum(content []byte) string { return exactSum(foldLines(content)) }
