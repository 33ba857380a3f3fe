package packtest

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/generator/textdiff"
)

// Options say what is tested, and how.
type Options struct {
	Library *generator.Library
	Pack    string // as in generator.Request
	Base    generator.Base
	Only    string // name of the one case to run; "" runs all
	Update  bool   // write the golden files
	Config  string // config file for the sample stream; "" takes the pack's sample config
	NoBuild bool   // leave out building, testing and feeding a connector
}

// Result is what one check found.
type Result struct {
	Check string `json:"check"`
	Case  string `json:"case,omitempty"` // "" for what is said of the whole pack
	OK    bool   `json:"ok"`
	Fault string `json:"fault,omitempty"`
	Left  string `json:"left,omitempty"` // why the check was left out; OK is true then
}

// suite is one run.
type suite struct {
	Options
	pack    *generator.Pack
	scratch string
	told    func(Result)
	failed  bool
}

// requestName is the name of the connector that is rendered.
const requestName = "acme-crm"

// Run tests a pack and tells each result as it is there. It reports whether all are
// good; the error is about what could not be tested.
func Run(ctx context.Context, o Options, told func(Result)) (ok bool, err error) {
	pack, err := o.Library.Load(ctx, o.Pack)
	if err != nil {
		return false, err
	}
	scratch, err := os.MkdirTemp("", "mage-dest-packtest-")
	if err != nil {
		return false, fmt.Errorf("make a scratch folder: %w", err)
	}
	defer os.RemoveAll(scratch)
	s := &suite{Options: o, pack: pack, scratch: scratch, told: told}
	cases, err := s.cases()
	if err != nil {
		return false, err
	}
	if err := s.parameters(cases); err != nil {
		return false, err
	}
	for _, c := range cases {
		if o.Only != "" && o.Only != c.name {
			continue
		}
		if err := s.run(ctx, c); err != nil {
			return false, err
		}
	}
	if !o.NoBuild && pack.Kind == generator.Connector {
		if err := s.build(ctx); err != nil {
			return false, err
		}
	}
	return !s.failed, nil
}

// tell notes the result of a check; without faults it is good.
func (s *suite) tell(check, name string, faults ...string) {
	r := Result{Check: check, Case: name, OK: len(faults) == 0, Fault: strings.Join(faults, "\n")}
	s.failed = s.failed || !r.OK
	s.told(r)
}

// leave notes that a check was left out, and why.
func (s *suite) leave(check, why string) { s.told(Result{Check: check, OK: true, Left: why}) }

// folder is the pack's own, "" for a pack that mage-dest carries or that is a module's.
func (s *suite) folder() string {
	if info, err := os.Stat(s.Pack); err == nil && info.IsDir() {
		return s.Pack
	}
	return ""
}

func (s *suite) cases() ([]testCase, error) {
	if s.folder() != "" {
		cases, err := readCases(s.folder())
		if err != nil || len(cases) > 0 {
			return cases, err
		}
	}
	cases := pairwise(choices(s.pack))
	if s.Only != "" && !slices.ContainsFunc(cases, func(c testCase) bool { return c.name == s.Only }) {
		return nil, &generator.InputError{Faults: []string{fmt.Sprintf("--run %s: there is no such case; there are 01 to %s", s.Only, cases[len(cases)-1].name)}}
	}
	return cases, nil
}

// parameters checks that templates read what the manifest declares, and all of it, and
// that the cases have every value.
func (s *suite) parameters(cases []testCase) error {
	undeclared, err := s.pack.Undeclared()
	if err != nil {
		s.tell("templates parse", "", err.Error())
		return nil
	}
	s.tell("parameters are declared", "", undeclared...)
	read, all, err := s.pack.ReadParameters()
	if err != nil {
		return err
	}
	var unread []string
	for _, q := range s.pack.Parameters {
		if !all && !read[q.Name] {
			unread = append(unread, fmt.Sprintf("parameter %s is declared and no template or condition reads it; remove it from the manifest", q.Name))
		}
	}
	s.tell("parameters are read", "", unread...)
	s.tell("values have a case", "", uncovered(s.pack, cases)...)
	return nil
}

