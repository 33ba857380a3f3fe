package main

import (
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/analysis"
)

// TestGuideListsTheAnalyzers: those that there are, in their order.
func TestGuideListsTheAnalyzers(t *testing.T) {
	text, err := guides.ReadFile("help/vet.md")
	if err != nil {
		t.Fatal(err)
	}
	var told, have []string
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ = strings.Cut(name, "`")
			told = append(told, name)
		}
	}
	for _, a := range analysis.Analyzers() {
		have = append(have, a.Name)
	}
	if strings.Join(told, " ") != strings.Join(have, " ") {
		t.Errorf("the guide lists %v, and there are %v", told, have)
	}
}
