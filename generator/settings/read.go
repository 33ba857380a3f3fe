package settings

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
)

// ErrNoDestination says that a package has no type that embeds base.Destination.
var ErrNoDestination = errors.New("no type of the package embeds base.Destination[Config]")

// Read returns the settings of a connector in the order of the fields of its
// Config. What is wrong with the struct is an *Error that tells all of it; a
// package without a Destination is ErrNoDestination.
func Read(ctx context.Context, src Source) ([]Setting, error) {
	p := newPackages(src)
	list, decl, err := p.read()
	missing := (*unknownType)(nil)
	if !errors.As(err, &missing) {
		return list, err
	}
	imports := p.importsBehind(decl)
	if src.Folder == "" || len(imports) == 0 {
		return nil, missing.fault()
	}
	if err := p.lookUp(ctx, imports); err != nil {
		return nil, errors.Join(missing.fault(), err)
	}
	if list, _, err = p.read(); errors.As(err, &missing) {
		return nil, missing.fault()
	}
	return list, err
}

// unknownType is a type of the Config, or below it, that is not known.
type unknownType struct {
	at    token.Position
	field string
}

func (e *unknownType) Error() string { return e.fault().Error() }

func (e *unknownType) fault() error {
	var f faults
	f.add(e.at, "the type of field %s is not known; go build ./... says more if it does not compile", e.field)
	return f.err()
}

// read type-checks the package and walks through its Config. decl is the type
// that embeds the Destination.
func (p *packages) read() (list []Setting, decl *typeDecl, err error) {
	pkg, err := p.check(p.src.Dir)
	if err != nil {
		return nil, nil, err
	}
	destination, config, err := findDestination(pkg)
	if err != nil {
		return nil, nil, err
	}
	decl = p.declared[pkg.Path()][destination.Name()]
	w := &walker{packages: p, docs: newDocs(p.fset)}
	w.docs.add(p.files()...)
	at := p.fset.Position(destination.Pos())
	switch structure, isStruct := config.Underlying().(*types.Struct); {
	case config == types.Typ[types.Invalid]:
		return nil, decl, &unknownType{at: at, field: "Config"}
	case !isStruct:
		w.faults.add(at, "the config must be a struct, not %s", types.TypeString(config, nil))
	default:
		w.walk(structure, Setting{})
	}
	if w.unknown != nil {
		return nil, decl, w.unknown
	}
	w.checkKeys()
	return w.list, decl, w.faults.err()
}

// files are those of all packages of the module that were parsed.
func (p *packages) files() []*ast.File {
	var all []*ast.File
	for _, files := range p.parsed {
		all = append(all, files...)
	}
	return all
}

// findDestination finds the type that embeds base.Destination and what it is
// instantiated with. Of several it is the one called Destination.
func findDestination(pkg *types.Package) (*types.TypeName, types.Type, error) {
	var found []*types.TypeName
	configs := map[*types.TypeName]types.Type{}
	for _, name := range pkg.Scope().Names() {
		object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || object.IsAlias() {
			continue
		}
		if config := embeddedConfig(object.Type()); config != nil {
			found, configs[object] = append(found, object), config
		}
	}
	for _, object := range found {
		if object.Name() == "Destination" || len(found) == 1 {
			return object, configs[object], nil
		}
	}
	if len(found) > 1 {
		return nil, nil, fmt.Errorf("%s embeds base.Destination in %s and in %s; call that of the connector Destination",
			path.Base(pkg.Path()), found[0].Name(), found[1].Name())
	}
	return nil, nil, ErrNoDestination
}

// embeddedConfig returns C of a struct that embeds base.Destination[C], or nil.
func embeddedConfig(t types.Type) types.Type {
	structure, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for field := range structure.Fields() {
		named, ok := types.Unalias(pointedTo(field.Type())).(*types.Named)
		if ok && field.Embedded() && isNamed(named, basePackage, "Destination") && named.TypeArgs().Len() == 1 {
			return named.TypeArgs().At(0)
		}
	}
	return nil
}

// pointedTo strips one pointer.
func pointedTo(t types.Type) types.Type {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		return pointer.Elem()
	}
	return t
}

// isNamed reports whether a type is the one that a package declares by that name.
func isNamed(t types.Type, importPath, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return named.Obj().Name() == name && named.Obj().Pkg().Path() == importPath
}
