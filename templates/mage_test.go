package templates_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMagePackageStartsTheProgram lays the Python package beside a package of
// Mage's name, as pip does, and starts it as Mage does: by the path of its
// __init__.py. A program of its own stands in for the connector and prints what
// it was started with.
func TestMagePackageStartsTheProgram(t *testing.T) {
	python := lookPython(t)
	for _, pack := range packNames(t) {
		t.Run(pack, func(t *testing.T) {
			c := newConnector(t, pack, "acme-crm")
			site := layMage(t, c)
			shim := filepath.Join(site, "mage_integrations", "destinations", "acme_crm", "__init__.py")
			start := func(env ...string) (string, error) {
				cmd := exec.CommandContext(t.Context(), python, shim, "--config_json", `{"a b": "$HOME"}`)
				cmd.Env = append([]string{"PATH="}, env...)
				out, err := cmd.CombinedOutput()
				return strings.TrimSpace(string(out)), err
			}

			if out, err := start(); err == nil || !strings.Contains(out, "ACME_CRM_BINARY") {
				t.Errorf("without the program: %v, %q; want an error that names the variable", err, out)
			}
			const args = ` --config_json {"a b": "$HOME"}`
			onPath := echoProgram(t, t.TempDir(), "acme-crm")
			if out, err := start("PATH=" + filepath.Dir(onPath)); err != nil || out != onPath+args {
				t.Errorf("on the PATH: %v, %q", err, out)
			}
			beside := echoProgram(t, filepath.Dir(shim), "acme-crm")
			if out, err := start("PATH=" + filepath.Dir(onPath)); err != nil || out != beside+args {
				t.Errorf("beside the package: %v, %q", err, out)
			}
			named := echoProgram(t, t.TempDir(), "other")
			if out, err := start("ACME_CRM_BINARY=" + named); err != nil || out != named+args {
				t.Errorf("by the variable: %v, %q", err, out)
			}
			if out, err := start("ACME_CRM_BINARY=/nowhere"); err == nil || !strings.Contains(out, "/nowhere") {
				t.Errorf("by a wrong variable: %v, %q; want an error that names it", err, out)
			}
		})
	}
}

// TestMageListsTheConnector imports the package and asks for what Mage's server
// asks for.
func TestMageListsTheConnector(t *testing.T) {
	python := lookPython(t)
	for _, pack := range packNames(t) {
		t.Run(pack, func(t *testing.T) {
			c := newConnector(t, pack, "acme-crm")
			cmd := exec.CommandContext(t.Context(), python, "-c",
				"import json, mage_integrations.destinations.acme_crm as m; print(json.dumps(m.AcmeCrm.templates()))")
			cmd.Env = append(os.Environ(), "PYTHONPATH="+layMage(t, c), "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var listed struct{ Config json.RawMessage }
			if err := json.Unmarshal(out, &listed); err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, listed.Config), canonical(t, []byte(c.read(t, "templates/config.json"))); got != want {
				t.Errorf("templates() gives %s, want %s", got, want)
			}
		})
	}
}

// TestPyprojectNamesThePackage reads pyproject.toml with Python's own reader.
func TestPyprojectNamesThePackage(t *testing.T) {
	python := lookPython(t)
	for _, pack := range packNames(t) {
		t.Run(pack, func(t *testing.T) {
			c := newConnector(t, pack, "acme-crm", `description=Loads "quoted" C:\paths.`)
			const script = `
import sys
try:
    import tomllib
except ModuleNotFoundError:
    sys.exit("python is older than 3.11")
with open(sys.argv[1], "rb") as file:
    read = tomllib.load(file)
print(read["project"]["name"], *read["tool"]["hatch"]["build"]["targets"]["wheel"]["include"], read["project"]["description"], sep="|")`
			out, err := exec.CommandContext(t.Context(), python, "-c", script, c.path("mage/pyproject.toml")).CombinedOutput()
			if strings.Contains(string(out), "older than 3.11") {
				t.Skip("this python cannot read TOML: it is older than 3.11")
			}
			want := `mage-destination-acme-crm|mage_integrations/destinations/acme_crm|Loads "quoted" C:\paths.`
			if err != nil || strings.TrimSpace(string(out)) != want {
				t.Errorf("got %v, %s; want %s", err, out, want)
			}
		})
	}
}

func lookPython(t *testing.T) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the Python package is not tried: there is no python3")
	}
	// The one behind a version manager's shim, which needs a PATH.
	out, err := exec.CommandContext(t.Context(), python, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// layMage copies the package into a folder where Mage's own packages stand.
func layMage(t *testing.T, c connector) (site string) {
	t.Helper()
	site = t.TempDir()
	if err := os.CopyFS(site, os.DirFS(c.path("mage"))); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"mage_integrations", "mage_integrations/destinations"} {
		if err := os.WriteFile(filepath.Join(site, folder, "__init__.py"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return site
}

// echoProgram writes a program that prints how it was called.
func echoProgram(t *testing.T, dir, name string) string {
	t.Helper()
	program := filepath.Join(dir, name)
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$0\" \"$@\"\n"), fs.FileMode(0o755)); err != nil {
		t.Fatal(err)
	}
	return program
}

func canonical(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
