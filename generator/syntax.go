package generator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
)

// goFile is a rendered Go file and its syntax. Positions are those of the bytes
// the template made, which is what errors are traced from.
type goFile struct {
	File
	syntax *ast.File
}

// parseGo parses the rendered Go files.
func (r *rendering) parseGo() (*token.FileSet, []goFile, error) {
	fset := token.NewFileSet()
	var list []goFile
	for _, f := range r.files {
		if path.Ext(f.Path) != ".go" {
			continue
		}
		syntax, err := parser.ParseFile(fset, f.Path, f.rendered, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, r.trace(f, err)
		}
		list = append(list, goFile{File: f, syntax: syntax})
	}
	return fset, list, nil
}

// importsOf lists the import paths of a file.
func importsOf(f *ast.File) []string {
	var paths []string
	for _, spec := range f.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// checkPackageName refuses a connector whose package cannot be told from
// something else in a file that the template makes: another package imported
// there, or a name declared there.
func checkPackageName(n Name, modulePath string, files []goFile) error {
	own := modulePath + "/" + n.folder()
	for _, f := range files {
		ours := f.syntax.Name.Name == n.Package
		for _, p := range importsOf(f.syntax) {
			if p != own && importName(p) == n.Package {
				return clash(n, f, "imports "+p)
			}
			ours = ours || p == own
		}
		if ours && f.syntax.Name.Name != n.Package && declares(f.syntax, n.Package) {
			return clash(n, f, "declares "+n.Package)
		}
	}
	return nil
}

func clash(n Name, f goFile, does string) error {
	return inputErrorf("name %q: its package %s would clash with the template's %s, which %s; add a word, such as %q",
		n.Binary, n.Package, f.Path, does, n.Binary+"-store")
}

// importName guesses the name of a package from its import path.
func importName(importPath string) string {
	if prefix, _, ok := module.SplitPathVersion(importPath); ok {
		importPath = prefix
	}
	return strings.ReplaceAll(path.Base(importPath), "-", "")
}

// declares reports whether a file declares a name, at any depth.
func declares(f *ast.File, name string) bool {
	found := false
	is := func(ids ...*ast.Ident) {
		for _, id := range ids {
			found = found || id != nil && id.Name == name
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil {
				is(n.Name)
			}
			for _, list := range []*ast.FieldList{n.Recv, n.Type.Params, n.Type.Results} {
				is(fieldNames(list)...)
			}
		case *ast.FuncLit:
			is(fieldNames(n.Type.Params)...)
		case *ast.TypeSpec:
			is(n.Name)
		case *ast.ValueSpec:
			is(n.Names...)
		case *ast.AssignStmt:
			is(definedNames(n)...)
		case *ast.RangeStmt:
			is(identOf(n.Key), identOf(n.Value))
		}
		return !found
	})
	return found
}

func fieldNames(list *ast.FieldList) []*ast.Ident {
	var names []*ast.Ident
	if list != nil {
		for _, field := range list.List {
			names = append(names, field.Names...)
		}
	}
	return names
}

func definedNames(n *ast.AssignStmt) []*ast.Ident {
	var names []*ast.Ident
	if n.Tok == token.DEFINE {
		for _, left := range n.Lhs {
			names = append(names, identOf(left))
		}
	}
	return names
}

func identOf(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}
