package templates_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
)

// connector is a connector that was made from a pack, on disk.
type connector struct {
	name generator.Name
	dir  string
}

// packs lists those that connectors are made from.
func packs(t *testing.T) []*generator.Pack {
	t.Helper()
	library := generator.NewLibrary(templates.FS, "templates")
	list, err := library.List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	var packs []*generator.Pack
	for _, summary := range list {
		pack, err := library.Load(t.Context(), summary.Name)
		if err != nil {
			t.Fatal(err)
		}
		packs = append(packs, pack)
	}
	return packs
}

func packNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pack := range packs(t) {
		names = append(names, pack.Name)
	}
	return names
}

// newConnector makes a connector on the base of this checkout.
func newConnector(t *testing.T, pack, name string, settings ...string) connector {
	t.Helper()
	base, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return write(t, generator.Request{
		Name: name, Template: pack, Settings: settings, Base: generator.Base{Replace: base}, NoTypeCheck: true,
	})
}

func write(t *testing.T, req generator.Request) connector {
	t.Helper()
	req.Library = generator.NewLibrary(templates.FS, "templates")
	req.Dir = filepath.Join(t.TempDir(), "connector")
	plan, err := generator.Prepare(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	return connector{name: plan.Name, dir: plan.Dir}
}

// path is a file of the connector.
func (c connector) path(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

func (c connector) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(c.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// goTool runs the go command in the connector and expects it to succeed.
func (c connector) goTool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := c.tryGo(t, args...)
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return out
}

func (c connector) tryGo(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// buildPack renders a pack's connector and returns its program.
func buildPack(t *testing.T, pack string, settings ...string) string {
	t.Helper()
	c := newConnector(t, pack, "acme", settings...)
	c.goTool(t, "mod", "tidy")
	c.goTool(t, "build", "-o", "acme", ".")
	return c.path("acme")
}

// tail is the end of what a program said.
func tail(text []byte, most int) []byte { return text[max(0, len(text)-most):] }
