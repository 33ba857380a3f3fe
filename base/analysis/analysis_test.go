package analysis

import (
	"encoding/json"
	"flag"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

var update = flag.Bool("update", false, "write what the fixes make of testdata into the golden files")

// TestAnalyzers holds the analyzers to the want comments in testdata, and their fixes
// to the files named .golden. What is there imports the real base, for the module that
// it is in is this one.
func TestAnalyzers(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, a := range Analyzers() {
		packages = append(packages, "./base/analysis/testdata/"+a.Name+"/...")
	}
	if *update {
		writeFixed(t, analysistest.Run(t, root, byFolder(t), packages...))
	}
	results := analysistest.RunWithSuggestedFixes(t, root, byFolder(t), packages...)
	if want := 2 * len(Analyzers()); len(results) < want {
		t.Errorf("%d packages were looked at, want %d at least", len(results), want)
	}
}

// byFolder runs on each folder of testdata the analyzer of that name. To load once
// what all of them import, it is one analyzer.
func byFolder(t *testing.T) *analysis.Analyzer {
	all := Analyzers()
	one := &analysis.Analyzer{
		Name: "byfolder", Doc: "runs on each folder of testdata the analyzer of that name",
		Requires: []*analysis.Analyzer{codeAnalyzer},
	}
	for _, a := range all {
		one.FactTypes = append(one.FactTypes, a.FactTypes...)
		if finished := a.Flags.Lookup("finished"); finished != nil {
			if err := finished.Value.Set("true"); err != nil {
				t.Fatal(err)
			}
		}
	}
	one.Run = func(pass *analysis.Pass) (any, error) {
		for _, a := range all {
			if !strings.Contains(pass.Pkg.Path()+"/", "/testdata/"+a.Name+"/") {
				continue
			}
			own := *pass
			own.Analyzer = a
			if _, err := a.Run(&own); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	return one
}

// writeFixed writes what the fixes make of the files.
func writeFixed(t *testing.T, results []*analysistest.Result) {
	t.Helper()
	var found []Finding
	for _, result := range results {
		for _, d := range result.Action.Diagnostics {
			found = append(found, newFinding(result.Action, d))
		}
	}
	files, _, err := Fix(found)
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range files {
		if err := os.WriteFile(file+".golden", content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFixedFilesCompile builds the packages with the golden files in the place of those
// that were fixed.
func TestFixedFilesCompile(t *testing.T) {
	fixed, err := filepath.Glob(filepath.Join("testdata", "*", "*.golden"))
	if err != nil || len(fixed) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	args := []string{"build", "-overlay", filepath.Join(t.TempDir(), "overlay.json")}
	for _, golden := range fixed {
		path, err := filepath.Abs(golden)
		if err != nil {
			t.Fatal(err)
		}
		overlay.Replace[strings.TrimSuffix(path, ".golden")] = path
		args = append(args, "./"+filepath.ToSlash(filepath.Dir(golden)))
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(args[2], text, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDirectiveNeedsNamesAndAReason(t *testing.T) {
	tests := []struct {
		comment          string
		silent, reasoned bool // of stdout
	}{
		{"//nolint:stdout // why", true, true},
		{"//nolint:exit,stdout // why", true, true},
		{"// nolint:exit, stdout // why", true, true},
		{"//nolint:stdout", true, false},
		{"//nolint:stdout //", true, false},
		{"//nolint:exit // why", false, false},
		{"//nolint // why", false, false},
		{"//nolint:all // why", false, false},
		{"// about nolint:stdout // why", false, false},
	}
	for _, test := range tests {
		lines := silenced{}
		if found := directive.FindStringSubmatch(test.comment); found != nil {
			lines.add(token.Position{Filename: "a.go", Line: 7}, found[1], found[2] != "")
		}
		for _, line := range []int{7, 8} {
			if reasoned, silent := lines.at(token.Position{Filename: "a.go", Line: line}, "stdout"); silent != test.silent || reasoned != test.reasoned {
				t.Errorf("%s: silent %v with a reason %v, want %v and %v", test.comment, silent, reasoned, test.silent, test.reasoned)
			}
		}
		if _, silent := lines.at(token.Position{Filename: "a.go", Line: 9}, "stdout"); silent {
			t.Errorf("%s: silent two lines below", test.comment)
		}
	}
}

func TestAnalyzersAreValid(t *testing.T) {
	if err := analysis.Validate(Analyzers()); err != nil {
		t.Error(err)
	}
}
