package generator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// export is where the compiler has put what it knows of a package's types, or
// why there is nothing.
type export struct {
	file   string
	reason string
}

// read adds the package, and what it needs of others, to known.
func (e export) read(fset *token.FileSet, known map[string]*types.Package, importPath string) error {
	if e.file == "" {
		return fmt.Errorf("no types of %s%s", importPath, e.reason)
	}
	f, err := os.Open(e.file)
	if err != nil {
		return fmt.Errorf("open types of %s: %w", importPath, err)
	}
	defer f.Close()
	data, err := gcexportdata.NewReader(f)
	if err != nil {
		return fmt.Errorf("find types of %s: %w", importPath, err)
	}
	if _, err := gcexportdata.Read(data, fset, known, importPath); err != nil {
		return fmt.Errorf("read types of %s: %w", importPath, err)
	}
	return nil
}

// moduleFiles is what the go command needs to find the imports of a module that
// is not on disk.
type moduleFiles struct {
	goMod []byte
	goSum []byte // of the checkout that go.mod replaces base by; nil without
}

// scratchModule returns the module files of a connector that is in no folder.
func scratchModule(p *Pack, data Data, base Base) (moduleFiles, error) {
	var mod moduleFiles
	if base.Replace != "" {
		abs, err := filepath.Abs(base.Replace)
		if err != nil {
			return mod, fmt.Errorf("resolve --replace %s: %w", base.Replace, err)
		}
		base.Replace = abs
		mod.goSum, err = os.ReadFile(filepath.Join(abs, "go.sum"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return mod, fmt.Errorf("read sums of --replace: %w", err)
		}
	}
	var err error
	mod.goMod, err = connectorGoMod(p, data, base, "")
	return mod, err
}

// listExports asks the go command, once and without network, for the export data
// of packages.
func listExports(ctx context.Context, imports []string, mod moduleFiles) (map[string]export, error) {
	if len(imports) == 0 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "mage-dest-types-")
	if err != nil {
		return nil, fmt.Errorf("make a scratch module: %w", err)
	}
	defer os.RemoveAll(dir)
	for name, content := range map[string][]byte{"go.mod": mod.goMod, "go.sum": mod.goSum} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return nil, fmt.Errorf("make a scratch module: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-export", "-json=ImportPath,Export,Error", "--"}, imports...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, firstLine(stderr.String()))
	}
	return parseExports(out)
}

func parseExports(out []byte) (map[string]export, error) {
	exports := map[string]export{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Export string
			Error              *struct{ Err string }
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return exports, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the answer of go list: %w", err)
		}
		e := export{file: p.Export}
		if p.Error != nil {
			e.reason = " (" + firstLine(p.Error.Err) + ")"
		}
		exports[p.ImportPath] = e
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
