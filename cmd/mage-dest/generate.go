package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

// generateOptions is the command line of generate.
type generateOptions struct {
	streams
	Streams string
	DryRun  bool
	Diff    bool
	JSON    bool
}

func newGenerateCommand(s streams) *cobra.Command {
	o := generateOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "generate [DIR | DIR/... ]...",
		Short: "Write what repeats a connector's settings and schemas",
		Long: `Write what repeats a connector's settings and schemas.

The Config struct is read from the source: tags, doc comments, nested and imported
types. What says the same elsewhere is brought in line with it:

  templates/config.json   the sample config: values that you gave stay, those that
                          were a default follow it
  config.schema.json      its JSON Schema, for editors
  README.md               the table of settings, between its markers
  meltano.yml             the plugin's settings, between its markers: labels,
                          further keys and comments stay
  mage/…                  the copy of the sample config, and README

From the folder schemas, one file a stream, it writes structs for the records of these
streams, what decodes them, and what holds a tap's schema to them:

  internal/…/records_gen.go

--streams FILE, a recorded Singer stream or a tap's catalog, writes the schemas first.

One line a file that was written, nothing if all was as it should be. All files of a
connector are changed, or none. mage-dest check tells what would be written.

DIR is the folder of a connector (default the working directory), DIR/... every
connector in or below DIR.`,
		Example: `  mage-dest generate
  mage-dest generate --streams catalog.json
  mage-dest generate ./... --dry-run --diff`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Streams, "streams", "", "recorded Singer stream or catalog to write schemas from")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would be written and write nothing")
	f.BoolVar(&o.Diff, "diff", false, "show how each file changes")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	return cmd
}

// generated is what generate did in one connector.
type generated struct {
	*generator.Generation
	Files   []string `json:"files"` // that differ from their source
	Written bool     `json:"written"`
	Error   string   `json:"error,omitempty"`

	dir string
	err error
}

func (o generateOptions) run(ctx context.Context, args []string) error {
	dirs, err := generator.FindConnectors(args)
	if err != nil {
		return err
	}
	results := each(dirs, o.Err, func(dir string) generated { return o.one(ctx, dir) })
	if o.JSON {
		err = printJSON(o.Out, results)
	} else {
		o.print(results)
	}
	for _, g := range results {
		switch {
		case g.err != nil && len(results) > 1:
			err = errors.Join(err, fmt.Errorf("%s: %w", filepath.ToSlash(g.dir), g.err))
		case g.err != nil:
			err = errors.Join(err, g.err)
		}
	}
	return err
}

// one brings one connector in line.
func (o generateOptions) one(ctx context.Context, dir string) generated {
	g := generated{dir: dir, Files: []string{}, Generation: &generator.Generation{Dir: dir, Notices: []string{}}}
	if g.err = o.write(ctx, &g); g.err != nil {
		g.Error = g.err.Error()
	}
	return g
}

func (o generateOptions) write(ctx context.Context, g *generated) error {
	if !o.DryRun {
		if _, err := generator.FinishPending(g.dir); err != nil {
			return err
		}
	}
	generation, err := generator.Generate(ctx, generator.GenerateRequest{Dir: g.dir, Streams: o.Streams})
	if err != nil {
		return err
	}
	g.Generation = generation
	for _, c := range generation.Changes {
		g.Files = append(g.Files, c.Path)
	}
	if o.DryRun || len(generation.Changes) == 0 {
		return nil
	}
	if err := generator.WriteChanges(generation.Dir, generation.Changes); err != nil {
		return err
	}
	g.Written = true
	return nil
}

// print puts what was written on stdout and what else to know on stderr.
func (o generateOptions) print(results []generated) {
	for _, g := range results {
		shown := func(file string) string { return filepath.ToSlash(filepath.Join(g.dir, file)) }
		if g.Written || o.DryRun {
			for _, file := range g.Files {
				fmt.Fprintln(o.Out, shown(file))
				if o.Diff {
					fmt.Fprint(o.Out, g.Diff(file))
				}
			}
		}
		for _, notice := range g.Notices {
			fmt.Fprintf(o.Err, "note: %s\n", shown(notice))
		}
		if o.DryRun && len(g.Files) > 0 {
			fmt.Fprintf(o.Err, "nothing was written: --dry-run\n")
		}
	}
}
