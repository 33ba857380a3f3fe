package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// defaultsFile is what a company, or a person, answers where nothing else is said. It
// stands in a folder above the connectors that it is for.
const defaultsFile = ".mage-dest-defaults.yaml"

// Keys of a defaults file that are no parameters.
const (
	defaultsTemplate     = "template"
	defaultsModulePrefix = "module_prefix"
)

// defaults are the answers of all defaults files above a place.
type defaults struct {
	files        []foundDefaults // the nearest comes last
	template     string
	modulePrefix string // put before the name of a connector to make the path of its module
}

type foundDefaults struct {
	path string
	root *yaml.Node
}

// readDefaults reads the defaults files in the folders above a connector, up to the root
// of its repository. What a nearer one says wins.
func readDefaults(place site) (defaults, error) {
	var d defaults
	var faults []string
	for above := filepath.Dir(place.dir); ; above = filepath.Dir(above) {
		path := filepath.Join(above, defaultsFile)
		src, err := os.ReadFile(path)
		switch {
		case err == nil:
			r := &yamlReader{file: path}
			if root := r.document(src); root != nil {
				d.files = append([]foundDefaults{{path, root}}, d.files...)
				r.places(root, &d)
			}
			faults = append(faults, r.faults...)
		case !errors.Is(err, fs.ErrNotExist):
			return d, fmt.Errorf("read defaults: %w", err)
		}
		if above == place.root || filepath.Dir(above) == above {
			return d, asError(faults)
		}
	}
}

// places reads the keys that say from what and under which path a connector is made.
func (r *yamlReader) places(root *yaml.Node, d *defaults) {
	if root.Kind != yaml.MappingNode {
		r.fault(root, "defaults are a mapping of parameters, %s and %s to their values", defaultsTemplate, defaultsModulePrefix)
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch {
		case key.Value == defaultsTemplate && d.template == "":
			d.template = r.text(value)
			if isFolder(d.template) {
				r.fault(value, "template %q: defaults name a pack of mage-dest, or one of a module as PATH@VERSION", clip(d.template))
			}
		case key.Value == defaultsModulePrefix && d.modulePrefix == "":
			d.modulePrefix = r.text(value)
		}
	}
}

// addDefaults takes the answers to a pack's parameters. A file may be for several packs:
// what this one does not ask is told, and no fault.
func (s *answerSheet) addDefaults(d defaults) (notices []string) {
	for _, f := range d.files {
		r := &yamlReader{file: f.path}
		for i := 0; i+1 < len(f.root.Content); i += 2 {
			key, value := f.root.Content[i], f.root.Content[i+1]
			if key.Value == defaultsTemplate || key.Value == defaultsModulePrefix {
				continue
			}
			p, ok := s.param(key.Value)
			if !ok {
				notices = append(notices, fmt.Sprintf("%s:%d:%d: this template has no parameter %q", f.path, key.Line, key.Column, clip(key.Value)))
				continue
			}
			answer, err := s.fromNode(p, value, filepath.Dir(f.path))
			if err != nil {
				r.fault(value, "%s: %v", p.Name, err)
				continue
			}
			s.put(p.Name, answer)
		}
		s.faults = append(s.faults, r.faults...)
	}
	return notices
}
