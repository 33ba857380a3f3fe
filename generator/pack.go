package generator

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Class says who owns a rendered file.
type Class string

const (
	// Generated files are rewritten whenever the connector is generated anew.
	Generated Class = "generated"
	// Once files are the author's: written if absent, never touched again.
	Once Class = "once"
	// Merged files are shared: an update merges its changes with the author's.
	Merged Class = "merged"
)

var classNames = []string{string(Generated), string(Once), string(Merged)}

// Pack is a set of templates with everything it extends put in.
type Pack struct {
	Name        string
	Version     string
	Description string
	Digest      string // "sha256:…" over the files of the pack and of those it extends
	Parameters  []Parameter
	Outputs     []Output
	Requires    []Requirement

	abstract bool
	partials map[string]source // by the name that {{ template }} takes
	sources  map[string]source // every file, by pack name and path, for Digest
}

func (p *Pack) ref() TemplateRef {
	return TemplateRef{Name: p.Name, Version: p.Version, Digest: p.Digest}
}

// Output is one file that a pack renders.
type Output struct {
	Path  string // relative to the connector, with _package_ and the like still in it
	Class Class
	Mode  fs.FileMode
	When  Condition

	left, right string // delimiters of the template
	source      source
}

// Requirement is a module that the connector's go.mod names.
type Requirement struct {
	Module, Version string
	When            Condition
}

// source is one file of a pack.
type source struct {
	label   string // where a person finds it: templates/stub/main.go.tmpl
	bytes   []byte
	execute bool // a template, not copied as it is
}

// Condition holds when every clause does; an empty one always holds.
type Condition []Clause

// Clause holds when the answer to a parameter is one of its values.
type Clause struct {
	Parameter string `json:"parameter"`
	Values    []any  `json:"values"`
}

// String writes the condition as templates show does: ci=github docker=true|false.
func (c Condition) String() string {
	parts := make([]string, len(c))
	for i, clause := range c {
		values := make([]string, len(clause.Values))
		for j, v := range clause.Values {
			values[j] = fmt.Sprint(v)
		}
		parts[i] = clause.Parameter + "=" + strings.Join(values, "|")
	}
	return strings.Join(parts, " ")
}

// Holds reports whether the answers meet the condition.
func (c Condition) Holds(answers map[string]any) bool {
	for _, clause := range c {
		if !slices.Contains(clause.Values, answers[clause.Parameter]) {
			return false
		}
	}
	return true
}

