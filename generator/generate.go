package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/mage-dest/mage-dest/generator/records"
	"github.com/mage-dest/mage-dest/generator/settings"
)

// GenerateRequest says whose files are to be brought in line with their sources.
type GenerateRequest struct {
	Dir string // folder of the connector, with its .mage-dest.yaml

	// Streams is a recorded Singer stream or a catalog, from which the schemas of the
	// connector's streams are written anew; "" leaves them as they are.
	Streams string
}

// Generation is what a connector's files are to become so that they say what its
// Config and its schemas say.
type Generation struct {
	Name    string   `json:"name"`
	Dir     string   `json:"dir"`
	Changes []Change `json:"-"` // none: all is as it should be
	Notices []string `json:"notices"`

	diffs map[string]string
}

// Diff tells, as diff -u does, what becomes of a file.
func (g *Generation) Diff(path string) string { return g.diffs[path] }

// Generate reads the Config of a connector and says what the sample config, its
// JSON Schema, the settings table and the settings of Meltano's plugin are to be. From
// the folder schemas it makes structs for the records of streams. It writes nothing:
// WriteChanges does. The go command is run only if a field of Config
// has a type of another module.
func Generate(ctx context.Context, req GenerateRequest) (*Generation, error) {
	u, err := UpdateRequest{Dir: req.Dir}.open()
	if err != nil {
		return nil, err
	}
	defer u.root.Close()
	return u.generate(ctx, req.Streams)
}

// generate is Generate for a connector that is open.
func (u *unit) generate(ctx context.Context, streams string) (*Generation, error) {
	name, err := u.name()
	if err != nil {
		return nil, err
	}
	g := &Generation{Name: name.Binary, Dir: u.dir, Notices: []string{}}
	if u.disk.state.Kind == Repository {
		return g, nil // its connectors have settings, each its own
	}
	given, err := readStreams(streams)
	if err != nil {
		return nil, err
	}
	d := &derivation{name: name, read: folderTree{u.root}.read}
	if err := d.fromSources(ctx, u, given); err != nil {
		return nil, err
	}
	g.Changes, g.Notices, g.diffs = d.changes, append(g.Notices, d.notices...), d.diffs
	return g, nil
}

// fromSources brings the files of a connector in line with its Config, its schemas and
// the streams that are given.
func (d *derivation) fromSources(ctx context.Context, u *unit, given []records.Stream) error {
	list, err := readSettings(ctx, u.dir, d.name)
	if err != nil {
		return err
	}
	schemas, err := folderTree{u.root}.schemaFiles()
	if err != nil {
		return err
	}
	return errors.Join(d.fromSettings(list), d.fromStreams(given, schemas))
}

// readSettings reads the Config of the connector in a folder.
func readSettings(ctx context.Context, dir string, name Name) ([]settings.Setting, error) {
	module, top, err := enclosingModule(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, fmt.Errorf("open the module's folder: %w", err)
	}
	defer root.Close()
	rel, err := filepath.Rel(top, dir)
	if err != nil {
		return nil, fmt.Errorf("find %s in its module: %w", dir, err)
	}
	rel = filepath.ToSlash(rel)
	src := settings.Source{Module: module, Dir: path.Join(rel, name.folder()), Files: folderTree{root}.goFiles, Folder: dir}
	list, err := settings.Read(ctx, src)
	if !errors.Is(err, settings.ErrNoDestination) {
		return list, err
	}
	return searchSettings(ctx, root, rel, src)
}

// searchSettings looks for the Config where an author may have moved it, and not in
// other connectors and modules below.
func searchSettings(ctx context.Context, root *os.Root, top string, src settings.Source) ([]settings.Setting, error) {
	var dirs []string
	err := fs.WalkDir(root.FS(), top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return err
		case name != top && (isSkipped(d.Name()) || holds(root, name, stateFile) || holds(root, name, goModFile)):
			return fs.SkipDir
		}
		dirs = append(dirs, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for the connector's Config: %w", err)
	}
	for _, src.Dir = range dirs {
		files, err := src.Files(src.Dir)
		if err != nil {
			return nil, err
		}
		embeds := func(text []byte) bool { return strings.Contains(string(text), "Destination[") }
		if !slices.ContainsFunc(slices.Collect(maps.Values(files)), embeds) {
			continue
		}
		if list, err := settings.Read(ctx, src); !errors.Is(err, settings.ErrNoDestination) {
			return list, err
		}
	}
	return nil, errors.New("no type embeds base.Destination[Config], so there are no settings to read; the connector's own type has to")
}

