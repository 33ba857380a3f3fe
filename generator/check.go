package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/generator/textdiff"
)

// DriftKind says in what way a file is not as it should be.
type DriftKind string

const (
	Missing     DriftKind = "missing"     // it was rendered and is not there
	Edited      DriftKind = "edited"      // it is generated and was changed by hand
	Outdated    DriftKind = "outdated"    // the template, an answer or a source has changed since
	Extra       DriftKind = "extra"       // it is no longer rendered
	WrongMode   DriftKind = "mode"        // it can be run and should not be, or the other way round
	Clash       DriftKind = "conflict"    // it holds the marks of a conflict
	Interrupted DriftKind = "interrupted" // a run was killed and has to be completed
)

// DriftKinds lists all kinds in the order in which they are told.
func DriftKinds() []DriftKind {
	return []DriftKind{Missing, Edited, Outdated, Extra, WrongMode, Clash, Interrupted}
}

// Drift is one file that is not as it should be.
type Drift struct {
	Kind   DriftKind `json:"kind"`
	Path   string    `json:"path"`
	Line   int       `json:"line,omitempty"` // from 1, where one line is meant
	Reason string    `json:"reason"`

	diff string
}

// Diff tells, as diff -u does, what an update would change; it may be empty.
func (d Drift) Diff() string { return d.diff }

// Report is what a check finds in one connector.
type Report struct {
	Name     string      `json:"name"`
	Dir      string      `json:"dir"`
	Template TemplateRef `json:"template"` // that it was made from
	Latest   TemplateRef `json:"latest"`   // that it would be made from today
	Drift    []Drift     `json:"drift"`
	Notices  []string    `json:"notices"`
}

// Check holds a connector against what it would be if it were made today from its
// recorded answers. It writes nothing. Of the request it uses Dir, Library and Base.
func Check(ctx context.Context, req UpdateRequest) (*Report, error) {
	u, r, files, err := req.stand(ctx)
	if errors.Is(err, ErrInterrupted) {
		return &Report{
			Dir: req.Dir, Notices: []string{},
			Drift: []Drift{{Kind: Interrupted, Path: pendingFolder, Reason: ErrInterrupted.Error()}},
		}, nil
	}
	if err != nil {
		return nil, err
	}
	defer u.root.Close()
	report := &Report{Name: r.data.Name.Binary, Dir: u.dir, Template: u.disk.state.Template, Latest: r.pack.ref(), Notices: u.notices()}
	report.Drift = append(u.drift(planner{disk: u.disk}.steps(files)), u.baseDrift()...)
	report.addStale(u.generate(ctx, ""))
	if report.Template.Digest != report.Latest.Digest && !slices.ContainsFunc(report.Drift, func(d Drift) bool { return d.Kind == Outdated }) {
		report.Drift = append(report.Drift, Drift{
			Kind: Outdated, Path: stateFile, Reason: fmt.Sprintf("made from %s, and %s is here: mage-dest update", report.Template, report.Latest),
		})
	}
	if report.Drift == nil {
		report.Drift = []Drift{}
	}
	return report, nil
}

// addStale adds the files that do not say what their sources say. A connector whose
// sources cannot be read may be in the midst of being written: that is no drift.
func (r *Report) addStale(g *Generation, err error) {
	if err != nil {
		r.Notices = append(r.Notices, fmt.Sprintf("what is generated from sources was not checked: %v", err))
		return
	}
	for _, c := range g.Changes {
		r.Drift = append(r.Drift, Drift{
			Kind: Outdated, Path: c.Path, Reason: "does not say what its source says: mage-dest generate writes it", diff: g.Diff(c.Path),
		})
	}
	r.Notices = append(r.Notices, g.Notices...)
}

func (u *unit) notices() []string {
	if u.replaced {
		return []string{goModFile + " replaces " + baseModule + " by a folder: the connector builds only where that folder is"}
	}
	return []string{}
}

