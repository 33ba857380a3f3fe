package generator

import (
	"cmp"
	"fmt"
	"go/version"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

func isGoMod(path string) bool { return path == goModFile || path == toolsGoModFile }

// mergeGoMod makes in a go.mod, now, the changes that the template has made from base
// to rendered: what it newly requires, later versions, a later version of Go, tools.
// What the author removed stays removed, no version is lowered, and where the author
// replaces base's module stays as it is. Text with nothing to change is returned as
// it is.
func mergeGoMod(path string, base, now, rendered []byte) ([]byte, error) {
	have, err := modfile.Parse(path, now, nil)
	if err != nil {
		return nil, err
	}
	want, err := modfile.Parse(path, rendered, nil)
	if err != nil {
		return nil, err
	}
	had := &modfile.File{}
	if base != nil {
		if had, err = modfile.Parse(baseFolder+"/"+path, base, nil); err != nil {
			return nil, err
		}
	}
	m := goModMerge{have: have, had: had}
	if err := m.apply(want); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !m.changed {
		return now, nil
	}
	return formatGoMod(have)
}

// goModMerge changes one go.mod.
type goModMerge struct {
	have, had *modfile.File // what stands there, and what was rendered before
	changed   bool
}

func (m *goModMerge) apply(want *modfile.File) error {
	if isLaterGo(want.Go, m.have.Go) {
		m.changed = true
		if err := m.have.AddGoStmt(want.Go.Version); err != nil {
			return err
		}
	}
	for _, r := range want.Require {
		if err := m.require(r); err != nil {
			return err
		}
	}
	for _, r := range want.Replace {
		same := func(o *modfile.Replace) bool { return o.Old == r.Old }
		if r.Old.Path == baseModule || slices.ContainsFunc(m.have.Replace, same) || slices.ContainsFunc(m.had.Replace, same) {
			continue
		}
		m.changed = true
		if err := m.have.AddReplace(r.Old.Path, r.Old.Version, r.New.Path, r.New.Version); err != nil {
			return err
		}
	}
	for _, t := range want.Tool {
		same := func(o *modfile.Tool) bool { return o.Path == t.Path }
		if slices.ContainsFunc(m.have.Tool, same) || slices.ContainsFunc(m.had.Tool, same) {
			continue
		}
		m.changed = true
		if err := m.have.AddTool(t.Path); err != nil {
			return err
		}
	}
	return nil
}

func (m *goModMerge) require(r *modfile.Require) error {
	there, before := versionOf(m.have, r.Mod.Path), versionOf(m.had, r.Mod.Path)
	switch {
	case before == r.Mod.Version: // the template has not changed: nor will we
	case there == "" && before != "": // the author has removed it
	case there == "" || semver.Compare(there, r.Mod.Version) < 0:
		m.changed = true
		return m.have.AddRequire(r.Mod.Path, r.Mod.Version)
	}
	return nil
}

// versionOf is the version of a module that a go.mod requires, or "".
func versionOf(m *modfile.File, module string) string {
	for _, r := range m.Require {
		if r.Mod.Path == module {
			return r.Mod.Version
		}
	}
	return ""
}

func isLaterGo(want, have *modfile.Go) bool {
	if want == nil {
		return false
	}
	return have == nil || version.Compare("go"+have.Version, "go"+want.Version) < 0
}

// mergeGoMod plans a go.mod.
func (s *Step) mergeGoMod() {
	merged, err := mergeGoMod(s.Path, s.base, s.now, s.rendered)
	switch {
	case err != nil:
		s.Action, s.Reason = Refuse, err.Error()
	case string(merged) == string(s.now):
		s.Action = Unchanged
	default:
		s.Action, s.then = Merge, merged
	}
}

// standsOn says what the go.mod of a connector that is there stands on: the version of
// base that it is to require, and whether it replaces base by a folder. A connector is
// not moved to the checkout that its tool was built from.
func standsOn(goMod []byte, tool Base) (base Base, replaced bool) {
	there := replacedVersion
	// A go.mod that cannot be read is told when the file is planned.
	if m, err := modfile.Parse(goModFile, goMod, nil); err == nil {
		there = cmp.Or(versionOf(m, baseModule), replacedVersion)
		if replacementIn(m) != nil {
			return Base{Version: there}, true
		}
	}
	if tool.Replace == "" && semver.Compare(there, tool.Version) < 0 {
		there = tool.Version
	}
	return Base{Version: there}, false
}

// replacementIn finds the folder that stands for base's module, nil if none does.
func replacementIn(m *modfile.File) *modfile.Replace {
	for _, r := range m.Replace {
		if r.Old.Path == baseModule {
			return r
		}
	}
	return nil
}

// withReplacement adds to a rendered go.mod the replacement of base's module that
// stands in the author's.
func withReplacement(path string, rendered, there []byte) ([]byte, error) {
	have, err := modfile.Parse(path, there, nil)
	if err != nil || replacementIn(have) == nil {
		return rendered, nil
	}
	m, err := modfile.Parse(path, rendered, nil)
	if err != nil {
		return nil, err
	}
	r := replacementIn(have)
	if err := m.AddReplace(baseModule, "", r.New.Path, r.New.Version); err != nil {
		return nil, err
	}
	return formatGoMod(m)
}
