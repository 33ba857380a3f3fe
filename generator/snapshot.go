package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// snapshot is what stands in a connector's folder. The zero value stands for a
// folder that is empty or not there.
type snapshot struct {
	state *state // nil: the folder is no connector's
	text  []byte // of the state
	files map[string]standing
}

// standing is how one file stands. Line ends are folded, so that a checkout that
// writes CRLF is none the different.
type standing struct {
	content    []byte // nil: it is not there
	base       []byte // the merge base; nil: there is none
	crlf       bool   // the lines of content end with CRLF on disk
	executable bool
}

// readSnapshot reads what stands in dir. A folder that holds files and is no connector
// of ours is refused, unless it is one to share, or a repository that has just begun.
func readSnapshot(dir string, files []File, shared bool) (snapshot, error) {
	none := snapshot{}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, fmt.Errorf("look at the connector's folder: %w", err)
	}
	if !info.IsDir() {
		return none, fmt.Errorf("%s is a file; give another folder with --dir", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return none, fmt.Errorf("open the connector's folder: %w", err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil || len(entries) == 0 {
		return none, err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == stateFile }) {
		if shared || len(entries) == 1 && entries[0].Name() == ".git" {
			disk := snapshot{files: map[string]standing{}}
			return disk, disk.readFiles(root, files)
		}
		return none, fmt.Errorf("%s holds files and no connector of mage-dest (%s, for one); give another folder with --dir", dir, entries[0].Name())
	}
	disk, err := readState(root)
	if err != nil {
		return none, err
	}
	return disk, disk.readFiles(root, files)
}

// readState reads the state of the connector in a folder.
func readState(root *os.Root) (snapshot, error) {
	src, err := root.ReadFile(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return snapshot{}, inputErrorf("%s holds no %s: it is no connector of mage-dest; give the folder of one", root.Name(), stateFile)
	}
	if err != nil {
		return snapshot{}, fmt.Errorf("read the connector's state: %w", err)
	}
	st, err := parseState(src)
	if err != nil {
		return snapshot{}, fmt.Errorf("%s: %w", root.Name(), err)
	}
	return snapshot{state: st, text: src, files: map[string]standing{}}, nil
}

// readFiles reads the files that are recorded and those that are rendered, under
// all their names.
func (d snapshot) readFiles(root *os.Root, files []File) error {
	var paths []string
	if d.state != nil {
		for _, e := range d.state.Files {
			paths = append(paths, e.Path)
		}
	}
	for _, f := range files {
		paths = append(append(paths, f.Path), f.was...)
	}
	for _, p := range paths {
		if _, known := d.files[p]; known {
			continue
		}
		s, err := readStanding(root, p)
		if err != nil {
			return err
		}
		d.files[p] = s
	}
	return nil
}

func readStanding(root *os.Root, name string) (standing, error) {
	content, err := readIfThere(root, name)
	if err != nil {
		return standing{}, err
	}
	base, err := readIfThere(root, path.Join(baseFolder, name))
	if err != nil {
		return standing{}, err
	}
	s := standing{content: foldLines(content), base: foldLines(base), crlf: bytes.Contains(content, []byte("\r\n"))}
	if content != nil {
		info, err := root.Stat(filepath.FromSlash(name))
		if err != nil {
			return standing{}, fmt.Errorf("look at %s: %w", name, err)
		}
		s.executable = info.Mode()&0o111 != 0
	}
	return s, nil
}
