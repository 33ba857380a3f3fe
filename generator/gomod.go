package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

const (
	baseModule = "github.com/mage-dest/mage-dest"
	tool       = baseModule + "/cmd/mage-dest"

	// goVersion is what base needs, so what a connector's go.mod asks for.
	goVersion = "1.26.0"

	// replacedVersion is required where a replace decides; any version would do.
	replacedVersion = "v0.0.0"

	goModFile      = "go.mod"
	toolsGoModFile = "tools/go.mod"
)

// ownFiles are made by the generator for every pack.
var ownFiles = []string{goModFile, "go.sum", toolsGoModFile, "tools/go.sum", configSchema}

// Base says which mage-dest a connector is built on.
type Base struct {
	// Version is a released version, v1.2.3.
	Version string
	// Replace is a folder with a checkout that go.mod uses instead of a
	// released version. A relative one counts from the working directory.
	Replace string
}

// replacement returns the folder as the go.mod of a connector in dir writes it:
// relative if it was given so, absolute otherwise.
func (b Base) replacement(dir string) (string, error) {
	if filepath.IsAbs(b.Replace) {
		return filepath.ToSlash(filepath.Clean(b.Replace)), nil
	}
	abs, err := filepath.Abs(b.Replace)
	if err != nil {
		return "", fmt.Errorf("resolve --replace %s: %w", b.Replace, err)
	}
	rel, err := filepath.Rel(dir, abs)
	if err != nil {
		return "", fmt.Errorf("write --replace %s from %s: %w; give an absolute path", b.Replace, dir, err)
	}
	rel = filepath.ToSlash(rel)
	if !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel, nil
}

// check refuses a base that a connector could not be built on.
func (b Base) check() error {
	if b.Replace == "" {
		if !semver.IsValid(b.Version) {
			return inputErrorf("this mage-dest is no released version and its source folder is unknown; give a checkout of it with --replace DIR")
		}
		return nil
	}
	src, err := os.ReadFile(filepath.Join(b.Replace, goModFile))
	if errors.Is(err, fs.ErrNotExist) {
		return inputErrorf("--replace %s: the folder holds no go.mod; give a checkout of %s", b.Replace, baseModule)
	}
	if err != nil {
		return fmt.Errorf("read --replace: %w", err)
	}
	if got := modfile.ModulePath(src); got != baseModule {
		return inputErrorf("--replace %s: the folder holds module %q; give a checkout of %s", b.Replace, got, baseModule)
	}
	return nil
}

// goModFiles returns the connector's go.mod and tools/go.mod. The second pins the
// generator outside the first, which names only what the connector's program links.
// Of the connectors of one repository none has the second: the repository's root has.
// A connector that is a package of the module around it has neither.
func goModFiles(p *Pack, data Data, base Base, dir string) ([]File, error) {
	layout := layoutOf(data.Params)
	var files []File
	if p.Kind == Connector && layout != PackageLayout {
		content, err := connectorGoMod(p, data, base, dir)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: goModFile, Class: Merged, Mode: 0o644, Content: content})
	}
	if p.Kind == Repository || layout == Standalone {
		tools, err := toolsGoMod(data, base, dir)
		if err != nil {
			return nil, err
		}
		files = append(files, tools)
	}
	return files, nil
}

func toolsGoMod(data Data, base Base, dir string) (File, error) {
	f := File{Path: toolsGoModFile, Class: Merged, Mode: 0o644}
	m, err := newGoMod(data.Module+"/tools", base)
	if err != nil {
		return f, err
	}
	if err := m.AddTool(tool); err != nil {
		return f, fmt.Errorf("write %s: %w", toolsGoModFile, err)
	}
	if err := addReplacement(m, base, filepath.Join(dir, "tools")); err != nil {
		return f, err
	}
	f.Content, err = formatGoMod(m)
	return f, err
}

// connectorGoMod writes the go.mod of a connector in dir.
func connectorGoMod(p *Pack, data Data, base Base, dir string) ([]byte, error) {
	m, err := newGoMod(data.Module, base)
	if err != nil {
		return nil, err
	}
	for _, q := range p.Requires {
		if q.When.Holds(data.Params) {
			m.AddNewRequire(q.Module, q.Version, false)
		}
	}
	if err := addReplacement(m, base, dir); err != nil {
		return nil, err
	}
	return formatGoMod(m)
}

func formatGoMod(m *modfile.File) ([]byte, error) {
	m.SortBlocks()
	m.Cleanup()
	content, err := m.Format()
	if err != nil {
		return nil, fmt.Errorf("write go.mod of %s: %w", m.Module.Mod.Path, err)
	}
	return content, nil
}

// newGoMod starts the go.mod of a module that stands on base.
func newGoMod(modulePath string, base Base) (*modfile.File, error) {
	m := &modfile.File{}
	if err := m.AddModuleStmt(modulePath); err != nil {
		return nil, fmt.Errorf("write module path: %w", err)
	}
	if err := m.AddGoStmt(goVersion); err != nil {
		return nil, fmt.Errorf("write Go version: %w", err)
	}
	version := base.Version
	if base.Replace != "" {
		version = replacedVersion
	}
	m.AddNewRequire(baseModule, version, false)
	return m, nil
}

// addReplacement lets the go.mod of a module in dir use the checkout of base, if that
// is what it stands on.
func addReplacement(m *modfile.File, base Base, dir string) error {
	if base.Replace == "" {
		return nil
	}
	folder, err := base.replacement(dir)
	if err != nil {
		return err
	}
	return m.AddReplace(baseModule, "", folder, "")
}

// checkModule refuses module paths that the go command would not build.
func checkModule(modulePath string) error {
	reason := ""
	first, _, _ := strings.Cut(modulePath, "/")
	if err := module.CheckImportPath(modulePath); err != nil {
		reason = strings.TrimPrefix(err.Error(), fmt.Sprintf("malformed import path %q: ", modulePath))
	} else if slices.Contains(stdRoots, first) {
		reason = fmt.Sprintf("paths that start with %q belong to Go's standard library", first)
	} else if modulePath == baseModule || strings.HasPrefix(modulePath, baseModule+"/") {
		reason = "it lies inside mage-dest's own module"
	}
	if reason == "" {
		return nil
	}
	return inputErrorf("module %q: %s; give one such as github.com/you/acme with --module", clip(modulePath), reason)
}

// stdRoots are the first parts of the import paths of the standard library.
var stdRoots = []string{
	"archive", "bufio", "builtin", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug",
	"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io",
	"iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices",
	"sort", "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe",
	"vendor", "weak",
}
