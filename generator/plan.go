package generator

import (
	"fmt"
	"io/fs"
	"strings"
)

// Action is what is to happen to one file.
type Action string

const (
	Create    Action = "create"    // it is not there
	Unchanged Action = "unchanged" // it is there as it would be rendered
	Keep      Action = "keep"      // it is the author's, edited or deleted on purpose
	Conflict  Action = "conflict"  // it is there and differs from what would be rendered
)

// Step is one file of a Plan.
type Step struct {
	Action Action      `json:"action"`
	Path   string      `json:"path"`
	Class  Class       `json:"class"`
	Mode   fs.FileMode `json:"-"`
	Sum    string      `json:"sum"`
	Reason string      `json:"reason,omitempty"` // for what is not plain from the action
}

// Plan says what making a connector does to each file of its folder. It is
// made without writing anything; Apply carries it out.
type Plan struct {
	Name     Name        `json:"name"`
	Template TemplateRef `json:"template"`
	Module   string      `json:"module"`
	Dir      string      `json:"dir"`
	Steps    []Step      `json:"files"`
	Notices  []string    `json:"notices"` // what a person should know, in no way faults

	files   []File
	state   []byte // .mage-dest.yaml
	existed bool   // the folder holds this connector already
}

// Conflicts lists the paths of a plan that stand in its way.
func (p *Plan) Conflicts() []string {
	var paths []string
	for _, s := range p.Steps {
		if s.Action == Conflict {
			paths = append(paths, s.Path)
		}
	}
	return paths
}

// snapshot is what stands in a connector's folder: its files by path and its
// state, nil for a folder that is empty or not there.
type snapshot struct {
	files map[string][]byte
	state *state
}

// steps compares what was rendered with what stands on disk. It is pure.
func steps(files []File, disk snapshot) []Step {
	recorded := map[string]bool{}
	if disk.state != nil {
		for _, e := range disk.state.Files {
			recorded[e.Path] = true
		}
	}
	list := make([]Step, len(files))
	for i, f := range files {
		s := Step{Path: f.Path, Class: f.Class, Mode: f.Mode, Sum: sum(f.Content)}
		there, ok := disk.files[f.Path]
		switch {
		case disk.state == nil:
			s.Action = Create
		case !ok && recorded[f.Path]:
			s.Action, s.Reason = Keep, "deleted since it was written"
		case !ok:
			s.Action, s.Reason = Conflict, "not there and not recorded: the template or the answers have changed"
		case sum(there) == s.Sum || goModSatisfies(f, there):
			s.Action = Unchanged
		case f.Class == Once:
			s.Action, s.Reason = Keep, "edited by its author"
		default:
			s.Action, s.Reason = Conflict, "differs from what would be rendered"
		}
		list[i] = s
	}
	return list
}

// Existed reports whether the folder holds the connector already, so that Apply
// has nothing to write.
func (p *Plan) Existed() bool { return p.existed }

// Conflict tells what stands in the way of a plan, or nil.
func (p *Plan) Conflict() error {
	paths := p.Conflicts()
	if len(paths) == 0 {
		return nil
	}
	return fmt.Errorf("%s holds connector %s already and differs from what template %s would write (%s); nothing was written: give another folder with --dir",
		p.Dir, p.Name.Binary, p.Template.Name, strings.Join(paths, ", "))
}
