package settings

import (
	"context"
	"fmt"
	"go/token"
	"go/types"

	gopackages "golang.org/x/tools/go/packages"
)

// exportedTypes asks the go command, in a folder of the module, for what the
// compiler knows of packages. It compiles those that nobody has compiled yet.
func exportedTypes(ctx context.Context, fset *token.FileSet, folder string, importPaths []string) (map[string]*types.Package, error) {
	list, err := gopackages.Load(&gopackages.Config{
		Context: ctx, Dir: folder, Fset: fset,
		Mode: gopackages.NeedName | gopackages.NeedTypes | gopackages.NeedExportFile,
	}, importPaths...)
	if err != nil {
		return nil, fmt.Errorf("ask the go command for the types of %v: %w", importPaths, err)
	}
	found := map[string]*types.Package{}
	for _, pkg := range list {
		if len(pkg.Errors) > 0 {
			return nil, fmt.Errorf("the types of %s cannot be read: %s", pkg.PkgPath, oneLine(pkg.Errors[0].Msg))
		}
		found[pkg.PkgPath] = pkg.Types
	}
	return found, nil
}
