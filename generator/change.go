package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Change is one file that is to be written, or removed, in a folder that is there.
type Change struct {
	Path    string // relative to the folder, with slashes
	Content []byte
	Mode    fs.FileMode // 0 stands for that of the file that is there, else for 0644
	Remove  bool
}

// NeedsTidy reports whether go mod tidy has to follow a change of the file.
func NeedsTidy(path string) bool { return isGoMod(path) }

// WriteChanges carries out all changes or none. Whatever fails, the files are what
// they were before. If the process is killed, or the machine loses power, the next
// call in the folder, or FinishPending, completes what had been decided and drops what
// had not. Files that are as wanted already are not touched.
//
// It fails when another process is at work in the folder.
func WriteChanges(dir string, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder to write to: %w", err)
	}
	defer root.Close()
	p, err := beginPending(root)
	if err != nil {
		return err
	}
	defer p.end()
	steps, err := p.stage(changes)
	if err != nil || len(steps) == 0 {
		return err
	}
	if err := p.decide(steps); err != nil {
		return err
	}
	if err := p.carryOut(steps); err != nil {
		return errors.Join(err, p.undo(steps))
	}
	return p.forget()
}

// FinishPending completes or drops what a killed run has left in a folder, and
// reports whether there was anything to complete.
func FinishPending(dir string) (finished bool, err error) {
	root, err := openConnector(dir)
	if err != nil {
		return false, err
	}
	defer root.Close()
	if _, err := root.Lstat(pendingFolder); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	p, err := holdPending(root)
	if err != nil {
		return false, err
	}
	defer p.end()
	return p.finish()
}

// readIfThere returns nil for a file that is not there.
func readIfThere(root *os.Root, name string) ([]byte, error) {
	content, err := root.ReadFile(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if content == nil {
		content = []byte{}
	}
	return content, nil
}

// makeParents makes the folders that a file stands in.
func makeParents(root *os.Root, name string) error {
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755); err != nil {
		return fmt.Errorf("make the folder of %s: %w", name, err)
	}
	return nil
}

// removeEmptyParents removes the folders that a removed file was the last one of.
func removeEmptyParents(root *os.Root, name string) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if root.Remove(filepath.FromSlash(dir)) != nil {
			return // it holds something else
		}
	}
}
