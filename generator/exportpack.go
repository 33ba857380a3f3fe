package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// ExportPack writes a pack with all that it extends into a new or empty folder, where
// it can be changed and used with --template. It renders the very same files.
func ExportPack(p *Pack, dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("resolve %s: %w", dir, err)
	}
	entries, err := os.ReadDir(abs)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return inputErrorf("%s: %v; give a new folder", dir, err)
	case len(entries) > 0:
		return inputErrorf("%s holds files (%s, for one); give a new or an empty folder", dir, entries[0].Name())
	}
	manifest, err := p.manifest()
	if err != nil {
		return err
	}
	files := []File{{Path: manifestFile, Mode: 0o644, Content: manifest}}
	for _, name := range sortedKeysOf(p.partials) {
		files = append(files, File{Path: path.Join(partialsFolder, name+templateSuffix), Mode: 0o644, Content: p.partials[name].bytes})
	}
	for _, o := range p.Outputs {
		name := o.Path
		if o.source.execute {
			name += templateSuffix
		}
		files = append(files, File{Path: name, Mode: 0o644, Content: o.source.bytes})
	}
	return createFolder(withoutLinks(abs), func(root *os.Root) error { return writeFiles(root, files) })
}

// writtenManifest is a pack.yaml as ExportPack writes it.
type writtenManifest struct {
	Name        string             `yaml:"name"`
	Version     string             `yaml:"version"`
	Description string             `yaml:"description"`
	Kind        Kind               `yaml:"kind,omitempty"`
	Server      bool               `yaml:"server,omitempty"`
	Parameters  []writtenParameter `yaml:"parameters,omitempty"`
	Outputs     []writtenOutput    `yaml:"outputs"`
	Requires    []writtenRequire   `yaml:"requires,omitempty"`
}

type writtenParameter struct {
	Name    string   `yaml:"name"`
	Type    string   `yaml:"type"`
	Values  []string `yaml:"values,omitempty,flow"`
	Default any      `yaml:"default,omitempty"`
	Doc     string   `yaml:"doc"`
	Ask     bool     `yaml:"ask,omitempty"`
	File    bool     `yaml:"file,omitempty"`
	Was     []string `yaml:"was,omitempty,flow"`
}

type writtenOutput struct {
	Path   string           `yaml:"path"`
	Class  Class            `yaml:"class"`
	Was    []string         `yaml:"was,omitempty,flow"`
	Mode   string           `yaml:"mode,omitempty"`
	When   writtenCondition `yaml:"when,omitempty,flow"`
	Delims []string         `yaml:"delims,omitempty,flow"`
}

type writtenRequire struct {
	Module  string           `yaml:"module"`
	Version string           `yaml:"version"`
	When    writtenCondition `yaml:"when,omitempty,flow"`
}

type writtenCondition map[string][]any

func writtenWhen(c Condition) writtenCondition {
	if len(c) == 0 {
		return nil
	}
	when := writtenCondition{}
	for _, clause := range c {
		when[clause.Parameter] = clause.Values
	}
	return when
}

// manifest writes the pack.yaml of a pack that extends none.
func (p *Pack) manifest() ([]byte, error) {
	m := writtenManifest{Name: p.Name, Version: p.Version, Description: p.Description, Server: p.Server}
	if p.Kind != Connector {
		m.Kind = p.Kind
	}
	for _, q := range p.Parameters {
		w := writtenParameter{Name: q.Name, Type: q.Type, Values: q.Values, Doc: q.Doc, Ask: q.Ask, File: q.File, Was: q.Was}
		if q.Default != nil {
			w.Default = &q.Default // a pointer, so that false, 0 and "" are not left out
		}
		m.Parameters = append(m.Parameters, w)
	}
	for _, o := range p.Outputs {
		w := writtenOutput{Path: o.Path, Class: o.Class, Was: o.Was, When: writtenWhen(o.When)}
		if o.Mode != 0o644 {
			w.Mode = fmt.Sprintf("%#o", o.Mode)
		}
		if o.left != "{{" || o.right != "}}" {
			w.Delims = []string{o.left, o.right}
		}
		m.Outputs = append(m.Outputs, w)
	}
	for _, q := range p.Requires {
		m.Requires = append(m.Requires, writtenRequire{Module: q.Module, Version: q.Version, When: writtenWhen(q.When)})
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Exported from %s %s of mage-dest, with all that it extends. Give it a name of your own.\n", p.Name, p.Version)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write the manifest of pack %s: %w", p.Name, err)
	}
	return b.Bytes(), enc.Close()
}
