// Package cli is what the command lines of bench's measurements share.
package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
)

// usageError is a command line that nobody can follow.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Flags are those of a command, which tell their usage on stderr.
func Flags(name string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	return flags
}

// Parse reads a command line that has nothing but flags; of the counts none may be less
// than 1. Its error is one of usage, or flag.ErrHelp.
func Parse(flags *flag.FlagSet, args []string, counts ...string) error {
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	if flags.NArg() > 0 {
		return Usagef("unknown argument %q; all that can be said are flags, see --help", flags.Arg(0))
	}
	for _, name := range counts {
		if n, ok := flags.Lookup(name).Value.(flag.Getter).Get().(int); !ok || n < 1 {
			return Usagef("--%s: want 1 or more, not %s", name, flags.Lookup(name).Value)
		}
	}
	return nil
}

// Usagef is an error of usage.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// ExitCode says on stderr why a command failed, and returns its exit code: 0 for done,
// 1 for failed, 2 for wrong usage.
func ExitCode(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(stderr, err)
	if errors.As(err, &usageError{}) {
		return 2
	}
	return 1
}

// ExitCodeUnless is ExitCode but for a measurement that lacks what it measures: that is said,
// and no failure.
func ExitCodeUnless(absent, err error, stderr io.Writer) int {
	if errors.Is(err, absent) {
		fmt.Fprintln(stderr, "SKIPPED:", err)
		return 0
	}
	return ExitCode(err, stderr)
}

// Print prints a report, as JSON or as a table.
func Print(w io.Writer, asJSON bool, report any, table func() error) error {
	if !asJSON {
		return table()
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}
