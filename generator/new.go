package generator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
)

// Request is what a new connector is to be.
type Request struct {
	Name     string   // in any of its forms
	Library  *Library // where packs are found
	Template string   // name of a pack, or a folder given as ./DIR; stub if empty
	Dir      string   // folder of the connector; the name's Binary form if empty
	Module   string   // path of its Go module; example.com/NAME if empty
	Base     Base     // the mage-dest that it is built on

	Settings    []string // answers as key=value; they win over AnswersFile
	AnswersFile string   // YAML file of answers; they win over defaults
	Streams     string   // recorded Singer stream or catalog, for whose records structs are written
	Year        int      // answers a parameter year that nobody answers; 0 leaves its default

	// Ask is called for answers that are required and not given, and for those
	// that the pack wants asked, again with what is wrong until the answer is
	// right. An empty answer takes the default. nil never asks.
	Ask func(p Parameter, wrong error) (string, error)

	NoTypeCheck bool // leave out the type check, which runs the go command once
}

const (
	defaultTemplate = "stub"
	answerYear      = "year"
)

// Prepare checks a request, renders its connector in memory and says in a Plan
// what is to be written. It writes nothing. What the user gave wrong is an
// *InputError, a fault of the pack one or more *TemplateError.
func Prepare(ctx context.Context, req Request) (*Plan, error) {
	what, err := req.resolve(ctx)
	if err != nil {
		return nil, err
	}
	r, err := render(what.pack, what.data)
	if err != nil {
		return nil, err
	}
	own, err := goModFiles(what.pack, what.data, req.Base, what.place.dir)
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(r, append(own, r.files...), what.place.dir)
	if err != nil {
		return nil, err
	}
	unchecked, err := r.checkGo(ctx, req.Base, req.NoTypeCheck)
	if err != nil {
		return nil, err
	}
	plan.Notices = append(req.notices(what), unchecked...)
	if plan.Existed() || plan.Kind == Repository {
		return plan, nil
	}
	plan.Notices = append(plan.Notices, plan.Name.notices()...)
	return plan, plan.derive(ctx, req.Streams)
}

// resolved is what a request comes to.
type resolved struct {
	pack    *Pack
	data    Data
	place   site
	notices []string // of the defaults files
}

// resolve reads the pack and all that the user gave. It tells the faults of name,
// folder, module, base and answers together.
func (req Request) resolve(ctx context.Context) (resolved, error) {
	name, nameErr := ParseName(req.Name)
	place, dirErr := site{}, error(nil)
	if nameErr == nil {
		place, dirErr = req.place(name)
	}
	var d defaults
	var defaultsErr error
	if nameErr == nil && dirErr == nil {
		d, defaultsErr = readDefaults(place)
	}
	req.Template = cmp.Or(req.Template, d.template, defaultTemplate)
	pack, packErr := req.Library.loadAt(ctx, req.Template, place)
	var answers, texts = map[string]any{}, map[string]string{}
	var notices []string
	var answersErr error
	if packErr == nil && defaultsErr == nil {
		sheet := newAnswerSheet(pack.Parameters)
		notices = sheet.addDefaults(d)
		answers, answersErr = req.answers(sheet, place, nameErr == nil)
		texts = sheet.texts
	}
	module, moduleErr := req.modulePath(name, place, layoutOf(answers), d.modulePrefix)
	if err := errors.Join(nameErr, dirErr, defaultsErr, packErr, moduleErr, req.Base.check(), answersErr); err != nil {
		return resolved{}, err
	}
	data := newData(pack, name, module, answers, req.Base.Replace != "")
	data.Tools, data.Texts = place.tools(layoutOf(answers)), texts
	return resolved{pack, data, place, notices}, nil
}

// place finds out where the connector is to lie.
func (req Request) place(name Name) (site, error) {
	dir, err := folder(req.Dir, name)
	if err != nil {
		return site{}, err
	}
	return findSite(dir), nil
}

