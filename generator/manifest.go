package generator

import (
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// manifest is one pack.yaml as written; what it says of other files and of
// extended packs is checked when the pack is put together.
type manifest struct {
	name, version, description, extends string
	kind                                Kind
	abstract                            bool
	server                              bool
	drop                                []*yaml.Node // outputs of the packs that it extends
	defaults                            *yaml.Node   // for parameters of the packs that it extends
	parameters                          []manifestParameter
	outputs                             []manifestOutput
	requires                            []manifestRequirement
}

type manifestParameter struct {
	Parameter
	at *yaml.Node // where it is declared
}

type manifestOutput struct {
	Output
	when *yaml.Node
	at   *yaml.Node // where it is declared
}

type manifestRequirement struct {
	Requirement
	when *yaml.Node
}

// parseManifest reads a pack.yaml. The error tells all faults, each with file,
// line and column.
func parseManifest(file string, src []byte) (*manifest, []string) {
	r := &yamlReader{file: file}
	root := r.document(src)
	if root == nil {
		return nil, r.faults
	}
	m := &manifest{kind: Connector}
	r.fields(root, "a manifest", map[string]func(*yaml.Node){
		"name":        func(n *yaml.Node) { m.name = r.packName(n) },
		"version":     func(n *yaml.Node) { m.version = r.version(n) },
		"description": func(n *yaml.Node) { m.description = r.text(n) },
		"extends":     func(n *yaml.Node) { m.extends = r.packName(n) },
		"kind":        func(n *yaml.Node) { m.kind = Kind(r.oneOf(n, kindNames)) },
		"abstract":    func(n *yaml.Node) { m.abstract = r.flag(n) },
		"server":      func(n *yaml.Node) { m.server = r.flag(n) },
		"defaults":    func(n *yaml.Node) { m.defaults = n },
		"drop":        func(n *yaml.Node) { m.drop = r.items(n) },
		"parameters":  func(n *yaml.Node) { m.parameters = r.parameters(n) },
		"outputs":     func(n *yaml.Node) { m.outputs = r.outputs(n) },
		"requires":    func(n *yaml.Node) { m.requires = r.requires(n) },
	}, "name", "version", "description")
	return m, r.faults
}

func (r *yamlReader) packName(n *yaml.Node) string {
	name := strings.TrimPrefix(r.text(n), builtinPrefix)
	if name != "" && (!fs.ValidPath(name) || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".")) {
		r.fault(n, "%q cannot name a pack: it is the name of a folder", name)
	}
	return name
}

// version reads a semantic version, which manifests write without the v of Go.
func (r *yamlReader) version(n *yaml.Node) string {
	v := r.text(n)
	if v != "" && (!semver.IsValid("v"+v) || strings.Count(v, ".") < 2) {
		r.fault(n, "version %q is no semantic version such as 1.0.0", v)
	}
	return v
}

func (r *yamlReader) parameters(n *yaml.Node) []manifestParameter {
	var out []manifestParameter
	for _, item := range r.items(n) {
		if p, ok := r.parameter(item); ok {
			out = append(out, manifestParameter{p, item})
		}
	}
	return out
}

// parameter reports false for one that is too broken to be used.
func (r *yamlReader) parameter(n *yaml.Node) (Parameter, bool) {
	var p Parameter
	var def *yaml.Node
	before := len(r.faults)
	r.fields(n, "a parameter", map[string]func(*yaml.Node){
		"name":    func(n *yaml.Node) { p.Name = r.parameterName(n) },
		"type":    func(n *yaml.Node) { p.Type = r.oneOf(n, parameterTypes) },
		"values":  func(n *yaml.Node) { p.Values = r.texts(n) },
		"default": func(n *yaml.Node) { def = n },
		"doc":     func(n *yaml.Node) { p.Doc = r.text(n) },
		"ask":     func(n *yaml.Node) { p.Ask = r.flag(n) },
		"file":    func(n *yaml.Node) { p.File = r.flag(n) },
		"was":     func(n *yaml.Node) { p.Was = r.texts(n) },
	}, "name", "type", "doc")
	if (p.Type == typeEnum) != (len(p.Values) > 0) {
		r.fault(n, "parameter %s: an enum lists its values, and only an enum does", p.Name)
	}
	if p.File && p.Type != typeEnum {
		r.fault(n, "parameter %s: only an enum may be answered with a file", p.Name)
	}
	if def != nil && len(r.faults) == before {
		value, err := p.fromNode(def)
		if err != nil {
			r.fault(def, "default of %s: %v", p.Name, err)
		}
		p.Default = value
	}
	return p, len(r.faults) == before
}

func (r *yamlReader) parameterName(n *yaml.Node) string {
	name := r.text(n)
	switch {
	case name == "":
	case !parameterName.MatchString(name):
		r.fault(n, "parameter name %q: use lower-case letters, digits and _", name)
	case name == answerName || name == answerModule:
		r.fault(n, "parameter name %q is the generator's own; templates read it as a field of Data", name)
	case secretName.MatchString(name):
		r.fault(n, "parameter %q: a secret has no place in rendered files; make it a base.Secret of the connector's Config", name)
	}
	return name
}

