package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/generator"
)

// TestVetFindsPlantedFaults lays the files of each case over a fresh connector and
// expects, in a run of mage-dest vet, a finding on each line that ends in "FAULT" with
// the name of the analyzer, and no other.
func TestVetFindsPlantedFaults(t *testing.T) {
	fresh := freshConnector(t, "stub")
	cases, err := filepath.Glob(filepath.Join("testdata", "vet", "*.txtar"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(fresh)); err != nil {
				t.Fatal(err)
			}
			want := overlay(t, dir, file)
			code := 0
			if len(want) > 0 {
				code = exitDrift
			}
			if diff := cmp.Diff(want, vetFindings(t, dir, code)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVetIsSilentOnPacks(t *testing.T) {
	list, err := packs().List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range list {
		t.Run(pack.Name, func(t *testing.T) {
			dir := freshConnector(t, pack.Name)
			if found := vetFindings(t, dir, exitDone); len(found) > 0 {
				t.Errorf("a fresh connector has faults: %v", found)
			}
		})
	}
}

// TestGoVetRunsTheAnalyzers hands this program to the go command as its vet tool.
func TestGoVetRunsTheAnalyzers(t *testing.T) {
	dir := freshConnector(t, "stub")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := filepath.Join(t.TempDir(), "mage-dest")
	if err := os.Symlink(self, tool); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	vet := func() (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", "vet", "-vettool="+tool, "./...")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := vet(); err != nil {
		t.Errorf("a fresh connector has faults: %v\n%s", err, out)
	}
	overlay(t, dir, filepath.Join("testdata", "vet", "dropped_in_a_package.txtar"))
	out, err := vet()
	if err == nil || !strings.Contains(out, "Send drops an error (queue.go:") {
		t.Errorf("go vet ended with %v and said\n%s", err, out)
	}
}

// freshConnector makes a connector called acme on the base of this checkout.
func freshConnector(t *testing.T, pack string) string {
	t.Helper()
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "acme")
	plan, err := generator.Prepare(t.Context(), generator.Request{
		Name: "acme", Library: packs(), Template: pack, Dir: dir, Module: "example.com/acme",
		Base: generator.Base{Replace: checkout}, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	if err := generator.Tidy(t.Context(), dir, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// overlay writes the files of a case over a connector and returns the faults that are
// planted in them, as "file:line analyzer".
func overlay(t *testing.T, dir, file string) []string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	faults := []string{}
	for _, f := range archive.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			if _, analyzer, ok := strings.Cut(line, "// FAULT "); ok {
				faults = append(faults, fmt.Sprintf("%s:%d %s", f.Name, i+1, analyzer))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// vetFindings runs mage-dest vet and returns its findings as "file:line analyzer".
func vetFindings(t *testing.T, dir string, code int) []string {
	t.Helper()
	cmd := mageDest(t, dir, "vet", "--json")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		t.Errorf("exit code %v, want %d\n%s", err, code, &log)
	}
	var results []vetted
	if err := json.Unmarshal(out.Bytes(), &results); err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &log)
	}
	found := []string{}
	for _, f := range results {
		if !f.Todo {
			found = append(found, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Analyzer))
		}
	}
	slices.Sort(found)
	return found
}
