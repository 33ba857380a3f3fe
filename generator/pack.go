package generator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
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
	// Derived files are made from the connector's own sources, by Generate, and not by
	// a pack: the state does not record them.
	Derived Class = "derived"
)

// classNames are the classes that a manifest may give.
var classNames = []string{string(Generated), string(Once), string(Merged)}

// Kind says what a pack makes.
type Kind string

const (
	// Connector is a Go program in a folder of its own.
	Connector Kind = "connector"
	// Repository is what connectors of one repository share, in its root: that holds
	// files of others, which are left as they are.
	Repository Kind = "repository"
)

var kindNames = []string{string(Connector), string(Repository)}

// Pack is a set of templates with everything it extends put in.
type Pack struct {
	Name        string
	Version     string
	Description string
	Kind        Kind
	Digest      string // "sha256:…" over the files of the pack and of those it extends
	Source      string // where it comes from, as the state of a connector has it; "": mage-dest carries it
	Server      bool   // its sample config names a server, which only the user of the pack knows; so for all that extend it
	Parameters  []Parameter
	Outputs     []Output
	Requires    []Requirement

	abstract bool
	partials map[string]source // by the name that {{ template }} takes
	sources  map[string]source // every file, by pack name and path, for Digest
}

func (p *Pack) ref() TemplateRef {
	return TemplateRef{Name: p.Name, Version: p.Version, Digest: p.Digest, Source: p.Source}
}

// Output is one file that a pack renders.
type Output struct {
	Path  string   // relative to the connector, with _package_ and the like still in it
	Was   []string // paths that it had in earlier versions of the pack
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

// digest is a fingerprint of the bytes of a pack and of their names.
func digest(sources map[string]source) string {
	h := sha256.New()
	for _, name := range sortedKeysOf(sources) {
		sum := sha256.Sum256(foldLines(sources[name].bytes))
		fmt.Fprintf(h, "%s %x\n", name, sum)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
