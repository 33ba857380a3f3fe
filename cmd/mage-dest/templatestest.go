package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/generator/packtest"
)

// testOptions is the command line of templates test.
type testOptions struct {
	streams
	Pack packtest.Options
	JSON bool
}

func newTemplatesTest(s streams) *cobra.Command {
	o := testOptions{streams: s, Pack: packtest.Options{Library: packs()}}
	cmd := &cobra.Command{
		Use:   "test PACK | DIR",
		Short: "Test a pack",
		Long: `Test a pack: what templates list names, a folder as ./DIR, or a module as PATH@VERSION.

It is rendered with answers in which every value of every enum and bool meets every
value of every other: twice, from answers in another order, which must give the same
bytes; Go is formatted and type-checked. No template may read a parameter that is not
declared, none may be declared that is not read. In the end one connector is built with
the defaults, its tests are run, and it is fed its sample stream: with its sample config,
or with --config. A pack that stores in a server is fed with --config only.

A pack in a folder has golden files, one txtar archive a case in _cases: the comment
holds the answers, key=value, the rest what is rendered. --update writes them.

It exits with 0 if all is good, with 3 if not.`,
		Example: `  mage-dest templates test ./packs/acme --update
  mage-dest templates test ./packs/acme
  mage-dest templates test stub --no-build
  mage-dest templates test http --config api.json`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return packNames(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Pack.Pack = args[0]
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Pack.Update, "update", false, "write the golden files of a pack in a folder")
	f.BoolVar(&o.Pack.NoBuild, "no-build", false, "leave out building, testing and feeding a connector")
	f.StringVar(&o.Pack.Config, "config", "", "config file to feed the sample stream with")
	f.StringVar(&o.Pack.Only, "run", "", "run this case alone")
	f.BoolVar(&o.JSON, "json", false, "print the results as JSON")
	return cmd
}

func (o testOptions) run(ctx context.Context) error {
	o.Pack.Base = ownBase()
	results := []packtest.Result{}
	if o.Pack.Config != "" {
		var err error
		if o.Pack.Config, err = filepath.Abs(o.Pack.Config); err != nil {
			return fmt.Errorf("--config: %w", err)
		}
	}
	p := newPainter(o.Out)
	good, err := packtest.Run(ctx, o.Pack, func(r packtest.Result) {
		results = append(results, r)
		if !o.JSON {
			printResult(p, r)
		}
	})
	if o.JSON {
		if err := printJSON(o.Out, results); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	failed := 0
	for _, r := range results {
		if !r.OK {
			failed++
		}
	}
	if !good {
		return &generator.DriftError{Text: fmt.Sprintf("%s of %s of pack %s failed", plural(failed, "check"), fmt.Sprint(len(results)), o.Pack.Pack)}
	}
	fmt.Fprintf(o.Err, "pack %s: %s, all good\n", o.Pack.Pack, plural(len(results), "check"))
	return nil
}

// printResult writes a line, and below it what is wrong.
func printResult(p painter, r packtest.Result) {
	what := r.Check
	if r.Case != "" {
		what = "case " + r.Case + ": " + r.Check
	}
	if r.Left != "" {
		p.line(dim, "left  %s: %s", what, r.Left)
		return
	}
	if r.OK {
		p.line(plain, "ok    %s", what)
		return
	}
	p.line(red, "FAIL  %s", what)
	for line := range strings.Lines(r.Fault) {
		fmt.Fprint(p.out, "      ", line)
	}
	fmt.Fprintln(p.out)
}

func newTemplatesExport(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "export PACK DIR",
		Short: "Write a pack to a folder, to be the start of your own",
		Long: `Write a pack, with all that it extends, to a new or empty folder.

It renders the very same files there: mage-dest new acme --template ./DIR. Give it a
name of your own in its pack.yaml and change what you like. To follow mage-dest's packs
instead and change a few files, write a pack.yaml that says extends: builtin/PACK; see
mage-dest help packs.`,
		Example: `  mage-dest templates export sqlite packs/acme`,
		Args:    cobra.ExactArgs(2),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return packNames(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			pack, err := packs().Load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := generator.ExportPack(pack, args[1]); err != nil {
				return err
			}
			dir := args[1]
			if !filepath.IsAbs(dir) {
				dir = "./" + filepath.ToSlash(filepath.Clean(dir))
			}
			fmt.Fprintf(s.Err, "pack %s is in %s; next:\n  mage-dest templates test %s --update\n", pack.Name, dir, dir)
			return nil
		},
	}
}
