package scaffold

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// tool is a program that makes projects from templates.
type tool struct {
	name string

	// install finds or builds the program, and says its version.
	install func(ctx context.Context, s *stage) (program, version string, err error)

	// enter prepares what its commands start from.
	enter func(ctx context.Context, s *stage, program string) ([]entry, error)
}

// tools are all of them, in the order in which they run and are told of.
func tools() []tool {
	return []tool{
		{"mage-dest", buildOurs, enterOurs},
		{"cookiecutter", fromVenv("cookiecutter", "--version"), enterCookiecutter},
		{"copier", fromVenv("copier", "--version"), enterCopier},
		{"cruft", fromVenv("cruft", "--help"), enterCruft},
		{"gonew", buildGonew, enterGonew},
	}
}

var versionNumber = regexp.MustCompile(`\d+\.\d+(\.\d+)*`)

// fromVenv finds a program of the virtual environment, or of PATH, and asks it for its
// version.
func fromVenv(name, ask string) func(context.Context, *stage) (string, string, error) {
	return func(ctx context.Context, s *stage) (string, string, error) {
		file := name
		if s.venv != "" {
			bin := "bin"
			if runtime.GOOS == "windows" {
				bin = "Scripts"
			}
			file = filepath.Join(s.venv, bin, name)
		}
		program, err := exec.LookPath(file)
		if err == nil {
			program, err = filepath.Abs(program)
		}
		if err != nil {
			return "", "", fmt.Errorf("%w; install it from PyPI, and name its environment with --venv", err)
		}
		said, err := s.command(ctx, s.dir, program, ask)
		return program, versionNumber.FindString(said), err
	}
}

// build builds a program that the module of mage-dest holds or requires.
func (s *stage) build(ctx context.Context, pkg string) (string, error) {
	file := filepath.Join(s.dir, "bin", filepath.Base(pkg))
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	_, err := s.command(ctx, s.checkout, "go", "build", "-buildvcs=false", "-o", file, pkg)
	return file, err
}

// made holds the project in a folder to the connector of today.
func (t tree) made(dir, _ string) error { return t.foundIn(filepath.Join(dir, connectorName)) }

// brought holds a folder to the connector of today.
func (t tree) brought(dir, _ string) error { return t.foundIn(dir) }

// foretold is for a dry run that names all files that are new.
func (s *stage) foretold(dir, output string) error {
	for _, name := range s.news() {
		if !strings.Contains(output, name) {
			return fmt.Errorf("it does not name %s:\n%s", name, output)
		}
	}
	return s.unwritten(dir, output)
}

// unwritten is for a dry run: none of the files that are new is there.
func (s *stage) unwritten(dir, _ string) error {
	for _, name := range s.news() {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return fmt.Errorf("it wrote %s", name)
		}
	}
	return nil
}

// news are the files that today has and before had not, but those that are generated
// after an update and not by it.
func (s *stage) news() []string {
	return slices.DeleteFunc(s.today.names(), func(name string) bool {
		_, known := s.before[name]
		return known || name == "config.schema.json"
	})
}
