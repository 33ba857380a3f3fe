package scaffold

import (
	"context"
	"path/filepath"
)

// cookiecutterTemplate is a connector as a template of cookiecutter.
func cookiecutterTemplate(t tree) tree {
	const prefix = "cookiecutter."
	out := t.jinja(prefix).below("{{ " + prefix + "name }}")
	out["cookiecutter.json"] = []byte(`{"name": "` + connectorName + `", "python": "` + pythonName + `", "package": "` + packageName + `"}` + "\n")
	return out
}

// enterCookiecutter has one entry: cookiecutter forgets what it made.
func enterCookiecutter(_ context.Context, s *stage, _ string) ([]entry, error) {
	template := filepath.Join(s.dir, "cookiecutter", "template")
	if err := cookiecutterTemplate(s.today).write(template); err != nil {
		return nil, err
	}
	return []entry{{task: makeIt, does: "makes the files", args: []string{"--no-input", template}, writes: true, verify: s.today.made}}, nil
}
