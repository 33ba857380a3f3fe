package generator

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// Layout says how a connector lies in its repository. It is an answer of packs that
// have a parameter of that name; others make standalone connectors.
type Layout string

const (
	// Standalone connectors have a repository of their own.
	Standalone Layout = "standalone"
	// ModuleLayout is for connectors that are a Go module each in a repository of many.
	ModuleLayout Layout = "module"
	// PackageLayout is for connectors that are packages of the Go module around them.
	PackageLayout Layout = "package"
)

// answerLayout is the parameter that holds the layout.
const answerLayout = "layout"

func layoutOf(answers map[string]any) Layout {
	if text, ok := answers[answerLayout].(string); ok {
		return Layout(text)
	}
	return Standalone
}

// site is the place where a connector lies, or is to lie.
type site struct {
	dir     string // of the connector
	root    string // of the repository around it; "" if there is none
	module  string // path of the Go module around it; "" if there is none
	modDir  string // folder of that module
	hasWork bool   // the repository has a go.work
}

// findSite looks at the folders above a connector's, up to the root of the repository.
func findSite(dir string) site {
	s := site{dir: dir}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		if s.module == "" {
			if src, err := os.ReadFile(filepath.Join(above, goModFile)); err == nil {
				s.module, s.modDir = modfile.ModulePath(src), above
			}
		}
		s.hasWork = s.hasWork || isThere(above, "go.work")
		if isThere(above, ".git") || isThere(above, stateFile) {
			s.root = above
			break
		}
		if filepath.Dir(above) == above {
			break
		}
	}
	if s.module == baseModule { // somebody tries mage-dest in its own checkout
		return site{dir: dir}
	}
	return s
}

func isThere(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// layout is the one that the place suggests: a connector that is itself the root of a
// repository, or in none and in no module, stands alone.
func (s site) layout() Layout {
	switch {
	case isThere(s.dir, ".git"), s.root == "" && s.module == "":
		return Standalone
	case s.module != "" && !s.hasWork:
		return PackageLayout
	case s.root == "":
		return Standalone
	}
	return ModuleLayout
}

// modulePath is the path of the module that a connector is, or of the packages that it
// has in the module around it. "" means that nothing tells.
func (s site) modulePath(layout Layout) string {
	switch layout {
	case PackageLayout:
		return s.within(s.modDir, s.module)
	case ModuleLayout:
		if s.module != "" {
			return s.within(s.modDir, s.module)
		}
		return s.siblingPath()
	}
	return ""
}

func (s site) within(dir, module string) string {
	rel, err := filepath.Rel(dir, s.dir)
	if err != nil || module == "" {
		return ""
	}
	return path.Join(module, filepath.ToSlash(rel))
}

// siblingPath follows the connectors beside: where ./crm is example.com/our/crm,
// ./shop is example.com/our/shop.
func (s site) siblingPath() string {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(s.dir), "*", goModFile))
	if err != nil {
		return "" // a folder whose name is a pattern
	}
	for _, file := range found {
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		prefix, ok := strings.CutSuffix(modfile.ModulePath(src), "/"+filepath.Base(filepath.Dir(file)))
		if ok {
			return prefix + "/" + filepath.Base(s.dir)
		}
	}
	return ""
}

// tools is the path, from the connector's folder and with slashes, of the go.mod that
// pins mage-dest: one for each repository.
func (s site) tools(layout Layout) string {
	if layout == Standalone {
		return toolsGoModFile
	}
	root := s.root
	if root == "" { // not under version control yet
		root = cmp.Or(s.modDir, filepath.Dir(s.dir))
	}
	rel, err := filepath.Rel(s.dir, root)
	if err != nil {
		return toolsGoModFile
	}
	return path.Join(filepath.ToSlash(rel), toolsGoModFile)
}

// check refuses a layout that the place does not have.
func (s site) check(layout Layout) error {
	if layout == PackageLayout && s.module == "" {
		return inputErrorf("layout package: there is no go.mod above %s; make the connector inside of a Go module, or give --set layout=module", s.dir)
	}
	return nil
}

// notices tell what is still to be done around a connector that is no repository of
// its own.
func (s site) notices(layout Layout, p *Pack, answers map[string]any, base Base) []string {
	if layout == Standalone || p.Kind == Repository {
		return nil
	}
	var list []string
	rel := func(dir string) string {
		r, err := filepath.Rel(s.dir, dir)
		if err != nil {
			return dir
		}
		return filepath.ToSlash(r)
	}
	if layout == PackageLayout {
		list = append(list, s.requirements(p, answers, base)...)
	}
	if s.root != "" && !isThere(s.root, stateFile) {
		list = append(list, fmt.Sprintf("CI, lint and the pinned mage-dest are shared by the repository: mage-dest new %s --template repository --dir %s",
			repositoryName(s.root), rel(s.root)))
	}
	return list
}

// requirements tell what the go.mod around a connector lacks.
func (s site) requirements(p *Pack, answers map[string]any, base Base) []string {
	src, err := os.ReadFile(filepath.Join(s.modDir, goModFile))
	if err != nil {
		return nil
	}
	m, err := modfile.Parse(goModFile, src, nil)
	if err != nil {
		return []string{err.Error()}
	}
	var lacking []string
	lacks := func(module, version string) {
		if versionOf(m, module) == "" {
			lacking = append(lacking, module+"@"+version)
		}
	}
	if base.Replace == "" {
		lacks(baseModule, base.Version)
	}
	for _, q := range p.Requires {
		if q.When.Holds(answers) {
			lacks(q.Module, q.Version)
		}
	}
	var list []string
	if base.Replace != "" && replacementIn(m) == nil {
		list = append(list, fmt.Sprintf("the go.mod of module %s does not know mage-dest yet: go mod edit -require=%s@%s -replace=%s=FOLDER, then go mod tidy",
			s.module, baseModule, replacedVersion, baseModule))
	}
	if len(lacking) > 0 {
		list = append(list, fmt.Sprintf("the go.mod of module %s lacks what the connector needs: go get %s", s.module, strings.Join(lacking, " ")))
	}
	return list
}

// repositoryName makes a name of a folder's.
func repositoryName(root string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(filepath.Base(root)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	if _, err := ParseName(name); err != nil {
		return "connectors"
	}
	return name
}
