package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	"go.yaml.in/yaml/v3"
)

// Data is what a template sees.
type Data struct {
	Name   Name              // every form of the connector's name
	Module string            // path of the connector's Go module
	Params map[string]any    // the answers: string, bool or int by parameter name
	Texts  map[string]string // of answers that are files, by parameter name
	Pack   PackData
	Base   BaseData
	Tools  string // path, from the connector's folder, of the go.mod that pins mage-dest: tools/go.mod, ../tools/go.mod
	Go     string // version of Go that the connector's go.mod asks for: 1.26.0
	Header string // first line of a generated file, without comment signs
}

// PackData names the pack that is rendered.
type PackData struct {
	Name    string
	Version string
}

// BaseData says where the connector's module finds base.
type BaseData struct {
	Module   string // github.com/mage-dest/mage-dest
	Replaced bool   // go.mod replaces it by a folder, which CI and images need too
}

// File is one file of a connector as it will stand on disk.
type File struct {
	Path    string
	Class   Class
	Mode    fs.FileMode
	Content []byte

	was      []string // paths that it had in earlier versions of the pack
	output   Output
	rendered []byte // as the template left it, before formatting
}

// rendering is a pack rendered for one connector.
type rendering struct {
	pack  *Pack
	data  Data
	files []File
}

// render executes the templates whose condition holds and formats what they
// made. The error tells the faults of all files at the templates' lines.
func render(pack *Pack, data Data) (*rendering, error) {
	r := &rendering{pack: pack, data: data}
	set, err := r.partials()
	if err != nil {
		return nil, err
	}
	files, faults := r.renderAll(set)
	if len(faults) > 0 {
		return nil, joinTemplateErrors(faults)
	}
	r.files = files
	return r, r.checkPaths()
}

// renderAll renders the outputs whose condition holds, side by side: none depends
// on another. Files and faults come in the order of the manifest.
func (r *rendering) renderAll(set *template.Template) (files []File, faults []*TemplateError) {
	outputs := slices.DeleteFunc(slices.Clone(r.pack.Outputs), func(o Output) bool { return !o.When.Holds(r.data.Params) })
	files = make([]File, len(outputs))
	found := make([]*TemplateError, len(outputs))
	var wait sync.WaitGroup
	for i, o := range outputs {
		t, err := parseOutput(set, o)
		if err != nil {
			found[i] = r.locate(o, err)
			continue
		}
		wait.Go(func() { files[i], found[i] = r.file(t, o) })
	}
	wait.Wait()
	return files, slices.DeleteFunc(found, func(e *TemplateError) bool { return e == nil })
}

// partials parses what every template of the pack may call by name.
func (r *rendering) partials() (*template.Template, error) {
	set := template.New("").Option("missingkey=error").Funcs(functions())
	for _, name := range sortedKeysOf(r.pack.partials) {
		if _, err := set.New(name).Parse(string(r.pack.partials[name].bytes)); err != nil {
			return nil, r.locate(Output{source: r.pack.partials[name]}, err)
		}
	}
	return set, nil
}

// file renders one output, from its template t unless it is a plain copy.
func (r *rendering) file(t *template.Template, o Output) (File, *TemplateError) {
	f := File{Path: r.path(o.Path), Class: o.Class, Mode: o.Mode, output: o, rendered: o.source.bytes}
	for _, was := range o.Was {
		f.was = append(f.was, r.path(was))
	}
	if t != nil {
		var out bytes.Buffer
		if err := t.Execute(&out, r.scope()); err != nil {
			return File{}, r.locate(o, err)
		}
		f.rendered = out.Bytes()
	}
	content, err := formatFile(f.Path, f.rendered)
	if err != nil {
		return File{}, r.trace(f, err)
	}
	if f.Class == Generated && !bytes.Contains(firstLines(content), []byte(r.data.Header)) {
		return File{}, r.describe(&TemplateError{
			Template: o.source.label, Line: 1, Column: 1,
			Message: "a generated file says so in its first lines: put {{ .Header }} in a comment there",
		}, o)
	}
	f.Content = content
	return f, nil
}

