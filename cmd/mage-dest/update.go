package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

// updateOptions is the command line of update.
type updateOptions struct {
	streams
	Request generator.UpdateRequest
	DryRun  bool
	Diff    bool
	JSON    bool
	NoTidy  bool
}

func newUpdateCommand(s streams) *cobra.Command {
	o := updateOptions{streams: s, Request: generator.UpdateRequest{Library: packs()}}
	cmd := &cobra.Command{
		Use:   "update [DIR | DIR/... ]...",
		Short: "Bring template changes to connectors",
		Long: `Bring template changes to connectors.

A connector is rendered anew from the answers in its .mage-dest.yaml. What the template
has changed since is merged with what the author has changed, from the merge base in
.mage-dest/base: no git, network or older mage-dest is needed. Each file by its class:

  generated  rewritten; one that was edited by hand stops the update, see --force
  merged     both changes are made; where they clash, marks as git's show both
  once       the author's: it stays, and what its template has changed is shown

Deleted files stay deleted, see --restore. Files that the template no longer renders
are removed if nobody has edited them. All files of a connector are changed, or none.

What mage-dest generate makes from the connector's sources is made along. It exits with
3 if there are conflicts to resolve, or if files stand in the way and nothing was
written. After conflicts neither go mod tidy nor generate is run: resolve them and run
update again.

DIR is the folder of a connector (default the working directory), DIR/... every
connector in or below DIR, each by itself.`,
		Example: `  mage-dest update --dry-run --diff
  mage-dest update --set docker=false
  mage-dest update ./...`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Request.Template, "template", "", "pack to go over to (default the recorded one)")
	f.StringArrayVar(&o.Request.Settings, "set", nil, "change an answer, as key=value; may be repeated")
	f.BoolVar(&o.Request.Force, "force", false, "overwrite generated files that were edited by hand")
	f.BoolVar(&o.Request.Restore, "restore", false, "bring back files that the author deleted")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would be done and write nothing")
	f.BoolVar(&o.Diff, "diff", false, "show how each file changes")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	f.BoolVar(&o.NoTidy, "no-tidy", false, "leave out go mod tidy, which is run when go.mod has changed")
	f.BoolVar(&o.Request.NoTypeCheck, "no-typecheck", false, "leave out the type check of the templates, which runs the go command")
	return cmd
}

// updated is how the update of one connector went.
type updated struct {
	*generator.Plan
	Files  []fileUpdate `json:"files"`
	Result string       `json:"result"` // see the constants
	Tidied bool         `json:"tidied"`
	Error  string       `json:"error,omitempty"`

	dir  string
	told []byte // what go mod tidy said
	err  error
}

// fileUpdate is a step as --json prints it, with --diff how the file changes and how its
// template has.
type fileUpdate struct {
	generator.Step
	Diff         string `json:"diff,omitempty"`
	TemplateDiff string `json:"template_diff,omitempty"`
}

func (o updateOptions) fileUpdates(plan *generator.Plan) []fileUpdate {
	list := []fileUpdate{}
	if plan == nil {
		return list
	}
	for _, s := range plan.Steps {
		f := fileUpdate{Step: s}
		if o.Diff {
			f.Diff, f.TemplateDiff = s.Diff(), s.TemplateDiff()
		}
		list = append(list, f)
	}
	return list
}

const (
	resultCurrent   = "up to date" // nothing was to be done
	resultUpdated   = "updated"
	resultPlanned   = "to update" // --dry-run
	resultConflicts = "conflicts" // marks are in files, or with --dry-run would be
	resultRefused   = "refused"   // files stand in the way
	resultFailed    = "failed"
)

func (o updateOptions) run(ctx context.Context, args []string) error {
	o.Request.Base = ownBase()
	dirs, err := generator.FindConnectors(args)
	if err != nil {
		return err
	}
	results := each(dirs, o.Err, func(dir string) updated {
		u := o.one(ctx, dir)
		u.dir = dir
		if o.JSON {
			u.Files = o.fileUpdates(u.Plan)
		}
		if u.err != nil {
			u.Error = u.err.Error()
		}
		return u
	})
	if o.JSON {
		err = printJSON(o.Out, results)
	} else {
		o.print(results)
	}
	return errors.Join(err, o.verdict(results))
}

// one updates a connector.
func (o updateOptions) one(ctx context.Context, dir string) updated {
	req := o.Request
	req.Dir = dir
	if !o.DryRun {
		if _, err := generator.FinishPending(dir); err != nil {
			return updated{Result: resultFailed, err: err}
		}
	}
	plan, err := generator.PrepareUpdate(ctx, req)
	if err != nil {
		return updated{Result: resultFailed, err: err}
	}
	u := updated{Plan: plan}
	switch u.err = plan.Refused(); {
	case u.err != nil:
		u.Result = resultRefused
	case len(plan.Changes()) == 0:
		u.Result = resultCurrent
	case o.DryRun && len(plan.Paths(generator.Conflict)) > 0:
		u.Result = resultConflicts
	case o.DryRun:
		u.Result = resultPlanned
	default:
		o.write(ctx, &u)
	}
	return u
}

