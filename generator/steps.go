package generator

import (
	"bytes"
	"fmt"
	"io/fs"
	"runtime"
	"slices"

	"github.com/mage-dest/mage-dest/generator/settings"
	"github.com/mage-dest/mage-dest/generator/textdiff"
)

// planner compares what was rendered with what stands on disk. It is pure.
type planner struct {
	disk    snapshot
	force   bool // generated files that were edited are overwritten
	restore bool // files that the author deleted come back
}

// steps returns a step for each rendered file, then one for each that is no longer.
func (p planner) steps(files []File) []Step {
	var list []Step
	taken := map[string]bool{}
	for _, f := range files {
		from := p.formerPath(f)
		taken[f.Path], taken[from] = true, true
		list = append(list, p.rendered(f, from))
	}
	if p.disk.state == nil {
		return list
	}
	for _, e := range p.disk.state.Files {
		if !taken[e.Path] {
			list = append(list, p.dropped(e))
		}
	}
	return list
}

// formerPath is the path under which a file is recorded: its own, or one that the
// template says it had.
func (p planner) formerPath(f File) string {
	if p.disk.state.entry(f.Path) == nil {
		for _, was := range f.was {
			if p.disk.state.entry(was) != nil {
				return was
			}
		}
	}
	return f.Path
}

// rendered plans a file that the template renders. from is the path at which it is
// recorded.
func (p planner) rendered(f File, from string) Step {
	there, entry := p.disk.files[from], p.disk.state.entry(from)
	s := Step{
		Path: f.Path, Class: f.Class, Mode: f.Mode, Sum: sum(f.Content),
		now: there.content, base: there.base, rendered: f.Content,
	}
	if from != f.Path {
		s.From = from
		if p.disk.files[f.Path].content != nil {
			s.Action, s.Reason = Refuse, "the template now renders "+from+" there, and another file is in the way: move it"
			return s
		}
	}
	switch {
	case entry == nil:
		p.newFile(&s)
	case there.content == nil:
		p.deletedFile(&s)
	default:
		p.file(&s, *entry)
	}
	if s.From != "" && s.Action == Unchanged {
		s.Action, s.Reason = Update, "was "+from
	}
	if s.Action == Unchanged && f.Class != Once && wrongMode(there, f.Mode) {
		s.Action, s.Reason = Update, fmt.Sprintf("its mode is to be %#o", f.Mode)
	}
	if there.crlf && s.then != nil {
		s.then = bytes.ReplaceAll(s.then, []byte("\n"), []byte("\r\n"))
	}
	return s
}

// wrongMode tells whether a file cannot be run that should be, or can and should not.
// Windows has no such mode.
func wrongMode(there standing, mode fs.FileMode) bool {
	return runtime.GOOS != "windows" && there.content != nil && there.executable != (mode&0o111 != 0)
}

// newFile plans a file that nothing is recorded of.
func (p planner) newFile(s *Step) {
	s.then = s.now
	switch {
	case s.now == nil:
		s.Action, s.then = Create, s.rendered
	case sum(s.now) == s.Sum:
		s.Action = Unchanged
	case s.Class == Generated && p.force:
		s.Action, s.Reason, s.then = Update, "was there already; overwritten", s.rendered
	case s.Class == Generated:
		s.Action, s.Reason = Refuse, "is there already and not of mage-dest: move it, or overwrite it with --force"
	default:
		s.Action, s.Reason = Keep, "is there already and not of mage-dest"
	}
}

// deletedFile plans a file that is recorded and not there.
func (p planner) deletedFile(s *Step) {
	s.Action, s.Reason = Keep, "deleted since it was written; --restore brings it back"
	if p.restore {
		s.Action, s.Reason, s.then = Create, "was deleted", s.rendered
	}
}

