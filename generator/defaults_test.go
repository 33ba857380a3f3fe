package generator

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// defaultsPack has an answer that may be a file, and one for the year.
func defaultsPack() *Library {
	return packVersion(`version: 1.0.0
parameters:
  - {name: license, type: enum, values: [none, MIT], default: none, file: true, doc: The licence.}
  - {name: owner, type: string, default: nobody, doc: Whose it is.}
  - {name: year, type: string, default: "", doc: When.}
outputs:
  - {path: answers.txt, class: merged}
  - {path: LICENSE, class: once, when: {license: [MIT, file]}}
`, map[string]string{
		"answers.txt.tmpl": "{{ .Params.license }} {{ .Params.owner }} {{ .Params.year }} {{ .Module }}\n",
		"LICENSE.tmpl":     `{{ if eq .Params.license "file" }}{{ .Texts.license }}{{ else }}MIT{{ end }}`,
	})
}

func prepareDefaults(dir string, settings ...string) (*Plan, error) {
	return Prepare(context.Background(), Request{
		Name: "acme", Library: defaultsPack(), Dir: dir, Base: Base{Version: "v1.2.3"}, Settings: settings, Year: 2026, NoTypeCheck: true,
	})
}

func TestDefaultsFilesAnswerWhatNobodyDoes(t *testing.T) {
	root := folderWith(t, map[string]string{
		".git/HEAD":            "",
		defaultsFile:           "template: demo\nmodule_prefix: example.org/our\nowner: Our Company\nlicense: legal/OURS.txt\ncolour: red\n",
		"legal/OURS.txt":       "All rights are ours.\n",
		"team/" + defaultsFile: "owner: Our Team\n",
	})
	dir := filepath.Join(root, "team", "acme")
	plan, err := prepareDefaults(dir, "year=2020")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(root, defaultsFile) + `:5:1: this template has no parameter "colour"`}
	if diff := cmp.Diff(want, plan.Notices); diff != "" {
		t.Error(diff)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	for name, want := range map[string]string{
		"answers.txt":           "file Our Team 2020 example.org/our/acme\n",
		"LICENSE":               "All rights are ours.\n",
		textFolder + "/license": "All rights are ours.\n",
	} {
		if got[name] != "-rw-r--r-- "+want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	// What the file said is kept: it may be gone when the connector is looked at again.
	remove(t, root, "legal/OURS.txt")
	checkClean(t, dir, defaultsPack())
	if plan, err := PrepareUpdate(context.Background(), updateRequest(dir, defaultsPack())); err != nil || len(plan.Changes()) > 0 {
		t.Errorf("an update has something to do: %v", err)
	}
	put(t, root, "legal/OURS.txt", "New terms.\n")
	update1(t, updateRequest(dir, defaultsPack(), "license="+filepath.Join(root, "legal", "OURS.txt")))
	if got := tree(t, dir); got[textFolder+"/license"] != "-rw-r--r-- New terms.\n" || got["LICENSE"] != "-rw-r--r-- All rights are ours.\n" {
		t.Errorf("the new text is not kept, or the author's file was changed: %v", got)
	}
	remove(t, dir, textFolder+"/license")
	if _, err := Check(context.Background(), updateRequest(dir, defaultsPack())); err == nil || !strings.Contains(err.Error(), "the text of the answer license, is missing") {
		t.Errorf("got %v", err)
	}
}

func TestTheYearIsThatOfTheMaking(t *testing.T) {
	dir := filepath.Join(folderWith(t, map[string]string{".git/HEAD": "", defaultsFile: "template: demo\n"}), "acme")
	plan, err := prepareDefaults(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir)["answers.txt"]; got != "-rw-r--r-- none nobody 2026 example.com/acme\n" {
		t.Errorf("got %q", got)
	}
	checkClean(t, dir, defaultsPack()) // in whatever year
}

func TestDefaultsAreCheckedAsAnswersAre(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no YAML":              {"a: [", ":1:1: "},
		"no mapping":           {"- demo\n", ":1:1: defaults are a mapping"},
		"a wrong value":        {"template: demo\nowner: 3\n", `:2:8: owner: "3" is no string; put it in quotes`},
		"a file that is none":  {"template: demo\nlicense: nosuch.txt\n", ":2:10: license: "},
		"a template in a path": {"template: ./packs/acme\n", "defaults name a pack of mage-dest"},
		"an unknown template":  {"template: nosuch\n", `template "nosuch" is unknown`},
	} {
		t.Run(name, func(t *testing.T) {
			root := folderWith(t, map[string]string{".git/HEAD": "", defaultsFile: test.text})
			_, err := prepareDefaults(filepath.Join(root, "acme"))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
