package generator

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// assembly adds a manifest and the files beside it to a pack.
type assembly struct {
	pack  *Pack
	yaml  yamlReader
	files map[string]source
}

func (a *assembly) add(m *manifest) {
	p := a.pack
	p.Name, p.Version, p.Description, p.Kind, p.abstract = m.name, m.version, m.description, m.kind, m.abstract
	p.Server = p.Server || m.server
	a.yaml.setDefaults(m.defaults, p.Parameters)
	a.addParameters(m.parameters)
	a.dropOutputs(m.drop)
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

func (a *assembly) addParameters(params []manifestParameter) {
	for _, p := range params {
		if slices.ContainsFunc(a.pack.Parameters, func(q Parameter) bool { return q.Name == p.Name }) {
			a.yaml.fault(p.at, "parameter %q is declared twice, here or in a pack that this one extends", p.Name)
			continue
		}
		a.pack.Parameters = append(a.pack.Parameters, p.Parameter)
	}
}

// dropOutputs removes outputs of the packs that this one extends.
func (a *assembly) dropOutputs(paths []*yaml.Node) {
	for _, n := range paths {
		path := a.yaml.text(n)
		before := len(a.pack.Outputs)
		a.pack.Outputs = slices.DeleteFunc(a.pack.Outputs, func(o Output) bool { return o.Path == path })
		if path != "" && len(a.pack.Outputs) == before {
			a.yaml.fault(n, "drop %q: no pack that this one extends has that output", clip(path))
		}
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
		used[o.Path], used[o.Path+templateSuffix] = true, true
		if !a.findSource(&o) {
			continue
		}
		o.When = a.yaml.condition(o.when, a.pack.Parameters)
		a.pack.Outputs = replaceOrAppend(a.pack.Outputs, o.Output, func(q Output) bool { return strings.EqualFold(q.Path, o.Path) })
	}
	return used
}

// findSource finds the file that an output is made from: one of the pack, or that of the
// output which the pack it extends has there, with the delimiters that the file has.
func (a *assembly) findSource(o *manifestOutput) bool {
	tmpl := o.Path + templateSuffix
	plain, isPlain := a.files[o.Path]
	executed, isTemplate := a.files[tmpl]
	inherited := slices.IndexFunc(a.pack.Outputs, func(q Output) bool { return q.Path == o.Path })
	switch {
	case isPlain && isTemplate:
		a.yaml.fault(o.at, "output %q: there is %s and %s; keep one", o.Path, o.Path, tmpl)
		return false
	case isTemplate:
		o.source = executed
	case isPlain:
		o.source = plain
	case inherited >= 0:
		q := a.pack.Outputs[inherited]
		o.source, o.left, o.right = q.source, q.left, q.right
	default:
		a.yaml.fault(o.at, "output %q: the pack has no file %s", o.Path, tmpl)
		return false
	}
	return true
}

// replaceOrAppend puts v in the place of the first element that same holds for.
func replaceOrAppend[T any](list []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}
