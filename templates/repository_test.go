package templates_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

// connectorsWanted is small for every day; MAGE_DEST_CONNECTORS=40 asks for more.
func connectorsWanted(t *testing.T) int {
	t.Helper()
	text := os.Getenv("MAGE_DEST_CONNECTORS")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("MAGE_DEST_CONNECTORS: %v", err)
	}
	return n
}

// repository is a repository of connectors, with a git of its own.
type repository struct {
	dir        string
	layout     string
	connectors []connector
}

// newRepository makes connectors, most of them from the pack stub, in one repository.
func newRepository(t *testing.T, layout string, count int) *repository {
	t.Helper()
	r := &repository{dir: t.TempDir(), layout: layout}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	r.git(t, "init", "--quiet", "--initial-branch=main")
	switch layout {
	case "module":
		r.put(t, "go.work", "go 1.26.0\n")
	case "package":
		r.put(t, "go.mod", "module example.org/all\n\ngo 1.26.0\n\nrequire github.com/mage-dest/mage-dest v0.0.0\n\nrequire modernc.org/sqlite v1.60.0\n\nreplace github.com/mage-dest/mage-dest => "+checkout+"\n")
	}
	if layout != "standalone" {
		r.make(t, generator.Request{Name: "all", Template: "repository", Dir: r.dir, Base: generator.Base{Replace: checkout}})
	}
	for i := range count {
		pack := "stub"
		if i == 1 {
			pack = "sqlite"
		}
		req := generator.Request{
			Name: fmt.Sprintf("dest-%02d", i), Template: pack, Base: generator.Base{Replace: checkout},
			Settings: []string{"layout=" + layout}, Dir: filepath.Join(r.dir, "connectors", fmt.Sprintf("dest-%02d", i)),
		}
		plan := r.make(t, req)
		r.connectors = append(r.connectors, connector{name: plan.Name, dir: plan.Dir})
	}
	return r
}

func (r *repository) make(t *testing.T, req generator.Request) *generator.Plan {
	t.Helper()
	req.Library, req.NoTypeCheck = builtin(), true
	plan, err := generator.Prepare(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	return plan
}

func (r *repository) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (r *repository) git(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.com"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, stderr.String())
	}
	return string(out)
}

// test builds all connectors and runs their tests.
func (r *repository) test(t *testing.T) {
	t.Helper()
	whole := connector{dir: r.dir}
	switch r.layout {
	case "package":
		whole.goTool(t, "mod", "tidy")
		whole.goTool(t, "test", "./...")
		return
	case "module":
		patterns := []string{"test"}
		for _, c := range r.connectors {
			if err := generator.Tidy(t.Context(), c.dir, io.Discard); err != nil {
				t.Fatal(err)
			}
			patterns = append(patterns, "./connectors/"+filepath.Base(c.dir)+"/...")
		}
		cmd := exec.CommandContext(t.Context(), "go", patterns...) // in the workspace
		cmd.Dir = r.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", patterns, err, out)
		}
		return
	}
	for _, c := range r.connectors {
		c.goTool(t, "mod", "tidy")
		c.goTool(t, "test", "./...")
	}
}

