package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/mage-dest/mage-dest/generator/settings"
)

const (
	sampleConfig = "templates/config.json"
	configSchema = "config.schema.json"
	mainFile     = "main.go"
)

// derivation gathers what files are to become.
type derivation struct {
	name    Name
	read    func(path string) ([]byte, error) // nil for a file that is not there
	changes []Change
	notices []string
	diffs   map[string]string
}

// derived is one file that repeats what Config says.
type derived struct {
	path   string
	always bool // written although it is not there
	update func(now []byte) ([]byte, error)
}

// fromSettings brings all files in line with the settings. A file without markers is
// told of and left alone; other faults are told together.
func (d *derivation) fromSettings(list []settings.Setting) error {
	var faults []error
	main, err := d.read(mainFile)
	if err != nil {
		return err
	}
	for _, f := range d.files(list, settings.Engine(main)) {
		now, err := d.read(f.path)
		if err != nil {
			return err
		}
		if now == nil && !f.always {
			continue
		}
		wanted, err := f.update(foldLines(now))
		switch {
		case errors.Is(err, settings.ErrNoMarkers):
			d.notices = append(d.notices, f.path+" "+err.Error())
		case err != nil:
			faults = append(faults, err)
		default:
			d.put(f.path, now, wanted)
		}
	}
	return errors.Join(faults...)
}

// files lists what repeats the settings.
func (d *derivation) files(list, engine []settings.Setting) []derived {
	inMage := "mage/mage_integrations/destinations/" + d.name.UUID
	var sample []byte
	table := func(name string) derived {
		return derived{path: name, update: func(now []byte) ([]byte, error) {
			return settings.UpdateMarkdown(name, now, list, d.name.EnvPrefix)
		}}
	}
	return []derived{
		{path: sampleConfig, always: true, update: func(now []byte) ([]byte, error) {
			schema, err := d.read(configSchema)
			if err != nil {
				return nil, err
			}
			sample, err = settings.UpdateSample(sampleConfig, now, schema, list, engine)
			return sample, err
		}},
		{path: path.Join(inMage, sampleConfig), update: func(now []byte) ([]byte, error) {
			if sample == nil {
				return now, nil // what it is a copy of is at fault
			}
			return sample, nil
		}},
		{path: configSchema, always: true, update: func([]byte) ([]byte, error) {
			return settings.Document(d.name.Binary, list, engine), nil
		}},
		table("README.md"),
		table(path.Join(inMage, "README.md")),
		{path: "meltano.yml", update: func(now []byte) ([]byte, error) {
			return settings.UpdateMeltano("meltano.yml", now, list)
		}},
	}
}

// put notes a change. Line ends stay what they are.
func (d *derivation) put(name string, now, wanted []byte) {
	if now != nil && bytes.Equal(foldLines(now), wanted) {
		return
	}
	d.noteDiff(name, now, wanted)
	if bytes.Contains(now, []byte("\r\n")) {
		wanted = bytes.ReplaceAll(wanted, []byte("\n"), []byte("\r\n"))
	}
	d.changes = append(d.changes, Change{Path: name, Content: wanted})
}

func (d *derivation) noteDiff(name string, now, wanted []byte) {
	if d.diffs == nil {
		d.diffs = map[string]string{}
	}
	d.diffs[name] = diffOf(name, now, wanted)
}

// folderTree is a connector on disk.
type folderTree struct{ root *os.Root }

func (t folderTree) read(name string) ([]byte, error) { return readIfThere(t.root, name) }

// goFiles returns the Go files of a folder; none if it is not there.
func (t folderTree) goFiles(dir string) (map[string][]byte, error) {
	entries, err := fs.ReadDir(t.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", dir, err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".go" || e.IsDir() {
			continue
		}
		if files[e.Name()], err = t.root.ReadFile(filepath.Join(filepath.FromSlash(dir), e.Name())); err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Join(dir, e.Name()), err)
		}
	}
	return files, nil
}

// fileTree is a connector in memory.
type fileTree map[string][]byte

func (t fileTree) read(name string) ([]byte, error) { return t[name], nil }

func (t fileTree) goFiles(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, content := range t {
		if path.Dir(name) == dir && path.Ext(name) == ".go" {
			files[path.Base(name)] = content
		}
	}
	return files, nil
}
