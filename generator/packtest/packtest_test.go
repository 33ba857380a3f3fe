package packtest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/generator/packtest"
	"github.com/mage-dest/mage-dest/templates"
)

func builtin() *generator.Library { return generator.NewLibrary(templates.FS, "templates") }

// results runs the tests of a pack and returns what failed, as "check case: fault".
func results(t *testing.T, o packtest.Options) (failed []string, all int) {
	t.Helper()
	o.Library, o.Base.Replace = builtin(), filepath.Join("..", "..")
	good, err := packtest.Run(context.Background(), o, func(r packtest.Result) {
		all++
		if !r.OK {
			failed = append(failed, fmt.Sprintf("%s %s: %s", r.Check, r.Case, r.Fault))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if good != (len(failed) == 0) {
		t.Errorf("good: %t, and %d checks failed", good, len(failed))
	}
	return failed, all
}

func TestBuiltinPacksPass(t *testing.T) {
	for _, pack := range []string{"stub", "sqlite", "repository"} {
		t.Run(pack, func(t *testing.T) {
			failed, all := results(t, packtest.Options{Pack: pack, NoBuild: true})
			if len(failed) > 0 || all < 10 {
				t.Errorf("of %d checks failed\n%s", all, strings.Join(failed, "\n"))
			}
		})
	}
}

// TestExportedPacksRenderTheSame writes each pack to a folder, golden files of what is
// there, and holds the pack that mage-dest carries to these.
func TestExportedPacksRenderTheSame(t *testing.T) {
	for _, name := range []string{"stub", "sqlite", "repository"} {
		t.Run(name, func(t *testing.T) {
			pack, err := builtin().Load(context.Background(), name)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "pack")
			if err := generator.ExportPack(pack, dir); err != nil {
				t.Fatal(err)
			}
			for _, answers := range [][]string{nil, {"ci=gitlab", "lint=false"}, {"renovate=false", "ci=none"}} {
				if want, got := rendered(t, name, answers), rendered(t, dir, answers); want != got {
					t.Errorf("%v: the exported pack renders other files", answers)
				}
			}
			if err := generator.ExportPack(pack, dir); err == nil || !strings.Contains(err.Error(), "holds files") {
				t.Errorf("a pack was exported over another: %v", err)
			}
		})
	}
}

func rendered(t *testing.T, pack string, answers []string) string {
	t.Helper()
	plan, err := generator.Prepare(context.Background(), generator.Request{
		Name: "acme", Library: builtin(), Template: pack, Dir: filepath.Join(t.TempDir(), "acme"),
		Base: generator.Base{Version: "v1.2.3"}, Settings: answers, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, s := range plan.Steps {
		fmt.Fprintf(&all, "%s %o\n%s", s.Path, s.Mode, s.Content())
	}
	return all.String()
}

const manifest = `name: mine
version: 1.0.0
description: Of somebody.
parameters:
  - {name: flavour, type: enum, values: [sweet, sour], default: sweet, doc: How it tastes.}
  - {name: loud, type: bool, default: false, doc: How it says it.}
outputs:
  - {path: a.txt, class: merged}
`

// packOf writes a pack to a folder.
func packOf(t *testing.T, manifest, template string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "pack.yaml", manifest)
	write(t, dir, "a.txt.tmpl", template)
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrongWithAPackIsTold(t *testing.T) {
	const good = "{{ .Params.flavour }} {{ if .Params.loud }}!{{ end }}\n"
	for name, test := range map[string]struct{ manifest, template, want string }{
		"an undeclared parameter, in a branch that is not taken": {manifest, good + "{{ if false }}\n{{ .Params.size }}{{ end }}",
			"a.txt.tmpl:3:11: parameter \"size\" is not declared"},
		"an undeclared parameter, read by name": {manifest, good + "{{ if false }}{{ index .Params \"size\" }}{{ end }}", `parameter "size" is not declared`},
		"an undeclared parameter, in a loop":    {manifest, good + "{{ range list 1 }}{{ if false }}{{ $.Params.size }}{{ end }}{{ end }}", `parameter "size" is not declared`},
		"a parameter that nobody reads":         {manifest, "{{ .Params.loud }}\n", "parameter flavour is declared and no template or condition reads it"},
		"a template that fails with one answer": {manifest, good + "{{ if eq .Params.flavour \"sour\" }}{{ .Nosuch }}{{ end }}", "can't evaluate field Nosuch"},
		"a template that does not parse":        {manifest, "{{ if }}", "missing value for if"},
	} {
		t.Run(name, func(t *testing.T) {
			failed, _ := results(t, packtest.Options{Pack: packOf(t, test.manifest, test.template), NoBuild: true, Update: true})
			if !strings.Contains(strings.Join(failed, "\n"), test.want) {
				t.Errorf("want %q in\n%s", test.want, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestGoldenFilesAreWrittenAndHeld(t *testing.T) {
	dir := packOf(t, manifest, "{{ .Params.flavour }} {{ .Params.loud }}\n")
	failed, _ := results(t, packtest.Options{Pack: dir, NoBuild: true})
	if !strings.Contains(strings.Join(failed, "\n"), "write it with --update") {
		t.Errorf("want to be told of --update, got %v", failed)
	}
	if failed, _ = results(t, packtest.Options{Pack: dir, NoBuild: true, Update: true}); len(failed) > 0 {
		t.Error(failed)
	}
	if failed, _ = results(t, packtest.Options{Pack: dir, NoBuild: true}); len(failed) > 0 {
		t.Error(failed)
	}
	write(t, dir, "a.txt.tmpl", "{{ .Params.flavour }} {{ .Params.loud }} and more\n")
	failed, _ = results(t, packtest.Options{Pack: dir, NoBuild: true})
	if got := strings.Join(failed, "\n"); !strings.Contains(got, "is as the golden file 01") || !strings.Contains(got, "+sweet true and more") {
		t.Errorf("got %s", got)
	}
	// A value comes and has no case.
	write(t, dir, "a.txt.tmpl", "{{ .Params.flavour }} {{ .Params.loud }}\n")
	write(t, dir, "pack.yaml", strings.Replace(manifest, "[sweet, sour]", "[sweet, sour, bitter]", 1))
	failed, _ = results(t, packtest.Options{Pack: dir, NoBuild: true})
	if got := strings.Join(failed, "\n"); !strings.Contains(got, "no case has flavour=bitter") {
		t.Errorf("got %s", got)
	}
}

// TestAConnectorOfThePackIsBuilt spoils a pack so that only its tests can tell.
func TestAConnectorOfThePackIsBuilt(t *testing.T) {
	pack, err := builtin().Load(context.Background(), "stub")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pack")
	if err := generator.ExportPack(pack, dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "internal", "_package_", "destination_test.go.tmpl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "internal/_package_/destination_test.go.tmpl", string(text)+"\nfunc TestSpoilt(t *testing.T) { t.Error(\"spoilt\") }\n")
	failed, _ := results(t, packtest.Options{Pack: dir, Update: true, Only: "01"})
	if got := strings.Join(failed, "\n"); !strings.Contains(got, "passes its tests") || !strings.Contains(got, "spoilt") {
		t.Errorf("got %s", got)
	}
}