// run renders one case and looks at what comes out.
func (s *suite) run(ctx context.Context, c testCase) error {
	plan, err := s.prepare(ctx, c.answers, true)
	if err != nil {
		s.tell("renders", c.name, err.Error())
		return nil
	}
	s.tell("renders", c.name)
	again, err := s.prepare(ctx, shuffled(c.answers), false)
	if err != nil {
		s.tell("renders the same again", c.name, err.Error())
		return nil
	}
	first, second := archiveOf(plan), archiveOf(again)
	s.tell("renders the same again", c.name, differences(first, second, "first", "again")...)
	s.tell("is formatted", c.name, unformatted(first)...)
	return s.golden(c, first)
}

// prepare renders the pack with some answers in a place that suits them.
func (s *suite) prepare(ctx context.Context, answers []string, typeCheck bool) (*generator.Plan, error) {
	place, err := os.MkdirTemp(s.scratch, "case-")
	if err != nil {
		return nil, fmt.Errorf("make a scratch folder: %w", err)
	}
	if slices.Contains(answers, "layout=package") {
		if err := os.WriteFile(filepath.Join(place, "go.mod"), []byte("module example.com/all\n"), 0o600); err != nil {
			return nil, fmt.Errorf("make a module: %w", err)
		}
	}
	return generator.Prepare(ctx, generator.Request{
		Name: requestName, Library: s.Library, Template: s.Pack, Dir: filepath.Join(place, requestName),
		Base: s.Base, Settings: answers, NoTypeCheck: !typeCheck,
	})
}

// shuffled is the same answers in another order, which must not matter.
func shuffled(answers []string) []string {
	other := slices.Clone(answers)
	slices.Reverse(other)
	return other
}

// archiveOf holds the files of a plan, but for the ones that name the checkout.
func archiveOf(plan *generator.Plan) *txtar.Archive {
	a := &txtar.Archive{}
	for _, step := range plan.Steps {
		if path.Base(step.Path) != "go.mod" {
			a.Files = append(a.Files, txtar.File{Name: step.Path, Data: step.Content()})
		}
	}
	return a
}

func unformatted(a *txtar.Archive) []string {
	var faults []string
	for _, f := range a.Files {
		if path.Ext(f.Name) != ".go" {
			continue
		}
		again, err := format.Source(f.Data)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", f.Name, err))
		} else if !bytes.Equal(again, f.Data) {
			faults = append(faults, f.Name+" changes when it is formatted once more")
		}
	}
	return faults
}

// differences tells how two renderings differ.
func differences(a, b *txtar.Archive, nameA, nameB string) []string {
	var faults []string
	in := func(list *txtar.Archive, name string) []byte {
		for _, f := range list.Files {
			if f.Name == name {
				return f.Data
			}
		}
		return nil
	}
	for _, f := range a.Files {
		other := in(b, f.Name)
		if other == nil {
			faults = append(faults, fmt.Sprintf("%s: only %s", f.Name, nameA))
		} else if diff := textdiff.Unified(nameA+"/"+f.Name, nameB+"/"+f.Name, f.Data, other); diff != "" {
			faults = append(faults, strings.TrimSuffix(diff, "\n"))
		}
	}
	for _, f := range b.Files {
		if in(a, f.Name) == nil {
			faults = append(faults, fmt.Sprintf("%s: only %s", f.Name, nameB))
		}
	}
	return faults
}

// golden holds a rendering to the case's golden file, or writes that.
func (s *suite) golden(c testCase, got *txtar.Archive) error {
	if s.folder() == "" {
		return nil
	}
	if s.Update {
		return s.writeGolden(c, got)
	}
	if c.golden == nil {
		s.tell("is as the golden file", c.name, "there is none: look at what is rendered, then write it with --update")
		return nil
	}
	// An archive ends each file with a line feed.
	s.tell("is as the golden file", c.name, differences(c.golden, txtar.Parse(txtar.Format(got)), "golden", "now")...)
	return nil
}

func (s *suite) writeGolden(c testCase, got *txtar.Archive) error {
	comment := strings.Join(c.answers, "\n") + "\n"
	if c.golden != nil {
		comment = string(c.golden.Comment)
	}
	text := txtar.Format(&txtar.Archive{Comment: []byte(comment), Files: got.Files})
	file := path.Join(generator.CasesFolder, c.name+".txtar")
	if err := generator.WriteChanges(s.folder(), []generator.Change{{Path: file, Content: text}}); err != nil {
		return fmt.Errorf("write golden file: %w", err)
	}
	s.tell("golden file is written", c.name)
	return nil
}
