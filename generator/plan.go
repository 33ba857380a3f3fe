package generator

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Action is what is to happen to one file.
type Action string

const (
	Create    Action = "create"    // it is not there
	Unchanged Action = "unchanged" // it is there as it is rendered
	Update    Action = "update"    // it stands as it was rendered before, and is rendered anew
	Merge     Action = "merge"     // the template's changes are made in the author's file
	Conflict  Action = "conflict"  // so they are, and some clash: marks in the file show them
	Keep      Action = "keep"      // it is the author's, edited or deleted on purpose
	Remove    Action = "remove"    // it is no longer rendered, and stands as it was
	Refuse    Action = "refuse"    // it stands in the way; nothing at all is written
)

// Step is one file of a Plan.
type Step struct {
	Action    Action      `json:"action"`
	Path      string      `json:"path"`
	From      string      `json:"from,omitempty"` // former path, where the template gave the file another
	Class     Class       `json:"class"`
	Mode      fs.FileMode `json:"-"`
	Sum       string      `json:"sum,omitempty"`       // of the file as rendered; "" if it is no longer
	Reason    string      `json:"reason,omitempty"`    // for what is not plain from the action
	Conflicts int         `json:"conflicts,omitempty"` // places with marks in the file

	now      []byte // what stands on disk; nil: no file
	then     []byte // what will stand there; nil: no file
	base     []byte // what the file was when it was rendered last; nil if that is not known
	rendered []byte // what it is now rendered to; nil if it is no longer
}

// Content is what the file will hold; nil if it will not be there.
func (s Step) Content() []byte { return s.then }

// Diff tells what becomes of the file as diff -u does; it is empty if nothing does.
func (s Step) Diff() string { return diffOf(s.Path, s.now, s.then) }

// TemplateDiff tells what has changed in the template since the file was last
// rendered. It is for an author to take over by hand, in a file that is theirs.
func (s Step) TemplateDiff() string {
	if !s.templateChanged() {
		return ""
	}
	return diffOf(s.Path, s.base, s.rendered)
}

// templateChanged reports whether the file is rendered otherwise than it last was.
func (s Step) templateChanged() bool {
	return s.base != nil && s.rendered != nil && !bytes.Equal(s.base, s.rendered)
}

// Plan says what making or updating a connector does to each file of its folder. It
// is made without writing anything; Apply carries it out.
type Plan struct {
	Kind     Kind         `json:"kind"`
	Name     Name         `json:"name"`
	From     *TemplateRef `json:"from,omitempty"` // the pack that the connector was made from before
	Template TemplateRef  `json:"template"`
	Module   string       `json:"module"`
	Dir      string       `json:"dir"`
	Steps    []Step       `json:"files"`
	Notices  []string     `json:"notices"` // what a person should know, in no way faults

	state    []byte            // .mage-dest.yaml as it will be
	oldState []byte            // and as it is; nil for a connector that is not there yet
	texts    map[string]string // of answers that were files, by parameter
	updates  bool              // the folder is there, and the plan may change what it holds
	resumes  bool              // an earlier update has left conflicts, which are resolved
}

// plan puts the steps and the state together.
func (p planner) plan(r *rendering, files []File, dir string) (*Plan, error) {
	list := p.steps(files)
	st, err := newState(r.pack, r.data, p.entries(list))
	if err != nil {
		return nil, err
	}
	encoded, err := st.encode()
	if err != nil {
		return nil, err
	}
	plan := &Plan{
		Kind: r.pack.Kind, Name: r.data.Name, Template: r.pack.ref(), Module: r.data.Module, Dir: dir,
		Steps: list, Notices: []string{}, state: encoded, oldState: p.disk.text, texts: r.data.Texts,
	}
	if p.disk.state != nil {
		plan.From = &p.disk.state.Template
		plan.resumes = slices.ContainsFunc(p.disk.state.Files, func(e stateEntry) bool { return e.Conflict })
	}
	return plan, nil
}

// NeedsTidy reports whether go mod tidy has to follow the plan: it changes a go.mod, or
// goes on with an update that stopped at conflicts, which may have changed one.
func (p *Plan) NeedsTidy() bool {
	return p.resumes || slices.ContainsFunc(p.fileChanges(), func(c Change) bool { return isGoMod(c.Path) })
}

// Existed reports whether the folder holds the connector already.
func (p *Plan) Existed() bool { return p.oldState != nil }

// Paths lists the files for which an action is planned.
func (p *Plan) Paths(wanted ...Action) []string {
	var paths []string
	for _, s := range p.Steps {
		for _, a := range wanted {
			if s.Action == a {
				paths = append(paths, s.Path)
			}
		}
	}
	return paths
}

// Refused is the error of a plan that is not carried out because files stand in its
// way, or nil.
func (p *Plan) Refused() error {
	var reasons []string
	for _, s := range p.Steps {
		if s.Action == Refuse {
			reasons = append(reasons, s.Path+" "+s.Reason)
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	return &DriftError{Text: fmt.Sprintf("connector %s is not updated, nothing was written:\n  %s", p.Name.Binary, strings.Join(reasons, "\n  "))}
}

// DriftError says that files are not as mage-dest wants them, and what can be done.
// Commands end with "drift or conflicts" on it.
type DriftError struct{ Text string }

func (e *DriftError) Error() string { return e.Text }

// Differs is the error of a plan for a new connector where one stands already and
// is not as it would be made, or nil.
func (p *Plan) Differs() error {
	if !p.Existed() {
		return nil
	}
	paths := p.Paths(Create, Update, Merge, Conflict, Remove, Refuse)
	if len(paths) == 0 {
		return nil
	}
	return fmt.Errorf("%s holds connector %s already and differs from what template %s would write (%s); nothing was written: bring it up to date with mage-dest update, or give another folder with --dir",
		p.Dir, p.Name.Binary, p.Template.Name, strings.Join(paths, ", "))
}
