package templates_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
)

// earlierConnectors are connectors that earlier versions of mage-dest made, all files
// of them but go.sum. stub-edited is one that an author has finished.
func earlierConnectors(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/versions/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no connectors of earlier versions: %v", err)
	}
	return files
}

// layOut writes such a connector and lets it use the base of this checkout.
func layOut(t *testing.T, archive string) connector {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	name, err := generator.ParseName("acme-crm")
	if err != nil {
		t.Fatal(err)
	}
	c := connector{name: name, dir: filepath.Join(t.TempDir(), "connector")}
	for _, f := range a.Files {
		if err := os.MkdirAll(filepath.Dir(c.path(f.Name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(c.path(f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"go.mod", "tools/go.mod"} {
		c.goTool(t, "mod", "edit", "-replace=github.com/mage-dest/mage-dest="+checkout, module)
	}
	return c
}

// update brings a connector to the packs of lib, as the verb does.
func (c connector) update(t *testing.T, lib *generator.Library, settings ...string) *generator.Plan {
	t.Helper()
	plan, err := generator.PrepareUpdate(context.Background(), generator.UpdateRequest{
		Dir: c.dir, Library: lib, Settings: settings, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	if conflicts := plan.Paths(generator.Conflict); len(conflicts) > 0 {
		t.Fatalf("conflicts in %v", conflicts)
	}
	return plan
}

func (c connector) check(t *testing.T, lib *generator.Library) {
	t.Helper()
	report, err := generator.Check(context.Background(), generator.UpdateRequest{Dir: c.dir, Library: lib})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Drift {
		t.Errorf("%s %s (%s)", d.Kind, d.Path, d.Reason)
	}
}

func builtin() *generator.Library { return generator.NewLibrary(templates.FS, "templates") }

func shortName(archive string) string {
	return path.Base(path.Dir(filepath.ToSlash(archive))) + "/" + strings.TrimSuffix(path.Base(filepath.ToSlash(archive)), ".txtar")
}

// TestConnectorsOfEarlierVersionsCompile builds them, tests included, on today's base.
func TestConnectorsOfEarlierVersionsCompile(t *testing.T) {
	t.Parallel()
	for _, archive := range earlierConnectors(t) {
		t.Run(shortName(archive), func(t *testing.T) {
			c := layOut(t, archive)
			c.goTool(t, "mod", "tidy")
			c.goTool(t, "vet", "./...")
		})
	}
}

// TestConnectorsOfEarlierVersionsAreUpdated brings them to today's packs: they pass
// their tests then and are what a check wants.
func TestConnectorsOfEarlierVersionsAreUpdated(t *testing.T) {
	t.Parallel()
	for _, archive := range earlierConnectors(t) {
		t.Run(shortName(archive), func(t *testing.T) {
			c := layOut(t, archive)
			c.update(t, builtin())
			c.check(t, builtin())
			c.goTool(t, "mod", "tidy")
			c.goTool(t, "test", "./...")
		})
	}
}

// TestAnEditedConnectorFollowsItsPackThroughThreeVersions invents versions of the pack
// that rename, drop and add files and parameters, and brings each to a connector that
// was made by the first version of mage-dest and finished by its author.
func TestAnEditedConnectorFollowsItsPackThroughThreeVersions(t *testing.T) {
	c := layOut(t, "../testdata/versions/v0.1.0/stub-edited.txtar")
	c.update(t, builtin(), "agents=false")

	one := inventedPack(t)
	one.rename(t, "Makefile", "GNUmakefile")
	one.replace(t, "common/pack.yaml", "  - name: agents\n", "  - name: assistants\n    was: [agents]\n")
	one.replaceAll("{agents: true}", "{assistants: true}")
	c.update(t, one.library())
	c.check(t, one.library())
	c.holds(t, "GNUmakefile", "sample: build ## the sample stream into ./store")
	c.holds(t, ".mage-dest.yaml", "  assistants: false\n")
	c.lacks(t, "Makefile")

	two := one.next()
	two.replace(t, "common/pack.yaml", "  - path: .golangci.yml\n    class: merged\n    when: {lint: true, layout: standalone}\n", "")
	two.replace(t, "common/pack.yaml", "abstract: true\n", "abstract: true\ndrop: [.golangci.yml]\n")
	two.drop(t, ".goreleaser.yaml", "common/pack.yaml", "  - path: .goreleaser.yaml\n    class: merged\n    when: {goreleaser: true, layout: standalone}\n    delims: [\"[[\", \"]]\"]\n")
	plan := c.update(t, two.library())
	c.check(t, two.library())
	c.holds(t, ".golangci.yml", "unparam") // edited, so it stays
	c.lacks(t, ".goreleaser.yaml")
	if kept := plan.Paths(generator.Keep); !strings.Contains(strings.Join(kept, " "), ".golangci.yml") {
		t.Errorf("kept: %v", kept)
	}

	three := two.next()
	three.files["common/internal/_package_/hello.go.tmpl"] = "// {{ .Header }}\n\npackage {{ .Name.Package }}\n\n// Greeting is new.\nconst Greeting = {{ quote .Params.greeting }}\n"
	three.replace(t, "common/pack.yaml", "outputs:\n", "  - {name: greeting, type: string, default: hello, doc: What it says.}\n\noutputs:\n  - {path: internal/_package_/hello.go, class: generated}\n")
	three.replace(t, "common/README.md.tmpl", "## How it behaves\n", "## How it behaves\n\nIt says {{ .Params.greeting }}.\n")
	c.update(t, three.library(), "greeting=good day")
	c.check(t, three.library())
	c.holds(t, "internal/acmecrm/hello.go", `const Greeting = "good day"`)
	c.holds(t, "README.md", "It says good day.\n")
	c.holds(t, "README.md", "Each stream becomes a file of JSON lines.\n")
	c.lacks(t, "AGENTS.md")

	c.goTool(t, "mod", "tidy")
	c.goTool(t, "vet", "./...")
	c.goTool(t, "test", "./...")
}

func (c connector) holds(t *testing.T, name, text string) {
	t.Helper()
	if !strings.Contains(c.read(t, name), text) {
		t.Errorf("%s lacks %q", name, text)
	}
}

func (c connector) lacks(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Stat(c.path(name)); !os.IsNotExist(err) {
		t.Errorf("%s is there: %v", name, err)
	}
}

// invented is a version of the built-in packs that never was.
type invented struct{ files map[string]string }

func inventedPack(t *testing.T) invented {
	t.Helper()
	v := invented{map[string]string{}}
	err := fs.WalkDir(templates.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(templates.FS, name)
		v.files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (v invented) next() invented {
	later := invented{map[string]string{}}
	for name, text := range v.files {
		later.files[name] = text
	}
	return later
}

func (v invented) library() *generator.Library {
	fsys := fstest.MapFS{}
	for name, text := range v.files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return generator.NewLibrary(fsys, "templates")
}

// replace changes the manifest or a template in one place.
func (v invented) replace(t *testing.T, name, from, to string) {
	t.Helper()
	if strings.Count(v.files[name], from) != 1 {
		t.Fatalf("%s does not hold %q once", name, from)
	}
	v.files[name] = strings.Replace(v.files[name], from, to, 1)
}

func (v invented) replaceAll(from, to string) {
	for name, text := range v.files {
		v.files[name] = strings.ReplaceAll(text, from, to)
	}
}

func (v invented) rename(t *testing.T, from, to string) {
	t.Helper()
	v.replace(t, "common/pack.yaml", "  - path: "+from+"\n", "  - path: "+to+"\n    was: ["+from+"]\n")
	v.files["common/"+to+".tmpl"] = v.files["common/"+from+".tmpl"]
	delete(v.files, "common/"+from+".tmpl")
}

func (v invented) drop(t *testing.T, name, manifest, entry string) {
	t.Helper()
	v.replace(t, manifest, entry, "")
	delete(v.files, "common/"+name+".tmpl")
}

// TestGoFixBringsConnectorsFromFormerNames lets a connector use what base has
// deprecated: it compiles, go fix replaces it, and then nothing of it is left.
func TestGoFixBringsConnectorsFromFormerNames(t *testing.T) {
	c := newConnector(t, "stub", "acme")
	const file = "internal/acme/former.go"
	const former = "package acme\n\nimport (\n\t\"context\"\n\n\t\"github.com/mage-dest/mage-dest/base\"\n)\n\n" +
		"func batchID(ctx context.Context) string { return base.%s(ctx).ID }\n\nvar _ = batchID\n"
	if err := os.WriteFile(c.path(file), fmt.Appendf(nil, former, "BatchFrom"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.goTool(t, "mod", "tidy")
	c.goTool(t, "vet", "./...")
	c.goTool(t, "fix", "./...")
	if got, want := c.read(t, file), fmt.Sprintf(former, "BatchFromContext"); got != want {
		t.Errorf("go fix made\n%s\nwant\n%s", got, want)
	}
	c.goTool(t, "vet", "./...")
}
