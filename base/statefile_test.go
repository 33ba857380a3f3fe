//go:build unix

package base

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stateAt makes a writer whose clock the test turns.
func stateAt(path string) (s *stateFile, clock *time.Time, warnings *bytes.Buffer) {
	clock, warnings = new(time.Time), new(bytes.Buffer)
	*clock = time.Unix(1_700_000_000, 0)
	return &stateFile{
		path: path, now: func() time.Time { return *clock }, interval: time.Second,
		log: slog.New(slog.NewTextHandler(warnings, nil)),
	}, clock, warnings
}

func mustWrite(t *testing.T, s *stateFile, state string, final, want bool) {
	t.Helper()
	done, err := s.write([]byte(state), final)
	if err != nil || done != want {
		t.Errorf("writing %s: done %v, %v; want %v", state, done, err, want)
	}
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("the file holds %q (%v), want %q", got, err, want)
	}
}

func TestStateFileIsWrittenAtMostOnceASecondAndAtTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, clock, _ := stateAt(path)
	mustWrite(t, s, `{"n":1}`, false, true)
	mustWrite(t, s, `{"n":2}`, false, false)
	holds(t, path, `{"n": 1}`+"\n")
	*clock = clock.Add(time.Second)
	mustWrite(t, s, `{"n":3}`, false, true)
	mustWrite(t, s, `{"n":4}`, true, true)
	holds(t, path, `{"n": 4}`+"\n")
	*clock = clock.Add(-time.Hour) // a clock that was set back must not stop it
	mustWrite(t, s, `{"n":5}`, false, true)
	holds(t, path, `{"n": 5}`+"\n")
}

func TestStateFileIsReplacedAsAWholeAndKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	if err := os.WriteFile(path, []byte(strings.Repeat("old", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o664); err != nil {
		t.Fatal(err)
	}
	before, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close() //nolint:errcheck // only read
	s, _, warnings := stateAt(path)
	mustWrite(t, s, `{"é": "\u00e9😀"}`, true, true)
	holds(t, path, `{"\u00e9": "\u00e9\ud83d\ude00"}`+"\n")
	if text, err := io.ReadAll(before); err != nil || len(text) != 3000 {
		t.Errorf("who had the old file open sees %d bytes of it (%v): it was not replaced", len(text), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o664 {
		t.Errorf("mode %v (%v), want that of before", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d files in the folder (%v), want the state alone", len(entries), err)
	}
	if warnings.Len() > 0 {
		t.Errorf("warned of an ordinary file: %s", warnings)
	}
}

func TestStateBehindALinkIsWrittenInPlace(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	s, _, warnings := stateAt(link)
	mustWrite(t, s, `{"a long state": "that is longer than the next"}`, true, true) // the target is not there yet
	mustWrite(t, s, `{}`, true, true)
	holds(t, target, "{}\n")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if strings.Count(warnings.String(), "it is written in place") != 1 {
		t.Errorf("want one warning, got %q", warnings)
	}
}

func TestStateGoesThroughAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(path)
		read <- string(text)
	}()
	s, _, _ := stateAt(path)
	mustWrite(t, s, `{"n": 1}`, true, true)
	if got := <-read; got != `{"n": 1}`+"\n" {
		t.Errorf("read %q", got)
	}
}

func TestStateGoesToADevice(t *testing.T) {
	s, _, warnings := stateAt(os.DevNull)
	mustWrite(t, s, `{"n": 1}`, true, true)
	if !strings.Contains(warnings.String(), "is no regular file") {
		t.Errorf("no warning, only %q", warnings)
	}
}

func TestStateThatCannotBeWrittenNamesItsFile(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{"folder that is not there": filepath.Join(dir, "no", "state"), "folder": dir} {
		s, _, _ := stateAt(path)
		if _, err := s.write([]byte(`{}`), true); err == nil || !strings.Contains(err.Error(), "write the state to "+path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if os.Getuid() == 0 {
		t.Skip("root may write to any folder")
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	s, _, _ := stateAt(filepath.Join(closed, "state"))
	if _, err := s.write([]byte(`{}`), true); err == nil {
		t.Error("a folder that may not be written to gave no error")
	}
}

func TestMountedFilesAreToldByTheErrorOfRename(t *testing.T) {
	for err, want := range map[error]bool{syscall.EBUSY: true, syscall.EXDEV: true, syscall.EACCES: false} {
		if got := mountedByItself(&os.LinkError{Op: "rename", Err: err}); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}