// TestRepositoriesOfConnectorsFollowTheirPack makes a repository in each layout, lets
// authors edit, and brings a later version of the packs: all is merged, builds, passes
// its tests and is what a check wants.
func TestRepositoriesOfConnectorsFollowTheirPack(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"standalone", "module", "package"} {
		t.Run(layout, func(t *testing.T) {
			r := newRepository(t, layout, connectorsWanted(t))
			for _, c := range r.connectors {
				makefile := strings.Replace(c.read(t, "Makefile"), "go test -v ./...", "go test -v -count=1 ./...", 1)
				if err := os.WriteFile(c.path("Makefile"), []byte(makefile), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			later := inventedPack(t)
			later.rename(t, "AGENTS.md", "AGENT.md")
			later.replace(t, "common/Makefile.tmpl", "clean:\n", "hello:\n\techo hello\n\nclean:\n")
			later.replace(t, "upkeep/.golangci.yml.tmpl", "    - unconvert\n", "    - unconvert\n    - unparam\n")
			dirs, err := generator.FindConnectors([]string{r.dir + "/..."})
			if err != nil {
				t.Fatal(err)
			}
			for _, dir := range dirs {
				u := connector{dir: dir}
				u.update(t, later.library())
				u.check(t, later.library())
			}
			for _, c := range r.connectors {
				c.holds(t, "Makefile", "go test -v -count=1 ./...")
				c.holds(t, "Makefile", "echo hello")
				c.lacks(t, "AGENTS.md")
			}
			if layout != "standalone" {
				connector{dir: r.dir}.holds(t, ".golangci.yml", "unparam")
				if len(dirs) != len(r.connectors)+1 {
					t.Errorf("%d folders are looked after, want the root and %d connectors", len(dirs), len(r.connectors))
				}
			}
			r.test(t)
		})
	}
}

// TestChangedConnectorsAreFound runs the script that CI asks which connectors a change
// touches.
func TestChangedConnectorsAreFound(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	r := newRepository(t, "module", 3)
	r.git(t, "add", "-A")
	r.git(t, "commit", "--quiet", "-m", "all")
	start := strings.TrimSpace(r.git(t, "rev-parse", "HEAD"))
	all := []string{"connectors/dest-00", "connectors/dest-01", "connectors/dest-02"}
	for name, test := range map[string]struct {
		change string // a file
		since  string
		want   []string
	}{
		"one connector":     {"connectors/dest-01/Makefile", start, all[1:2]},
		"a document":        {"NOTES.md", start, nil},
		"what they share":   {".golangci.yml", start, all},
		"a shared package":  {"shared/shared.go", start, all},
		"no earlier commit": {"connectors/dest-01/Makefile", "", all},
		"an unknown commit": {"connectors/dest-01/Makefile", strings.Repeat("0", 40), all},
	} {
		t.Run(name, func(t *testing.T) {
			r.git(t, "reset", "--quiet", "--hard", start)
			if err := os.MkdirAll(filepath.Dir(filepath.Join(r.dir, test.change)), 0o755); err != nil {
				t.Fatal(err)
			}
			r.put(t, test.change, "# changed\n")
			r.git(t, "add", "-A")
			r.git(t, "commit", "--quiet", "-m", "change")
			cmd := exec.CommandContext(t.Context(), filepath.Join(r.dir, ".ci", "changed-connectors"), test.since)
			cmd.Dir = r.dir
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Fields(string(out)); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestBranchesThatBothUpdatedAreJoined lets two branches update to different versions
// of the pack. Git keeps one side of what mage-dest stores and says so; whichever is
// taken, another update brings all in line.
func TestBranchesThatBothUpdatedAreJoined(t *testing.T) {
	for _, side := range []string{"--ours", "--theirs"} {
		t.Run(side, func(t *testing.T) {
			r := newRepository(t, "module", 1)
			c := r.connectors[0]
			r.git(t, "add", "-A")
			r.git(t, "commit", "--quiet", "-m", "start")
			one, two := inventedPack(t), inventedPack(t)
			one.replace(t, "common/Makefile.tmpl", "clean:\n", "hello:\n\techo hello\n\nclean:\n")
			two.replace(t, "common/Makefile.tmpl", "clean:\n", "hello:\n\techo hello\n\nclean:\n")
			two.replace(t, "common/README.md.tmpl", "## How it behaves\n", "## How it behaves\n\nWell.\n")
			r.git(t, "switch", "--quiet", "-c", "other")
			c.update(t, one.library())
			r.git(t, "commit", "--quiet", "-am", "one")
			r.git(t, "switch", "--quiet", "main")
			c.update(t, two.library())
			r.git(t, "commit", "--quiet", "-am", "two")

			cmd := exec.CommandContext(t.Context(), "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "merge", "--quiet", "other")
			cmd.Dir = r.dir
			if out, err := cmd.CombinedOutput(); err == nil {
				t.Fatalf("git saw no conflict: %s", out)
			}
			r.git(t, "checkout", "--quiet", side, ".")
			r.git(t, "commit", "--quiet", "-am", "joined")
			c.update(t, two.library())
			c.check(t, two.library())
			c.holds(t, "README.md", "Well.\n")
			c.holds(t, "Makefile", "echo hello")
		})
	}
}