const (
	manifestFile   = "pack.yaml"
	partialsFolder = "_partials"
	templateSuffix = ".tmpl"
	maxExtends     = 8
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

// List summarises every pack that can be rendered. It reads manifests only.
func (l *Library) List() ([]Summary, error) {
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
		if !m.abstract {
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

// Load reads a pack and what it extends. A ref with a path separator, or one
// that starts with a dot, is a folder on disk; its manifest may extend a pack of
// the library. Anything else is the name of a pack of the library.
func (l *Library) Load(ref string) (*Pack, error) {
	p, err := l.load(ref, maxExtends)
	if err != nil {
		return nil, err
	}
	if p.abstract {
		return nil, &InputError{Faults: []string{fmt.Sprintf("template %q is only there to be extended; see mage-dest templates list", ref)}}
	}
	p.Digest = digest(p.sources)
	return p, nil
}

func (l *Library) load(ref string, depth int) (*Pack, error) {
	if isFolder(ref) {
		return l.loadFolder(ref, depth)
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
	return l.read(sub, path.Join(l.label, ref), ref, depth)
}

func isFolder(ref string) bool {
	return strings.HasPrefix(ref, ".") || strings.ContainsAny(ref, `/\`)
}

// loadFolder reads a pack from disk through a root that no link in it leaves.
func (l *Library) loadFolder(dir string, depth int) (*Pack, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open pack: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat(manifestFile); errors.Is(err, fs.ErrNotExist) {
		return nil, &InputError{Faults: []string{fmt.Sprintf("template %q: the folder holds no %s", dir, manifestFile)}}
	}
	return l.read(root.FS(), filepath.ToSlash(dir), "", depth)
}

func (l *Library) unknown(ref string) error {
	var names []string
	if list, err := l.List(); err == nil {
		for _, s := range list {
			names = append(names, s.Name)
		}
	}
	return &InputError{Faults: []string{fmt.Sprintf("template %q is unknown; there is %s, or a folder given as ./DIR", clip(ref), strings.Join(names, ", "))}}
}

// read puts one pack together. A wanted name is that of the pack's folder.
func (l *Library) read(fsys fs.FS, label, wanted string, depth int) (*Pack, error) {
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
	p, err := l.extended(m, file, depth)
	if err != nil {
		return nil, err
	}
	a := assembly{pack: p, yaml: yamlReader{file: file}, files: files}
	a.add(m)
	return p, asError(a.yaml.faults)
}

// extended returns the pack that m adds to: the one it extends, or an empty one.
func (l *Library) extended(m *manifest, file string, depth int) (*Pack, error) {
	p := &Pack{partials: map[string]source{}, sources: map[string]source{}}
	if m.extends == "" {
		return p, nil
	}
	if depth == 0 {
		return nil, &InputError{Faults: []string{fmt.Sprintf("%s: packs extend one another in a ring, or %d deep", file, maxExtends)}}
	}
	p, err := l.load(m.extends, depth-1)
	if err != nil {
		return nil, fmt.Errorf("%s: extends %s: %w", file, m.extends, err)
	}
	return p, nil
}

// readFiles reads all files of a pack. Anything but plain files is refused.
func readFiles(fsys fs.FS, label string) (map[string]source, error) {
	files := map[string]source{}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
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

// digest is a fingerprint of the bytes of a pack and of their names.
func digest(sources map[string]source) string {
	h := sha256.New()
	for _, name := range sortedKeysOf(sources) {
		sum := sha256.Sum256(foldLines(sources[name].bytes))
		fmt.Fprintf(h, "%s %x\n", name, sum)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// assembly adds a manifest and the files beside it to a pack.
type assembly struct {
	pack  *Pack
	yaml  yamlReader
	files map[string]source
}

func (a *assembly) add(m *manifest) {
	p := a.pack
	p.Name, p.Version, p.Description, p.abstract = m.name, m.version, m.description, m.abstract
	a.addParameters(m.parameters)
	used := a.addOutputs(m.outputs)
	for _, q := range m.requires {
		q.When = a.yaml.condition(q.when, p.Parameters)
		p.Requires = replaceOrAppend(p.Requires, q.Requirement, func(r Requirement) bool { return r.Module == q.Module })
	}
	for name, src := range a.files {
		p.sources[m.name+"/"+name] = src
		if dir, base := path.Split(name); dir == partialsFolder+"/" && src.execute {
			p.partials[strings.TrimSuffix(base, templateSuffix)] = src
			used[name] = true
		}
	}
	for _, name := range sortedKeysOf(a.files) {
		if !used[name] && name != manifestFile {
			a.yaml.faults = append(a.yaml.faults, fmt.Sprintf("%s:1:1: file %s is in the pack and not among its outputs; declare or remove it", a.yaml.file, name))
		}
	}
}

func (a *assembly) addParameters(params []Parameter) {
	for _, p := range params {
		if slices.ContainsFunc(a.pack.Parameters, func(q Parameter) bool { return q.Name == p.Name }) {
			a.yaml.faults = append(a.yaml.faults, fmt.Sprintf("%s:1:1: parameter %q is declared twice, here or in a pack that this one extends", a.yaml.file, p.Name))
			continue
		}
		a.pack.Parameters = append(a.pack.Parameters, p)
	}
}

// addOutputs returns the names of the files that outputs are made from.
func (a *assembly) addOutputs(outputs []manifestOutput) map[string]bool {
	used := map[string]bool{}
	own := map[string]string{}
	for _, o := range outputs {
		folded := strings.ToLower(o.Path)
		if other, twice := own[folded]; twice {
			a.yaml.fault(o.at, "output %q is declared twice (as %q)", o.Path, other)
			continue
		}
		own[folded] = o.Path
		file, ok := a.fileOf(o)
		if !ok {
			continue
		}
		used[file] = true
		o.source, o.When = a.files[file], a.yaml.condition(o.when, a.pack.Parameters)
		a.pack.Outputs = replaceOrAppend(a.pack.Outputs, o.Output, func(q Output) bool { return strings.EqualFold(q.Path, o.Path) })
	}
	return used
}

// fileOf returns the name of the file in the pack that an output is made from.
func (a *assembly) fileOf(o manifestOutput) (string, bool) {
	tmpl := o.Path + templateSuffix
	_, isPlain := a.files[o.Path]
	_, isTemplate := a.files[tmpl]
	switch {
	case isPlain && isTemplate:
		a.yaml.fault(o.at, "output %q: there is %s and %s; keep one", o.Path, o.Path, tmpl)
	case isTemplate:
		return tmpl, true
	case isPlain:
		return o.Path, true
	default:
		a.yaml.fault(o.at, "output %q: the pack has no file %s", o.Path, tmpl)
	}
	return "", false
}

// replaceOrAppend puts v in the place of the first element that same holds for.
func replaceOrAppend[T any](list []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}
