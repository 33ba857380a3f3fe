package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
)

// TestPacksRenderToTheirGoldenTrees renders every pack with its defaults and
// type-checks it. The trees stand in testdata/golden of the repository.
func TestPacksRenderToTheirGoldenTrees(t *testing.T) {
	connectors, err := packs().List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	repositories, err := packs().List(generator.Repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range append(connectors, repositories...) {
		t.Run(pack.Name, func(t *testing.T) {
			downloadRequired(t, pack.Name)
			got := renderTree(t, pack.Name)
			golden := filepath.Join("..", "..", "testdata", "golden", pack.Name+".txtar")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; make it with -update", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("run with -update if this is right (-want +got):\n%s", diff)
			}
		})
	}
}

// downloadRequired puts the modules that a pack's connectors require where types are
// looked for, which is offline: on a fresh machine nothing may have asked for them yet.
func downloadRequired(t *testing.T, template string) {
	t.Helper()
	pack, err := packs().Load(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	if len(pack.Requires) == 0 {
		return
	}
	command := exec.Command("go", "mod", "download")
	command.Dir = t.TempDir() // of no module: our own need not have them
	for _, required := range pack.Requires {
		command.Args = append(command.Args, required.Module+"@"+required.Version)
	}
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
}

// renderTree makes a connector with a template's defaults and returns its files.
// Its go.mod names the checkout by a relative path, which is left out for being
// different on each run.
func renderTree(t *testing.T, template string) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "acme-crm")
	plan, err := generator.Prepare(context.Background(), generator.Request{
		Name: "acme-crm", Library: packs(), Template: template, Dir: dir, Module: "example.com/acme-crm",
		Base: generator.Base{Replace: filepath.Join("..", "..")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, notice := range plan.Notices[1:] {
		t.Errorf("beside the replace: %s", notice)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	var tree txtar.Archive
	for _, step := range plan.Steps {
		if filepath.Base(step.Path) == "go.mod" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(step.Path)))
		if err != nil {
			t.Fatal(err)
		}
		tree.Files = append(tree.Files, txtar.File{Name: step.Path, Data: content})
	}
	return txtar.Format(&tree)
}

// TestEveryPackIsEmbedded finds a pack that was written and not added to the
// list in templates.go, and files that were left out of the binary.
func TestEveryPackIsEmbedded(t *testing.T) {
	onDisk := os.DirFS(filepath.Join("..", "..", "templates"))
	err := fs.WalkDir(onDisk, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || isSource(name) {
			return err
		}
		if _, err := fs.Stat(templates.FS, name); err != nil {
			t.Errorf("%s is not embedded: add its pack to templates.go", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isSource tells the Go files of the package itself, and its tests, from packs.
func isSource(name string) bool { return path.Dir(name) == "." && path.Ext(name) == ".go" }
