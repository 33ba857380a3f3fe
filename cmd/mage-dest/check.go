package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

// checkOptions is the command line of check.
type checkOptions struct {
	streams
	Diff   bool
	JSON   bool
	Format string
	FailOn []string
}

func newCheckCommand(s streams) *cobra.Command {
	o := checkOptions{streams: s}
	var kinds []string
	for _, k := range generator.DriftKinds() {
		kinds = append(kinds, string(k))
	}
	cmd := &cobra.Command{
		Use:   "check [DIR | DIR/... ]...",
		Short: "Tell which files of connectors are not as they should be",
		Long: `Tell which files of connectors are not as they should be.

A connector is rendered in memory from the answers in its .mage-dest.yaml and held
against its folder; nothing is written. DIR is the folder of a connector (default the
working directory), DIR/... every connector in or below DIR. One line a file:

  missing      it was rendered and is not there
  edited       it is generated and was changed by hand
  outdated     the template, an answer or a source has changed since
  extra        it is no longer rendered
  mode         it can be run and should not be, or the other way round
  conflict     it holds the marks of a conflict
  interrupted  a run was killed; mage-dest update completes it

What authors do to their own files is no drift. It exits with 0 if there is none of
the kinds in --fail-on, with 3 if there is, with 1 if a connector cannot be checked.`,
		Example: `  mage-dest check
  mage-dest check ./... --format github
  mage-dest check ./... --fail-on missing,edited,conflict`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.Diff, "diff", false, "show what mage-dest update would change")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	addFormat(cmd, &o.Format)
	f.StringSliceVar(&o.FailOn, "fail-on", kinds, "kinds of drift that fail the check; others are told")
	return cmd
}

// checked is what check finds in one connector.
type checked struct {
	*generator.Report
	Files []fileDrift `json:"drift"`
	Error string      `json:"error,omitempty"`

	dir string
	err error
}

// fileDrift is drift as --json prints it, with --diff what an update would change.
type fileDrift struct {
	generator.Drift
	Fails bool   `json:"fails"` // of a kind in --fail-on
	Diff  string `json:"diff,omitempty"`
}

func (o checkOptions) fileDrifts(drift []generator.Drift) []fileDrift {
	list := []fileDrift{}
	for _, d := range drift {
		f := fileDrift{Drift: d, Fails: o.fails(d)}
		if o.Diff {
			f.Diff = d.Diff()
		}
		list = append(list, f)
	}
	return list
}

func (o checkOptions) run(ctx context.Context, args []string) error {
	if err := o.valid(); err != nil {
		return err
	}
	dirs, err := generator.FindConnectors(args)
	if err != nil {
		return err
	}
	library, base := packs(), ownBase()
	results := each(dirs, o.Err, func(dir string) checked {
		report, err := generator.Check(ctx, generator.UpdateRequest{Dir: dir, Library: library, Base: base})
		c := checked{Report: report, dir: dir, err: err}
		if err != nil {
			c.Report, c.Error = &generator.Report{Dir: dir, Drift: []generator.Drift{}, Notices: []string{}}, err.Error()
		}
		if o.JSON {
			c.Files = o.fileDrifts(c.Drift)
		}
		return c
	})
	if err := o.print(results); err != nil {
		return err
	}
	return o.verdict(results)
}

func (o checkOptions) valid() error {
	if err := checkFormat(o.Format); err != nil {
		return err
	}
	for _, kind := range o.FailOn {
		if !slices.Contains(generator.DriftKinds(), generator.DriftKind(kind)) {
			return usageErrorf("--fail-on %s: there is no such kind of drift; see mage-dest check --help", kind)
		}
	}
	return nil
}

func (o checkOptions) fails(d generator.Drift) bool { return slices.Contains(o.FailOn, string(d.Kind)) }

func (o checkOptions) print(results []checked) error {
	if o.JSON {
		return printJSON(o.Out, results)
	}
	p := newPainter(o.Out)
	for _, c := range results {
		for _, d := range c.Drift {
			file := filepath.ToSlash(filepath.Join(c.dir, d.Path))
			if o.Format == formatGitHub {
				fmt.Fprintln(o.Out, annotation(o.fails(d), file, d.Line, 0, "mage-dest check", string(d.Kind)+": "+d.Reason))
				continue
			}
			tone := yellow
			if o.fails(d) {
				tone = red
			}
			p.line(tone, "%-8s %s (%s)", d.Kind, file, d.Reason)
			if o.Diff {
				fmt.Fprint(o.Out, d.Diff())
			}
		}
		for _, notice := range c.Notices {
			fmt.Fprintf(o.Err, "note: %s: %s\n", filepath.ToSlash(c.dir), notice)
		}
	}
	return nil
}

// verdict tells how the check ends.
func (o checkOptions) verdict(results []checked) error {
	var faults []error
	drifted, files := 0, 0
	for _, c := range results {
		if c.err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", filepath.ToSlash(c.dir), c.err))
		}
		n := 0
		for _, d := range c.Drift {
			if o.fails(d) {
				n++
			}
		}
		if n > 0 {
			drifted, files = drifted+1, files+n
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	if drifted > 0 {
		return &generator.DriftError{Text: fmt.Sprintf("%s of %s not as they should be", plural(files, "file"), plural(drifted, "connector"))}
	}
	fmt.Fprintf(o.Err, "%s checked: all as they should be\n", plural(len(results), "connector"))
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
