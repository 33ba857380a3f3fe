package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// stagingPrefix starts the name of the folder that a new connector is written
// to, beside the place where it will stand. One that is found without a process
// that holds it was left behind by a run that was killed.
const stagingPrefix = ".mage-dest-new-"

// Apply writes a new connector: into a folder beside its place, which then gets
// its name with one rename. Whatever happens before that, the process killed
// included, the connector's folder does not appear, and what was staged is
// removed by the next Apply in the same place. A connector that is there already
// is left as it is, and differences are an error.
func (p *Plan) Apply() error {
	if err := p.Conflict(); err != nil || p.existed {
		return err
	}
	parent, name := filepath.Split(p.Dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("create the folder above the connector: %w", err)
	}
	root, err := os.OpenRoot(parent)
	if err != nil {
		return fmt.Errorf("open the folder above the connector: %w", err)
	}
	defer root.Close()
	if err := removeAbandoned(root); err != nil {
		return err
	}
	st, err := newStaging(root)
	if err != nil {
		return err
	}
	defer st.close()
	if err := p.write(st.root); err != nil {
		return errors.Join(err, st.discard())
	}
	if err := st.publish(name); err != nil {
		return errors.Join(fmt.Errorf("put the connector in place: %w", err), st.discard())
	}
	return nil
}

// write puts the files into root, the merge base beside them and the state last.
func (p *Plan) write(root *os.Root) error {
	var base []File
	for _, f := range p.files {
		if f.Class != Generated {
			base = append(base, File{Path: path.Join(baseFolder, f.Path), Mode: 0o644, Content: f.Content})
		}
	}
	var baseErr error
	var wait sync.WaitGroup
	wait.Go(func() { baseErr = writeFiles(root, base) })
	err := writeFiles(root, p.files)
	wait.Wait()
	if err := errors.Join(err, baseErr); err != nil {
		return err
	}
	return writeFiles(root, []File{{Path: stateFile, Mode: 0o644, Content: p.state}})
}

// staging is the folder that a connector is written to before it has its name.
type staging struct {
	parent  *os.Root
	name    string
	root    *os.Root
	release func() // ends the hold that keeps other runs from removing the folder
}

// newStaging makes and holds a folder. Another run that cleans up may be faster
// than the hold; then the next name is tried.
func newStaging(parent *os.Root) (*staging, error) {
	const attempts = 100
	for range attempts {
		name := fmt.Sprintf("%s%08x", stagingPrefix, rand.Uint32())
		if err := parent.Mkdir(name, 0o755); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("create a folder to write to: %w", err)
		}
		release, held := holdFolder(parent, name)
		if !held {
			continue
		}
		root, err := parent.OpenRoot(name)
		if err != nil {
			release()
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		return &staging{parent: parent, name: name, root: root, release: release}, nil
	}
	return nil, fmt.Errorf("no folder to write to could be made and held in %s; remove the folders %s* there", parent.Name(), stagingPrefix)
}

// publish gives the folder its final name. An empty folder that bears it makes
// room; anything else there is an error.
func (s *staging) publish(name string) error {
	info, err := s.parent.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is there and no folder", name)
	default:
		if err := s.parent.Remove(name); err != nil {
			return err
		}
	}
	s.root.Close() // Windows renames no folder that is open
	return s.parent.Rename(s.name, name)
}

func (s *staging) discard() error {
	if err := s.parent.RemoveAll(s.name); err != nil {
		return fmt.Errorf("remove %s: %w", s.name, err)
	}
	return nil
}

func (s *staging) close() {
	s.root.Close()
	s.release()
}

// removeAbandoned removes what killed runs have left in parent.
func removeAbandoned(parent *os.Root) error {
	entries, err := fs.ReadDir(parent.FS(), ".")
	if err != nil {
		return fmt.Errorf("look for what an earlier run left: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || !isStaging(e.Name()) {
			continue
		}
		release, abandoned := claimAbandoned(parent, e.Name())
		if !abandoned {
			continue
		}
		err := parent.RemoveAll(e.Name())
		release()
		if err != nil {
			return fmt.Errorf("remove %s, which an earlier run left: %w", e.Name(), err)
		}
	}
	return nil
}

// isStaging reports whether a folder has a name that newStaging gives.
func isStaging(name string) bool {
	digits, ok := strings.CutPrefix(name, stagingPrefix)
	return ok && len(digits) == 8 && strings.Trim(digits, "0123456789abcdef") == ""
}

// readSnapshot reads what stands in dir. A folder that holds files and is no
// connector of ours is refused.
func readSnapshot(dir string, files []File) (snapshot, error) {
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
		return none, fmt.Errorf("%s holds files and no connector of mage-dest (%s, for one); give another folder with --dir", dir, entries[0].Name())
	}
	return readConnector(root, files)
}

// readConnector reads the state of a connector and those of files that it has.
func readConnector(root *os.Root, files []File) (snapshot, error) {
	src, err := root.ReadFile(stateFile)
	if err != nil {
		return snapshot{}, fmt.Errorf("read the connector's state: %w", err)
	}
	disk := snapshot{files: map[string][]byte{}}
	if disk.state, err = parseState(src); err != nil {
		return snapshot{}, fmt.Errorf("%s: %w", root.Name(), err)
	}
	for _, f := range files {
		content, err := root.ReadFile(filepath.FromSlash(f.Path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return snapshot{}, fmt.Errorf("read %s: %w", f.Path, err)
		}
		disk.files[f.Path] = content
	}
	return disk, nil
}
