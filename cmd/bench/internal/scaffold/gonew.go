package scaffold

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

// connectorModule is the module that every tool makes, templateModule the one that
// gonew makes it from.
const (
	connectorModule = "example.com/" + connectorName
	templateModule  = "example.com/template"
)

func buildGonew(ctx context.Context, s *stage) (program, version string, err error) {
	program, err = s.build(ctx, "golang.org/x/tools/cmd/gonew")
	if err != nil {
		return "", "", err
	}
	version, err = s.command(ctx, s.checkout, "go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/tools")
	return program, "of x/tools " + version, err
}

// enterGonew has one entry: gonew forgets what it made. Its templates are modules; it
// changes their module path and nothing else, and leaves out modules within them.
func enterGonew(_ context.Context, s *stage, _ string) ([]entry, error) {
	made := s.today.without("tools")
	template := tree{}
	for name, content := range made {
		if path.Ext(name) == ".go" || name == "go.mod" {
			content = []byte(strings.ReplaceAll(string(content), connectorModule, templateModule))
		}
		template[name] = content
	}
	proxy := filepath.Join(s.dir, "gonew", "proxy")
	version := module.Version{Path: templateModule, Version: firstVersion}
	if err := writeProxy(filepath.Join(s.dir, "gonew", "template"), proxy, version, template); err != nil {
		return nil, err
	}
	return []entry{{
		task: makeIt, does: "makes the files of one module, renames it and nothing else",
		args: []string{version.String(), connectorModule}, writes: true, verify: made.made,
		env: []string{
			"GOPROXY=file:///" + strings.TrimPrefix(filepath.ToSlash(proxy), "/"), "GONOSUMDB=" + templateModule, "GOFLAGS=-modcacherw",
			"GOMODCACHE=" + filepath.Join(s.dir, "gonew", "modules"),
		},
	}}, nil
}

// writeProxy makes a folder that serves one version of a module, as a proxy does.
func writeProxy(source, proxy string, version module.Version, files tree) error {
	if err := files.write(source); err != nil {
		return err
	}
	dir := filepath.Join(proxy, filepath.FromSlash(version.Path), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for ext, content := range map[string]string{
		".info": fmt.Sprintf(`{"Version": %q}`, version.Version),
		".mod":  string(files["go.mod"]),
	} {
		if err := os.WriteFile(filepath.Join(dir, version.Version+ext), []byte(content), 0o644); err != nil {
			return err
		}
	}
	archive, err := os.Create(filepath.Join(dir, version.Version+".zip"))
	if err != nil {
		return err
	}
	defer archive.Close()
	if err := modzip.CreateFromDir(archive, version, source); err != nil {
		return err
	}
	return archive.Close()
}