// file plans a file that is recorded and there.
func (p planner) file(s *Step, entry stateEntry) {
	s.then = s.now
	untouched := sum(s.now) == entry.Sum || s.base != nil && bytes.Equal(s.now, s.base)
	line := 0
	if entry.Conflict || s.Class == Merged {
		line = textdiff.FindMarks(s.now)
	}
	switch {
	case sum(s.now) == s.Sum:
		s.Action = Unchanged
	case line > 0 && !untouched:
		s.Action, s.Reason = Refuse, fmt.Sprintf("has the marks of a conflict at line %d: resolve it, then run this again", line)
	case isGoMod(s.Path):
		s.mergeGoMod()
	case s.Class == Once:
		p.authored(s, untouched)
	case untouched:
		s.Action, s.then = Update, s.rendered
	case s.Class == Generated && p.force:
		s.Action, s.Reason, s.then = Update, "was edited by hand; overwritten", s.rendered
	case s.Class == Generated:
		s.Action, s.Reason = Refuse, "is generated and was edited by hand: move the change elsewhere, or drop it with --force"
	default:
		s.merge()
	}
}

// authored plans a file that is the author's: it stays, whatever the template is now.
func (p planner) authored(s *Step, untouched bool) {
	s.Action = Keep
	switch {
	case s.templateChanged():
		s.Reason = "is yours; its template has changed since"
	case !untouched:
		s.Reason = "edited by its author"
	default:
		s.Reason = "is yours"
	}
}

// merge plans a file that both the author and the template may have changed.
func (s *Step) merge() {
	switch {
	case s.base == nil:
		s.Action, s.Reason = Refuse, "was edited, and its merge base "+baseFolder+"/"+s.Path+" is missing: restore that from version control"
		return
	case textdiff.FindMarks(s.base) > 0:
		s.Action, s.Reason = Refuse, "has a merge base, "+baseFolder+"/"+s.Path+", with the marks of a conflict: take either side of it, then run this again"
		return
	case !s.templateChanged():
		s.Action, s.Reason = Keep, "edited by its author"
		return
	}
	// What generate writes into the file is written anew from its source, not merged.
	base, now := settings.Introduce(s.base, s.now, s.rendered)
	base, rendered := settings.WithRegion(base, now), settings.WithRegion(s.rendered, now)
	merged := textdiff.Merge(base, now, rendered, textdiff.Labels{Ours: "yours", Base: "template before", Theirs: "template now"})
	s.then, s.Conflicts, s.Action = merged.Text, merged.Conflicts, Merge
	switch {
	case s.Conflicts > 0:
		s.Action, s.Reason = Conflict, fmt.Sprintf("%s to resolve", count(s.Conflicts, "conflict"))
	case bytes.Equal(s.then, s.now):
		s.Action, s.Reason = Keep, "has the template's changes already"
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// dropped plans a file that is recorded and no longer rendered.
func (p planner) dropped(entry stateEntry) Step {
	there := p.disk.files[entry.Path]
	s := Step{Path: entry.Path, Class: entry.Class, now: there.content, base: there.base}
	switch {
	case there.content == nil:
		s.Action, s.Reason = Unchanged, "no longer rendered, and not there"
	case sum(there.content) == entry.Sum || bytes.Equal(there.content, there.base):
		s.Action, s.Reason = Remove, "no longer rendered"
	default:
		s.Action, s.Reason, s.then = Keep, "no longer rendered, and edited: it is all yours now", there.content
	}
	return s
}

// entries are the state of the files after a plan is carried out.
func (p planner) entries(steps []Step) []stateEntry {
	var list []stateEntry
	for _, s := range steps {
		if s.rendered == nil {
			continue
		}
		list = append(list, stateEntry{
			Path: s.Path, Class: s.Class, Sum: s.Sum,
			Deleted: s.then == nil, Conflict: s.Action == Conflict,
		})
	}
	return slices.Clip(list)
}

func diffOf(name string, from, to []byte) string {
	before, after := "a/"+name, "b/"+name
	if from == nil {
		before = "/dev/null"
	}
	if to == nil {
		after = "/dev/null"
	}
	return textdiff.Unified(before, after, foldLines(from), foldLines(to))
}
