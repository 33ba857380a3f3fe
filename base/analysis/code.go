package analysis

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

const (
	modulePath = "github.com/mage-dest/mage-dest"
	basePath   = modulePath + "/base"
)

// code is what the analyzers ask of a package of the author's.
type code struct {
	base      *types.Package // nil where the package does not import it
	functions []*ssa.Function
	silenced  silenced
	roots     map[*types.Func]string // methods that base calls, by their name in base
}

// codeAnalyzer reads a package once for all analyzers. Its result is nil where
// there is nothing to look at: in the standard library and in modules that the
// author does not work on. (The driver of go vet runs through those too, for facts;
// to build the SSA form of all would take minutes.)
var codeAnalyzer = &analysis.Analyzer{
	Name:       "connectorcode",
	Doc:        "reads the code of a connector, for the other analyzers",
	Run:        readCode,
	ResultType: reflect.TypeFor[*code](),
}

func readCode(pass *analysis.Pass) (any, error) {
	if !authored(pass) {
		return (*code)(nil), nil
	}
	c := &code{functions: buildSSA(pass), silenced: readSilenced(pass)}
	for _, imported := range pass.Pkg.Imports() {
		if imported.Path() == basePath {
			c.base = imported
		}
	}
	c.roots = c.methods(pass.Pkg)
	return c, nil
}

// authored tells whether a package belongs to the module, or the workspace, that
// is worked on, and is not one of mage-dest's own.
func authored(pass *analysis.Pass) bool {
	if pass.Module == nil || pass.Module.Path == "" || pass.Module.Version != "" {
		return false
	}
	own := pass.Pkg.Path() + "/"
	return !strings.HasPrefix(own, modulePath+"/") || strings.Contains(own, "/testdata/")
}

// buildSSA builds the SSA form of the package, without that of what it imports.
func buildSSA(pass *analysis.Pass) []*ssa.Function {
	program := ssa.NewProgram(pass.Fset, 0)
	for _, imported := range pass.Pkg.Imports() {
		program.CreatePackage(imported, nil, nil, true)
	}
	pkg := program.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()
	var functions []*ssa.Function
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		functions = append(functions, fn)
		for _, literal := range fn.AnonFuncs {
			add(literal)
		}
	}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				if fn := program.FuncValue(pass.TypesInfo.Defs[decl.Name].(*types.Func)); fn != nil {
					add(fn)
				}
			}
		}
	}
	return functions
}

// connectors are the types of the package that embed base.Destination.
func (c *code) connectors(pkg *types.Package) []*types.Named {
	var found []*types.Named
	if c.base == nil {
		return nil
	}
	for _, name := range pkg.Scope().Names() {
		object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || object.IsAlias() {
			continue
		}
		named, ok := object.Type().(*types.Named)
		if !ok || configOf(named) == nil {
			continue
		}
		found = append(found, named)
	}
	return found
}

// configOf is the config type of a struct that embeds base.Destination, by itself or
// in another one that it embeds; nil for others.
func configOf(t types.Type) types.Type {
	fields, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for field := range fields.Fields() {
		if !field.Embedded() {
			continue
		}
		embedded := types.Unalias(field.Type())
		if pointer, ok := embedded.(*types.Pointer); ok {
			embedded = types.Unalias(pointer.Elem())
		}
		if isBase(embedded, "Destination") {
			return embedded.(*types.Named).TypeArgs().At(0)
		}
		if _, isStruct := embedded.Underlying().(*types.Struct); isStruct {
			if config := configOf(embedded); config != nil {
				return config
			}
		}
	}
	return nil
}

// methods are the methods that base calls on the package's connectors.
func (c *code) methods(pkg *types.Package) map[*types.Func]string {
	roots := map[*types.Func]string{}
	for _, connector := range c.connectors(pkg) {
		for method := range connector.Methods() {
			if c.contract(method.Name()) != nil {
				roots[method] = method.Name()
			}
		}
	}
	return roots
}

// contract is the interface of base that has a method of the name, and it alone, or
// nil: those are what base asks a connector for.
func (c *code) contract(method string) *types.Interface {
	scope := c.base.Scope()
	for _, name := range scope.Names() {
		object, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !object.Exported() {
			continue
		}
		contract, ok := object.Type().Underlying().(*types.Interface)
		if ok && contract.NumMethods() == 1 && contract.Method(0).Name() == method {
			return contract
		}
	}
	return nil
}

// isBase tells whether a type is one of package base.
func isBase(t types.Type, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == basePath
}

// onCode makes what an analyzer runs: look at what readCode has read, if that is
// anything to look at.
func onCode(look func(*code, *analysis.Pass)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		if c := pass.ResultOf[codeAnalyzer].(*code); c != nil {
			look(c, pass)
		}
		return nil, nil
	}
}
