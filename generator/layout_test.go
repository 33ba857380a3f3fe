package generator

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func TestThePlaceTellsLayoutModuleAndTools(t *testing.T) {
	for name, test := range map[string]struct {
		files         map[string]string // above and beside dest/acme
		layout        Layout
		module, tools string
	}{
		"nothing around":                   {map[string]string{}, Standalone, "", "tools/go.mod"},
		"a repository":                     {map[string]string{".git/HEAD": ""}, ModuleLayout, "", "../../tools/go.mod"},
		"a worktree, where .git is a file": {map[string]string{".git": "gitdir: x"}, ModuleLayout, "", "../../tools/go.mod"},
		"its own repository":               {map[string]string{"dest/acme/.git/HEAD": ""}, Standalone, "", "tools/go.mod"},
		"a module": {map[string]string{".git/HEAD": "", "go.mod": "module example.org/all\n"},
			PackageLayout, "example.org/all/dest/acme", "../../tools/go.mod"},
		"a module in no repository": {map[string]string{"go.mod": "module example.org/all\n"},
			PackageLayout, "example.org/all/dest/acme", "../../tools/go.mod"},
		"a workspace": {map[string]string{".git/HEAD": "", "go.mod": "module example.org/all\n", "go.work": "go 1.26\n"},
			ModuleLayout, "example.org/all/dest/acme", "../../tools/go.mod"},
		"a sibling": {map[string]string{".git/HEAD": "", "dest/shop/go.mod": "module example.org/our/shop\n"},
			ModuleLayout, "example.org/our/acme", "../../tools/go.mod"},
		"a module beyond the repository": {map[string]string{"dest/.git/HEAD": "", "go.mod": "module example.org/all\n"},
			ModuleLayout, "", "../tools/go.mod"},
		"mage-dest's own checkout": {map[string]string{".git/HEAD": "", "go.mod": "module " + baseModule + "\n"},
			Standalone, "", "tools/go.mod"},
	} {
		t.Run(name, func(t *testing.T) {
			s := findSite(filepath.Join(folderWith(t, test.files), "dest", "acme"))
			layout := s.layout()
			if layout != test.layout || s.modulePath(layout) != test.module || s.tools(layout) != test.tools {
				t.Errorf("got %s, module %q, %s", layout, s.modulePath(layout), s.tools(layout))
			}
		})
	}
}

// layoutPack is a pack that has layouts.
func layoutPack() *Library {
	return packVersion(`version: 1.0.0
parameters:
  - {name: layout, type: enum, values: [standalone, module, package], default: standalone, doc: Where it lies.}
outputs:
  - {path: a.txt, class: merged}
  - {path: ci.txt, class: merged, when: {layout: standalone}}
`, map[string]string{"a.txt.tmpl": "{{ .Module }} {{ .Tools }}\n", "ci.txt": "ci\n"})
}

func TestALayoutIsRecordedAndFollowed(t *testing.T) {
	root := folderWith(t, map[string]string{".git/HEAD": "", "go.mod": "module example.org/all\n\ngo 1.26.0\n\nrequire github.com/mage-dest/mage-dest v1.2.3\n"})
	dir := filepath.Join(root, "acme")
	plan, err := Prepare(context.Background(), Request{
		Name: "acme", Library: layoutPack(), Template: "demo", Dir: dir, Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	if got["a.txt"] != "-rw-r--r-- example.org/all/acme ../tools/go.mod\n" {
		t.Errorf("got %q", got["a.txt"])
	}
	for _, name := range []string{"go.mod", "tools/go.mod", "ci.txt"} {
		if _, there := got[name]; there {
			t.Errorf("%s was rendered into a package", name)
		}
	}
	checkClean(t, dir, layoutPack())
	// The module around it is renamed: the connector's packages are, too.
	put(t, root, "go.mod", "module example.org/other\n\nrequire github.com/mage-dest/mage-dest v1.2.3\n")
	if plan := update1(t, updateRequest(dir, layoutPack())); plan.Module != "example.org/other/acme" {
		t.Errorf("module %s", plan.Module)
	}
	// It becomes a module of its own.
	update1(t, updateRequest(dir, layoutPack(), "layout=module"))
	if got := tree(t, dir)["go.mod"]; !strings.Contains(got, "module example.org/other/acme\n") {
		t.Errorf("got %q", got)
	}
	checkClean(t, dir, layoutPack())
}

func TestALayoutThatThePlaceDoesNotHaveIsRefused(t *testing.T) {
	inModule := folderWith(t, map[string]string{"go.mod": "module example.org/all\n"})
	for name, test := range map[string]struct {
		dir, module, setting, want string
	}{
		"no module around":    {t.TempDir(), "", "layout=package", "there is no go.mod above"},
		"another module path": {inModule, "example.org/mine", "layout=package", "its path is example.org/all/acme"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Prepare(context.Background(), Request{
				Name: "acme", Library: layoutPack(), Template: "demo", Dir: filepath.Join(test.dir, "acme"), Module: test.module,
				Base: Base{Version: "v1.2.3"}, Settings: []string{test.setting}, NoTypeCheck: true,
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRequirementsOfAPackageAreTold(t *testing.T) {
	root := folderWith(t, map[string]string{"go.mod": "module example.org/all\n"})
	s := findSite(filepath.Join(root, "acme"))
	pack := &Pack{Kind: Connector, Requires: []Requirement{{Module: "example.com/store", Version: "v1.4.0"}}}
	got := strings.Join(s.notices(PackageLayout, pack, nil, Base{Version: "v1.2.3"}), "\n")
	if want := "go get github.com/mage-dest/mage-dest@v1.2.3 example.com/store@v1.4.0"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

func TestNamesAreMadeOfFolders(t *testing.T) {
	for folder, want := range map[string]string{"/x/Data Connectors": "data-connectors", "/x/9.lives": "lives", "/x/型": "connectors", "/x/go": "connectors"} {
		if got := repositoryName(filepath.FromSlash(folder)); got != want {
			t.Errorf("%s: got %s, want %s", folder, got, want)
		}
	}
}
