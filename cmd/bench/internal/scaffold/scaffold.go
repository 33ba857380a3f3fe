// Package scaffold measures mage-dest beside other programs that make projects from
// templates and keep them fresh: cookiecutter, copier, cruft and gonew.
//
//	go run ./cmd/bench scaffold --venv venv
//
// All of them work on the same files. What mage-dest makes of the pack stub is turned
// into a template for each of the others, by putting their variables where the name of
// the connector stands; what mage-dest v0.2.0 made of it is the template's version
// before. So each makes the same connector and brings the same change to it, and a
// command that does not leave exactly these files behind fails the run.
//
// The commands run in turn, round after round; the first round only warms up. What
// counts is the median of the wall time of the whole process, with all processes that
// it starts. Commands have folders and a home of their own, and templates lie on this
// machine: what it would take to fetch them is not seen.
package scaffold

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/cli"
)

// Verb is the word on bench's command line that stands before Run's arguments.
const Verb = "scaffold"

// Run measures and prints the result to stdout; words for people go to stderr. It
// returns the exit code: 0 for done, 1 for failed, 2 for wrong usage.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err == nil {
		err = bench(ctx, o, stdout, stderr)
	}
	return cli.ExitCode(err, stderr)
}

// options are what the command line says.
type options struct {
	runs  int
	venv  string
	tools []tool
	json  bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := cli.Flags("bench "+Verb, stderr)
	flags.IntVar(&o.runs, "runs", 10, "`runs` of each command, beside the warm-up")
	flags.StringVar(&o.venv, "venv", "", "Python virtual environment, a `folder`, that has cookiecutter, copier and cruft (default: those of PATH)")
	toolList := flags.String("tools", "", "`names` of tools, separated by commas; all if empty")
	flags.BoolVar(&o.json, "json", false, "print the result, each sample of it, as JSON")
	err := cli.Parse(flags, args, "runs")
	if err != nil {
		return o, err
	}
	o.tools, err = toolsNamed(*toolList)
	return o, err
}

// toolsNamed are the tools of a list.
func toolsNamed(list string) ([]tool, error) {
	all := tools()
	if list == "" {
		return all, nil
	}
	var known []string
	for _, t := range all {
		known = append(known, t.name)
	}
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return nil, cli.Usagef("tool %q is not known; there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(t tool) bool { return !slices.Contains(wanted, t.name) }), nil
}

// bench measures, and tells the result in the form that is asked for.
func bench(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-scaffold-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := measure(ctx, o, dir, stderr)
	if err != nil {
		return err
	}
	return cli.Print(stdout, o.json, r, func() error { return table(stdout, r) })
}
