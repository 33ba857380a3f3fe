package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/mage-dest/mage-dest/base/analysis"
	"github.com/mage-dest/mage-dest/generator"
)

// vetOptions is the command line of vet.
type vetOptions struct {
	streams
	Fix      bool
	Finished bool
	JSON     bool
	Format   string
}

func newVetCommand(s streams) *cobra.Command {
	o := vetOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "vet [PACKAGES]",
		Short: "Find what makes a connector lose data",
		Long: `Find what makes a connector lose data.

The code of the packages (default ./...) is looked through for what compiles, passes
tests and loses records all the same:

` + analyzerList() + `
Helper functions are followed, in other packages too. One line a finding; nothing is
said of tests and of generated files. What is left to do in a fresh connector is told
as a note, with --finished as a finding. mage-dest help vet says more, also how to
silence one, with a reason.

It exits with 0 if there is nothing to find, with 3 if there is, with 1 if a package
does not compile. The same analyzers run under go vet:

  go vet -vettool=$(which mage-dest) ./...`,
		Example: `  mage-dest vet
  mage-dest vet ./internal/... --fix
  mage-dest vet --format github`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.Fix, "fix", false, "mend what can be mended safely")
	f.BoolVar(&o.Finished, "finished", false, "take what is left to do in a fresh connector for a finding")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	addFormat(cmd, &o.Format)
	return cmd
}

// analyzerList is one line for each analyzer.
func analyzerList() string {
	var list strings.Builder
	for _, a := range analysis.Analyzers() {
		what, _, _ := strings.Cut(a.Doc, "\n")
		fmt.Fprintf(&list, "  %-14s %s\n", a.Name, strings.TrimPrefix(what, "tells of "))
	}
	return list.String()
}

// speaksVet tells the calls of a vet tool by the go command: go vet -vettool asks for
// the version and the flags, then hands over one package at a time, after flags only.
func speaksVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	flags, last := args[:len(args)-1], args[len(args)-1]
	if len(flags) == 0 && (last == "-V=full" || last == "-flags") {
		return true
	}
	isWord := func(arg string) bool { return !strings.HasPrefix(arg, "-") }
	return filepath.Base(last) == "vet.cfg" && !slices.ContainsFunc(flags, isWord)
}

// vetTool answers the go command. It does not return.
func vetTool() { unitchecker.Main(analysis.Analyzers()...) }

// vetted is a finding as it is printed.
type vetted struct {
	analysis.Finding
	Fixed bool `json:"fixed,omitempty"`
}

func (o vetOptions) run(ctx context.Context, patterns []string) error {
	if err := checkFormat(o.Format); err != nil {
		return err
	}
	for _, pattern := range patterns {
		if strings.HasPrefix(pattern, "-") {
			return usageErrorf("%s: give packages, as the go command takes them", pattern)
		}
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	found, err := analysis.Vet(ctx, "", patterns)
	if err != nil {
		return err
	}
	results, err := o.mend(found)
	if err != nil {
		return err
	}
	if err := o.print(results); err != nil {
		return err
	}
	return o.verdict(results)
}

// mend writes the fixes, if that is asked for.
func (o vetOptions) mend(found []analysis.Finding) ([]vetted, error) {
	results := make([]vetted, len(found))
	for i, f := range found {
		f.Todo = f.Todo && !o.Finished
		results[i].Finding = f
	}
	if !o.Fix {
		return results, nil
	}
	files, mended, err := analysis.Fix(found)
	if err != nil {
		return nil, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var changes []generator.Change
	for file, content := range files {
		path, err := filepath.Rel(dir, file)
		if err != nil || !filepath.IsLocal(path) {
			return nil, fmt.Errorf("%s is not below the working directory: run mage-dest vet --fix in the connector's folder", file)
		}
		changes = append(changes, generator.Change{Path: filepath.ToSlash(path), Content: content})
	}
	if err := generator.WriteChanges(dir, changes); err != nil {
		return nil, err
	}
	for i := range results {
		for _, m := range mended {
			if m.File == results[i].File && m.Line == results[i].Line && m.Column == results[i].Column && m.Message == results[i].Message {
				results[i].Fixed = true
			}
		}
	}
	return results, nil
}

func (o vetOptions) print(results []vetted) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	for i := range results {
		if path, err := filepath.Rel(dir, results[i].File); err == nil {
			results[i].File = filepath.ToSlash(path)
		}
	}
	if o.JSON {
		return printJSON(o.Out, results)
	}
	p := newPainter(o.Out)
	for _, f := range results {
		text := fmt.Sprintf("%s:%d:%d: %s (%s)", f.File, f.Line, f.Column, f.Message, f.Analyzer)
		switch {
		case f.Fixed:
			fmt.Fprintf(o.Err, "fixed: %s\n", text)
		case o.Format == formatGitHub:
			fmt.Fprintln(o.Out, annotation(!f.Todo, f.File, f.Line, f.Column, "mage-dest vet: "+f.Analyzer, f.Message))
		case f.Todo:
			fmt.Fprintf(o.Err, "still to do: %s\n", text)
		default:
			p.line(red, "%s", text)
		}
	}
	return nil
}

// verdict tells how vet ends.
func (o vetOptions) verdict(results []vetted) error {
	found, fixable := 0, 0
	for _, f := range results {
		if f.Todo || f.Fixed {
			continue
		}
		found++
		if len(f.Fix) > 0 {
			fixable++
		}
	}
	if found == 0 {
		return nil
	}
	text := plural(found, "finding")
	if fixable > 0 {
		text += fmt.Sprintf("; mage-dest vet --fix mends %d of them", fixable)
	}
	return &generator.DriftError{Text: text}
}
