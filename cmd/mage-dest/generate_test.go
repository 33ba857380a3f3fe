package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// changedConfig is a Config that differs from the one that new writes.
const changedConfig = `package acme

import "github.com/mage-dest/mage-dest/base"

type Config struct {
	URL    string      ` + "`json:\"url\" required:\"true\" doc:\"Address.\"`" + `
	APIKey base.Secret ` + "`json:\"api_key\" required:\"true\"`" + `
	Limit  int         ` + "`json:\"limit\" default:\"10\"`" + `
}
`

// newAcme makes a connector called acme and returns its folder.
func newAcme(t *testing.T, parent string) string {
	t.Helper()
	if out, err := mageDest(t, parent, "new", "acme", "--no-tidy", "--no-typecheck").CombinedOutput(); err != nil {
		t.Fatalf("new: %v\n%s", err, out)
	}
	return filepath.Join(parent, "acme")
}

func generate(t *testing.T, parent string) (files string) {
	t.Helper()
	out, err := mageDest(t, parent, "generate", "acme").Output()
	if err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	return string(out)
}

func writeConfig(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "internal", "acme", "config.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestGenerateTouchesOnlyWhatDiffers(t *testing.T) {
	parent := t.TempDir()
	dir := newAcme(t, parent)
	longAgo := time.Now().Add(-time.Hour).Truncate(time.Second)
	age := func() {
		err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chtimes(name, longAgo, longAgo)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	touched := func() (names []string) {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil && !info.ModTime().Equal(longAgo) {
				names = append(names, strings.TrimPrefix(name, dir))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	age()
	if files := generate(t, parent); files != "" || len(touched()) > 0 {
		t.Errorf("nothing had changed, and generate says %q and touched %q", files, touched())
	}
	writeConfig(t, dir, strings.Replace(changedConfig, "Address.", "Where it is.", 1))
	generate(t, parent)
	writeConfig(t, dir, changedConfig)
	age()
	if want := "acme/config.schema.json\nacme/README.md\nacme/mage/mage_integrations/destinations/acme/README.md\nacme/meltano.yml\n"; generate(t, parent) != want {
		t.Errorf("another doc is written elsewhere than in\n%s", want)
	}
	for _, name := range touched() {
		if filepath.Base(name) == "config.json" {
			t.Errorf("%s was right and is touched", name)
		}
	}
}

func TestLineEndsOfACheckoutAreNoChange(t *testing.T) {
	parent := t.TempDir()
	dir := newAcme(t, parent)
	for name, text := range filesBelow(t, dir) {
		crlf := strings.ReplaceAll(text, "\n", "\r\n")
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(crlf), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if files := generate(t, parent); files != "" {
		t.Errorf("generate wrote\n%s", files)
	}
	writeConfig(t, dir, changedConfig)
	generate(t, parent)
	for name, text := range filesBelow(t, dir) {
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") && filepath.Base(name) != "config.go" {
			t.Errorf("%s has lines that end otherwise than those of the checkout", name)
		}
	}
	if files := generate(t, parent); files != "" {
		t.Errorf("a second time generate wrote\n%s", files)
	}
}

// TestKilledGenerateLeavesTheOldTreeOrTheNew kills mage-dest generate with SIGKILL.
// The next run finds the files as they were or as they are to be, or completes them.
func TestKilledGenerateLeavesTheOldTreeOrTheNew(t *testing.T) {
	parent := t.TempDir()
	dir := newAcme(t, parent)
	writeConfig(t, dir, changedConfig)
	old := filesBelow(t, dir)
	generate(t, parent)
	done := filesBelow(t, dir)
	counts := map[string]int{}
	for round := range killRoundsWanted(t) {
		writeTree(t, dir, old)
		killRun(t, mageDest(t, parent, "generate", "acme"), filepath.Join(parent, "acme", ".mage-dest"), round%2 == 1, 12*time.Millisecond)
		there := withoutPending(filesBelow(t, dir))
		state := "between"
		switch {
		case cmp.Equal(there, old):
			state = "old"
		case cmp.Equal(there, done):
			state = "new"
		}
		counts[state]++
		generate(t, parent)
		if diff := cmp.Diff(done, filesBelow(t, dir)); diff != "" {
			t.Fatalf("killed %s, the next run ends elsewhere:\n%s", state, diff)
		}
	}
	t.Logf("killed generates left the files: %v", counts)
}
