package analysis

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestVetReportsOnlyWhatIsAskedFor: the packages that it imports are read for what
// their functions do, and nothing is said of them.
func TestVetReportsOnlyWhatIsAskedFor(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	found, err := Vet(t.Context(), root, []string{"./base/analysis/testdata/stdout"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if filepath.Base(f.File) != "stdout.go" {
			t.Errorf("%s was not asked for: %s", f.File, f.Message)
		}
	}
	if !slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Message, "Dump calls fmt.Printf (debug.go:") }) {
		t.Errorf("nothing is known of the package that is imported: %v", found)
	}
}

func TestVetFailsForWhatDoesNotCompile(t *testing.T) {
	if _, err := Vet(t.Context(), t.TempDir(), []string{"./nosuch"}); err == nil {
		t.Error("there was nothing to vet, and no error")
	}
}

func TestFixLeavesOverlappingFixesForTheNextRun(t *testing.T) {
	file := filepath.Join("testdata", "stdout", "debug", "debug.go")
	one := Finding{Message: "one", Fix: []Edit{{file, 0, 2, "//"}}}
	same := Finding{Message: "same", Fix: []Edit{{file, 0, 2, "//"}}}
	across := Finding{Message: "across", Fix: []Edit{{file, 1, 3, "/ "}}}
	apart := Finding{Message: "apart", Fix: []Edit{{file, 10, 10, "much "}}}
	_, mended, err := Fix([]Finding{one, same, across, apart, {Message: "no fix"}})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range mended {
		told = append(told, f.Message)
	}
	if !slices.Equal(told, []string{"one", "apart"}) {
		t.Errorf("mended: %v", told)
	}
}
