package generator

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// addRecorded takes the answers that a connector was made with. Answers to parameters
// that the pack no longer has are dropped; one that the parameter no longer takes is a
// fault, unless the user gives another.
func (s *answerSheet) addRecorded(st *state, settings []string) {
	overridden := map[string]bool{}
	for _, setting := range settings {
		overridden[settingKey(setting)] = true
	}
	for _, p := range s.params {
		node := recordedAnswer(st, p)
		if node == nil || overridden[p.Name] {
			continue
		}
		value, err := p.fromNode(node)
		if err != nil {
			s.faults = append(s.faults, fmt.Sprintf("recorded answer %s: %v: give another with --set %s=VALUE", p.Name, err, p.Name))
			continue
		}
		s.put(p.Name, value)
	}
}

// recordedAnswer finds an answer under any of a parameter's names.
func recordedAnswer(st *state, p Parameter) *yaml.Node {
	for _, name := range append([]string{p.Name}, p.Was...) {
		if node := st.answer(name); node != nil {
			return node
		}
	}
	return nil
}