// parseOutput adds the template of an output to those of set; it is nil for a
// plain copy. What it defined would be seen by the outputs after it and change
// with their order, so it may define nothing.
func parseOutput(set *template.Template, o Output) (*template.Template, error) {
	if !o.source.execute {
		return nil, nil
	}
	before := treesOf(set)
	t, err := set.New(o.source.label).Delims(o.left, o.right).Parse(string(o.source.bytes))
	if err != nil {
		return nil, err
	}
	after := treesOf(set)
	delete(after, o.source.label)
	if !maps.Equal(before, after) {
		return nil, errors.New("it defines a template of its own; put that into _partials, a file each")
	}
	return t, nil
}

func treesOf(set *template.Template) map[string]*parse.Tree {
	trees := map[string]*parse.Tree{}
	for _, t := range set.Templates() {
		trees[t.Name()] = t.Tree
	}
	return trees
}

// scope returns data of its own for each template: what one does to a map of
// answers is not seen by the next.
func (r *rendering) scope() Data {
	data := r.data
	data.Params = maps.Clone(r.data.Params)
	return data
}

// path puts the connector's name where a path of the pack has a word for it.
func (r *rendering) path(p string) string {
	n := r.data.Name
	return strings.NewReplacer("_binary_", n.Binary, "_package_", n.Package, "_class_", n.Class, "_uuid_", n.UUID).Replace(p)
}

// checkPaths refuses files that the name of the connector brought to one path, and
// a program that go build would put where a folder or another file stands.
func (r *rendering) checkPaths() error {
	seen := map[string]string{}
	for _, f := range r.files {
		folded := strings.ToLower(f.Path)
		if other, ok := seen[folded]; ok {
			return fmt.Errorf("template %s renders %s and %s to one file; give them different paths", r.pack.Name, other, f.output.Path)
		}
		seen[folded] = f.output.Path
		top, _, _ := strings.Cut(folded, "/")
		if top == r.data.Name.Binary {
			return inputErrorf("name %q: the template has a file or folder %s where go build puts the program of that name; add a word, such as %q", r.data.Name.Binary, top, r.data.Name.Binary+"-store")
		}
	}
	return nil
}

// formatFile brings a file into the one form it has on every machine, and refuses
// what cannot be parsed.
func formatFile(name string, src []byte) ([]byte, error) {
	switch path.Ext(name) {
	case ".go":
		// As imports.Process with FormatOnly, but for the grouping of imports, which
		// templates write as it shall be. That package costs every start of the
		// program a table of the standard library: a tenth of the time of a run.
		return format.Source(src)
	case ".json":
		return src, checkJSON(src)
	case ".yaml", ".yml":
		return src, checkYAML(src)
	}
	return src, nil
}

func checkJSON(src []byte) error {
	var v any
	err := json.Unmarshal(src, &v)
	if at, ok := errors.AsType[*json.SyntaxError](err); ok {
		line, column := lineColumn(src, int(at.Offset)-1)
		return &formatError{line: line, column: column, message: at.Error()}
	}
	return err
}

func checkYAML(src []byte) error {
	if err := readYAML(src); err != nil {
		_, message := yamlFault(err)
		return &formatError{line: faultyLine(src), column: 1, message: message}
	}
	return nil
}

// readYAML reads all documents of a file.
func readYAML(src []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	for {
		var n yaml.Node
		if err := decoder.Decode(&n); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// faultyLine is the line after the longest beginning of a file that can be parsed.
// Package yaml tells the line where what is broken begins, or the one before it.
func faultyLine(src []byte) int {
	line := bytes.Count(src, []byte("\n"))
	for ; line > 0 && readYAML(src[:offsetOf(src, line+1, 1)]) != nil; line-- {
	}
	return line + 1
}

// foldLines makes one line feed of every line break, so that sums and merges do
// not depend on how a checkout ends its lines.
func foldLines(b []byte) []byte {
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// firstLines is where tools look for the mark of generated files.
func firstLines(b []byte) []byte {
	const lines = 5
	end := 0
	for range lines {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b
		}
		end += i + 1
	}
	return b[:end]
}

func sortedKeysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