func holds(root *os.Root, dir, name string) bool {
	_, err := root.Lstat(filepath.Join(filepath.FromSlash(dir), name))
	return err == nil
}

// enclosingModule finds the Go module that a folder belongs to.
func enclosingModule(dir string) (module, top string, err error) {
	for top = dir; ; top = filepath.Dir(top) {
		src, err := os.ReadFile(filepath.Join(top, goModFile))
		if err == nil {
			if module = modfile.ModulePath(src); module == "" {
				return "", "", fmt.Errorf("%s names no module", filepath.Join(top, goModFile))
			}
			return module, top, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", "", fmt.Errorf("read the module: %w", err)
		}
		if filepath.Dir(top) == top {
			return "", "", fmt.Errorf("%s is in no Go module; its go.mod is missing", dir)
		}
	}
}

// derive adds to the plan of a new connector what is made from its sources. Where
// that needs the go command, which has no folder to run in yet, it is left to
// mage-dest generate.
func (p *Plan) derive(ctx context.Context, streams string) error {
	files := fileTree{}
	for _, s := range p.Steps {
		files[s.Path] = s.then
	}
	list, err := settings.Read(ctx, settings.Source{Module: p.Module, Dir: p.Name.folder(), Files: files.goFiles})
	if errors.Is(err, settings.ErrNoDestination) {
		return nil // the pack makes something else
	}
	if err != nil {
		p.Notices = append(p.Notices, fmt.Sprintf("the settings could not be read yet, run mage-dest generate in the connector: %v", err))
		return nil
	}
	given, err := readStreams(streams)
	if err != nil {
		return err
	}
	d := &derivation{name: p.Name, read: files.read}
	if err := errors.Join(d.fromSettings(list), d.fromStreams(given, nil)); err != nil {
		return err
	}
	for _, c := range d.changes {
		p.addDerived(c, nil)
	}
	return nil
}

// deriveAnew adds to the plan of an update what is then made from the connector's
// sources, so that all of it is written at once. Sources that cannot be read, in the midst
// of an author's work, keep nothing else from being updated.
func (p *Plan) deriveAnew(ctx context.Context, u *unit) error {
	if p.Kind != Connector || len(p.Paths(Conflict, Refuse)) > 0 {
		return nil
	}
	tree := folderTree{u.root}
	d := &derivation{name: p.Name, read: func(name string) ([]byte, error) {
		if i := p.stepAt(name); i >= 0 {
			return p.Steps[i].then, nil
		}
		return tree.read(name)
	}}
	if err := d.fromSources(ctx, u, nil); err != nil {
		p.Notices = append(p.Notices, fmt.Sprintf("what repeats the settings is left as it is: %v", err))
		return nil
	}
	p.Notices = append(p.Notices, d.notices...)
	for _, c := range d.changes {
		now, err := tree.read(c.Path)
		if err != nil {
			return err
		}
		p.addDerived(c, now)
	}
	return nil
}

func (p *Plan) stepAt(name string) int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.Path == name })
}

// addDerived lets a file become what is made from sources. now is what stands on disk.
func (p *Plan) addDerived(c Change, now []byte) {
	i := p.stepAt(c.Path)
	if i < 0 {
		i = len(p.Steps)
		p.Steps = append(p.Steps, Step{Action: Unchanged, Path: c.Path, Class: Derived, Mode: 0o644, Sum: sum(c.Content), now: now})
	}
	s := &p.Steps[i]
	s.then = c.Content
	switch {
	case c.Remove:
		s.Action, s.Reason = Remove, "its sources are gone"
	case s.Action == Unchanged && s.now == nil:
		s.Action = Create
	case s.Action == Unchanged, s.Action == Keep:
		s.Action, s.Reason = Update, "made anew from its source"
	}
}
