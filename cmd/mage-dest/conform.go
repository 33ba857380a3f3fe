package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/base/conform"
	"github.com/mage-dest/mage-dest/generator"
)

// conformOptions is the command line of conform.
type conformOptions struct {
	streams
	Config    string
	BadConfig string
	ReadBack  string
	Claims    []string
	Only      []string
	Explain   int
	List      bool
	Keep      string
	Timeout   time.Duration
	Jobs      int
	Format    string
	JSON      bool
}

func newConformCommand(s streams) *cobra.Command {
	o := conformOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "conform [flags] -- COMMAND [ARGS]",
		Short: "Prove of any Singer target that it loses nothing",
		Long: `Prove of any Singer target, in any language, that it loses nothing.

The command is started again and again with a config, fed messages, signalled, killed
and cut off from its output; what it has told and stored is held against what it was
sent. Which tests are made depends on what it claims: by its --about, and by --claim.
A test that it does not claim, or that cannot be judged without reading the store
back, is told as such and counts for nothing.

In the config {dir} stands for a folder that a test has for itself. --readback is a
command that prints the rows of a stream, one JSON object a line, and nothing for a
stream that is not there; {stream}, {dir} and {config} stand for the stream, that
folder and the config's file. It is split at spaces, or is a JSON array of words.

It exits with 0 if nothing fails, with 3 if something does. mage-dest help conform
says more; --explain N tells of one test why it is made and where to look.`,
		Example: `  mage-dest conform --config c.json --readback 'sqlite3 -json out.db "select * from {stream}"' -- ./acme
  mage-dest conform --config c.json --only 14,38-43 -- target-csv
  mage-dest conform --explain 14`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Config, "config", "", "`FILE` with the config of the target")
	f.StringVar(&o.BadConfig, "bad-config", "", "`FILE` with a config with which nothing can be stored; made from --config if that has {dir}")
	f.StringVar(&o.ReadBack, "readback", "", "`COMMAND` that prints the rows of {stream} as JSON lines")
	f.StringSliceVar(&o.Claims, "claim", nil, "what the target does beside what its --about says: upsert, activate_version, hard_delete_records, soft_delete_records, schema_evolution, metadata_columns")
	f.StringSliceVar(&o.Only, "only", nil, "numbers of the tests to make, as 14,38-43")
	f.IntVar(&o.Explain, "explain", 0, "tell why test `N` is made and how to mend a failure")
	f.BoolVar(&o.List, "list", false, "list the tests")
	f.StringVar(&o.Keep, "keep", "", "`FOLDER` for inputs, configs and output of the tests that fail; a temporary one by default")
	f.DurationVar(&o.Timeout, "timeout", time.Minute, "how long one run of the target may take")
	f.IntVar(&o.Jobs, "jobs", 1, "tests made side by side; the target must bear that")
	f.StringVar(&o.Format, "format", formatText, "text, json, junit or markdown")
	f.BoolVar(&o.JSON, "json", false, "the same as --format json")
	return cmd
}

func (o conformOptions) run(ctx context.Context, args []string) error {
	if o.JSON {
		o.Format = "json"
	}
	printed, ok := scorecards()[o.Format]
	if !ok {
		return usageErrorf("--format %s: give text, json, junit or markdown", o.Format)
	}
	switch {
	case o.Explain != 0:
		return o.explain()
	case o.List:
		return o.list()
	case len(args) == 0:
		return usageErrorf("give the target to try, behind --: mage-dest conform --config c.json -- ./acme")
	}
	only, err := numbers(o.Only)
	if err != nil {
		return err
	}
	target, err := o.target(args)
	if err != nil {
		return err
	}
	report, folder, err := o.try(ctx, target, only)
	if err != nil {
		return err
	}
	if err := printed(o.Out, report); err != nil {
		return err
	}
	failed := report.Count(conform.Failed)
	if failed == 0 {
		return nil
	}
	fmt.Fprintf(o.Err, "what was sent to the tests that failed is in %s\n", folder)
	return &generator.DriftError{Text: plural(failed, "test") + " failed"}
}

