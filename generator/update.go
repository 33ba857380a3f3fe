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

// UpdateRequest says which connector is to be brought up to date, and how.
type UpdateRequest struct {
	Dir      string   // folder of the connector, with its .mage-dest.yaml
	Library  *Library // where packs are found
	Template string   // takes the place of the recorded pack; the same as in Request
	Settings []string // answers as key=value that take the place of recorded ones
	Base     Base     // the mage-dest that connectors stand on from now on, if released

	Force       bool // overwrite generated files that were edited
	Restore     bool // bring back files that the author deleted
	NoTypeCheck bool // leave out the type check of the templates
}

// ErrInterrupted says that a run was killed in a connector and FinishPending has not
// been called since.
var ErrInterrupted = errors.New("a run of mage-dest was interrupted here: run mage-dest update, which completes it")

// PrepareUpdate renders a connector anew from its recorded answers, compares that with
// the author's files and with what they were made from, and says in a Plan what is to
// be done. It writes nothing and needs no git, no network and no older mage-dest.
func PrepareUpdate(ctx context.Context, req UpdateRequest) (*Plan, error) {
	u, err := req.open()
	if err != nil {
		return nil, err
	}
	defer u.root.Close()
	r, files, err := u.render(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := u.disk.readFiles(u.root, files); err != nil {
		return nil, err
	}
	plan, err := planner{disk: u.disk, force: req.Force, restore: req.Restore}.plan(r, files, u.dir)
	if err != nil {
		return nil, err
	}
	plan.updates = true
	if err := u.dropKeptTexts(plan); err != nil {
		return nil, err
	}
	check := Request{Base: u.checkedBase(req.Base), NoTypeCheck: req.NoTypeCheck}
	unchecked, err := check.checkGo(ctx, r)
	if err != nil {
		return nil, err
	}
	plan.Notices = append(plan.Notices, unchecked...)
	return plan, nil
}

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

// render renders the connector as it would be made today.
func (u *unit) render(ctx context.Context, req UpdateRequest) (*rendering, []File, error) {
	name, err := ParseName(u.disk.state.name())
	if err != nil {
		return nil, nil, fmt.Errorf("%s in %s: %w", stateFile, u.dir, err)
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
	p, err := req.Library.Load(ctx, req.Template)
	if err == nil && p.Source == "" && isFolder(strings.TrimPrefix(req.Template, builtinPrefix)) {
		p.Source = sourceFor(req.Template, u.site)
	}
	return p, err
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

// dropKeptTexts leaves to a plan the texts that the connector does not have yet.
func (u *unit) dropKeptTexts(plan *Plan) error {
	texts := map[string]string{}
	for name, text := range plan.texts {
		kept, err := readIfThere(u.root, path.Join(textFolder, name))
		if err != nil {
			return err
		}
		if kept == nil || string(foldLines(kept)) != text {
			texts[name] = text
		}
	}
	plan.texts = texts
	return nil
}

func settingKey(setting string) string {
	key, _, _ := strings.Cut(setting, "=")
	return key
}

// checkedBase is the base against which templates are type-checked: that of this
// mage-dest if it is a checkout, for a release is in no module cache yet.
func (u *unit) checkedBase(tool Base) Base {
	if tool.Replace != "" {
		return tool
	}
	return u.base
}
