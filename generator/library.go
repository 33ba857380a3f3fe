package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// CasesFolder holds the golden files of a pack's tests; nothing of it is rendered.
	CasesFolder = "_cases"

	manifestFile   = "pack.yaml"
	partialsFolder = "_partials"
	templateSuffix = ".tmpl"
)

// Library finds packs by name in a file system of folders.
type Library struct {
	fsys  fs.FS
	label string
}

// NewLibrary returns the packs of fsys, a folder each. Messages put label before
// the paths of their files.
func NewLibrary(fsys fs.FS, label string) *Library { return &Library{fsys: fsys, label: label} }

// Names lists the folders that hold a manifest, abstract packs included.
func (l *Library) Names() ([]string, error) {
	found, err := fs.Glob(l.fsys, "*/"+manifestFile)
	if err != nil {
		return nil, fmt.Errorf("list packs of %s: %w", l.label, err)
	}
	for i := range found {
		found[i] = path.Dir(found[i])
	}
	return found, nil
}

// Summary is what a list says of a pack.
type Summary struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

// List summarises every pack of a kind that can be rendered. It reads manifests only.
func (l *Library) List(kind Kind) ([]Summary, error) {
	names, err := l.Names()
	if err != nil {
		return nil, err
	}
	list := []Summary{}
	for _, name := range names {
		m, err := l.manifest(name)
		if err != nil {
			return nil, err
		}
		if !m.abstract && m.kind == kind {
			list = append(list, Summary{Name: m.name, Description: m.description, Version: m.version})
		}
	}
	return list, nil
}

func (l *Library) manifest(name string) (*manifest, error) {
	file := path.Join(name, manifestFile)
	src, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("read manifest of pack %s: %w", name, err)
	}
	m, faults := parseManifest(path.Join(l.label, file), src)
	return m, asError(faults)
}

// Load reads a pack and what it extends. A ref such as example.com/packs@v1.2.0 is a Go
// module, which the go command fetches; //FOLDER after it names a folder in it. A ref
// with another path separator, or one that starts with a dot, is a folder on disk. Both
// may extend a pack of the library. Anything else is the name of a pack of the library,
// before which builtin/ may stand.
func (l *Library) Load(ctx context.Context, ref string) (*Pack, error) {
	p, err := l.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	if p.abstract {
		return nil, inputErrorf("template %q is only there to be extended; see mage-dest templates list", ref)
	}
	p.Digest = digest(p.sources)
	return p, nil
}

func (l *Library) find(ctx context.Context, ref string) (*Pack, error) {
	if m, ok, err := parseModuleRef(ref); ok || err != nil {
		if err != nil {
			return nil, err
		}
		return l.loadModule(ctx, m)
	}
	return l.load(ref, nil)
}

func (l *Library) load(ref string, chain []string) (*Pack, error) {
	ref = strings.TrimPrefix(ref, builtinPrefix)
	if isFolder(ref) {
		return l.loadFolder(ref, chain)
	}
	if !fs.ValidPath(ref) {
		return nil, l.unknown(ref)
	}
	sub, err := fs.Sub(l.fsys, ref)
	if err != nil {
		return nil, l.unknown(ref)
	}
	if _, err := fs.Stat(sub, manifestFile); errors.Is(err, fs.ErrNotExist) {
		return nil, l.unknown(ref)
	}
	return l.read(sub, path.Join(l.label, ref), ref, chain)
}

func isFolder(ref string) bool {
	return strings.HasPrefix(ref, ".") || strings.ContainsAny(ref, `/\`)
}

// loadFolder reads a pack from disk through a root that no link in it leaves.
func (l *Library) loadFolder(dir string, chain []string) (*Pack, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, inputErrorf("template %q: %v", dir, err)
	}
	defer root.Close()
	if _, err := root.Stat(manifestFile); errors.Is(err, fs.ErrNotExist) {
		return nil, inputErrorf("template %q: the folder holds no %s", dir, manifestFile)
	}
	return l.read(root.FS(), filepath.ToSlash(dir), "", chain)
}

func (l *Library) unknown(ref string) error {
	var names []string
	for _, kind := range []Kind{Connector, Repository} {
		if list, err := l.List(kind); err == nil {
			for _, s := range list {
				names = append(names, s.Name)
			}
		}
	}
	return inputErrorf("template %q is unknown; there is %s, a folder given as ./DIR, or a module as PATH@VERSION", clip(ref), strings.Join(names, ", "))
}

// read puts one pack together. A wanted name is that of the pack's folder.
func (l *Library) read(fsys fs.FS, label, wanted string, chain []string) (*Pack, error) {
	files, err := readFiles(fsys, label)
	if err != nil {
		return nil, err
	}
	file := path.Join(label, manifestFile)
	m, faults := parseManifest(file, files[manifestFile].bytes)
	if len(faults) == 0 && wanted != "" && m.name != wanted {
		faults = append(faults, fmt.Sprintf("%s:1:1: the pack calls itself %q and its folder %q; give both one name", file, m.name, wanted))
	}
	if len(faults) > 0 {
		return nil, asError(faults)
	}
	p, err := l.extended(m, file, chain)
	if err != nil {
		return nil, err
	}
	a := assembly{pack: p, yaml: yamlReader{file: file}, files: files}
	a.add(m)
	return p, asError(a.yaml.faults)
}

// extended returns the pack that m adds to: the one it extends, or an empty one.
func (l *Library) extended(m *manifest, file string, chain []string) (*Pack, error) {
	p := &Pack{partials: map[string]source{}, sources: map[string]source{}}
	if m.extends == "" {
		return p, nil
	}
	if slices.Contains(chain, m.extends) || m.extends == m.name {
		return nil, inputErrorf("%s: packs extend one another in a ring: %s", file, strings.Join(append(chain, m.name, m.extends), ", "))
	}
	return l.load(m.extends, append(chain, m.name))
}

// readFiles reads all files of a pack. Anything but plain files is refused.
func readFiles(fsys fs.FS, label string) (map[string]source, error) {
	files := map[string]source{}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && name == CasesFolder {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is no plain file; a pack holds files and folders only", path.Join(label, name))
		}
		src, err := fs.ReadFile(fsys, name)
		f := source{label: path.Join(label, name), bytes: src, execute: strings.HasSuffix(name, templateSuffix)}
		if f.execute {
			f.bytes = foldLines(src)
		}
		files[name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pack %s: %w", label, err)
	}
	return files, nil
}