// modulePath is the path of the connector's module, or of its packages in the module
// around it.
func (req Request) modulePath(name Name, place site, layout Layout, prefix string) (string, error) {
	if err := place.check(layout); err != nil {
		return "", err
	}
	guess := place.modulePath(layout)
	if prefix != "" && layout != PackageLayout {
		guess = path.Join(prefix, name.Binary)
	}
	switch {
	case req.Module == "" && guess != "":
		return guess, checkModule(guess)
	case req.Module == "":
		return exampleModule(name.Binary), nil
	case layout == PackageLayout && req.Module != guess:
		return "", inputErrorf("module %q: the connector is made inside of module %s, where its path is %s; leave --module out, or give --set layout=module",
			clip(req.Module), place.module, guess)
	}
	return req.Module, checkModule(req.Module)
}

// exampleModule is the path of a connector's module where nothing tells another.
func exampleModule(binary string) string { return "example.com/" + binary }

// newData is what the templates of a pack see of a connector.
func newData(pack *Pack, name Name, module string, answers map[string]any, replaced bool) Data {
	return Data{
		Name: name, Module: module, Params: answers, Go: goVersion,
		Pack:   PackData{Name: pack.Name, Version: pack.Version},
		Base:   BaseData{Module: baseModule, Replaced: replaced},
		Header: "Code generated by mage-dest from template " + pack.Name + ". DO NOT EDIT.",
	}
}

// folder returns the absolute path of the connector's folder, without links.
func folder(dir string, name Name) (string, error) {
	if dir == "" {
		dir = name.Binary
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("resolve --dir %s: %w", dir, err)
	}
	if filepath.Dir(abs) == abs {
		return "", inputErrorf("--dir %s is the root of a file system; give a folder in it", dir)
	}
	return withoutLinks(abs), nil
}

// withoutLinks resolves the links of the part of a path that is there: what a
// go.mod in the folder says with .. is counted without them.
func withoutLinks(abs string) string {
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	if parent := filepath.Dir(abs); parent != abs {
		return filepath.Join(withoutLinks(parent), filepath.Base(abs))
	}
	return abs
}

// answers gathers the answers to a pack's parameters. A person is asked only when
// what was given so far is right: asking before a refusal would waste the answers.
func (req Request) answers(sheet *answerSheet, place site, mayAsk bool) (map[string]any, error) {
	if _, asked := sheet.values[answerLayout]; asked && !sheet.given[answerLayout] {
		sheet.values[answerLayout] = string(place.layout())
	}
	if req.AnswersFile != "" {
		src, err := os.ReadFile(req.AnswersFile)
		if err != nil {
			return nil, inputErrorf("--answers: %v", err)
		}
		sheet.addFile(req.AnswersFile, src)
	}
	sheet.addSettings(req.Settings)
	if req.Ask != nil && mayAsk && len(sheet.faults) == 0 {
		if err := sheet.askFor(req.Ask); err != nil {
			return nil, err
		}
	}
	if _, asked := sheet.values[answerYear]; asked && !sheet.given[answerYear] && req.Year != 0 {
		sheet.values[answerYear] = strconv.Itoa(req.Year)
	}
	return sheet.result()
}

// newPlan compares what was rendered with what stands in dir.
func newPlan(r *rendering, files []File, dir string) (*Plan, error) {
	disk, err := readSnapshot(dir, files, r.pack.Kind == Repository)
	if err != nil {
		return nil, err
	}
	if disk.state != nil && disk.state.name() != r.data.Name.Binary {
		return nil, fmt.Errorf("%s holds connector %s already; give another folder with --dir", dir, disk.state.name())
	}
	plan, err := planner{disk: disk}.plan(r, files, dir)
	if err != nil {
		return nil, err
	}
	plan.updates = disk.state == nil && disk.files != nil
	return plan, nil
}

// notices tells what the user did not say and might want to.
func (req Request) notices(what resolved) []string {
	layout := layoutOf(what.data.Params)
	list := append([]string{}, what.notices...)
	list = append(list, what.place.notices(layout, what.pack, what.data.Params, req.Base)...)
	if name := what.data.Name.Binary; req.Module == "" && what.data.Module == exampleModule(name) && what.pack.Kind == Connector {
		list = append(list, fmt.Sprintf("the module path is %s; give yours with --module before publishing", what.data.Module))
	}
	if req.Base.Replace != "" && layout != PackageLayout {
		list = append(list, fmt.Sprintf("go.mod replaces %s by the folder %s: the connector builds only where that folder is, until a released version takes its place", baseModule, req.Base.Replace))
	}
	return list
}
