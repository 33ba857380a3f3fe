package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
)

// Exit codes of every verb.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitDrift  = 3
)

// streams is where a verb reads and writes.
type streams struct {
	In          io.Reader
	Out         io.Writer // results
	Err         io.Writer // words for people
	Interactive bool      // a person sits at In and Err
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:               "mage-dest",
		Short:             "Make destinations for Mage",
		Long:              "mage-dest makes destinations for Mage: programs that read Singer messages and load their records into a store.",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.AddCommand(
		newNewCommand(s),
		newTryCommand(s),
		newUpdateCommand(s),
		newCheckCommand(s),
		newGenerateCommand(s),
		newVetCommand(s),
		newConformCommand(s),
		newTemplatesCommand(s),
		newVersionCommand(s),
		newCompletionCommand(s),
	)
	root.SetHelpCommand(newHelpCommand(s))
	return root
}

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	started := false
	noteStart(root, &started)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(s.Err, "mage-dest: %v\n", err)
	if !started {
		fmt.Fprintln(s.Err, "mage-dest: see mage-dest --help")
		return exitUsage
	}
	return exitCode(err)
}

// noteStart lets run tell errors of a verb from errors of the command line, for
// which cobra has no type: those come before the verb starts.
func noteStart(cmd *cobra.Command, started *bool) {
	if verb := cmd.RunE; verb != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*started = true
			return verb(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		noteStart(sub, started)
	}
}

func exitCode(err error) int {
	if _, ok := errors.AsType[*generator.InputError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*generator.DriftError](err); ok {
		return exitDrift
	}
	return exitFailed
}

func usageErrorf(format string, args ...any) error {
	return &generator.InputError{Faults: []string{fmt.Sprintf(format, args...)}}
}

// packs returns the packs that the binary carries.
func packs() *generator.Library { return generator.NewLibrary(templates.FS, "templates") }
