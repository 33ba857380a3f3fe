package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func folderWith(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func someChanges() []Change {
	return []Change{
		{Path: "a.txt", Content: []byte("new a")},
		{Path: "deep/er/b.txt", Content: []byte("new b"), Mode: 0o755},
		{Path: "old/c.txt", Remove: true},
		{Path: "same.txt", Content: []byte("same")},
	}
}

func someFiles() map[string]string {
	return map[string]string{"a.txt": "old a", "old/c.txt": "old c", "same.txt": "same"}
}

func changedFiles() map[string]string {
	return map[string]string{
		"a.txt": "-rw-r--r-- new a", "deep/er/b.txt": "-rwxr-xr-x new b", "same.txt": "-rw-r--r-- same",
	}
}

func unchangedFiles() map[string]string {
	return map[string]string{"a.txt": "-rw-r--r-- old a", "old/c.txt": "-rw-r--r-- old c", "same.txt": "-rw-r--r-- same"}
}

func TestChangesAreMadeAndNothingElseIsLeft(t *testing.T) {
	dir := folderWith(t, someFiles())
	before, err := os.Stat(filepath.Join(dir, "same.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteChanges(dir, someChanges()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(changedFiles(), tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	for _, folder := range []string{"old", stateDir} {
		if _, err := os.Stat(filepath.Join(dir, folder)); !os.IsNotExist(err) {
			t.Errorf("the empty folder %s is left: %v", folder, err)
		}
	}
	if after, err := os.Stat(filepath.Join(dir, "same.txt")); err != nil || !os.SameFile(before, after) {
		t.Errorf("a file that was right already was written: %v", err)
	}
}

func TestAChangeThatFailsTakesBackTheOthers(t *testing.T) {
	dir := folderWith(t, someFiles())
	changes := append(someChanges(), Change{Path: "a.txt/under.txt", Content: []byte("a.txt is no folder")})
	if err := WriteChanges(dir, changes); err == nil {
		t.Fatal("a file was written below a file")
	}
	if diff := cmp.Diff(unchangedFiles(), tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestChangesNeverLeaveTheFolder(t *testing.T) {
	outside := t.TempDir()
	dir := folderWith(t, someFiles())
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{"link/x.txt", "../x.txt"} {
		if err := WriteChanges(dir, append(someChanges(), Change{Path: path, Content: []byte("x")})); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if left := tree(t, outside); len(left) > 0 {
		t.Errorf("written outside: %v", left)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.txt")); err != nil || string(got) != "old a" {
		t.Errorf("the change before it stayed: %q, %v", got, err)
	}
}

// killedAt leaves a folder as a run that is killed after so many of its steps does.
func killedAt(t *testing.T, dir string, decided bool, made int) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p, err := beginPending(root)
	if err != nil {
		t.Fatal(err)
	}
	defer p.release()
	steps, err := p.stage(someChanges())
	if err != nil {
		t.Fatal(err)
	}
	if !decided {
		return
	}
	if err := p.decide(steps); err != nil {
		t.Fatal(err)
	}
	if err := p.carryOut(steps[:made]); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledRunIsDroppedOrFinished(t *testing.T) {
	for name, test := range map[string]struct {
		decided bool
		made    int
		want    map[string]string
	}{
		"before the decision": {false, 0, unchangedFiles()},
		"after it":            {true, 0, changedFiles()},
		"in the middle":       {true, 2, changedFiles()},
		"at the end":          {true, 3, changedFiles()},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderWith(t, someFiles())
			killedAt(t, dir, test.decided, test.made)
			finished, err := FinishPending(dir)
			if err != nil || finished != test.decided {
				t.Errorf("finished: %t, %v", finished, err)
			}
			if diff := cmp.Diff(test.want, tree(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatAnAuthorWroteAfterTheKillIsNotOverwritten(t *testing.T) {
	dir := folderWith(t, someFiles())
	killedAt(t, dir, true, 1)
	if err := os.WriteFile(filepath.Join(dir, "old", "c.txt"), []byte("by hand"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := FinishPending(dir)
	if err == nil || !strings.Contains(err.Error(), "old/c.txt was changed while an update was under way") {
		t.Errorf("got %v", err)
	}
	if got := tree(t, dir)["old/c.txt"]; got != "-rw-r--r-- by hand" {
		t.Errorf("got %s", got)
	}
}

func TestTwoRunsAtATimeAreRefused(t *testing.T) {
	dir := folderWith(t, someFiles())
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	p, err := beginPending(root)
	if err != nil {
		t.Fatal(err)
	}
	defer p.end()
	if err := WriteChanges(dir, someChanges()); err == nil || !strings.Contains(err.Error(), "another mage-dest is at work") {
		t.Errorf("got %v", err)
	}
}
