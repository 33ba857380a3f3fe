package generator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// unit is a connector that is there.
type unit struct {
	dir      string // absolute, without links
	root     *os.Root
	disk     snapshot
	site     site
	base     Base // what its go.mod is to require
	replaced bool // its go.mod replaces base by a folder
	module   string
}

// open reads the state of the connector and what its go.mod says.
func (req UpdateRequest) open() (*unit, error) {
	abs, err := filepath.Abs(req.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", req.Dir, err)
	}
	u := &unit{dir: withoutLinks(abs)}
	if u.root, err = openConnector(u.dir); err != nil {
		return nil, err
	}
	if err := u.read(req.Base); err != nil {
		u.root.Close()
		return nil, err
	}
	return u, nil
}

// stand renders the connector and reads how all its files stand. The caller closes the
// unit's root.
func (req UpdateRequest) stand(ctx context.Context) (*unit, *rendering, []File, error) {
	u, err := req.open()
	if err != nil {
		return nil, nil, nil, err
	}
	r, files, err := u.render(ctx, req)
	if err == nil {
		err = u.disk.readFiles(u.root, files)
	}
	if err != nil {
		u.root.Close()
		return nil, nil, nil, err
	}
	return u, r, files, nil
}

func openConnector(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, inputErrorf("%s: %v; give the folder of a connector", dir, errors.Unwrap(err))
	}
	return root, nil
}

func (u *unit) read(tool Base) (err error) {
	if _, err := u.root.Lstat(filepath.FromSlash(journalFile)); err == nil {
		return fmt.Errorf("%s: %w", u.dir, ErrInterrupted)
	}
	if u.disk, err = readState(u.root); err != nil {
		return err
	}
	u.site = findSite(u.dir)
	goMod, err := u.goMod()
	if err != nil {
		return err
	}
	u.base, u.replaced = standsOn(goMod, tool)
	u.module = u.disk.state.text(answerModule)
	// An author who gave the module another path has changed the imports, too.
	switch path := modfile.ModulePath(goMod); {
	case u.recordedLayout() == PackageLayout:
		u.module = cmp.Or(u.site.modulePath(PackageLayout), u.module)
	case path != "" && isThere(u.dir, goModFile):
		u.module = path
	}
	return nil
}

func (u *unit) recordedLayout() Layout {
	return Layout(cmp.Or(u.disk.state.text(answerLayout), string(Standalone)))
}

// goMod is the go.mod that says which mage-dest the connector stands on: its own, that
// of the module around it, or the pins of a repository.
func (u *unit) goMod() ([]byte, error) {
	if u.recordedLayout() == PackageLayout && u.site.modDir != "" {
		src, err := os.ReadFile(filepath.Join(u.site.modDir, goModFile))
		if err != nil {
			return nil, fmt.Errorf("read the go.mod of the module around the connector: %w", err)
		}
		return src, nil
	}
	src, err := readIfThere(u.root, goModFile)
	if src != nil || err != nil {
		return src, err
	}
	return readIfThere(u.root, toolsGoModFile)
}

// name is the connector's, as recorded.
func (u *unit) name() (Name, error) {
	name, err := ParseName(u.disk.state.name())
	if err != nil {
		return Name{}, fmt.Errorf("%s in %s: %w", stateFile, u.dir, err)
	}
	return name, nil
}

// render renders the connector as it would be made today.
func (u *unit) render(ctx context.Context, req UpdateRequest) (*rendering, []File, error) {
	name, err := u.name()
	if err != nil {
		return nil, nil, err
	}
	pack, err := u.pack(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	answers, texts, err := u.answers(pack, &req)
	if err != nil {
		return nil, nil, err
	}
	if err := u.site.check(layoutOf(answers)); err != nil {
		return nil, nil, err
	}
	data := newData(pack, name, u.module, answers, u.replaced)
	data.Tools, data.Texts = u.site.tools(layoutOf(answers)), texts
	r, err := render(pack, data)
	if err != nil {
		return nil, nil, err
	}
	own, err := goModFiles(pack, r.data, u.base, u.dir)
	if err != nil {
		return nil, nil, err
	}
	for i, f := range own {
		there, err := readIfThere(u.root, f.Path)
		if err != nil {
			return nil, nil, err
		}
		if own[i].Content, err = withReplacement(f.Path, f.Content, there); err != nil {
			return nil, nil, err
		}
	}
	return r, append(own, r.files...), nil
}

// pack loads the pack of the connector, or the one that takes its place.
func (u *unit) pack(ctx context.Context, req UpdateRequest) (*Pack, error) {
	if req.Template == "" {
		return req.Library.LoadFor(ctx, u.disk.state.Template, u.dir)
	}
	return req.Library.loadAt(ctx, req.Template, u.site)
}

// answers returns the recorded answers with those that the user changes, and the texts
// of answers that are files.
func (u *unit) answers(pack *Pack, req *UpdateRequest) (map[string]any, map[string]string, error) {
	settings := req.Settings
	if i := slices.IndexFunc(settings, func(s string) bool { return settingKey(s) == answerModule }); i >= 0 {
		_, u.module, _ = strings.Cut(settings[i], "=")
		if err := checkModule(u.module); err != nil {
			return nil, nil, err
		}
		settings = slices.Delete(slices.Clone(settings), i, i+1)
	}
	sheet := newAnswerSheet(pack.Parameters)
	sheet.addRecorded(u.disk.state, settings)
	sheet.addSettings(settings)
	answers, err := sheet.result()
	if err != nil {
		return nil, nil, err
	}
	return answers, sheet.texts, u.keptTexts(pack, answers, sheet.texts)
}

// keptTexts adds the texts of files that were answers when the connector was made, which
// it keeps.
func (u *unit) keptTexts(pack *Pack, answers map[string]any, texts map[string]string) error {
	for _, p := range pack.Parameters {
		if _, given := texts[p.Name]; given || !p.File || answers[p.Name] != fileAnswer {
			continue
		}
		text, err := readIfThere(u.root, path.Join(textFolder, p.Name))
		if err != nil {
			return err
		}
		if text == nil {
			return inputErrorf("%s: %s/%s, the text of the answer %s, is missing: restore it from version control, or give it anew with --set %s=FILE", u.dir, textFolder, p.Name, p.Name, p.Name)
		}
		texts[p.Name] = string(foldLines(text))
	}
	return nil
}

func settingKey(setting string) string {
	key, _, _ := strings.Cut(setting, "=")
	return key
}
