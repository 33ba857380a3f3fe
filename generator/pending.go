package generator

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

const (
	pendingName   = "pending"
	pendingFolder = stateDir + "/" + pendingName
	journalFile   = pendingFolder + "/journal.json"
)

// pending is the folder in which changes are prepared. Its journal, which appears
// with one rename, is what decides: with it the changes will be made, by this run or
// by the next; without it they never were.
type pending struct {
	root    *os.Root
	release func()
}

// pendingStep is one change as the journal keeps it.
type pendingStep struct {
	Path   string    `json:"path"`
	Before fileState `json:"before"`
	After  fileState `json:"after"`

	number int // names the copies in the pending folder
}

// fileState tells one content and mode of a file from any other. The zero value
// stands for no file.
type fileState struct {
	Sum  string      `json:"sum"` // of the exact bytes
	Mode fs.FileMode `json:"mode"`
}

func (p *pending) stateOf(name string) (fileState, []byte, error) {
	content, err := readIfThere(p.root, name)
	if err != nil || content == nil {
		return fileState{}, nil, err
	}
	info, err := p.root.Stat(filepath.FromSlash(name))
	if err != nil {
		return fileState{}, nil, fmt.Errorf("look at %s: %w", name, err)
	}
	return fileState{exactSum(content), info.Mode().Perm()}, content, nil
}

func (s pendingStep) staged() string { return path.Join(pendingFolder, strconv.Itoa(s.number)+".new") }
func (s pendingStep) saved() string  { return path.Join(pendingFolder, strconv.Itoa(s.number)+".old") }

// beginPending makes and holds the folder, and finishes first what an earlier run
// has left.
func beginPending(root *os.Root) (*pending, error) {
	if err := root.MkdirAll(filepath.FromSlash(pendingFolder), 0o755); err != nil {
		return nil, fmt.Errorf("make a folder to prepare changes in: %w", err)
	}
	p, err := holdPending(root)
	if err != nil {
		return nil, err
	}
	if _, err := p.finish(); err != nil {
		return nil, errors.Join(err, p.end())
	}
	if err := root.MkdirAll(filepath.FromSlash(pendingFolder), 0o755); err != nil {
		return nil, fmt.Errorf("make a folder to prepare changes in: %w", errors.Join(err, p.end()))
	}
	return p, nil
}

func holdPending(root *os.Root) (*pending, error) {
	parent, err := root.OpenRoot(stateDir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", stateDir, err)
	}
	defer parent.Close()
	release, held := holdFolder(parent, pendingName)
	if !held {
		return nil, fmt.Errorf("another mage-dest is at work in %s; run this again when it is done", root.Name())
	}
	return &pending{root: root, release: release}, nil
}

// end lets go of the folder, which is removed unless the changes are decided and not
// made.
func (p *pending) end() error {
	defer p.release()
	if _, err := p.root.Lstat(filepath.FromSlash(journalFile)); err == nil {
		return nil
	}
	if err := p.root.RemoveAll(filepath.FromSlash(pendingFolder)); err != nil {
		return fmt.Errorf("remove %s: %w", pendingFolder, err)
	}
	removeEmptyParents(p.root, pendingFolder)
	return nil
}

