package generator

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// moduleProxy serves versions of a module from a folder, as GOPROXY=file:// has it, and
// lets the go command of this test know nothing else.
func moduleProxy(t *testing.T, path string, versions map[string]map[string]string) {
	t.Helper()
	proxy := t.TempDir()
	dir := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for version, files := range versions {
		files["go.mod"] = "module " + path + "\n"
		src := folderWith(t, files)
		fmt.Fprintln(&list, version)
		put(t, dir, version+".info", fmt.Sprintf(`{"Version": %q, "Time": "2026-01-02T03:04:05Z"}`, version))
		put(t, dir, version+".mod", files["go.mod"])
		out, err := os.Create(filepath.Join(dir, version+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		if err := zip.CreateFromDir(out, module.Version{Path: path, Version: version}, src); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, "list", list.String())
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GONOSUMDB", path)
	t.Setenv("GOFLAGS", "-modcacherw")
}

func companyPack(version, text string) map[string]string {
	return map[string]string{
		"acme/pack.yaml":   "name: acme\nversion: " + version + "\ndescription: Of a company.\nextends: builtin/demo\ndrop: [leaves.txt]\noutputs:\n  - {path: company.txt, class: merged}\n",
		"acme/company.txt": text,
		"cmd/evil/main.go": "package main\n\nfunc main() { panic(\"code of a pack was run\") }\n",
		"other/pack.yaml":  "name: other\nversion: 1.0.0\ndescription: D.\noutputs: []\n",
	}
}

func TestPacksComeFromModules(t *testing.T) {
	moduleProxy(t, "example.com/packs", map[string]map[string]string{
		"v1.0.0": companyPack("1.0.0", "one\n"), "v1.1.0": companyPack("1.1.0", "two\n"),
	})
	lib := firstVersion()
	dir := filepath.Join(t.TempDir(), "acme")
	plan, err := Prepare(context.Background(), Request{
		Name: "acme", Library: lib, Template: "example.com/packs@v1.0.0//acme", Dir: dir, Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	if got["company.txt"] != "-rw-r--r-- one\n" || got["leaves.txt"] != "" || !strings.Contains(got[stateFile], "source: example.com/packs@v1.0.0//acme\n") {
		t.Errorf("got %v", got)
	}
	checkClean(t, dir, lib)

	req := updateRequest(dir, lib)
	req.Template = "example.com/packs@latest//acme"
	update1(t, req)
	got = tree(t, dir)
	if got["company.txt"] != "-rw-r--r-- two\n" || !strings.Contains(got[stateFile], "source: example.com/packs@v1.1.0//acme\n") {
		t.Errorf("got %v", got)
	}
	checkClean(t, dir, lib)

	// The recorded sum says which files of that version are meant.
	state, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(state), "digest: sha256:") + len("digest: sha256:")
	put(t, dir, stateFile, string(state[:at])+strings.Repeat("0", 64)+string(state[at+64:]))
	if _, err := Check(context.Background(), updateRequest(dir, lib)); err == nil || !strings.Contains(err.Error(), "its files are not those that the connector was made from") {
		t.Errorf("got %v", err)
	}
}

func TestModulesThatAreNoPackAreTold(t *testing.T) {
	moduleProxy(t, "example.com/packs", map[string]map[string]string{"v1.0.0": {"readme.txt": "no pack\n"}})
	for ref, want := range map[string]string{
		"example.com/packs@v1.0.0":        "the folder holds no pack.yaml",
		"example.com/packs@v1.0.0//none":  "none",
		"example.com/packs@v9.0.0":        "v9.0.0",
		"example.com/missing@v1.0.0":      "example.com/missing",
		"example.com/packs@":              "write it as example.com/packs@v1.2.0",
		"Bad Path@v1.0.0":                 "write it as example.com/packs@v1.2.0",
		"example.com/packs@v1.0.0//../..": "write it as example.com/packs@v1.2.0",
		"example.com/packs@-x":            "write it as example.com/packs@v1.2.0",
	} {
		t.Run(ref, func(t *testing.T) {
			if _, err := firstVersion().Load(t.Context(), ref); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAFolderOfTheRepositoryIsRecordedAndAnotherIsNot(t *testing.T) {
	root := folderWith(t, companyPack("1.0.0", "one\n"))
	if err := os.Mkdir(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	lib := firstVersion()
	for name, test := range map[string]struct{ dir, source string }{
		"inside":  {filepath.Join(root, "connectors", "crm"), "../../acme"},
		"outside": {filepath.Join(t.TempDir(), "crm"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := Prepare(context.Background(), Request{
				Name: "crm", Library: lib, Template: filepath.Join(root, "acme"), Dir: test.dir, Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Apply(); err != nil {
				t.Fatal(err)
			}
			if plan.Template.Source != test.source {
				t.Errorf("source %q, want %q", plan.Template.Source, test.source)
			}
			if test.source != "" {
				checkClean(t, test.dir, lib)
				return
			}
			_, err = Check(context.Background(), updateRequest(test.dir, lib))
			if err == nil || !strings.Contains(err.Error(), `template "acme" is unknown`) || !strings.Contains(err.Error(), "--template") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzModuleRef(f *testing.F) {
	f.Add("example.com/packs@v1.2.0//folder")
	f.Add("../x@y")
	f.Fuzz(func(t *testing.T, text string) {
		ref, ok, err := parseModuleRef(text)
		if !ok || err != nil {
			return
		}
		if !fs.ValidPath(ref.folder) {
			t.Errorf("%q leads out of the module: %s", text, ref.folder)
		}
		if again, _, err := parseModuleRef(ref.String()); err != nil || again != ref {
			t.Errorf("%q is read as %v and that as %v, %v", text, ref, again, err)
		}
	})
}
