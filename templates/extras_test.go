package templates_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

// extras lists what a connector may do without: the answer that leaves it out,
// its files, and words that then stand in no file.
func extras() []struct {
	without string
	files   []string
	words   []string
} {
	return []struct {
		without string
		files   []string
		words   []string
	}{
		{"ci=none", []string{".github/workflows/ci.yml"}, nil},
		{"lint=false", []string{".golangci.yml"}, []string{"golangci", "make lint"}},
		{"docker=false", []string{"Dockerfile", ".dockerignore"}, []string{"docker"}},
		{"goreleaser=false", []string{".goreleaser.yaml"}, []string{"goreleaser", "/dist/"}},
		{"mage=false", []string{"mage/pyproject.toml", "mage/mage_integrations/destinations/acme_crm/__init__.py"}, []string{"make mage", "pip install", "__pycache__"}},
		{"meltano=false", []string{"meltano.yml"}, []string{"meltano.yml", "meltano run"}},
		{"agents=false", []string{"AGENTS.md"}, nil},
	}
}

func TestEveryExtraCanBeLeftOut(t *testing.T) {
	for _, pack := range packNames(t) {
		whole := newConnector(t, pack, "acme-crm")
		for _, extra := range extras() {
			t.Run(pack+"/"+extra.without, func(t *testing.T) {
				c := newConnector(t, pack, "acme-crm", extra.without)
				for _, file := range extra.files {
					if _, err := os.Stat(whole.path(file)); err != nil {
						t.Errorf("with its default: %v", err)
					}
					if _, err := os.Stat(c.path(file)); !os.IsNotExist(err) {
						t.Errorf("%s is there (%v)", file, err)
					}
				}
				for file, text := range c.texts(t) {
					for _, word := range extra.words {
						if strings.Contains(text, word) {
							t.Errorf("%s speaks of %q", file, word)
						}
					}
				}
			})
		}
	}
}

// texts are the files that were rendered for people and tools, by path.
func (c connector) texts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(c.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && entry.Name() == ".mage-dest" {
				return fs.SkipDir
			}
			return err
		}
		name, err := filepath.Rel(c.dir, path)
		if err != nil || name == ".mage-dest.yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		texts[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestLicense(t *testing.T) {
	tests := []struct{ answer, starts string }{
		{"MIT", "MIT License\n\nCopyright (c) the acme authors\n"},
		{"Apache-2.0", "\n                                 Apache License\n"},
	}
	for _, test := range tests {
		t.Run(test.answer, func(t *testing.T) {
			c := newConnector(t, "stub", "acme", "license="+test.answer)
			text := c.read(t, "LICENSE")
			if !strings.HasPrefix(text, test.starts) || strings.HasSuffix(text, "\n\n") {
				t.Errorf("LICENSE starts %.80q, or ends in empty lines", text)
			}
			if !strings.Contains(c.read(t, "README.md"), "## License\n\n"+test.answer) {
				t.Error("README.md does not name the licence")
			}
		})
	}
	if _, err := os.Stat(newConnector(t, "stub", "acme").path("LICENSE")); !os.IsNotExist(err) {
		t.Errorf("there is a LICENSE by default (%v)", err)
	}
}

// TestActionsArePinned: a tag can be moved to other code, a commit cannot.
func TestActionsArePinned(t *testing.T) {
	uses := regexp.MustCompile(`uses: [^.].*`) // not of ours
	pinned := regexp.MustCompile(`^uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, pack := range packNames(t) {
		found := uses.FindAllString(newConnector(t, pack, "acme").read(t, ".github/workflows/ci.yml"), -1)
		if len(found) == 0 {
			t.Errorf("%s: the workflow uses no actions", pack)
		}
		for _, line := range found {
			if !pinned.MatchString(line) {
				t.Errorf("%s: not pinned to a commit with its version: %s", pack, line)
			}
		}
	}
}

// TestReleasedBaseNeedsNoFolder: what is said of a replace in CI, image and README
// is said only where there is one. No file but go.mod names the folder itself.
func TestReleasedBaseNeedsNoFolder(t *testing.T) {
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range packNames(t) {
		released := write(t, generator.Request{Name: "acme", Template: pack, Base: generator.Base{Version: "v1.2.3"}, NoTypeCheck: true})
		for file, text := range released.texts(t) {
			if strings.Contains(text, "replaces") || strings.Contains(text, "build-context") || strings.Contains(text, "-replace=") {
				t.Errorf("%s: %s speaks of a replace that is not there", pack, file)
			}
		}
		replaced := newConnector(t, pack, "acme").texts(t)
		for file, words := range map[string]string{
			"README.md": "-dropreplace", ".github/workflows/ci.yml": "go.mod replaces",
			"Dockerfile": "COPY --from=mage-dest", "Makefile": "--build-context",
		} {
			if !strings.Contains(replaced[file], words) {
				t.Errorf("%s: %s does not say what the replace asks for (%s)", pack, file, words)
			}
		}
		for file, text := range replaced {
			if strings.Contains(text, checkout) && filepath.Base(file) != "go.mod" {
				t.Errorf("%s: %s holds a path of this machine", pack, file)
			}
		}
	}
}

// TestLintIsOneVersion: what passes on a desk passes in CI.
func TestLintIsOneVersion(t *testing.T) {
	for _, pack := range packNames(t) {
		c := newConnector(t, pack, "acme")
		local := regexp.MustCompile(`cmd/golangci-lint@(v\S+)`).FindStringSubmatch(c.read(t, "Makefile"))
		remote := regexp.MustCompile(`version: (v\S+)`).FindStringSubmatch(c.read(t, ".github/workflows/ci.yml"))
		if local == nil || remote == nil || local[1] != remote[1] {
			t.Errorf("%s: make lint runs %v, CI %v", pack, local, remote)
		}
	}
}
