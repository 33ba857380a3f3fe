package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// writeFiles writes files below root.
func writeFiles(root *os.Root, files []File) error {
	w := &treeWriter{open: map[string]*os.Root{".": root}}
	defer w.close()
	for _, f := range files {
		if err := w.write(f.Path, f.Content, f.Mode); err != nil {
			return err
		}
	}
	return nil
}

// treeWriter writes files below a folder and makes the folders between. It keeps
// each folder open: opened anew for every file, folders would cost more than files.
type treeWriter struct {
	open map[string]*os.Root // by path, "." for the top
	made []*os.Root          // those to close
}

// write writes a file whose path has slashes on every system.
func (w *treeWriter) write(name string, content []byte, mode fs.FileMode) error {
	dir, err := w.folder(path.Dir(name))
	if err == nil {
		err = dir.WriteFile(path.Base(name), content, mode)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// folder returns an open folder, which is made if it is not there.
func (w *treeWriter) folder(name string) (*os.Root, error) {
	if dir := w.open[name]; dir != nil {
		return dir, nil
	}
	parent, err := w.folder(path.Dir(name))
	if err != nil {
		return nil, err
	}
	base := path.Base(name)
	if err := parent.Mkdir(base, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	dir, err := parent.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	w.open[name], w.made = dir, append(w.made, dir)
	return dir, nil
}

// close lets go of the folders: Windows renames none that is open.
func (w *treeWriter) close() {
	for _, dir := range w.made {
		dir.Close()
	}
}
