package analysis

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// TestAnalyzers holds each analyzer to the want comments of its packages, and its
// fixes to the files named .golden. They import the real base: the module that they
// are in is this one.
func TestAnalyzers(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range Analyzers() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			if a.Name == "unimplemented" {
				flagSet(t, a, "finished", "true")
			}
			analysistest.RunWithSuggestedFixes(t, root, a, "./base/analysis/testdata/"+a.Name+"/...")
		})
	}
}

// TestFaultsAreSilencedWithAReason holds for all analyzers; one stands for them.
func TestFaultsAreSilencedWithAReason(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, root, stdout(), "./base/analysis/testdata/silenced")
}

func TestFreshStubIsNoFault(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range analysistest.Run(discard{t}, root, unimplemented(), "./base/analysis/testdata/unimplemented/fresh") {
		for _, d := range result.Action.Diagnostics {
			t.Errorf("%s", d.Message)
		}
	}
}

// discard does not mind that what -unimplemented.finished would tell is not told.
type discard struct{ *testing.T }

func (discard) Errorf(string, ...any) {}

func flagSet(t *testing.T, a *analysis.Analyzer, name, value string) {
	t.Helper()
	if err := a.Flags.Set(name, value); err != nil {
		t.Fatal(err)
	}
}

func TestAnalyzersAreValid(t *testing.T) {
	if err := analysis.Validate(Analyzers()); err != nil {
		t.Error(err)
	}
}
