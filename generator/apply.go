package generator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// stagingPrefix starts the name of the folder that a new connector is written
// to, beside the place where it will stand. One that is found without a process
// that holds it was left behind by a run that was killed.
const stagingPrefix = ".mage-dest-new-"

// Apply carries a plan out. An update changes all files or none, see WriteChanges.
//
// A new connector is written into a folder beside its place, which then gets its name
// with one rename. Whatever happens before that, the process killed included, the
// connector's folder does not appear, and what was staged is removed by the next Apply
// in the same place.
func (p *Plan) Apply() error {
	if err := p.Refused(); err != nil {
		return err
	}
	switch {
	case p.updates:
		return WriteChanges(p.Dir, p.Changes())
	case p.Existed():
		return p.Differs()
	}
	return createFolder(p.Dir, p.write)
}

// createFolder lets a folder appear with what write puts into it, whole or not at all.
func createFolder(dir string, write func(*os.Root) error) error {
	parent, name := filepath.Split(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("create the folder above %s: %w", dir, err)
	}
	root, err := os.OpenRoot(parent)
	if err != nil {
		return fmt.Errorf("open the folder above %s: %w", dir, err)
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
	if err := write(st.root); err != nil {
		return errors.Join(err, st.discard())
	}
	if err := st.publish(name); err != nil {
		return errors.Join(fmt.Errorf("put %s in place: %w", dir, err), st.discard())
	}
	return nil
}

// write puts the files into root, the merge base beside them and the state last.
func (p *Plan) write(root *os.Root) error {
	var files, base []File
	for _, c := range p.fileChanges() {
		f := File{Path: c.Path, Mode: cmp.Or(c.Mode, 0o644), Content: c.Content}
		if isWithinBase(c.Path) {
			base = append(base, f)
		} else {
			files = append(files, f)
		}
	}
	var baseErr error
	var wait sync.WaitGroup
	wait.Go(func() { baseErr = writeFiles(root, base) })
	err := writeFiles(root, files)
	wait.Wait()
	if err := errors.Join(err, baseErr); err != nil {
		return err
	}
	return writeFiles(root, []File{{Path: stateFile, Mode: 0o644, Content: p.state}})
}

func isWithinBase(name string) bool { return strings.HasPrefix(name, baseFolder+"/") }

// Changes are the files that a plan writes and removes: those of the connector with
// their merge base, and last the state.
func (p *Plan) Changes() []Change {
	list := p.fileChanges()
	if !bytes.Equal(p.state, foldLines(p.oldState)) {
		list = append(list, Change{Path: stateFile, Content: p.state})
	}
	return list
}

func (p *Plan) fileChanges() []Change {
	var list []Change
	for _, s := range p.Steps {
		list = append(append(list, s.changes()...), s.baseChanges()...)
	}
	for _, name := range sortedKeysOf(p.texts) {
		list = append(list, Change{Path: path.Join(textFolder, name), Content: []byte(p.texts[name])})
	}
	return list
}

func (s Step) changes() []Change {
	var list []Change
	if s.From != "" && s.now != nil {
		list = append(list, Change{Path: s.From, Remove: true})
	}
	switch s.Action {
	case Create, Update:
		list = append(list, Change{Path: s.Path, Content: s.then, Mode: s.Mode})
	case Merge, Conflict:
		list = append(list, Change{Path: s.Path, Content: s.then})
	case Remove:
		list = append(list, Change{Path: s.Path, Remove: true})
	case Keep:
		if s.From != "" && s.then != nil {
			list = append(list, Change{Path: s.Path, Content: s.then})
		}
	}
	return list
}

// baseChanges keep the merge base in step: it holds what the author's files were made
// from.
func (s Step) baseChanges() []Change {
	var list []Change
	kept := s.rendered != nil && s.Class != Generated
	if s.base != nil && (s.From != "" || !kept) {
		list = append(list, Change{Path: path.Join(baseFolder, cmp.Or(s.From, s.Path)), Remove: true})
	}
	if kept && (s.base == nil || s.From != "" || !bytes.Equal(s.base, s.rendered)) {
		list = append(list, Change{Path: path.Join(baseFolder, s.Path), Content: s.rendered})
	}
	return list
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
