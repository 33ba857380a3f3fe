package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/mage-dest/mage-dest/generator"
)

// terminal runs mage-dest in process as a person would who types the answers, and
// returns what it told that person.
func terminal(t *testing.T, typed string, args ...string) (code int, told string) {
	t.Helper()
	var stderr bytes.Buffer
	code = run(context.Background(), args, streams{In: strings.NewReader(typed), Out: io.Discard, Err: &stderr, Interactive: true})
	return code, stderr.String()
}

// asksForPort writes a pack with a required parameter.
func asksForPort(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pack.yaml": "name: asks\nversion: 1.0.0\ndescription: D.\nparameters:\n" +
			"  - {name: port, type: int, doc: Where it listens.}\noutputs:\n  - {path: port.txt, class: once}\n",
		"port.txt.tmpl": "{{ .Params.port }}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNewAsksOnATerminal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "acme")
	code, told := terminal(t, "many\n8080\n", "new", "acme", "--template", asksForPort(t), "--dir", dir, "--no-tidy", "--no-typecheck")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, told)
	}
	if want := "Where it listens.\nport: \"many\" is no whole number\nport: "; !strings.HasPrefix(told, want) {
		t.Errorf("asked %q, want it to start with %q", told, want)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "port.txt")); err != nil || string(got) != "8080\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestNewDoesNotAskWithNoInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "acme")
	code, told := terminal(t, "8080\n", "new", "acme", "--template", asksForPort(t), "--dir", dir, "--no-input")
	if code != exitUsage || !strings.Contains(told, "--set port=VALUE") {
		t.Errorf("exit code %d: %s", code, told)
	}
}

func TestNewFailsWhenInputEndsBeforeTheAnswer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "acme")
	code, told := terminal(t, "", "new", "acme", "--template", asksForPort(t), "--dir", dir)
	if code != exitFailed || !strings.Contains(told, "--set port=VALUE") {
		t.Errorf("exit code %d: %s", code, told)
	}
}

// TestConnectorsRequireExactlyWhatTheyLink makes a connector of every pack, tidies
// it, and compares its go.mod with the modules in its program.
func TestConnectorsRequireExactlyWhatTheyLink(t *testing.T) {
	list, err := packs().List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range list {
		t.Run(pack.Name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "acme")
			out, err := mageDest(t, t.TempDir(), "new", "acme", "--dir", dir, "--template", pack.Name).CombinedOutput()
			if err != nil {
				skipWithoutNetwork(t, string(out))
				t.Fatalf("new: %v\n%s", err, out)
			}
			required, linked := requiredModules(t, dir), linkedModules(t, dir)
			if !slices.Equal(required, linked) {
				t.Errorf("go.mod requires\n  %s\nand the program links\n  %s", strings.Join(required, "\n  "), strings.Join(linked, "\n  "))
			}
		})
	}
}

// skipWithoutNetwork ends a test whose go mod tidy wanted modules that are not in
// the module cache: it reads the tests of what a connector imports too.
func skipWithoutNetwork(t *testing.T, told string) {
	t.Helper()
	for _, sign := range []string{"GOPROXY=off", "dial tcp", "no such host", "network is unreachable", "i/o timeout"} {
		if strings.Contains(told, sign) {
			t.Skipf("go mod tidy needs a module that is not in the module cache, and there is no network:\n%s", told)
		}
	}
}

func requiredModules(t *testing.T, dir string) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := modfile.Parse("go.mod", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, r := range m.Require {
		paths = append(paths, r.Mod.Path)
	}
	slices.Sort(paths)
	return paths
}

// platforms are those that go mod tidy looks at and a module may be linked on:
// some modules are needed on one of them only.
func platforms() []string {
	return []string{"linux/amd64", "linux/386", "darwin/arm64", "windows/amd64", "freebsd/amd64", "netbsd/amd64", "openbsd/amd64"}
}

// linkedModules lists the modules of the packages that the connector's program
// is built from on any platform, its own left out.
func linkedModules(t *testing.T, dir string) []string {
	t.Helper()
	linked := map[string]bool{}
	for _, platform := range platforms() {
		goos, goarch, _ := strings.Cut(platform, "/")
		cmd := exec.Command("go", "list", "-e", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for path := range strings.FieldsSeq(string(out)) {
			linked[path] = true
		}
	}
	return slices.Sorted(maps.Keys(linked))
}

func TestNewWithoutTheGoCommandWritesAndSaysWhatIsLeft(t *testing.T) {
	t.Setenv("PATH", "")
	dir := filepath.Join(t.TempDir(), "acme")
	code, told := terminal(t, "", "new", "acme", "--dir", dir, "--no-input")
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	for _, want := range []string{"types are not checked", "the connector is written, and go mod tidy failed", "  go mod tidy", "go -C tools mod tidy"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not said in\n%s", want, told)
		}
	}
	checkWhole(t, dir)
}

// TestGitIgnoresNothingOfAConnector guards the merge base: a pattern of the
// connector's .gitignore, or of its copy in .mage-dest/base, could hide files there.
func TestGitIgnoresNothingOfAConnector(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	list, err := packs().List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	for _, pack := range list {
		dir := filepath.Join(t.TempDir(), "acme")
		code, told := terminal(t, "", "new", "acme", "--template", pack.Name, "--dir", dir, "--no-input", "--no-tidy", "--no-typecheck")
		if code != exitDone {
			t.Fatal(told)
		}
		git := func(args ...string) string {
			cmd := exec.Command("git", args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
			return string(out)
		}
		git("init", "--quiet")
		if ignored := git("status", "--porcelain", "--ignored=matching", "--untracked-files=all"); strings.Contains(ignored, "!!") {
			t.Errorf("template %s: git ignores what was rendered (!!):\n%s", pack.Name, ignored)
		}
	}
}
