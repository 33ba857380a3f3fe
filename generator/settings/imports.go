package settings

import (
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// importsBehind lists the packages of other modules that the types embedded in a
// struct are made of, as far as declarations of this module lead. What else the struct
// holds, the client of a store say, may take long to compile and says nothing of Config.
func (p *packages) importsBehind(decl *typeDecl) []string {
	structure, ok := decl.expr.(*ast.StructType)
	if !ok {
		return nil
	}
	finder := importFinder{declared: p.declared, seen: map[ast.Expr]bool{}, found: map[string]bool{}}
	for _, field := range structure.Fields.List {
		if len(field.Names) == 0 {
			finder.follow(&typeDecl{decl.importPath, decl.file, field.Type})
		}
	}
	return slices.Sorted(maps.Keys(finder.found))
}

// importFinder goes from declaration to declaration.
type importFinder struct {
	declared map[string]map[string]*typeDecl // by import path and name
	seen     map[ast.Expr]bool
	found    map[string]bool // packages whose declarations are not here
}

func (f importFinder) follow(decl *typeDecl) {
	if decl == nil || f.seen[decl.expr] {
		return
	}
	f.seen[decl.expr] = true
	var visit func(ast.Node) bool
	visit = func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Field:
			ast.Inspect(node.Type, visit) // its name is no type
			return false
		case *ast.Ident:
			f.follow(f.declared[decl.importPath][node.Name])
		case *ast.SelectorExpr:
			f.selected(decl.file, node)
			return false
		}
		return true
	}
	ast.Inspect(decl.expr, visit)
}

// selected follows a type of another package.
func (f importFinder) selected(file *ast.File, selector *ast.SelectorExpr) {
	for _, importPath := range importsNamed(file, selector.X) {
		if decl := f.declared[importPath][selector.Sel.Name]; decl != nil {
			f.follow(decl)
		} else {
			f.found[importPath] = true
		}
	}
}

// importsNamed lists the imports of a file that an expression before a dot may
// stand for. What a package calls itself is known only to the package, and is
// nearly always the last part of its path, or in it.
func importsNamed(file *ast.File, x ast.Expr) []string {
	ident, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	var likely, others []string
	for _, spec := range file.Imports {
		importPath := strings.Trim(spec.Path.Value, "`\"")
		unversioned, _, _ := module.SplitPathVersion(importPath)
		switch {
		case spec.Name != nil && spec.Name.Name == ident.Name:
			return []string{importPath}
		case spec.Name != nil:
		case path.Base(unversioned) == ident.Name:
			return []string{importPath}
		case strings.Contains(importPath, ident.Name):
			likely = append(likely, importPath)
		default:
			others = append(others, importPath)
		}
	}
	if len(likely) > 0 {
		return likely
	}
	return others
}
