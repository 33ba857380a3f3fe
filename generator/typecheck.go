package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// maxTypeErrors bounds how many type errors are told: the first ones matter.
const maxTypeErrors = 10

// checkGo checks what the compiler would find in the rendered Go files on a base; without
// their types that starts no go command. It returns what a person should know of what
// could not be checked.
func (r *rendering) checkGo(ctx context.Context, base Base, noTypes bool) (notices []string, err error) {
	fset, files, err := r.parseGo()
	if err != nil {
		return nil, err
	}
	if err := checkPackageName(r.data.Name, r.data.Module, files); err != nil {
		return nil, err
	}
	if noTypes {
		return nil, nil
	}
	mod, err := scratchModule(r.pack, r.data, base)
	if err != nil {
		return nil, err
	}
	return r.typeCheck(ctx, fset, files, mod)
}

// typeCheck checks the rendered Go files, tests included, as the compiler would
// and before any of them is written. What cannot be checked, because a module is
// not in the module cache or does not build, is told in notices.
func (r *rendering) typeCheck(ctx context.Context, fset *token.FileSet, files []goFile, mod moduleFiles) (notices []string, err error) {
	c := &checker{
		fset: fset, module: r.data.Module, dirs: map[string]*goPackage{}, checked: map[string]*types.Package{},
		failed: map[string]bool{}, external: map[string]*types.Package{}, unread: map[string]string{},
	}
	for _, f := range files {
		if c.builds(f) {
			c.add(f)
		}
	}
	exports, err := listExports(ctx, c.externalImports(), mod)
	if err != nil {
		return []string{fmt.Sprintf("types are not checked: %v", err)}, nil
	}
	c.readExports(exports)
	for _, dir := range sortedKeysOf(c.dirs) {
		if missing := c.missing(dir, map[string]bool{}); len(missing) > 0 {
			notices = append(notices, fmt.Sprintf("types of %s are not checked: %s", c.importPath(dir), strings.Join(missing, "; ")))
			continue
		}
		c.check(dir)
	}
	return notices, r.typeErrors(files, c.errors)
}

// typeErrors tells type errors at the lines of the templates.
func (r *rendering) typeErrors(files []goFile, list []types.Error) error {
	var faults []*TemplateError
	for _, e := range list[:min(len(list), maxTypeErrors)] {
		at := e.Fset.Position(e.Pos)
		for _, f := range files {
			if f.Path == at.Filename {
				faults = append(faults, r.traceAt(f.File, at.Line, at.Column, e.Msg))
			}
		}
	}
	return joinTemplateErrors(faults)
}

// goPackage is the Go files of one folder.
type goPackage struct {
	plain, inside, outside []*ast.File // without tests; tests of the package; of package x_test
}

// checker type-checks the packages of one module that stand in memory.
type checker struct {
	fset     *token.FileSet
	module   string
	dirs     map[string]*goPackage     // by folder, "." for the module's own
	checked  map[string]*types.Package // the module's packages by import path
	failed   map[string]bool           // those of them that have errors
	external map[string]*types.Package // all others
	unread   map[string]string         // imports without types, and why
	errors   []types.Error
}

// builds reports whether this machine's go build would take the file.
func (c *checker) builds(f goFile) bool {
	env := build.Default
	env.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.rendered)), nil }
	ok, err := env.MatchFile(path.Dir(f.Path), path.Base(f.Path))
	return ok || err != nil
}

func (c *checker) add(f goFile) {
	dir := path.Dir(f.Path)
	if c.dirs[dir] == nil {
		c.dirs[dir] = &goPackage{}
	}
	p := c.dirs[dir]
	switch {
	case !strings.HasSuffix(f.Path, "_test.go"):
		p.plain = append(p.plain, f.syntax)
	case strings.HasSuffix(f.syntax.Name.Name, "_test"):
		p.outside = append(p.outside, f.syntax)
	default:
		p.inside = append(p.inside, f.syntax)
	}
}

func (p *goPackage) files() []*ast.File { return slices.Concat(p.plain, p.inside, p.outside) }

func (c *checker) importPath(dir string) string { return path.Join(c.module, dir) }

// dirOf returns the folder of a package of the module.
func (c *checker) dirOf(importPath string) (string, bool) {
	if importPath == c.module {
		return ".", true
	}
	return strings.CutPrefix(importPath, c.module+"/")
}

func (c *checker) externalImports() []string {
	set := map[string]bool{}
	for _, p := range c.dirs {
		for _, f := range p.files() {
			for _, imp := range importsOf(f) {
				if _, own := c.dirOf(imp); !own && imp != "unsafe" && imp != "C" {
					set[imp] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// readExports reads the types of the imports from other modules.
func (c *checker) readExports(exports map[string]export) {
	for _, importPath := range c.externalImports() {
		if err := exports[importPath].read(c.fset, c.external, importPath); err != nil {
			c.unread[importPath] = err.Error()
		}
	}
}

// missing lists why a package cannot be checked: imports of it, or of a package
// of the module that it imports, have no export data.
func (c *checker) missing(dir string, seen map[string]bool) []string {
	if seen[dir] || c.dirs[dir] == nil {
		return nil
	}
	seen[dir] = true
	var reasons []string
	for _, f := range c.dirs[dir].files() {
		for _, imp := range importsOf(f) {
			if own, ok := c.dirOf(imp); ok {
				reasons = append(reasons, c.missing(own, seen)...)
			} else if reason := c.unread[imp]; reason != "" {
				reasons = append(reasons, reason)
			}
		}
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}

// check checks a package, then with its tests, then the tests of package x_test.
func (c *checker) check(dir string) {
	p, importPath := c.dirs[dir], c.importPath(dir)
	if len(p.plain) > 0 {
		if _, err := c.Import(importPath); err != nil || c.failed[importPath] {
			return // its tests would repeat its errors
		}
	}
	if len(p.inside) > 0 {
		c.checked[importPath] = c.run(importPath, slices.Concat(p.plain, p.inside))
	}
	if len(p.outside) > 0 {
		c.run(importPath+"_test", p.outside)
	}
}

func (c *checker) run(importPath string, files []*ast.File) *types.Package {
	conf := types.Config{Importer: c, FakeImportC: true, Error: func(err error) {
		if e, ok := errors.AsType[types.Error](err); ok {
			c.errors = append(c.errors, e)
		}
	}}
	pkg, _ := conf.Check(importPath, c.fset, files, nil) // errors arrive one by one
	return pkg
}

// Import makes checker the importer of what it checks.
func (c *checker) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := c.checked[importPath]; pkg != nil {
		return pkg, nil
	}
	if dir, own := c.dirOf(importPath); own {
		return c.importOwn(dir, importPath)
	}
	if pkg := c.external[importPath]; pkg != nil {
		return pkg, nil
	}
	return nil, errors.New("its types are not known")
}

func (c *checker) importOwn(dir, importPath string) (*types.Package, error) {
	p := c.dirs[dir]
	if p == nil || len(p.plain) == 0 {
		return nil, fmt.Errorf("the template renders no Go package %s", importPath)
	}
	before := len(c.errors)
	c.checked[importPath] = c.run(importPath, p.plain)
	c.failed[importPath] = len(c.errors) > before
	return c.checked[importPath], nil
}
