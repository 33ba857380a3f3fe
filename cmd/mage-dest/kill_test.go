package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// killRounds is small for every day; MAGE_DEST_KILL_ROUNDS=200 asks for more.
const killRounds = 16

// TestKilledAtAnyMomentThereIsNoHalfWrittenProject kills mage-dest new with
// SIGKILL and looks at what stands there: no connector, or a whole one. Half of
// the rounds are killed at any time, half as soon as writing has begun.
func TestKilledAtAnyMomentThereIsNoHalfWrittenProject(t *testing.T) {
	rounds := killRoundsWanted(t)
	parent := t.TempDir()
	whole, leftBehind := 0, 0
	for round := range rounds {
		dir := filepath.Join(parent, "acme")
		new := mageDest(t, parent, "new", "acme", "--no-tidy", "--no-typecheck")
		killRun(t, new, parent, round%2 == 1, 5*time.Millisecond)
		if _, err := os.Stat(dir); err == nil {
			whole++
			checkWhole(t, dir)
		}
		leftBehind += len(stagingFolders(t, parent))
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d rounds: %d connectors whole, %d unfinished folders beside", rounds, whole, leftBehind)
	if out, err := mageDest(t, parent, "new", "acme", "--no-tidy", "--no-typecheck").CombinedOutput(); err != nil {
		t.Fatalf("new after the kills: %v\n%s", err, out)
	}
	checkWhole(t, filepath.Join(parent, "acme"))
	if left := stagingFolders(t, parent); len(left) > 0 {
		t.Errorf("new left what the killed runs had begun: %v", left)
	}
}

func killRoundsWanted(t *testing.T) int {
	t.Helper()
	text := os.Getenv("MAGE_DEST_KILL_ROUNDS")
	if text == "" {
		return killRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("MAGE_DEST_KILL_ROUNDS: %v", err)
	}
	return n
}

// killRun starts a command that writes something new into folder and kills it: at any
// time, or as soon as writing has begun. It waits for the end.
func killRun(t *testing.T, cmd *exec.Cmd, folder string, onceWriting bool, within time.Duration) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait() // an error says only that the process was killed
		close(ended)
	}()
	if onceWriting {
		waitForWriting(folder, ended)
		time.Sleep(rand.N(within))
	} else {
		time.Sleep(rand.N(3 * within))
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-ended
}

// waitForWriting returns when a new folder stands in parent or the run has ended.
func waitForWriting(parent string, ended <-chan struct{}) {
	before := entriesOf(parent)
	for {
		select {
		case <-ended:
			return
		default:
		}
		for name := range entriesOf(parent) {
			if !before[name] {
				return
			}
		}
	}
}

func entriesOf(dir string) map[string]bool {
	names := map[string]bool{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return names
	}
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

func stagingFolders(t *testing.T, parent string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(parent, ".mage-dest-new-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkWhole compares a connector's files with the sums that it records.
func checkWhole(t *testing.T, dir string) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, ".mage-dest.yaml"))
	if err != nil {
		t.Fatalf("a connector without its state: %v", err)
	}
	var state struct {
		Files []struct{ Path, Class, Sum string }
	}
	if err := yaml.Unmarshal(src, &state); err != nil || len(state.Files) == 0 {
		t.Fatalf("a state that names no files: %v", err)
	}
	want := map[string]bool{".mage-dest.yaml": true, "config.schema.json": true} // the second is made from Config
	for _, f := range state.Files {
		names := []string{f.Path}
		if f.Class != "generated" {
			names = append(names, ".mage-dest/base/"+f.Path)
		}
		for _, name := range names {
			want[name] = true
			content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(strings.ReplaceAll(string(content), "\r\n", "\n")))
			if got := "sha256:" + hex.EncodeToString(sum[:]); got != f.Sum {
				t.Errorf("%s has sum %s, recorded is %s", name, got, f.Sum)
			}
		}
	}
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if !want[filepath.ToSlash(rel)] {
			t.Errorf("%s is not recorded", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
