package scaffold

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// tree is the files of a connector, by their paths with slashes.
type tree map[string][]byte

// readTree reads a connector, without what mage-dest remembers of it.
func readTree(dir string) (tree, error) {
	t := tree{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".mage-dest":
			return fs.SkipDir
		case d.IsDir() || name == ".mage-dest.yaml":
			return nil
		}
		t[name], err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return err
	})
	return t, err
}

// write puts the files into a folder.
func (t tree) write(dir string) error {
	for name, content := range t {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// foundIn tells which file is not in a folder as it is here. The files of modules may
// differ: go mod tidy writes them too, and the author's requirements stay.
func (t tree) foundIn(dir string) error {
	for _, name := range t.names() {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if !bytes.Equal(content, t[name]) && path.Base(name) != "go.mod" {
			return fmt.Errorf("%s holds not what the template says", name)
		}
	}
	return nil
}

func (t tree) names() []string {
	var names []string
	for name := range t {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// without is a tree that lacks a folder.
func (t tree) without(folder string) tree {
	out := tree{}
	for name, content := range t {
		if !strings.HasPrefix(name, folder+"/") {
			out[name] = content
		}
	}
	return out
}

// replaced is a tree with other words in its paths and contents.
func (t tree) replaced(words ...string) tree {
	r := strings.NewReplacer(words...)
	out := tree{}
	for name, content := range t {
		out[r.Replace(name)] = []byte(r.Replace(string(content)))
	}
	return out
}

// below is a tree whose files lie in a folder.
func (t tree) below(folder string) tree {
	out := tree{}
	for name, content := range t {
		out[path.Join(folder, name)] = content
	}
	return out
}

func (t tree) size() int {
	n := 0
	for _, content := range t {
		n += len(content)
	}
	return n
}