func (r *yamlReader) outputs(n *yaml.Node) []manifestOutput {
	var out []manifestOutput
	for _, item := range r.items(n) {
		o := manifestOutput{at: item, Output: Output{Mode: 0o644, left: "{{", right: "}}"}}
		r.fields(item, "an output", map[string]func(*yaml.Node){
			"path":   func(n *yaml.Node) { o.Path = r.outputPath(n) },
			"class":  func(n *yaml.Node) { o.Class = Class(r.oneOf(n, classNames)) },
			"was":    func(n *yaml.Node) { o.Was = r.formerPaths(n) },
			"mode":   func(n *yaml.Node) { o.Mode = r.mode(n) },
			"when":   func(n *yaml.Node) { o.when = n },
			"delims": func(n *yaml.Node) { o.left, o.right = r.delims(n) },
		}, "path", "class")
		if o.Path != "" {
			out = append(out, o)
		}
	}
	return out
}

// outputPath refuses what would leave the connector or what the generator keeps
// for itself.
func (r *yamlReader) outputPath(n *yaml.Node) string {
	path := r.text(n)
	if path == "" {
		return ""
	}
	if reason := badPath(path); reason != "" {
		r.fault(n, "output %q: %s", path, reason)
		return ""
	}
	return path
}

// formerPaths reads where an output stood in earlier versions of the pack.
func (r *yamlReader) formerPaths(n *yaml.Node) []string {
	var paths []string
	for _, item := range r.items(n) {
		if path := r.outputPath(item); path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

func (r *yamlReader) mode(n *yaml.Node) fs.FileMode {
	switch r.oneOf(n, []string{"0644", "0755"}) {
	case "0755":
		return 0o755
	}
	return 0o644
}

func (r *yamlReader) delims(n *yaml.Node) (left, right string) {
	pair := r.texts(n)
	if len(pair) != 2 || pair[0] == pair[1] || slices.Contains(pair, "") {
		r.fault(n, `delims: give two different texts, such as ["[[", "]]"]`)
		return "{{", "}}"
	}
	return pair[0], pair[1]
}

func (r *yamlReader) requires(n *yaml.Node) []manifestRequirement {
	var out []manifestRequirement
	for _, item := range r.items(n) {
		var q manifestRequirement
		r.fields(item, "a requirement", map[string]func(*yaml.Node){
			"module":  func(n *yaml.Node) { q.Module = r.text(n) },
			"version": func(n *yaml.Node) { q.Version = r.text(n) },
			"when":    func(n *yaml.Node) { q.when = n },
		}, "module", "version")
		if err := module.Check(q.Module, q.Version); err != nil && q.Module != "" && q.Version != "" {
			r.fault(item, "requirement: %v", err)
		}
		out = append(out, q)
	}
	return out
}

// condition reads a when: mapping of parameter names to a value or a list of
// values, which must be ones that the parameter can have.
func (r *yamlReader) condition(n *yaml.Node, params []Parameter) Condition {
	if n == nil {
		return nil
	}
	known := map[string]func(*yaml.Node){}
	var c Condition
	for _, p := range params {
		known[p.Name] = func(n *yaml.Node) {
			nodes := []*yaml.Node{n}
			if n.Kind == yaml.SequenceNode {
				nodes = n.Content
			}
			clause := Clause{Parameter: p.Name}
			for _, item := range nodes {
				value, err := p.fromNode(item)
				if err != nil {
					r.fault(item, "condition on %s: %v", p.Name, err)
					continue
				}
				clause.Values = append(clause.Values, value)
			}
			c = append(c, clause)
		}
	}
	r.fields(n, "a condition", known)
	return c
}

// setDefaults reads a defaults: mapping of parameter names to the answers that
// stand where nobody gives one.
func (r *yamlReader) setDefaults(n *yaml.Node, params []Parameter) {
	if n == nil {
		return
	}
	known := map[string]func(*yaml.Node){}
	for i, p := range params {
		known[p.Name] = func(n *yaml.Node) {
			value, err := p.fromNode(n)
			if err != nil {
				r.fault(n, "default of %s: %v", p.Name, err)
			}
			params[i].Default = value
		}
	}
	r.fields(n, "the pack that this one extends", known)
}

// badPath says why a path cannot be an output, or "".
func badPath(path string) string {
	if !fs.ValidPath(path) || path == "." {
		return "a path is relative to the connector, with / between its parts and no . or .."
	}
	first, _, _ := strings.Cut(path, "/")
	if first == ".git" {
		return "git keeps its own files there"
	}
	if first == stateFile || first == stateDir || slices.Contains(ownFiles, path) {
		return "the generator makes this file itself"
	}
	for part := range strings.SplitSeq(path, "/") {
		if isDeviceName(part) || strings.ContainsAny(part, "\\:*?\"<>|") || strings.TrimRight(part, ". ") != part {
			return "Windows cannot hold a file called " + part
		}
	}
	return ""
}
