package templates_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// TestNamesOfEveryForm: each has files, packages and types of its own.
func TestNamesOfEveryForm(t *testing.T) {
	t.Parallel()
	for _, pack := range packNames(t) {
		for _, name := range []string{"acme", "AcmeCRM", "a-b-c2"} {
			t.Run(pack+"/"+name, func(t *testing.T) {
				c := newConnector(t, pack, name)
				c.goTool(t, "mod", "tidy")
				c.goTool(t, "vet", "./...")
			})
		}
	}
}

// TestReadmeIsTrue runs the commands of README as they are written, up to those that
// build and run the connector. The last may end with exit code 1 if it says that
// ExportBatchData is unwritten.
func TestReadmeIsTrue(t *testing.T) {
	t.Parallel()
	for _, pack := range packs(t) {
		t.Run(pack.Name, func(t *testing.T) {
			c := newConnector(t, pack.Name, "acme-crm")
			c.goTool(t, "mod", "tidy")
			commands := firstCommands(t, c.read(t, "README.md"))
			for i, command := range commands {
				if i == len(commands)-1 && pack.Server {
					continue // the sample config names a server of nobody's
				}
				cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
				cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "GOWORK=off")
				out, err := cmd.CombinedOutput()
				unwritten := i == len(commands)-1 && strings.Contains(string(out), base.ErrNotImplemented.Error())
				if err != nil && !unwritten {
					t.Fatalf("%s: %v\n%s", command, err, out)
				}
			}
			holdSettings(t, c)
		})
	}
}

// firstCommands are those of README up to the first block of "Build, test, run".
func firstCommands(t *testing.T, readme string) []string {
	t.Helper()
	const heading, fence = "## Build, test, run\n", "```sh\n"
	intro, section, found := strings.Cut(readme, heading)
	_, block, hasBlock := strings.Cut(section, fence)
	if !found || !hasBlock {
		t.Fatalf("README.md has no commands under %q", heading)
	}
	var commands []string
	for _, text := range append(strings.Split(intro, fence)[1:], block) {
		text, _, _ = strings.Cut(text, "```")
		commands = append(commands, strings.Split(strings.TrimSpace(text), "\n")...)
	}
	return commands
}

// holdSettings holds the rows of README to those that the program prints.
func holdSettings(t *testing.T, c connector) {
	t.Helper()
	about, err := exec.CommandContext(t.Context(), c.path(c.name.Binary), "--about", "markdown").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := settingRows(c.read(t, "README.md")), settingRows(string(about)); !slices.Equal(got, want) {
		t.Errorf("README.md has the rows\n%s\nand --about markdown prints\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// settingRows are the rows of the tables whose heading starts with "setting".
func settingRows(text string) []string {
	var rows []string
	for _, table := range strings.Split(text, "| setting |")[1:] {
		table, _, _ := strings.Cut(table, "\n\n")
		for line := range strings.Lines(table) {
			if strings.HasPrefix(line, "| `") {
				rows = append(rows, strings.TrimSpace(line))
			}
		}
	}
	return rows
}

func TestUnfinishedStubFailsAndTellsNoState(t *testing.T) {
	c := newConnector(t, "stub", "acme")
	c.goTool(t, "mod", "tidy")
	c.goTool(t, "build", "-o", "acme", ".")

	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), c.path("acme"),
		"--config", "templates/config.json", "--input_file_path", "testdata/sample.singer", "--state", "state.json")
	cmd.Dir, cmd.Stderr = c.dir, &log
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("the run ended with %v, want exit code 1", err)
	}
	if !strings.Contains(log.String(), base.ErrNotImplemented.Error()) {
		t.Errorf("the log does not say what is missing:\n%s", log.String())
	}
	if _, err := os.Stat(c.path("state.json")); !os.IsNotExist(err) {
		t.Errorf("there is a state (%v)", err)
	}
}

// TestStubTestsFollowTheAuthor writes ExportBatchData as an author might and looks
// at what the connector's own tests make of it.
func TestStubTestsFollowTheAuthor(t *testing.T) {
	c := newConnector(t, "stub", "acme")
	c.goTool(t, "mod", "tidy")
	const file, stub = "internal/acme/destination.go", "return base.ErrNotImplemented"
	source := c.read(t, file)
	if strings.Count(source, stub) != 1 {
		t.Fatalf("%s does not hold %q once", file, stub)
	}
	tests := []struct{ name, body, want string }{
		{"unwritten", stub, "--- SKIP: TestSampleStreamIsStored"},
		{"stored", "return nil", "--- PASS: TestSampleStreamIsStored"},
		{"failing", `return errors.New("the store is full")`, "--- FAIL: TestSampleStreamIsStored"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(c.path(file), []byte(strings.Replace(source, stub, test.body, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			out, _ := c.tryGo(t, "test", "-v", "-run", "TestSample|TestConnection", "./internal/acme")
			if !strings.Contains(out, test.want) {
				t.Errorf("want %q in\n%s", test.want, out)
			}
			if !strings.Contains(out, "STILL TO DO: write TestConnection") {
				t.Errorf("the tests do not say that TestConnection is unwritten:\n%s", out)
			}
		})
	}
}
