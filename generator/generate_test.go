package generator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// configPack is a pack whose Config has the given fields, and whose README has room
// for a table.
func configPack(fields string) *Library {
	return packVersion(`version: 1.0.0
outputs:
  - {path: internal/_package_/config.go, class: once}
  - {path: README.md, class: merged}
  - {path: templates/config.json, class: once}
`, map[string]string{
		"internal/_package_/config.go.tmpl": `package {{ .Name.Package }}

import (
	"net/url"

	"github.com/mage-dest/mage-dest/base"
)

type Destination struct{ base.Destination[Config] }

type Config struct {
	` + fields + `
}

var _ url.URL
`,
		"README.md.tmpl":             "# {{ .Name.Title }}\n<!-- settings: mage-dest generate -->\n<!-- settings: end -->\n",
		"templates/config.json.tmpl": "{}\n",
	})
}

func newFrom(t *testing.T, lib *Library) *Plan {
	t.Helper()
	plan, err := Prepare(context.Background(), Request{
		Name: "acme", Library: lib, Template: "demo", Dir: filepath.Join(t.TempDir(), "acme"), Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	return plan
}

func readIn(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNewFillsInWhatConfigSays(t *testing.T) {
	plan := newFrom(t, configPack("Rate int `json:\"rate\" default:\"5\"`"))
	for name, want := range map[string]string{
		"README.md":             "| `rate` | integer, default 5 |  | `ACME_RATE` |\n<!-- settings: end -->",
		"templates/config.json": `"rate": 5`,
		"config.schema.json":    `"title": "Config of acme"`,
	} {
		if text := readIn(t, plan.Dir, name); !strings.Contains(text, want) {
			t.Errorf("%s lacks %s:\n%s", name, want, text)
		}
	}
	if state := readIn(t, plan.Dir, stateFile); strings.Contains(state, configSchema) {
		t.Errorf("the state records what Config decides:\n%s", state)
	}
	if base := readIn(t, plan.Dir, baseFolder+"/README.md"); strings.Contains(base, "`rate`") {
		t.Errorf("the merge base is not what was rendered:\n%s", base)
	}
	g, err := Generate(context.Background(), GenerateRequest{Dir: plan.Dir})
	if err != nil || len(g.Changes) > 0 || len(g.Notices) > 0 {
		t.Errorf("generate would change %v, %v, %v", g.Changes, g.Notices, err)
	}
}

// TestNewLeavesToGenerateWhatNeedsTheGoCommand: there is no folder yet to run it in.
func TestNewLeavesToGenerateWhatNeedsTheGoCommand(t *testing.T) {
	plan := newFrom(t, configPack("Proxy url.URL"))
	if text := strings.Join(plan.Notices, "\n"); !strings.Contains(text, "run mage-dest generate in the connector: internal/acme/config.go:12:2: the type of field Proxy is not known") {
		t.Errorf("notices %q", text)
	}
	g, err := Generate(context.Background(), GenerateRequest{Dir: plan.Dir})
	if err != nil || len(g.Changes) != 2 {
		t.Fatalf("%+v, %v, want changes of README and the schema", g, err)
	}
	if err := WriteChanges(g.Dir, g.Changes); err != nil {
		t.Fatal(err)
	}
	if text := readIn(t, plan.Dir, "README.md"); !strings.Contains(text, "| `Proxy.RawQuery` | string |") {
		t.Errorf("README.md has no row of a type that was looked up:\n%s", text)
	}
}

// TestRootOfARepositoryHasNoSettings, and those of a connector in it stay out of it.
func TestRootOfARepositoryHasNoSettings(t *testing.T) {
	lib := packVersion("version: 1.0.0\nkind: repository\noutputs:\n  - {path: README.md, class: merged}\n",
		map[string]string{"README.md.tmpl": "<!-- settings: mage-dest generate -->\n<!-- settings: end -->\n"})
	plan := newFrom(t, lib)
	g, err := Generate(context.Background(), GenerateRequest{Dir: plan.Dir})
	if err != nil || len(g.Changes) > 0 {
		t.Errorf("generate would change %v, %v", g, err)
	}
	if _, err := os.Stat(filepath.Join(plan.Dir, configSchema)); !os.IsNotExist(err) {
		t.Errorf("there is a schema: %v", err)
	}
}
