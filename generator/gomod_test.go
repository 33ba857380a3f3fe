package generator

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestGoVersionIsThatOfBase(t *testing.T) {
	src, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m, err := modfile.Parse("go.mod", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Go.Version != goVersion {
		t.Errorf("connectors ask for Go %s, base for %s", goVersion, m.Go.Version)
	}
}

func TestStdRootsAreThoseOfTheStandardLibrary(t *testing.T) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.FieldsSeq(string(out)) {
		first, _, _ := strings.Cut(p, "/")
		if !slices.Contains(stdRoots, first) {
			t.Errorf("%s is missing (of %s)", first, p)
		}
	}
}

func TestReplacementIsWrittenAsItWasGiven(t *testing.T) {
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"..":               "../../..",
		wd:                 filepath.ToSlash(wd),
		"connectors/local": "../local",
	} {
		got, err := Base{Replace: given}.replacement(filepath.Join(wd, "connectors", "acme"))
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("replacement(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestBaseIsRefusedWithReason(t *testing.T) {
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "go.mod"), []byte("module example.com/other\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, base := range map[string]Base{
		"no released version":         {},
		"holds no go.mod":             {Replace: t.TempDir()},
		`module "example.com/other"`:  {Replace: other},
		"is no released version":      {Version: "(devel)"},
		"give a checkout of github.c": {Replace: filepath.Join(other, "nosuch")},
	} {
		if err := base.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("check of %+v: got %v, want an error with %q", base, err, want)
		}
	}
}
