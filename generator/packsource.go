package generator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// builtinPrefix may stand before the name of a pack that mage-dest carries.
const builtinPrefix = "builtin/"

// moduleRef names a pack in a Go module: path@version, or path@version//folder where
// it is not the module's own folder.
type moduleRef struct{ path, version, folder string }

func (r moduleRef) String() string {
	text := r.path + "@" + r.version
	if r.folder != "." {
		text += "//" + r.folder
	}
	return text
}

// parseModuleRef reports false for what is no reference to a module.
func parseModuleRef(text string) (ref moduleRef, ok bool, err error) {
	module1, folder, _ := strings.Cut(text, "//")
	modulePath, version, ok := strings.Cut(module1, "@")
	if !ok || strings.HasPrefix(text, ".") || strings.HasPrefix(text, "/") {
		return moduleRef{}, false, nil
	}
	ref = moduleRef{path: modulePath, version: version, folder: path.Clean("./" + folder)}
	if err := module.CheckPath(modulePath); err != nil {
		return ref, true, inputErrorf("template %q: %v; write it as example.com/packs@v1.2.0 or example.com/packs@v1.2.0//folder", clip(text), err)
	}
	if version == "" || !fs.ValidPath(ref.folder) || strings.ContainsAny(version, "/@") || strings.HasPrefix(version, "-") {
		return ref, true, inputErrorf("template %q: write it as example.com/packs@v1.2.0 or example.com/packs@v1.2.0//folder", clip(text))
	}
	return ref, true, nil
}

// loadModule reads a pack from a Go module. The go command fetches and verifies it, so
// that its settings for private modules hold; no code of it is run.
func (l *Library) loadModule(ctx context.Context, ref moduleRef) (*Pack, error) {
	found, err := downloadModule(ctx, ref)
	if err != nil {
		return nil, err
	}
	ref.version = found.Version
	p, err := l.loadFolder(filepath.Join(found.Dir, filepath.FromSlash(ref.folder)), nil)
	if err != nil {
		return nil, err
	}
	p.Source = ref.String()
	return p, nil
}

type downloaded struct{ Version, Dir, Error string }

func downloadModule(ctx context.Context, ref moduleRef) (downloaded, error) {
	var found downloaded
	scratch, err := os.MkdirTemp("", "mage-dest-pack-")
	if err != nil {
		return found, fmt.Errorf("make a scratch folder: %w", err)
	}
	defer os.RemoveAll(scratch)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", "--", ref.path+"@"+ref.version)
	cmd.Dir = scratch // no go.mod or go.work around decides
	cmd.Env = append(os.Environ(), "GOWORK=off", "GO111MODULE=on")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if jsonErr := json.Unmarshal(out, &found); jsonErr == nil && found.Error != "" {
		return found, fmt.Errorf("template %s: %s", ref, found.Error)
	} else if err != nil {
		return found, fmt.Errorf("template %s: go mod download: %w: %s", ref, err, firstLine(stderr.String()))
	} else if jsonErr != nil {
		return found, fmt.Errorf("template %s: read the answer of go mod download: %w", ref, jsonErr)
	}
	return found, nil
}

// LoadFor reads the pack that a connector in dir says it was made from. A pack of a
// module is pinned: its files must be the ones it had then.
func (l *Library) LoadFor(ctx context.Context, ref TemplateRef, dir string) (*Pack, error) {
	switch {
	case ref.Source == "":
		p, err := l.Load(ctx, ref.Name)
		if err != nil {
			return nil, fmt.Errorf("the connector was made from template %s: %w; give where it is now with --template", ref, err)
		}
		return p, nil
	case strings.HasPrefix(ref.Source, "."):
		p, err := l.Load(ctx, filepath.Join(dir, filepath.FromSlash(ref.Source)))
		if err != nil {
			return nil, err
		}
		p.Source = ref.Source
		return p, nil
	}
	p, err := l.Load(ctx, ref.Source)
	if err == nil && p.Digest != ref.Digest {
		return nil, fmt.Errorf("template %s: its files are not those that the connector was made from (%s, now %s); if that is meant, give it with --template",
			ref.Source, ref.Digest, p.Digest)
	}
	return p, err
}

// loadAt reads a pack for a connector that lies at a place. A folder is recorded as the
// connector sees it.
func (l *Library) loadAt(ctx context.Context, ref string, place site) (*Pack, error) {
	p, err := l.Load(ctx, ref)
	if err == nil && p.Source == "" && isFolder(strings.TrimPrefix(ref, builtinPrefix)) {
		p.Source = sourceFor(ref, place)
	}
	return p, err
}

// sourceFor says how the state of a connector names a folder with a pack: relative to
// the connector if both are in one repository, else not at all, for a path of this
// machine says nothing on another.
func sourceFor(folder string, place site) string {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	root := place.root
	if isThere(place.dir, ".git") {
		root = place.dir
	}
	abs = withoutLinks(abs)
	if root == "" || !isWithinFolder(root, abs) {
		return ""
	}
	rel, err := filepath.Rel(place.dir, abs)
	if err != nil {
		return ""
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, ".") {
		rel = "./" + rel
	}
	return rel
}

func isWithinFolder(root, name string) bool {
	rel, err := filepath.Rel(root, name)
	return err == nil && filepath.IsLocal(rel)
}