// write carries the plan out and does what follows it.
func (o updateOptions) write(ctx context.Context, u *updated) {
	if u.err = u.Apply(); u.err != nil {
		u.Result = resultFailed
		return
	}
	if len(u.Paths(generator.Conflict)) > 0 {
		u.Result = resultConflicts
		return
	}
	u.Result = resultUpdated
	if o.NoTidy || !u.NeedsTidy() {
		return
	}
	words := &said{}
	u.err = generator.Tidy(ctx, u.Dir, words)
	if u.told = words.all(); u.err != nil {
		u.Result = resultFailed
		return
	}
	u.Tidied = true
}

// print puts what was done on stdout and what else to know on stderr.
func (o updateOptions) print(results []updated) {
	p := newPainter(o.Out)
	for _, u := range results {
		if u.Plan == nil {
			continue
		}
		for _, s := range u.Steps {
			o.printStep(p, u, s)
		}
		for _, notice := range u.Notices {
			fmt.Fprintf(o.Err, "note: %s: %s\n", filepath.ToSlash(u.dir), notice)
		}
		if u.err != nil {
			fmt.Fprintf(o.Err, "%s", u.told)
		}
	}
	if len(results) > 1 {
		o.printTable(p, results)
	}
}

func (o updateOptions) printStep(p painter, u updated, s generator.Step) {
	if s.Action == generator.Unchanged {
		return
	}
	tone := plain
	switch s.Action {
	case generator.Conflict, generator.Refuse:
		tone = red
	case generator.Keep:
		tone = dim
	}
	line := fmt.Sprintf("%-8s %s", s.Action, filepath.ToSlash(filepath.Join(u.dir, s.Path)))
	if s.Reason != "" {
		line += " (" + s.Reason + ")"
	}
	p.line(tone, "%s", line)
	if o.Diff {
		fmt.Fprint(o.Out, s.Diff())
	}
	if s.Action == generator.Keep && s.Class == generator.Once {
		fmt.Fprint(o.Out, s.TemplateDiff())
	}
}

// printTable sums up an update of several connectors.
func (o updateOptions) printTable(p painter, results []updated) {
	var rows []row
	for _, u := range results {
		r := row{cells: []string{filepath.ToSlash(u.dir), "", "", "", "", "", "", u.Result}}
		if u.Plan != nil {
			r.cells = []string{filepath.ToSlash(u.dir), u.From.String(), u.Template.String(),
				u.counted(generator.Create), u.counted(generator.Update, generator.Merge), u.counted(generator.Remove),
				u.counted(generator.Conflict, generator.Refuse), u.Result}
		}
		switch u.Result {
		case resultConflicts, resultRefused, resultFailed:
			r.colour = red
		case resultCurrent:
			r.colour = dim
		}
		rows = append(rows, r)
	}
	p.table([]string{"CONNECTOR", "FROM", "TO", "NEW", "CHANGED", "GONE", "CLASHES", "RESULT"}, rows)
}

func (u updated) counted(actions ...generator.Action) string {
	return strconv.Itoa(len(u.Paths(actions...)))
}

// verdict tells how the update ends.
func (o updateOptions) verdict(results []updated) error {
	var failed, drifted []error
	for _, u := range results {
		switch {
		case u.Result == resultFailed:
			failed = append(failed, fmt.Errorf("%s: %w", filepath.ToSlash(u.dir), u.err))
		case u.err != nil:
			drifted = append(drifted, u.err)
		case u.Result == resultConflicts && o.DryRun:
			drifted = append(drifted, &generator.DriftError{Text: fmt.Sprintf("%s: there would be conflicts", filepath.ToSlash(u.dir))})
		case u.Result == resultConflicts:
			drifted = append(drifted, &generator.DriftError{Text: fmt.Sprintf(
				"%s: resolve the conflicts between the marks, then run mage-dest update again", filepath.ToSlash(u.dir))})
		}
	}
	if len(failed) > 0 {
		for _, err := range drifted {
			fmt.Fprintf(o.Err, "mage-dest: %v\n", err)
		}
		return errors.Join(failed...) // its exit code is that of a failure
	}
	if len(drifted) > 0 {
		return errors.Join(drifted...)
	}
	o.praise(results)
	return nil
}

func (o updateOptions) praise(results []updated) {
	if len(results) > 1 {
		return // the table says it
	}
	u := results[0]
	switch {
	case o.DryRun && u.Result == resultPlanned:
		fmt.Fprintln(o.Err, "nothing was written: --dry-run")
	case u.Result == resultCurrent:
		fmt.Fprintf(o.Err, "connector %s is up to date with template %s\n", u.Name.Binary, u.Template)
	default:
		fmt.Fprintf(o.Err, "connector %s is updated from template %s to %s; look at the changes, then run go test ./...\n", u.Name.Binary, u.From, u.Template)
	}
}
