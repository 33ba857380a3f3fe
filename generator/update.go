package generator

import (
	"context"
	"errors"
	"path"
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
	u, r, files, err := req.stand(ctx)
	if err != nil {
		return nil, err
	}
	defer u.root.Close()
	plan, err := planner{disk: u.disk, force: req.Force, restore: req.Restore}.plan(r, files, u.dir)
	if err != nil {
		return nil, err
	}
	plan.updates = true
	if err := errors.Join(u.dropKeptTexts(plan), plan.deriveAnew(ctx, u)); err != nil {
		return nil, err
	}
	unchecked, err := r.checkGo(ctx, u.checkedBase(req.Base), req.NoTypeCheck)
	if err != nil {
		return nil, err
	}
	plan.Notices = append(plan.Notices, unchecked...)
	return plan, nil
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

// checkedBase is the base against which templates are type-checked: that of this
// mage-dest if it is a checkout, for a release is in no module cache yet.
func (u *unit) checkedBase(tool Base) Base {
	if tool.Replace != "" {
		return tool
	}
	return u.base
}
