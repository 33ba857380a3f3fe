package settings

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// Source is where the Go files of a connector are read from.
type Source struct {
	Module string // path of the Go module that the connector is, or stands in
	Dir    string // folder of the package with the Destination, below the module's, with slashes

	// Files returns the Go files of a folder of the module by their names; none
	// for a folder that is not there.
	Files func(dir string) (map[string][]byte, error)

	// Folder is where the go command is asked for types of other modules. It is
	// not asked if this is empty: then such a type is a fault.
	Folder string
}

// packages type-checks the packages of one module, as far as declarations go.
type packages struct {
	src      Source
	fset     *token.FileSet
	types    map[string]*types.Package       // by import path; nil while one is being checked
	declared map[string]map[string]*typeDecl // the module's own, by import path and name
	lookedUp map[string]*types.Package       // those that the go command told of
	parsed   map[string][]*ast.File          // the module's own, by folder
	syntax   faults                          // what does not parse
}

// typeDecl is where a type is declared.
type typeDecl struct {
	importPath string
	file       *ast.File
	expr       ast.Expr
}

func newPackages(src Source) *packages {
	return &packages{src: src, fset: token.NewFileSet(), parsed: map[string][]*ast.File{}}
}

// check type-checks the package in a folder of the module and what it imports.
// Types that cannot be found are invalid and no error: nobody may ask for them.
func (p *packages) check(dir string) (*types.Package, error) {
	p.reset()
	files, err := p.parse(dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 && len(p.syntax) == 0 {
		return nil, ErrNoDestination
	}
	return p.checkFiles(path.Join(p.src.Module, dir), files), p.syntax.err()
}

// reset forgets what was checked, not what was parsed.
func (p *packages) reset() {
	p.types, p.declared = map[string]*types.Package{}, map[string]map[string]*typeDecl{}
}

func (p *packages) checkFiles(importPath string, files []*ast.File) *types.Package {
	p.types[importPath] = nil
	p.declare(importPath, files)
	conf := types.Config{Importer: p, IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	pkg, _ := conf.Check(importPath, p.fset, files, nil) // what matters of its errors leaves invalid types
	p.types[importPath] = pkg
	return pkg
}

// parse reads the files of a folder that every connector of this module is built
// from: no tests, and those for Linux, so that all machines write the same.
func (p *packages) parse(dir string) ([]*ast.File, error) {
	if files, ok := p.parsed[dir]; ok {
		return files, nil
	}
	sources, err := p.src.Files(dir)
	if err != nil {
		return nil, fmt.Errorf("read the Go files of %s: %w", dir, err)
	}
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if !builds(name, sources[name]) {
			continue
		}
		file, err := parser.ParseFile(p.fset, path.Join(dir, name), sources[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			p.syntax = append(p.syntax, strings.Split(err.Error(), "\n")...)
			continue
		}
		files = append(files, file)
	}
	p.parsed[dir] = files
	return files, nil
}

func builds(name string, src []byte) bool {
	if strings.HasSuffix(name, "_test.go") {
		return false
	}
	env := build.Context{GOOS: "linux", GOARCH: "amd64", Compiler: "gc", CgoEnabled: true, ReleaseTags: build.Default.ReleaseTags}
	env.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(src))), nil }
	ok, err := env.MatchFile(".", name)
	return ok || err != nil
}

// declare notes where the types of a package are declared.
func (p *packages) declare(importPath string, files []*ast.File) {
	declared := map[string]*typeDecl{}
	for _, file := range files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, spec := range group.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					declared[spec.Name.Name] = &typeDecl{importPath, file, spec.Type}
				}
			}
		}
	}
	p.declared[importPath] = declared
}

// own returns the folder of a package of the module.
func (p *packages) own(importPath string) (dir string, ok bool) {
	if importPath == p.src.Module {
		return ".", true
	}
	return strings.CutPrefix(importPath, p.src.Module+"/")
}

var errUnknown = errors.New("its types are not known yet")

// Import makes packages the importer of what it checks.
func (p *packages) Import(importPath string) (*types.Package, error) {
	if pkg := p.lookedUp[importPath]; pkg != nil {
		return pkg, nil
	}
	if pkg, ok := p.types[importPath]; ok {
		if pkg == nil {
			return nil, errors.New("packages import one another in a ring")
		}
		return pkg, nil
	}
	if dir, ok := p.own(importPath); ok {
		if files, err := p.parse(dir); err != nil || len(files) > 0 {
			return p.checkFiles(importPath, files), err
		}
	}
	source := knownSource(importPath)
	if source == nil {
		return nil, errUnknown
	}
	file, err := parser.ParseFile(p.fset, "known.go.txt", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("known types of %s: %w", importPath, err)
	}
	return p.checkFiles(importPath, []*ast.File{file}), nil
}

// lookUp asks the go command for the types of packages of other modules.
func (p *packages) lookUp(ctx context.Context, importPaths []string) error {
	found, err := exportedTypes(ctx, p.fset, p.src.Folder, importPaths)
	p.lookedUp = found
	return err
}
