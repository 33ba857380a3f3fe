package base

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// stateWriter tells a state: one line of JSON, as Python's json.dumps writes it.
type stateWriter interface {
	// write tells the state. Unless it is the final one it may put that off, for
	// disks are slow; done is then false, and the caller asks again.
	write(state []byte, final bool) (done bool, err error)
}

func stateLine(state []byte) []byte {
	return append(rawjson.AppendPython(nil, state), '\n')
}

// stateStream writes each state as a line to stdout, where a Singer runner reads
// it.
type stateStream struct{ out io.Writer }

func (s stateStream) write(state []byte, _ bool) (done bool, err error) {
	if _, err := s.out.Write(stateLine(state)); err != nil {
		return false, fmt.Errorf("write the state to stdout: %w", err)
	}
	return true, nil
}

// stateFile keeps the latest state in a file of one line, which Mage reads after
// the run. The file is replaced as a whole, at most once in the interval.
type stateFile struct {
	path     string
	now      func() time.Time
	log      *slog.Logger
	interval time.Duration
	written  time.Time
	warned   bool
}

func (s *stateFile) write(state []byte, final bool) (done bool, err error) {
	now := s.now()
	if since := now.Sub(s.written); !final && since >= 0 && since < s.interval {
		return false, nil
	}
	if err := s.replace(stateLine(state)); err != nil {
		return false, fmt.Errorf("write the state to %s: %w", s.path, err)
	}
	s.written = now
	return true, nil
}

// replace writes the file so that a reader, and a machine that loses power, sees
// either the old line or the new one. What cannot be replaced, a pipe, a device,
// a link or a file that is mounted by itself, is written in place.
func (s *stateFile) replace(line []byte) error {
	mode := fs.FileMode(0o644)
	info, err := os.Lstat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return s.inPlace(line, "is no regular file")
	default:
		mode = info.Mode().Perm()
	}
	err = replaceFile(s.path, line, mode)
	if mountedByItself(err) {
		return s.inPlace(line, "cannot be replaced")
	}
	return err
}

func (s *stateFile) inPlace(line []byte, why string) error {
	if !s.warned {
		s.log.Warn(fmt.Sprintf("The state file %s %s: it is written in place, and a crash at that moment can leave it cut short.", s.path, why))
		s.warned = true
	}
	file, err := os.OpenFile(s.path, os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o644) // a link may lead to no file yet
	if err != nil {
		return err
	}
	_, err = file.Write(line)
	if err == nil {
		// A pipe or a device cannot be synced, and need not be.
		if info, statErr := file.Stat(); statErr == nil && info.Mode().IsRegular() {
			err = file.Sync()
		}
	}
	return errors.Join(err, file.Close())
}

// replaceFile writes a new file beside the old one, makes sure that it is on
// disk, and gives it the old one's name. The library made for this does not
// build on Windows, where connectors run too.
func replaceFile(path string, content []byte, mode fs.FileMode) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename last. Systems that cannot sync a folder do not need it.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return nil //nolint:nilerr // a folder that may be written but not read cannot be synced
	}
	_ = dir.Sync()
	return dir.Close()
}