// try makes the tests, and tells of each on the way.
func (o conformOptions) try(ctx context.Context, target conform.Target, only []int) (conform.Report, string, error) {
	folder := o.Keep
	var err error
	if folder == "" {
		folder, err = os.MkdirTemp("", "conform-*")
	} else {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		return conform.Report{}, "", err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return conform.Report{}, "", err
	}
	words, done := newPainter(o.Err), 0
	total := len(only)
	if total == 0 {
		total = len(conform.Cases())
	}
	session, err := conform.Open(ctx, target, conform.Options{
		Only: only, Dir: folder, Jobs: o.Jobs,
		Done: func(r conform.Result) {
			done++
			words.line(statusColour(r.Status), "%d/%d  %2d %s: %s (%.1f s)", done, total, r.Number, r.Name, r.Status, r.Seconds)
		},
	})
	if err != nil {
		return conform.Report{}, "", fmt.Errorf("the target cannot be tried: %w", err)
	}
	report, err := session.Run(ctx)
	if err == nil && report.Count(conform.Failed) == 0 {
		_ = os.Remove(folder) // unless something is left in it
	}
	return report, folder, err
}

func statusColour(s conform.Status) colour {
	switch s {
	case conform.Passed:
		return green
	case conform.Failed:
		return red
	case conform.NotClaimed, conform.NoReadBack:
		return dim
	}
	return plain
}

// numbers reads a list as 14,38-43.
func numbers(list []string) (all []int, err error) {
	known := len(conform.Cases())
	for _, item := range list {
		from, to, isRange := strings.Cut(item, "-")
		first, err := strconv.Atoi(strings.TrimSpace(from))
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(strings.TrimSpace(to))
		}
		if err != nil || first < 1 || last < first || last > known {
			return nil, usageErrorf("--only %s: give numbers from 1 to %d, as 14,38-43", item, known)
		}
		for n := first; n <= last; n++ {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (o conformOptions) explain() error {
	cases := conform.Cases()
	if o.Explain < 1 || o.Explain > len(cases) {
		return usageErrorf("--explain %d: there are tests 1 to %d; --list lists them", o.Explain, len(cases))
	}
	c := cases[o.Explain-1]
	if o.Format == "json" {
		return printJSON(o.Out, listed(c))
	}
	fmt.Fprintf(o.Out, "%d %s\n\nDemanded: %s\n\nWhy: %s\n\nTo mend it: %s\n", c.Number, c.Name, c.Asserts, c.Why, c.Mend)
	for _, either := range c.Claims {
		fmt.Fprintf(o.Out, "\nMade of a target that claims %s.\n", strings.Join(either, " or "))
	}
	if c.Inside {
		fmt.Fprintln(o.Out, "\nMade by package basetest alone, which can make a store fail from inside.")
	}
	return nil
}

// listedCase is a test of the list, for programs.
type listedCase struct {
	Number  int        `json:"number"`
	Name    string     `json:"name"`
	Asserts string     `json:"asserts"`
	Why     string     `json:"why"`
	Mend    string     `json:"mend"`
	Inside  bool       `json:"inside"`
	Claims  [][]string `json:"claims,omitempty"`
}

func listed(c conform.Case) listedCase {
	return listedCase{c.Number, c.Name, c.Asserts, c.Why, c.Mend, c.Inside, c.Claims}
}

func (o conformOptions) list() error {
	if o.Format == "json" {
		var all []listedCase
		for _, c := range conform.Cases() {
			all = append(all, listed(c))
		}
		return printJSON(o.Out, all)
	}
	var rows []row
	for _, c := range conform.Cases() {
		rows = append(rows, row{plain, []string{strconv.Itoa(c.Number), c.Name, madeOf(c)}})
	}
	newPainter(o.Out).table([]string{"TEST", "NAME", "MADE OF TARGETS THAT CLAIM"}, rows)
	return nil
}

func madeOf(c conform.Case) string {
	var all []string
	for _, either := range c.Claims {
		all = append(all, strings.Join(either, " or "))
	}
	if c.Inside {
		all = append(all, "basetest alone")
	}
	if all == nil {
		return "all"
	}
	return strings.Join(all, ", ")
}
