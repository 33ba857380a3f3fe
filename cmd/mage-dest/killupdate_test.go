package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestKilledUpdatesLeaveTheOldTreeOrTheNew kills mage-dest update with SIGKILL and
// looks at the connector after the next mage-dest has had a look at it: it is as it
// was, or as it is to be. Then another update completes whatever is left to do.
func TestKilledUpdatesLeaveTheOldTreeOrTheNew(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "acme")
	if out, err := mageDest(t, parent, "new", "acme", "--no-tidy", "--no-typecheck").CombinedOutput(); err != nil {
		t.Fatalf("new: %v\n%s", err, out)
	}
	editByHand(t, dir)
	old := filesBelow(t, dir)
	update := []string{"update", "acme", "--set", "docker=false", "--set", "meltano=false", "--set", "license=MIT", "--no-tidy", "--no-typecheck"}
	if out, err := mageDest(t, parent, update...).CombinedOutput(); err != nil {
		t.Fatalf("update: %v\n%s", err, out)
	}
	updated := filesBelow(t, dir)
	if !strings.Contains(updated["config.schema.json"], "Where the store is.") {
		t.Error("what is made from sources was not made along")
	}
	counts := map[string]int{}
	for round := range killRoundsWanted(t) {
		writeTree(t, dir, old)
		killRun(t, mageDest(t, parent, update...), filepath.Join(parent, "acme", ".mage-dest"), round%2 == 1, 20*time.Millisecond)
		counts[settle(t, parent, dir, old, updated)]++
		if out, err := mageDest(t, parent, update...).CombinedOutput(); err != nil {
			t.Fatalf("update after the kill: %v\n%s", err, out)
		}
		if diff := cmp.Diff(updated, filesBelow(t, dir)); diff != "" {
			t.Fatalf("the update after the kill ends elsewhere:\n%s", diff)
		}
	}
	t.Logf("killed updates: %v", counts)
}

// settle returns which tree stands there, "old" or "new", at once or, where the run was
// killed while it put files in place, after another run has begun. That one is an
// update which has nothing to do by itself.
func settle(t *testing.T, parent, dir string, old, updated map[string]string) string {
	t.Helper()
	there := withoutPending(filesBelow(t, dir))
	if cmp.Equal(there, old) {
		return "old"
	}
	if cmp.Equal(there, updated) {
		return "new"
	}
	out, err := mageDest(t, parent, "check", "acme").CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("interrupted acme/.mage-dest/pending")) {
		t.Errorf("check does not tell of the run that was killed: %v\n%s", err, out)
	}
	if out, err := mageDest(t, parent, "update", "acme", "--no-tidy", "--no-typecheck").CombinedOutput(); err != nil {
		t.Fatalf("update: %v\n%s", err, out)
	}
	if diff := cmp.Diff(updated, filesBelow(t, dir)); diff != "" {
		t.Errorf("the run that was killed is not completed:\n%s", diff)
	}
	return "completed"
}

// editByHand gives the update something to merge.
func editByHand(t *testing.T, dir string) {
	t.Helper()
	for name, edit := range map[string]func(text string) string{
		"README.md": func(text string) string { return "<!-- by hand -->\n\n" + text },
		"Makefile":  func(text string) string { return text + "\nby-hand:\n\ttrue\n" },
		"internal/acme/config.go": func(text string) string {
			return strings.ReplaceAll(text, "Address of the store.", "Where the store is.") // what repeats it is made along
		},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(edit(string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// killVerb starts a verb that changes the connector acme and kills it, within a time
// filesBelow reads every file of a folder.
func filesBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		rel, relErr := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(content)
		return errors.Join(err, relErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func withoutPending(files map[string]string) map[string]string {
	rest := map[string]string{}
	for name, content := range files {
		if filepath.Dir(name) != filepath.Join(".mage-dest", "pending") {
			rest[name] = content
		}
	}
	return rest
}

// writeTree lets a folder hold these files and no others.
func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
