package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

// newOptions is the command line of new.
type newOptions struct {
	streams
	Request generator.Request
	DryRun  bool
	JSON    bool
	NoInput bool
	NoTidy  bool
}

func newNewCommand(s streams) *cobra.Command {
	o := newOptions{streams: s, Request: generator.Request{Library: packs()}}
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Make a connector",
		Long: `Make a connector: a Go module of its own with one method to write.

NAME is written acme-crm, acme_crm or AcmeCRM. Nothing is written before all of
it has been rendered and type-checked, and the folder appears whole or not at all.`,
		Example: `  mage-dest new acme
  mage-dest new acme --template sqlite --module github.com/you/acme
  mage-dest new acme --dry-run --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Request.Name = args[0]
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Request.Template, "template", "", "pack to make it from: a name of templates list, a folder as ./DIR, or a module as PATH@VERSION (default stub)")
	f.StringVar(&o.Request.Dir, "dir", "", "folder to make (default ./NAME)")
	f.StringVar(&o.Request.Module, "module", "", "path of its Go module (default example.com/NAME)")
	f.StringArrayVar(&o.Request.Settings, "set", nil, "answer to a parameter of the template, as key=value; may be repeated")
	f.StringVar(&o.Request.AnswersFile, "answers", "", "YAML file of answers; --set wins over it")
	f.StringVar(&o.Request.Streams, "streams", "", "recorded Singer stream or catalog: writes a struct for the records of each stream")
	f.StringVar(&o.Request.Base.Replace, "replace", "", "checkout of mage-dest that go.mod uses instead of a released version")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would be written and write nothing")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	f.BoolVar(&o.NoInput, "no-input", false, "never ask, even on a terminal")
	f.BoolVar(&o.NoTidy, "no-tidy", false, "leave out go mod tidy; the connector does not build before it")
	f.BoolVar(&o.Request.NoTypeCheck, "no-typecheck", false, "leave out the type check, which runs the go command")
	completeNew(cmd)
	return cmd
}

// newResult is what new prints with --json.
type newResult struct {
	*generator.Plan
	Written bool `json:"written"`
	Tidied  bool `json:"tidied"`
}

func (o newOptions) run(ctx context.Context) error {
	// A run is over before collecting garbage would pay.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	if o.Request.Base.Replace == "" {
		o.Request.Base = ownBase()
	}
	if o.Interactive && !o.NoInput {
		o.Request.Ask = prompt(o.In, o.Err)
	}
	o.Request.Year = time.Now().Year()
	plan, err := generator.Prepare(ctx, o.Request)
	if err != nil {
		return err
	}
	result := newResult{Plan: plan}
	err = o.write(ctx, &result)
	return errors.Join(err, o.print(result, err))
}

// write carries the plan out and says how far it came.
func (o newOptions) write(ctx context.Context, result *newResult) error {
	if o.DryRun {
		return result.Differs()
	}
	if err := result.Apply(); err != nil {
		return err
	}
	result.Written = !result.Existed()
	if o.NoTidy || !result.Written {
		return nil
	}
	err := generator.Tidy(ctx, result.Dir, o.Err)
	result.Tidied = err == nil
	return err
}

// print puts the result on stdout and what a person should know on stderr.
func (o newOptions) print(result newResult, failed error) error {
	if o.JSON {
		if err := printJSON(o.Out, result); err != nil {
			return err
		}
	} else {
		for _, s := range result.Steps {
			line := fmt.Sprintf("%-9s %s", s.Action, s.Path)
			if s.Reason != "" {
				line += " (" + s.Reason + ")"
			}
			fmt.Fprintln(o.Out, line)
		}
	}
	for _, notice := range result.Notices {
		fmt.Fprintf(o.Err, "note: %s\n", notice)
	}
	switch {
	case failed != nil && !result.Written:
	case o.DryRun:
		fmt.Fprintln(o.Err, "nothing was written: --dry-run")
	case !result.Written:
		fmt.Fprintf(o.Err, "%s holds connector %s already; nothing was to be written\n", shown(result.Dir), result.Name.Binary)
	default:
		o.printNext(result)
	}
	return nil
}

func (o newOptions) printNext(result newResult) {
	dir := shown(result.Dir)
	if result.Kind == generator.Repository {
		fmt.Fprintf(o.Err, "%s holds what its connectors share; make them in folders of it, and commit both\n", dir)
		return
	}
	fmt.Fprintf(o.Err, "connector %s is in %s; next:\n", result.Name.Binary, dir)
	if dir != "." {
		fmt.Fprintf(o.Err, "  cd %s\n", dir)
	}
	if !result.Tidied {
		for _, file := range result.Paths(generator.Create) {
			if generator.NeedsTidy(file) {
				fmt.Fprintf(o.Err, "  %s\n", strings.Replace("go -C "+path.Dir(file)+" mod tidy", " -C .", "", 1))
			}
		}
	}
	fmt.Fprintln(o.Err, "  go test ./...")
}

// shown is a path as a person at this place would write it.
func shown(dir string) string {
	wd, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(wd, dir)
	if err != nil || strings.HasPrefix(rel, "..") {
		return dir
	}
	return rel
}

// prompt asks on a terminal, one line an answer.
func prompt(in io.Reader, out io.Writer) func(generator.Parameter, error) (string, error) {
	lines := bufio.NewReader(in)
	return func(p generator.Parameter, wrong error) (string, error) {
		if wrong != nil {
			fmt.Fprintln(out, wrong)
		} else {
			fmt.Fprintln(out, p.Doc)
		}
		fmt.Fprint(out, p.Name)
		if len(p.Values) > 0 {
			fmt.Fprintf(out, " (%s)", strings.Join(p.Values, ", "))
		}
		if p.Default != nil {
			fmt.Fprintf(out, " [%v]", p.Default)
		}
		fmt.Fprint(out, ": ")
		line, err := lines.ReadString('\n')
		if err != nil && line == "" {
			return "", fmt.Errorf("read the answer: %w; give it with --set %s=VALUE", err, p.Name)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
}

// completeNew lets a shell complete the names of packs and of their parameters.
func completeNew(cmd *cobra.Command) {
	register := func(flag string, directive cobra.ShellCompDirective, values func() []string) {
		err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values(), directive
		})
		if err != nil {
			panic(err) // the flag is not declared above: a fault of this file
		}
	}
	register("template", cobra.ShellCompDirectiveDefault, packNames)
	register("set", cobra.ShellCompDirectiveNoSpace|cobra.ShellCompDirectiveNoFileComp, func() []string {
		pack, err := packs().Load(cmd.Context(), cmp.Or(cmd.Flag("template").Value.String(), "stub"))
		if err != nil {
			return nil
		}
		var keys []string
		for _, p := range pack.Parameters {
			keys = append(keys, p.Name+"=")
		}
		return keys
	})
}

func packNames() []string {
	list, err := packs().List(generator.Connector)
	if err != nil {
		return nil
	}
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}