// stage writes what files will hold, and what they hold now, and returns the steps
// that change something.
func (p *pending) stage(changes []Change) ([]pendingStep, error) {
	var steps []pendingStep
	for _, c := range changes {
		now, content, err := p.stateOf(c.Path)
		if err != nil {
			return nil, err
		}
		s := pendingStep{Path: c.Path, Before: now, number: len(steps)}
		if !c.Remove {
			s.After = fileState{exactSum(c.Content), cmp.Or(c.Mode, now.Mode, 0o644)}
		}
		if s.Before == s.After {
			continue
		}
		if err := p.save(&s, content, c.Content); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// save writes both contents of a file beside each other, and notes the mode that the
// system gave the new one.
func (p *pending) save(s *pendingStep, before, after []byte) error {
	if s.Before != (fileState{}) {
		if err := p.writeDurably(s.saved(), before, s.Before.Mode); err != nil {
			return err
		}
	}
	if s.After == (fileState{}) {
		return nil
	}
	if err := p.writeDurably(s.staged(), after, s.After.Mode); err != nil {
		return err
	}
	info, err := p.root.Stat(filepath.FromSlash(s.staged()))
	if err != nil {
		return fmt.Errorf("look at %s: %w", s.staged(), err)
	}
	s.After.Mode = info.Mode().Perm()
	return nil
}

// writeDurably writes a file that survives a power cut from here on.
func (p *pending) writeDurably(name string, content []byte, mode fs.FileMode) error {
	f, err := p.root.OpenFile(filepath.FromSlash(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// decide puts the journal in its place.
func (p *pending) decide(steps []pendingStep) error {
	text, err := json.Marshal(steps)
	if err != nil {
		return fmt.Errorf("write the journal of changes: %w", err)
	}
	const draft = journalFile + ".new"
	if err := p.writeDurably(draft, text, 0o644); err != nil {
		return err
	}
	if err := p.root.Rename(filepath.FromSlash(draft), filepath.FromSlash(journalFile)); err != nil {
		return fmt.Errorf("put the journal of changes in place: %w", err)
	}
	return nil
}

// carryOut makes the changes that are not made yet.
func (p *pending) carryOut(steps []pendingStep) error {
	for _, s := range steps {
		now, _, err := p.stateOf(s.Path)
		if err != nil {
			return err
		}
		switch now {
		case s.After:
			continue
		case s.Before:
		default:
			return fmt.Errorf("%s was changed while an update was under way; restore it from %s, or remove the folder %s to keep the files as they stand",
				s.Path, s.saved(), pendingFolder)
		}
		if err := p.carryOutOne(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *pending) carryOutOne(s pendingStep) error {
	name := filepath.FromSlash(s.Path)
	if s.After == (fileState{}) {
		if err := p.root.Remove(name); err != nil {
			return fmt.Errorf("remove %s: %w", s.Path, err)
		}
		removeEmptyParents(p.root, s.Path)
		return nil
	}
	if err := makeParents(p.root, s.Path); err != nil {
		return err
	}
	if err := p.root.Rename(filepath.FromSlash(s.staged()), name); err != nil {
		return fmt.Errorf("write %s: %w", s.Path, err)
	}
	return nil
}

// undo brings back what the steps have changed, and then forgets them.
func (p *pending) undo(steps []pendingStep) error {
	for _, s := range steps {
		now, _, err := p.stateOf(s.Path)
		if err != nil {
			return err
		}
		if now != s.After {
			continue
		}
		if err := p.undoOne(s); err != nil {
			return fmt.Errorf("take back the change of %s: %w; its former content is in %s", s.Path, err, s.saved())
		}
	}
	return p.forget()
}

func (p *pending) undoOne(s pendingStep) error {
	if s.Before == (fileState{}) {
		err := p.root.Remove(filepath.FromSlash(s.Path))
		removeEmptyParents(p.root, s.Path)
		return err
	}
	if err := makeParents(p.root, s.Path); err != nil {
		return err
	}
	return p.root.Rename(filepath.FromSlash(s.saved()), filepath.FromSlash(s.Path))
}

// forget removes the journal: the changes are made, or taken back.
func (p *pending) forget() error {
	if err := p.root.Remove(filepath.FromSlash(journalFile)); err != nil {
		return fmt.Errorf("remove the journal of changes: %w", err)
	}
	return nil
}

// finish completes what the journal of an earlier run says, and clears the folder.
func (p *pending) finish() (finished bool, err error) {
	text, err := readIfThere(p.root, journalFile)
	if err != nil {
		return false, err
	}
	if text != nil {
		var steps []pendingStep
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&steps); err != nil {
			return false, fmt.Errorf("%s: %w; remove the folder %s to keep the files as they stand", journalFile, err, pendingFolder)
		}
		for i := range steps {
			steps[i].number = i
		}
		if err := p.carryOut(steps); err != nil {
			return false, err
		}
		if err := p.forget(); err != nil {
			return false, err
		}
	}
	return text != nil, p.clear()
}

// clear removes what is in the folder and leaves the folder, which is held.
func (p *pending) clear() error {
	folder, err := p.root.Open(filepath.FromSlash(pendingFolder))
	if err != nil {
		return fmt.Errorf("look into %s: %w", pendingFolder, err)
	}
	names, err := folder.Readdirnames(-1)
	folder.Close()
	for _, name := range names {
		err = errors.Join(err, p.root.RemoveAll(filepath.Join(filepath.FromSlash(pendingFolder), name)))
	}
	if err != nil {
		return fmt.Errorf("clear %s: %w", pendingFolder, err)
	}
	return nil
}

// exactSum is the sum of a file's bytes, its line ends included.
func exactSum(content []byte) string {
	h := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(h[:])
}
