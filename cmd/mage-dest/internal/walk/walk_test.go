package walk

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mage-dest/mage-dest/cmd/mage-dest/facts"
	_ "github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
	_ "github.com/mage-dest/mage-dest/templates"
)

// room is where a guide is followed.
type room struct {
	dir    string // of the next command
	bin    string
	output string // of the last command
}

const checkout = "../../../.."

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGuidesAreTrueToTheLetter(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a connector")
	}
	readme := read(t, filepath.Join(checkout, "README.md"))
	r := &room{dir: t.TempDir(), bin: t.TempDir()}
	if !t.Run("install", func(t *testing.T) { r.install(t, readme) }) ||
		!t.Run("walk", func(t *testing.T) { r.follow(t, readme, "Five minutes: from nothing to data in a store") }) {
		return
	}
	t.Run("verbs", func(t *testing.T) { r.checkVerbs(t, readme) })
	t.Run("python", func(t *testing.T) { r.compileComparison(t, readme) })
	topics, err := filepath.Glob("../../help/*.md")
	if err != nil || len(topics) == 0 {
		t.Fatalf("no help topics: %v", err)
	}
	for _, path := range topics {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".md"), func(t *testing.T) {
			guide := read(t, path)
			in := *r // every guide starts in the connector that the walk made
			for _, section := range sections(guide) {
				in.follow(t, guide, section)
			}
		})
	}
}

// install runs README's line that installs the tool from a checkout, this one; what
// comes before it fetches a release.
func (r *room) install(t *testing.T, readme string) {
	steps := stepsOf(readme, "")
	if len(steps) != 2 || steps[0].text != "go run ./cmd/mage-dest try\ngo test ./...\n" {
		t.Fatalf("README starts with %v, want the two commands and then how to install", steps)
	}
	release, fromSource, _ := strings.Cut(strings.TrimSpace(steps[1].text), "\n\n")
	lines := strings.Split(fromSource, "\n")
	if !strings.HasPrefix(release, "go install ") || len(lines) != 2 || !strings.HasPrefix(lines[0], "git clone ") {
		t.Fatalf("to install are the lines %q and %q, want go install, or a clone and an install", release, lines)
	}
	root, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	readSources(t)
	r.run(t, strings.Replace(lines[1], "-C mage-dest", "-C "+root, 1))
}

// readSources makes the tool's files inputs of this test, for go test to know
// when a result that it has kept is out of date. What the tool links besides,
// this package imports.
func readSources(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob("../../*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source files: %v", err)
	}
	for _, path := range files {
		read(t, path)
	}
}

// follow does what a section of a guide says.
func (r *room) follow(t *testing.T, guide, section string) {
	t.Helper()
	for _, s := range stepsOf(guide, section) {
		switch {
		case s.lang == "sh":
			for line := range strings.Lines(s.text) {
				r.run(t, strings.TrimSpace(line))
			}
		case s.file() != "":
			path := filepath.Join(r.dir, s.file())
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, path, s.text)
		case strings.HasSuffix(s.intro, "the last line of `testConfig` becomes:"):
			r.editTestConfig(t, s.text)
		case s.lang == "text" && s.intro == "" && r.output != "":
			if got, want := likeness(r.output), likeness(s.text); got != want {
				t.Errorf("%v: the guide shows\n%s\nand the command printed\n%s", s, want, got)
			}
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (r *room) editTestConfig(t *testing.T, line string) {
	t.Helper()
	path := filepath.Join(r.dir, "internal/acme/destination_test.go")
	before := read(t, path)
	after := regexp.MustCompile("\treturn `\\{\"url\".*\n").ReplaceAllLiteralString(before, line)
	if after == before {
		t.Fatalf("%s has no testConfig to edit", path)
	}
	write(t, path, after)
}

// run executes one line without a shell: words, cd, and "# exit code N".
func (r *room) run(t *testing.T, line string) {
	t.Helper()
	command, comment, _ := strings.Cut(line, "#")
	want := 0
	if code, ok := strings.CutPrefix(strings.TrimSpace(comment), "exit code "); ok {
		var err error
		if want, err = strconv.Atoi(code); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	words := strings.Fields(command)
	switch {
	case len(words) == 0:
		return
	case words[0] == "cd":
		r.dir = filepath.Join(r.dir, words[1])
		return
	}
	stdout, stderr, code := r.execute(t, words)
	if r.output = stdout; code != want {
		t.Fatalf("%s: exit code %d, want %d\n%s%s", line, code, want, stdout, stderr)
	}
}

func (r *room) execute(t *testing.T, words []string) (stdout, stderr string, code int) {
	t.Helper()
	path := words[0]
	if own := filepath.Join(r.bin, path); filepath.Base(path) == path && exists(own) {
		path = own
	}
	var out, log bytes.Buffer
	cmd := exec.Command(path, words[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir, &out, &log
	flags := strings.TrimSpace(os.Getenv("GOFLAGS") + " -buildvcs=false") // the checkout may be somebody else's
	cmd.Env = append(os.Environ(), "GOBIN="+r.bin, "GOWORK=off", "GOFLAGS="+flags, "PWD="+r.dir)
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("%s: %v", strings.Join(words, " "), err)
	}
	return out.String(), log.String(), cmd.ProcessState.ExitCode()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// checkVerbs holds README's table of verbs against the tool's own list.
func (r *room) checkVerbs(t *testing.T, readme string) {
	var told []string
	for _, row := range cells(t, readme, "The verbs") {
		told = append(told, strings.Fields(code(row[0]))[1])
	}
	r.run(t, "mage-dest help")
	_, list, _ := strings.Cut(r.output, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	have := map[string]bool{}
	for line := range strings.Lines(list) {
		verb := strings.Fields(line)[0]
		have[verb] = true
		if !strings.Contains(strings.Join(told, " ")+" ", verb+" ") {
			t.Errorf("README's table of verbs lacks %s", verb)
		}
	}
	for _, verb := range told {
		if !have[verb] {
			t.Errorf("README tells of %s, which mage-dest does not have", verb)
		}
	}
}

// compileComparison compiles the Go half of README's comparison.
func (r *room) compileComparison(t *testing.T, readme string) {
	src := `package beside

import (
	"context"
	"errors"

	"github.com/mage-dest/mage-dest/base"
)

type Config struct{ URL string }

type Destination struct{ base.Destination[Config] }

func (d *Destination) post(ctx context.Context, url string, body []byte) error { return ctx.Err() }

`
	for _, row := range cells(t, readme, "Python's method and ours") {
		src += code(row[1]) + "\n"
	}
	dir := filepath.Join(r.dir, "internal/beside")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	write(t, filepath.Join(dir, "beside.go"), src)
	r.run(t, "go vet ./internal/beside")
}
