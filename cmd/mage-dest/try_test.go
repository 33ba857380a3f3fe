package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
)

// The tool knows the stub's error by its words, for it does not link base.
func TestStubIsKnownByBasesError(t *testing.T) {
	for text, want := range map[string]bool{
		"stream users: " + base.ErrNotImplemented.Error(): true,
		"stream users: the store is away":                 false,
	} {
		report := trial.Report{Errors: []string{text}}
		if got := report.Unwritten(); got != want {
			t.Errorf("%q: Unwritten is %t, want %t", text, got, want)
		}
	}
}

func TestPackIsToldFromDir(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"made/.mage-dest.yaml", "module/go.mod", "sqlite/notes"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for target, dir := range map[string]bool{
		"made": true, "module": true, ".": true, "..": true, "./nosuch": true, "/nosuch": true, `.\nosuch`: true,
		"sqlite": false, "nosuch": false,
	} {
		if got := isConnectorDir(target); got != dir {
			t.Errorf("%s: DIR is %t, want %t", target, got, dir)
		}
	}
}
