package templates_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

// TestEveryMistakeIsToldAtItsLine makes mistakes in every template of the built-in
// packs, one at a time. The message has to name the file and the line of the mistake,
// and nothing may be written.
func TestEveryMistakeIsToldAtItsLine(t *testing.T) {
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	packs := inventedPack(t)
	for _, name := range slices.Sorted(maps.Keys(packs.files)) {
		if path.Ext(name) != ".tmpl" {
			continue
		}
		for _, m := range mistakesFor(name, packs.files[name]) {
			t.Run(name+"/"+m.what, func(t *testing.T) {
				t.Parallel()
				broken := packs.next()
				line := m.seed(broken.files, name)
				dir := filepath.Join(t.TempDir(), "acme")
				_, err := generator.Prepare(context.Background(), generator.Request{
					Name: "acme", Library: broken.library(), Template: packOf(name), Dir: dir, Settings: settingsFor(name),
					Base: generator.Base{Replace: checkout}, NoTypeCheck: !m.typed,
				})
				fault, ok := errors.AsType[*generator.TemplateError](err)
				if !ok {
					t.Fatalf("got %v, want the fault of a template", err)
				}
				if fault.Template != "templates/"+name || fault.Line != line || !strings.Contains(fault.Message, m.told) {
					t.Errorf("want templates/%s:%d: …%s…, got %v", name, line, m.told, err)
				}
				if _, err := os.Stat(dir); !os.IsNotExist(err) {
					t.Errorf("something was written: %v", err)
				}
			})
		}
	}
}

// mistake is a line that is wrong in a template.
type mistake struct {
	what, text, told string
	typed            bool // only the type check finds it
	first            bool // it stands in the first line, else in the last
}

func mistakesFor(name, text string) []mistake {
	open, close := "{{", "}}"
	if strings.Contains(name, "/.github/") || path.Base(name) == ".goreleaser.yaml.tmpl" {
		open, close = "[[", "]]"
	}
	list := []mistake{
		{what: "bad token", text: open + " ) " + close, told: "unexpected", first: true},
		{what: "bad token at the end", text: open + " if " + close, told: "missing value for if"},
		{what: "unknown function", text: open + " now " + close, told: `function "now" not defined`, first: true},
		{what: "undefined parameter", text: open + " .Params.nosuch " + close, told: `map has no entry for key "nosuch"`},
		{what: "undefined field", text: open + " .Name.Nosuch " + close, told: "can't evaluate field Nosuch"},
	}
	switch kind := path.Ext(strings.TrimSuffix(name, ".tmpl")); {
	case kind == ".go":
		list = append(list,
			mistake{what: "bad token of Go", text: "func ) {}", told: "expected"},
			mistake{what: "wrong type", text: `var seeded int = "text"`, told: "cannot use", typed: true},
			mistake{what: "missing import", text: "var seeded = strconvx.Itoa(1)", told: "undefined: strconvx", typed: true},
		)
	case strings.Contains(name, "/_partials/"), strings.HasPrefix(text, "{{ template "):
		// It is part of a file, or has one: what follows may be anything.
	case kind == ".yml", kind == ".yaml":
		list = append(list, mistake{what: "bad token of YAML", text: "- seeded: 1", told: ""})
	case kind == ".json":
		list = append(list, mistake{what: "bad token of JSON", text: "]", told: "invalid character"})
	}
	return list
}

// seed writes the mistake into a line of its own and returns the number of that.
func (m mistake) seed(files map[string]string, name string) (line int) {
	text := files[name]
	if m.first {
		files[name] = m.text + "\n" + text
		return 1
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	files[name] = text + m.text + "\n"
	return strings.Count(text, "\n") + 1
}

// packOf is the pack that a template is rendered with.
func packOf(name string) string {
	pack, _, _ := strings.Cut(name, "/")
	switch pack {
	case "common", "upkeep":
		return "stub"
	}
	return pack
}

// settingsFor are the answers with which a template is rendered.
func settingsFor(name string) []string {
	switch path.Base(name) {
	case "LICENSE.tmpl", "mit.txt.tmpl":
		return []string{"license=MIT"}
	case "apache-2.0.txt.tmpl":
		return []string{"license=Apache-2.0"}
	case ".gitlab-ci.yml.tmpl":
		return []string{"ci=gitlab"}
	case "workers.yaml.tmpl", "scaling.yaml.tmpl", "feeder.yaml.tmpl":
		return []string{"engine=kafka", "kubernetes=true"}
	}
	return nil
}
