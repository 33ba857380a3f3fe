package settings

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// docs finds the comments of struct fields, by where the fields stand.
type docs struct {
	fset   *token.FileSet
	fields map[string]map[fieldPlace]*ast.Field // by file
}

// fieldPlace is where a field stands. The compiler keeps no columns.
type fieldPlace struct {
	line int
	name string
}

func newDocs(fset *token.FileSet) *docs {
	return &docs{fset: fset, fields: map[string]map[fieldPlace]*ast.Field{}}
}

// add notes the fields of files.
func (d *docs) add(files ...*ast.File) {
	for _, file := range files {
		fields := map[fieldPlace]*ast.Field{}
		ast.Inspect(file, func(node ast.Node) bool {
			structure, ok := node.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range structure.Fields.List {
				for _, name := range namesOf(field) {
					fields[fieldPlace{d.fset.Position(name.Pos()).Line, name.Name}] = field
				}
			}
			return true
		})
		d.fields[d.fset.Position(file.FileStart).Filename] = fields
	}
}

// namesOf are the names of a field; an embedded one has that of its type.
func namesOf(field *ast.Field) []*ast.Ident {
	if len(field.Names) > 0 {
		return field.Names
	}
	expr := field.Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.SelectorExpr:
			return []*ast.Ident{e.Sel}
		case *ast.Ident:
			return []*ast.Ident{e}
		default:
			return nil
		}
	}
}

// of returns the first sentence of a field's comment as one line.
func (d *docs) of(v *types.Var) string {
	at := d.fset.Position(v.Pos())
	field := d.file(at.Filename)[fieldPlace{at.Line, v.Name()}]
	if field == nil {
		return ""
	}
	for _, comment := range []*ast.CommentGroup{field.Doc, field.Comment} {
		if text := strings.TrimSpace(comment.Text()); text != "" {
			return new(doc.Package).Synopsis(text)
		}
	}
	return ""
}

// file returns the fields of a file. One of another module is where the compiler
// found it; without it there are no comments, and nothing else is missed.
func (d *docs) file(name string) map[fieldPlace]*ast.Field {
	if fields, ok := d.fields[name]; ok || !filepath.IsAbs(name) {
		return fields
	}
	d.fields[name] = nil
	file, err := parser.ParseFile(d.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err == nil {
		d.add(file)
	}
	return d.fields[name]
}