// drift reads the steps of an update as what is wrong now.
func (u *unit) drift(steps []Step) []Drift {
	var list []Drift
	for _, s := range steps {
		d, ok := driftOf(s, u.disk.state.entry(s.recordedPath()))
		if !ok {
			continue
		}
		if d.Path == "" {
			d.Path = s.Path
		}
		if d.diff == "" {
			d.diff = s.Diff()
		}
		list = append(list, d)
	}
	return list
}

// recordedPath is where the state knows the file.
func (s Step) recordedPath() string {
	if s.From != "" {
		return s.From
	}
	return s.Path
}

func driftOf(s Step, entry *stateEntry) (d Drift, drifted bool) {
	const remedy = ": mage-dest update"
	switch s.Action {
	case Create:
		return Drift{Kind: Outdated, Reason: "not there yet" + remedy + " writes it"}, true
	case Update:
		if s.From == "" && bytes.Equal(s.now, s.rendered) {
			return Drift{Kind: WrongMode, Reason: s.Reason + remedy + " sets it"}, true
		}
		return Drift{Kind: Outdated, Reason: "the template or an answer has changed" + remedy + " brings it"}, true
	case Merge, Conflict:
		return Drift{Kind: Outdated, Reason: "the template or an answer has changed" + remedy + " merges it"}, true
	case Remove:
		return Drift{Kind: Extra, Reason: s.Reason + remedy + " removes it"}, true
	case Refuse:
		if line := textdiff.FindMarks(s.now); line > 0 {
			return Drift{Kind: Clash, Line: line, Reason: "has the marks of a conflict: resolve it"}, true
		}
		return Drift{Kind: Edited, Reason: s.Reason, diff: diffOf(s.Path, s.now, s.rendered)}, true
	case Keep:
		return keptDrift(s, entry)
	}
	return Drift{}, false
}

// keptDrift finds what an update would tell of a file that it leaves alone.
func keptDrift(s Step, entry *stateEntry) (d Drift, drifted bool) {
	switch {
	case s.rendered == nil:
		return Drift{Kind: Extra, Reason: s.Reason}, true
	case s.now == nil && entry != nil && !entry.Deleted:
		return Drift{Kind: Missing, Reason: "deleted since it was written: mage-dest update --restore brings it back, mage-dest update records that it is gone"}, true
	case s.now != nil && s.templateChanged():
		return Drift{Kind: Outdated, Reason: s.Reason + ": mage-dest update shows how", diff: s.TemplateDiff()}, true
	}
	return Drift{}, false
}

// baseDrift looks at the stored merge bases: without them nothing can be merged.
func (u *unit) baseDrift() []Drift {
	var list []Drift
	recorded := map[string]bool{}
	for _, e := range u.disk.state.Files {
		stored := path.Join(baseFolder, e.Path)
		recorded[stored] = true
		base := u.disk.files[e.Path].base
		switch {
		case e.Class == Generated || e.Deleted && base == nil:
		case base == nil:
			list = append(list, Drift{Kind: Missing, Path: stored, Reason: "an update merges with it: restore it from version control"})
		case textdiff.FindMarks(base) > 0:
			list = append(list, Drift{Kind: Clash, Path: stored, Line: textdiff.FindMarks(base), Reason: "take either side of it, then run mage-dest update"})
		case sum(base) != e.Sum:
			list = append(list, Drift{Kind: Edited, Path: stored, Reason: "an update merges with it: restore it from version control, or run mage-dest update"})
		}
	}
	return append(list, u.extraBases(recorded)...)
}

func (u *unit) extraBases(recorded map[string]bool) []Drift {
	var list []Drift
	err := fs.WalkDir(u.root.FS(), baseFolder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || recorded[name] {
			return err
		}
		list = append(list, Drift{Kind: Extra, Path: name, Reason: "is the base of no file: remove it"})
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		list = append(list, Drift{Kind: Missing, Path: baseFolder, Reason: strings.TrimPrefix(err.Error(), baseFolder+": ")})
	}
	return list
}
